/**
 * What a pack is shown of a market: plain data, the same that every strategy sees, with the book cut to its best levels.
 * Units are those of kbot: prices in $0.0001, counts in 0.01 contract, money in $0.000001, times in microseconds.
 *
 * Nearly all of it is numbers, and an interpreter takes three times as long to read them from JSON as from a list. So they
 * go over as a list, the few words as lines, and the list of fields below makes both the writer and the reader.
 * @module
 */

import type { LadderView } from "../core/book_view.ts";
import { ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import type { StrategyView } from "../strategies/view.ts";

/** Levels of each side of the book that a pack is shown. */
export const LEVELS_MAX = 10;
/** Seconds back for which the move of the index is shown. */
export const MOVES: readonly number[] = [1, 5, 10, 30, 60, 300];

/** Readings that a pack gets where its declaration asks for them: most have no use for them, and they are long. */
export const MORE = ["orders", "peer", "climate", "fedFunds"] as const;
export type More = (typeof MORE)[number];

/** A question, as it goes into the sandbox. */
export interface Question {
  /** Lines. */
  readonly words: string;
  /** JSON: the parameters, and the readings that were asked for. */
  readonly extra: string;
  /** Puts the numbers into their places: {@link NUMBERS_MAX}. */
  fill(numbers: Float64Array): void;
}

type Read<Value> = (view: StrategyView) => Value;

/** What one field of what a pack is shown holds. */
type Field =
  | { readonly name: string; readonly number: Read<number | null> }
  | { readonly name: string; readonly flag: Read<boolean> }
  | { readonly name: string; readonly word: Read<string | null> }
  | { readonly name: string; readonly levels: Read<LadderView>; readonly asks: boolean }
  | { readonly name: string; readonly fields: readonly Field[]; readonly isThere: Read<boolean> };

const number = (name: string, read: Read<number | null>): Field => ({ name, number: read });
const flag = (name: string, read: Read<boolean>): Field => ({ name, flag: read });
const word = (name: string, read: Read<string | null>): Field => ({ name, word: read });
const group = (name: string, isThere: Read<boolean>, fields: readonly Field[]): Field => ({ name, isThere, fields });

const FIELDS: readonly Field[] = [
  number("at", ({ at }) => at),
  number("secondsToClose", ({ secondsToClose }) => secondsToClose),
  word("ticker", ({ market }) => market.ticker),
  word("event", ({ market }) => market.event),
  word("series", ({ market }) => market.series),
  word("status", ({ market }) => market.status),
  number("openTime", ({ market }) => market.openTime),
  number("closeTime", ({ market }) => market.closeTime),
  word("strikeType", ({ market }) => market.strikeType),
  number("strike", ({ market }) => market.floorStrike),
  number("cap", ({ market }) => market.capStrike),
  flag("synced", ({ book }) => book.phase === "synced"),
  flag("crossed", ({ book }) => book.isCrossed),
  { name: "bids", levels: ({ book }) => book.yes, asks: false },
  { name: "asks", levels: ({ book }) => book.no, asks: true },
  number("quotedAt", ({ quotedAt }) => quotedAt),
  group("index", ({ index }) => index !== null, [
    number("value", ({ index }) => index?.value ?? null),
    number("age", ({ index }) => index?.age ?? null),
    number("lag", ({ index }) => index?.lag ?? null),
    number("volatility", ({ index }) => index?.volatility ?? null),
    word("source", ({ index }) => index?.source ?? null),
    number("basisSd", ({ index }) => index?.basisSd ?? null),
    group(
      "moves",
      () => true,
      MOVES.map((seconds) => number(`${seconds}`, ({ index }) => index?.move(seconds) ?? null)),
    ),
  ]),
  group("spot", ({ spot }) => spot !== null, [
    number("vwap", ({ spot }) => spot?.vwap ?? null),
    number("last", ({ spot }) => spot?.last ?? null),
    number("exchanges", ({ spot }) => spot?.exchanges ?? null),
    number("age", ({ spot }) => spot?.age ?? null),
    number("latency", ({ spot }) => spot?.latency ?? null),
  ]),
  number("probability", ({ probability }) => probability),
  number("position", ({ position }) => position),
  number("ownPosition", ({ ownPosition }) => ownPosition),
  number("unheard", ({ unheard }) => unheard),
  number("restingBid", ({ restingBid }) => restingBid),
  number("restingBidLeft", ({ restingBidLeft }) => restingBidLeft),
  number("restingAsk", ({ restingAsk }) => restingAsk),
  number("restingAskLeft", ({ restingAskLeft }) => restingAskLeft),
  number("rivalBid", ({ rivalBid }) => rivalBid),
  number("rivalAsk", ({ rivalAsk }) => rivalAsk),
  number("lastOrderAt", ({ lastOrderAt }) => lastOrderAt),
  group("others", () => true, [
    number("strikeBelow", ({ event }) => event.strikeBelow),
    number("lastOrderAt", ({ event }) => event.lastOrderAt),
    flag("held", ({ event }) => event.held),
  ]),
  number("nav", ({ nav }) => nav),
  number("headroom", ({ headroom }) => headroom),
];

/** A number for how many levels there are, and two for each. */
const LEVELS_SLOTS = 1 + 2 * LEVELS_MAX;

/** How many numbers a field takes. */
function slotsOf(field: Field): number {
  if ("levels" in field) return LEVELS_SLOTS;
  if ("fields" in field) return field.fields.reduce((sum, each) => sum + slotsOf(each), 1);
  return "word" in field ? 0 : 1;
}

/** How many numbers a question holds. */
export const NUMBERS_MAX = FIELDS.reduce((sum, field) => sum + slotsOf(field), 0);

/**
 * JavaScript for the sandbox that makes the view of `words`, a list, and the functions `number`, `flag` and `levels` of a
 * place among the numbers.
 */
export const VIEW_SOURCE: string = sourceOf(FIELDS, { slot: 0, line: 0 });

interface Place {
  slot: number;
  line: number;
}

function sourceOf(fields: readonly Field[], place: Place): string {
  return `{ ${fields.map((field) => `${JSON.stringify(field.name)}: ${sourceOfOne(field, place)}`).join(", ")} }`;
}

function sourceOfOne(field: Field, place: Place): string {
  if ("word" in field) return `word(words[${place.line++}])`;
  if ("number" in field) return `number(${place.slot++})`;
  if ("flag" in field) return `flag(${place.slot++})`;
  if ("fields" in field) return `flag(${place.slot++}) ? ${sourceOf(field.fields, place)} : null`;
  const at = place.slot;
  place.slot += LEVELS_SLOTS;
  return `levels(${at})`;
}

/** The question to a pack about a market. @param parameters as JSON */
export function questionOf(view: StrategyView, parameters: string, more: readonly More[]): Question {
  const words: string[] = [];
  for (const read of WORDS) words.push(lineOf(read(view)));
  const readings = more.map((name) => `${JSON.stringify(name)}:${JSON.stringify(view[name])}`);
  return {
    words: words.join("\n"),
    extra: `{"parameters":${parameters},"more":{${readings.join()}}}`,
    fill: (numbers) => void fill(FIELDS, view, numbers, 0),
  };
}

const wordsOf = (fields: readonly Field[]): Read<string | null>[] =>
  fields.flatMap((field) => "word" in field ? [field.word] : "fields" in field ? wordsOf(field.fields) : []);
const WORDS = wordsOf(FIELDS);

/** Words are tickers and the like. One with a line feed in it would move all that follow. */
const lineOf = (text: string | null): string =>
  text === null ? "" : text.includes("\n") ? text.replaceAll("\n", " ") : text;

/** Puts the numbers of some fields into their places from `slot` on, `null` as NaN, and gives the next place. */
function fill(fields: readonly Field[], view: StrategyView, numbers: Float64Array, slot: number): number {
  let at = slot;
  for (const field of fields) {
    if ("number" in field) numbers[at++] = field.number(view) ?? NaN;
    else if ("flag" in field) numbers[at++] = field.flag(view) ? 1 : 0;
    else if ("fields" in field) {
      numbers[at] = field.isThere(view) ? 1 : 0;
      at = fill(field.fields, view, numbers, at + 1);
    } else if ("levels" in field) {
      fillLevels(field.levels(view), field.asks, numbers, at);
      at += LEVELS_SLOTS;
    }
  }
  return at;
}

/** A bid for NO is an ask of YES at what is left of a dollar. */
function fillLevels(ladder: LadderView, asks: boolean, numbers: Float64Array, slot: number): void {
  let count = 0;
  for (let at = ladder.best; at !== 0 && count < LEVELS_MAX; at = ladder.below(at as Price)) {
    numbers[slot + 1 + 2 * count] = asks ? ONE_DOLLAR_PRICE - at : at;
    numbers[slot + 2 + 2 * count] = ladder.sizeAt(at as Price);
    count++;
  }
  numbers[slot] = count;
}
