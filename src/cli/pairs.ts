/**
 * `kbot pairs`: which Polymarket markets mirror which of Kalshi's, and signing for a pair after reading both rules.
 * @module
 */

import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { formatPairMap, isReviewed, type PairMap, type PeerPair } from "../feeds/polymarket/pair_map.ts";
import { describeReview, reviewPair, seeRules } from "../feeds/polymarket/review.ts";
import { loadPairMap } from "../feeds/polymarket/shipped_pairs.ts";
import { chooseVenue } from "../runner/venue_choice.ts";
import { messageOf } from "../store/message.ts";
import { webSocketOf } from "../venues/kalshi/hosts.ts";
import { EXIT, type PairsCommand, type PairsReviewCommand } from "./command.ts";
import { done, printError, refused, type Reply } from "./output.ts";
import { askBothSides, type PairVenue } from "./pairs_rules.ts";
import { wrongConfig } from "./wrong_config.ts";

type Env = Readonly<Record<string, string>>;

/** Lists or reviews. 2 where something was asked for that cannot be, 1 where it did not work. */
export async function pairs(command: PairsCommand, env: Env = Deno.env.toObject()): Promise<Reply> {
  const venue = command.kind === "pairs_review" ? command.venue : undefined;
  const isAddress = venue?.includes("://") === true;
  const flags = [
    { flag: "--venue", key: "venue.name", value: venue },
    // Nothing is heard here, but the configuration wants both addresses or none.
    { flag: "--venue", key: "venue.ws", value: isAddress ? webSocketOf(venue) ?? undefined : undefined },
  ];
  const loaded = await loadConfig({ file: command.config, env, flags });
  if (!loaded.ok) return wrongConfig(loaded.errors);
  const own = loaded.config.feeds.polymarket.pairs;
  const read = await readPairs(own);
  if (!read.ok) return refused(EXIT.usage, read.errors.join("\n"));
  return command.kind === "pairs_list" ? list(read.map, own) : await review(command, loaded.config, read.map);
}

/** The user's own map; where that has not been written yet, or none is named, the one that comes with kbot. */
async function readPairs(own: string | null): Promise<Awaited<ReturnType<typeof loadPairMap>>> {
  if (own === null) return await loadPairMap();
  try {
    await Deno.lstat(own);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return await loadPairMap();
  }
  return await loadPairMap(own);
}

const kalshiOf = ({ kalshi }: PeerPair): string => kalshi.ticker ?? kalshi.series ?? "";

function list(map: PairMap, own: string | null): Reply {
  const rows = map.pair.map((pair) => ({
    name: pair.name,
    kalshi: kalshiOf(pair),
    polymarket: pair.polymarket.market ?? pair.polymarket.event,
    outcome: pair.polymarket.outcome,
    inverted: pair.polymarket.inverted,
    reviewed: isReviewed(pair),
    reviewed_by: pair.reviewed_by ?? null,
    reviewed_on: pair.reviewed_on ?? null,
    rule_difference: pair.rule_difference.trim(),
  }));
  const lines = rows.map(({ name, kalshi, polymarket, outcome, inverted, reviewed, reviewed_by, reviewed_on }) => {
    const yes = `YES is ${inverted ? "not " : ""}"${outcome}"`;
    const state = reviewed ? `reviewed by ${reviewed_by} on ${reviewed_on}` : "not reviewed, so not used";
    return `${name}: ${kalshi} and ${polymarket}, ${yes}; ${state}`;
  });
  return done([`Pairs of ${own ?? "kbot's own map"}`, ...lines].join("\n"), { file: own, pairs: rows });
}

async function review(command: PairsReviewCommand, config: Config, map: PairMap): Promise<Reply> {
  const { name } = command;
  const pair = map.pair.find((each) => each.name === name);
  if (pair === undefined) {
    const known = map.pair.map((each) => each.name).join(", ");
    return refused(EXIT.usage, `No pair is called ${name}: there are ${known === "" ? "none" : known}`);
  }
  const file = config.feeds.polymarket.pairs;
  if (file === null) {
    const remedy =
      "set feeds.polymarket.pairs to a file of your own, which is begun with kbot's pairs where there is none";
    return refused(EXIT.usage, `Map that comes with kbot is not written to: ${remedy}`);
  }
  const unsigned = cannotSign(command);
  if (unsigned !== null) return refused(EXIT.usage, unsigned);
  const venue = await venueOf(config);
  if (!venue.ok) return refused(venue.exitCode, venue.reason);
  const answer = await askBothSides(venue.value, pair, command.market);
  if (!answer.ok) return refused(EXIT.failed, `Rules of ${name} cannot be read: ${answer.reason}`);
  const seen = await seeRules(answer.sides.kalshi, answer.sides.polymarket);
  if (venue.value.gamma !== null) printError("SIMULATED EXCHANGE: these are no rules of real markets\n");
  printError(describeReview(pair, seen));
  const signature = sign(command, pair);
  if (signature === null) return refused(EXIT.failed, `Pair ${name} is as it was: nobody signed for it`);
  const written = await write(file, reviewPair(map, name, seen, signature));
  if (written !== null) return refused(EXIT.failed, written);
  const hashes = { kalshi: seen.kalshi.hash, polymarket: seen.polymarket.hash };
  return done(
    `Pair ${name}: signed by ${signature.by} on ${signature.on}, written to ${file}`,
    { name, file, reviewed_by: signature.by, reviewed_on: signature.on, rules_sha256: hashes },
  );
}

/** Whole or not at all; why it did not work, `null` where it did. */
async function write(file: string, map: PairMap): Promise<string | null> {
  const unfinished = `${file}.${Deno.pid}.tmp`;
  try {
    await Deno.writeTextFile(unfinished, formatPairMap(map));
    await Deno.rename(unfinished, file);
    return null;
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    return `${file} cannot be written: ${messageOf(error)}`;
  }
}

/** A signature is a person's: without a terminal it has to be given whole. */
function cannotSign({ yes, by }: PairsReviewCommand): string | null {
  if (yes && by === undefined) return "--yes signs in somebody's name: give it with --by NAME";
  if (!yes && !Deno.stdin.isTerminal()) {
    return "A review is signed on a terminal, or with --yes --by NAME by who has read both texts";
  }
  return null;
}

/** Who signs, and when; `null` where nobody does. */
function sign({ yes, by }: PairsReviewCommand, pair: PeerPair): { readonly by: string; readonly on: string } | null {
  const on = new Date().toISOString().slice(0, 10);
  if (yes && by !== undefined) return { by, on };
  const who = by ?? prompt("\nWho has read both texts (a name)?")?.trim();
  if (who === undefined || who === "") return null;
  const typed = prompt(`If the difference is written rightly and YES is the right outcome, type "${pair.name}":`);
  return typed === pair.name ? { by: who, on } : null;
}

type VenueOf =
  | { readonly ok: true; readonly value: PairVenue }
  | { readonly ok: false; readonly exitCode: number; readonly reason: string };

async function venueOf(config: Config): Promise<VenueOf> {
  const { name, ws } = config.venue;
  if (name === "sim") {
    const reason = "The embedded exchange ends with its run: give --venue the address of a kbot exchange";
    return { ok: false, exitCode: EXIT.usage, reason };
  }
  const chosen = await chooseVenue({ name, ws, credentials: null, seed: 1, speed: 1 });
  if (!chosen.ok) {
    return { ok: false, exitCode: chosen.kind === "usage" ? EXIT.usage : EXIT.failed, reason: chosen.reason };
  }
  const { host, feeds, clock } = chosen.venue;
  return { ok: true, value: { kalshi: host.rest, gamma: feeds === null ? null : feeds.polymarket_rest ?? "", clock } };
}
