/**
 * The kinds of value a flag takes. Each says what it found and what it allows, in the words of the configuration's
 * errors; what is money, a price or a count is read exactly, never through a float.
 * @module
 */

import { type Message, message, text as plain } from "@optique/core/message";
import type { NonEmptyString } from "@optique/core/nonempty";
import type { ValueParser } from "@optique/core/valueparser";
import { type AskedRange, readRange } from "../backtest/search/parameter_text.ts";
import { address, CLUSTER_WORD, CLUSTER_WORD_TEXT, SERIES, VENUE_NAMES, venueName } from "../config/fields.ts";
import { nearestName } from "../config/nearest.ts";
import {
  type Count,
  count,
  type Micros,
  micros,
  type Money,
  money,
  ONE_DOLLAR_PRICE,
  parseCount,
  parseMoney,
  parsePrice,
  parseTime,
  type Price,
} from "../core/units.ts";
import { formatLatency, type LatencyModel, parseLatency, WANTED_LATENCY } from "../execution/latency.ts";
import { FAULT_NAMES, isFaultName } from "../venues/exchange/faults.ts";
import { OPTIONAL_SERIES } from "../venues/exchange/series.ts";
import { FEED_NAMES } from "../venues/exchange/feeds/feed_names.ts";
import { parseFeedFault } from "../venues/exchange/feeds/feed_troubles.ts";

type FlagValueParser<T> = ValueParser<"sync", T>;

/** No flag's value is longer; a longer one is not repeated in the error. */
const SHOWN_MAX = 60;

/** What was typed, short, and without the password that an address may hold. */
export function shortened(text: string): string {
  const safe = text.replace(/\/\/[^/@]*@/, "//[redacted]@");
  return safe.length <= SHOWN_MAX ? safe : `${safe.slice(0, SHOWN_MAX)}...`;
}

function didYouMean(text: string, words: readonly string[]): string {
  const near = nearestName(text, words);
  return near === null ? "" : `; did you mean ${near}?`;
}

/**
 * A kind of value.
 *
 * @param read gives `null` for a text that is not allowed
 * @param placeholder any value of the type; Optique wants one and no command here shows it
 */
function kind<T>(
  metavar: NonEmptyString,
  allowed: string,
  placeholder: T,
  read: (text: string) => T | null,
  hint: (text: string) => string = () => "",
): FlagValueParser<T> {
  const refuse = (text: string): Message =>
    message`Found ${shortened(text)}, allowed: ${plain(allowed)}${plain(hint(text))}`;
  return {
    mode: "sync",
    metavar,
    placeholder,
    parse(text) {
      const value = read(text);
      return value === null ? { success: false, error: refuse(text) } : { success: true, value };
    },
    format: String,
  };
}

/** The same, with words that a shell may complete it to; others may be right, too. */
const offering = <T>(parser: FlagValueParser<T>, words: readonly string[]): FlagValueParser<T> => ({
  ...parser,
  *suggest(prefix) {
    for (const text of words) if (text.startsWith(prefix)) yield { kind: "literal", text };
  },
});

/** One of several words; a near miss is named. */
export function word<const Word extends string>(
  metavar: NonEmptyString,
  words: readonly Word[],
): FlagValueParser<Word> {
  const isWord = (text: string): text is Word => (words as readonly string[]).includes(text);
  const parser = kind<Word>(
    metavar,
    words.join(", "),
    words[0],
    (text) => isWord(text) ? text : null,
    (text) => didYouMean(text, words),
  );
  return { ...offering(parser, words), choices: words };
}

/** A fault of the simulated exchange; those of the feeds strike all of them, or the one that they name. */
export function faultName(): FlagValueParser<string> {
  const parser = kind(
    "NAME",
    `${FAULT_NAMES.join(", ")}, or a fault of one feed such as feed-down:coinbase (feeds: ${FEED_NAMES.join(", ")})`,
    "seq-gap",
    (text) => isFaultName(text) || parseFeedFault(text, FEED_NAMES) !== null ? text : null,
    (text) => didYouMean(text, FAULT_NAMES),
  );
  return { ...offering(parser, FAULT_NAMES), choices: FAULT_NAMES };
}

/** A series that the simulated exchange lists where it is told to. */
export function listableSeries(): FlagValueParser<string> {
  const names = OPTIONAL_SERIES.map(({ ticker }) => ticker);
  const parser = kind(
    "SERIES",
    names.join(", "),
    "KXBTCD",
    (text) => names.includes(text) ? text : null,
    (text) => didYouMean(text, names),
  );
  return { ...offering(parser, names), choices: names };
}

/** A market's ticker, or how it begins. */
export function ticker(): FlagValueParser<string> {
  return kind(
    "TICKER",
    "a market's ticker, or how it begins: capital letters, digits, dots and dashes",
    "KX",
    (text) => {
      return /^[A-Z0-9][A-Z0-9.-]{0,99}$/.test(text) ? text : null;
    },
  );
}

/** No exchange's id is longer. */
const ORDER_ID_MAX = 100;

/** An order's id, or how it begins. */
export function orderId(): FlagValueParser<string> {
  const allowed = `an order's id, or how it begins: up to ${ORDER_ID_MAX} letters, digits and dashes`;
  return kind("ORDER_ID", allowed, "k", (text) => {
    return /^[\w.:-]+$/.test(text) && text.length <= ORDER_ID_MAX ? text : null;
  });
}

export function wholeNumber(metavar: NonEmptyString, low: number, high: number): FlagValueParser<number> {
  return kind(metavar, `a whole number from ${low} to ${high}`, low, (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    return value >= low && value <= high ? value : null;
  });
}

const DECIMAL = /^-?(?:\d{1,20}(?:\.\d{1,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?$/;

/** A float64, for what is no money: index prices, probabilities, volatilities. */
export function decimalNumber(
  metavar: NonEmptyString,
  bounds: { readonly from?: number; readonly above?: number; readonly to?: number },
): FlagValueParser<number> {
  const { from, above, to } = bounds;
  const words = [
    from === undefined ? "" : ` from ${from}`,
    above === undefined ? "" : ` above ${above}`,
    to === undefined ? "" : ` to ${to}`,
  ].join("");
  return kind(metavar, `a number${words}`, from ?? to ?? 1, (text) => {
    const value = DECIMAL.test(text) ? Number(text) : NaN;
    const fits = Number.isFinite(value) && value >= (from ?? -Infinity) && value > (above ?? -Infinity) &&
      value <= (to ?? Infinity);
    return fits ? value : null;
  });
}

/** A pace: a number, or as fast as it goes. */
export function pace(metavar: NonEmptyString, from: number, to: number): FlagValueParser<number | "max"> {
  return kind<number | "max">(metavar, `a number from ${from} to ${to}, or max`, from, (text) => {
    if (text === "max") return text;
    const value = DECIMAL.test(text) ? Number(text) : NaN;
    return value >= from && value <= to ? value : null;
  });
}

/** Dollars, exact to $0.000001. */
export function dollars(low: string, high: string, metavar: NonEmptyString = "USD"): FlagValueParser<Money> {
  const [least, most] = [parseMoney(low), parseMoney(high)];
  if (least === null || most === null) throw new RangeError(`Not amounts of money: ${low}, ${high}`);
  return kind(metavar, `dollars from ${low} to ${high}, such as 12.50`, money(0), (text) => {
    const amount = parseMoney(text);
    return amount !== null && amount >= least && amount <= most ? amount : null;
  });
}

/** A contract's price between $0 and $1, exact to $0.0001. */
export function contractPrice(): FlagValueParser<Price> {
  const allowed = "a price from 0.0001 to 0.9999 with at most 4 decimals";
  return kind("PRICE", allowed, ONE_DOLLAR_PRICE, (text) => {
    const parsed = parsePrice(text);
    return parsed !== null && parsed > 0 && parsed < ONE_DOLLAR_PRICE ? parsed : null;
  });
}

const COUNTS_MAX = 1_000;
/** Ten million contracts: beyond any order, and far below where notional leaves 2^53. */
const COUNT_MAX = count(1_000_000_000);

function readCounts(text: string): readonly Count[] | null {
  const parts = text.split(",");
  if (parts.length > COUNTS_MAX) return null;
  const counts: Count[] = [];
  for (const part of parts) {
    const parsed = parseCount(part);
    if (parsed === null || parsed <= 0 || parsed > COUNT_MAX) return null;
    counts.push(parsed);
  }
  return counts;
}

/** Contracts of each fill, `1,0.5,20`, exact to 0.01. */
export function counts(): FlagValueParser<readonly Count[]> {
  const allowed = `1 to ${COUNTS_MAX} counts from 0.01 to 10000000 with at most 2 decimals, such as 1,0.5,20`;
  return kind<readonly Count[]>("COUNT,...", allowed, [], readCounts);
}

/** A multiplier as millionths, exact. */
export function millionths(low: string, high: string): FlagValueParser<number> {
  const [least, most] = [parseMoney(low), parseMoney(high)];
  if (least === null || most === null) throw new RangeError(`Not decimals: ${low}, ${high}`);
  return kind<number>("M", `a number from ${low} to ${high} with at most 6 decimals`, 0, (text) => {
    const parsed = parseMoney(text);
    return parsed !== null && parsed >= least && parsed <= most ? parsed : null;
  });
}

const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const SECONDS_MAX = 366 * 86_400;

/** `30s`, `2m`, `1.5h`, `7d`: seconds. */
export function duration(): FlagValueParser<number> {
  return kind("TIME", "a time such as 30s, 2m, 1.5h or 7d, from 1s to 366d", 1, (text) => {
    const match = /^(\d{1,8}(?:\.\d{1,3})?)([smhd])$/.exec(text);
    const seconds = match === null ? NaN : Number(match[1]) * SECONDS_OF[match[2]];
    return seconds >= 1 && seconds <= SECONDS_MAX ? seconds : null;
  });
}

/** A day, as the moment it begins in UTC. */
export function day(): FlagValueParser<Micros> {
  const read = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) ? parseTime(`${text}T00:00:00Z`) : null;
  return kind("YYYY-MM-DD", "a day that exists, such as 2026-09-30", micros(0), read);
}

/** A file or directory; whether it exists is for the command to say. */
export function path(metavar: NonEmptyString): FlagValueParser<string> {
  const allowed = "a path that is not empty";
  return {
    ...kind(metavar, allowed, ".", (text) => text !== "" && !text.includes("\0") ? text : null),
    *suggest(pattern) {
      yield { kind: "file", type: metavar === "DIR" ? "directory" : "any", pattern };
    },
  };
}

/** What stands for a strategy's name in help: the strategies themselves are not loaded to read a command line. */
export const STRATEGY = "STRATEGY";

/** A strategy's name as it stands in the configuration; whether there is such a strategy is for the command to say. */
export function strategyName(): FlagValueParser<string> {
  return kind(
    STRATEGY,
    "a strategy's name such as settlement_edge",
    "settlement_edge",
    (text) => /^[a-z][a-z0-9_]{0,63}$/.test(text) ? text : null,
  );
}

/** A series' ticker, as Kalshi writes it. */
export function seriesName(): FlagValueParser<string> {
  const read = (text: string) => SERIES.test(text) ? text : null;
  return kind("SERIES", "a series' ticker such as KXBTC15M", "KXBTC15M", read);
}

/** A market's ticker, as Kalshi writes it. */
export function marketTicker(): FlagValueParser<string> {
  const read = (text: string) => /^[A-Z0-9][A-Z0-9.-]{0,63}$/.test(text) ? text : null;
  return kind("TICKER", "a market's ticker such as KXBTC15M-26NOV200930-30", "KXBTC15M-26NOV200930-30", read);
}

/** As a pair map names its pairs. */
export function pairName(): FlagValueParser<string> {
  const read = (text: string) => /^[a-z0-9][a-z0-9._-]{0,63}$/.test(text) ? text : null;
  return kind("NAME", "a pair's name such as btc-15m", "btc-15m", read);
}

/** A parameter to search, and where; whether the strategy has it is for the command to say. */
export function searchedParameter(): FlagValueParser<AskedRange> {
  return kind<AskedRange>(
    "NAME[=RANGE]",
    "NAME, NAME=LOW..HIGH, NAME=LOW..HIGH:STEP or NAME=a,b,c, such as min_edge=0.01..0.05",
    { name: "min_edge", range: { kind: "declared" } },
    readRange,
  );
}

/** Whoever signs for something. */
export function personName(): FlagValueParser<string> {
  const read = (text: string) => /^\S(.{0,198}\S)?$/u.test(text) ? text : null;
  return kind("NAME", "a name of at most 200 characters, without blanks around it", "somebody", read);
}

/** Of a feed of the cluster. */
export function feedName(): FlagValueParser<string> {
  const read = (text: string) => CLUSTER_WORD.test(text) ? text : null;
  return kind("NAME", CLUSTER_WORD_TEXT, "main", read);
}

/** What the configuration takes as `venue.name`. */
export function venue(): FlagValueParser<string> {
  const schema = venueName();
  const parser = kind(
    "VENUE",
    "kalshi, demo, sim, or the REST address of an exchange (http:// or https://)",
    "sim",
    (text) => schema.safeParse(text).success ? text : null,
    (text) => didYouMean(text, VENUE_NAMES),
  );
  return offering(parser, VENUE_NAMES);
}

/** What the configuration takes as `venue.ws`. */
export function webSocketAddress(): FlagValueParser<string> {
  const schema = address(["ws:", "wss:"]);
  const read = (text: string) => schema.safeParse(text).success ? text : null;
  return kind("URL", "an address that starts with ws:// or wss://", "ws://127.0.0.1", read);
}

/** How long something takes in a simulation. Its seed is set where it is used. */
export function latency(): FlagValueParser<LatencyModel> {
  return {
    ...kind(
      "LATENCY",
      WANTED_LATENCY,
      { kind: "constant", micros: 0 } as LatencyModel,
      (text) => parseLatency(text, 0),
    ),
    format: formatLatency,
  };
}
