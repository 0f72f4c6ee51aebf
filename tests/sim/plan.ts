/**
 * What a seed says: when the simulation begins, how the bot is configured, and every fault that will strike. A plan is
 * plain data, so that a fault can be taken out of it, and the rest stays as it was.
 * @module
 */

import type { SyncPolicy } from "../../src/store/journal_writer.ts";
import { isFaultName } from "../../src/venues/exchange/faults.ts";
import { Random } from "../../src/venues/exchange/random.ts";

/**
 * | fault | what it does, `size` from 0 to 1 |
 * | --- | --- |
 * | frame-loss, private-loss | frames of the exchange vanish; those about our own orders |
 * | frame-repeat, frame-swap, frame-delay | frames come twice, change places, come late |
 * | command-loss | what the client says on its socket vanishes |
 * | socket-cut | every connection breaks, once |
 * | socket-refuse | nobody can connect; half the time nobody even answers |
 * | slow-reads | what arrives is read in small pieces, late |
 * | request-refuse | a request is answered 5xx and never seen by the exchange |
 * | request-reset | the connection breaks before the request arrived |
 * | answer-fail, answer-reset, answer-half, answer-none, answer-late | done by the exchange, and then: a 5xx, a broken connection, half an answer, none, a late one |
 * | clock-jump | the wall clock is set, back or forth |
 * | disk-full, disk-error | every write fails; some do, having written a part |
 * | store-error | the database refuses commits |
 * | death | the process is gone in the middle of something: of the next input or output after `at`, or one soon after |
 * | power-loss | death, and of the journal's newest bytes only those that were forced to the disk are left for sure; where every order waits for that |
 * | kill, kill-file | a person stops everything, and lets it go on at the end |
 * | stop | the process is asked to end in order, and started again |
 * | reduce | a person lets only what closes go out, and lifts that at the end |
 * | stop-strategy, wind-up-strategy | a person stops or winds up one strategy, and starts it at the end |
 * | maintenance | REST answers 503, sockets are cut and refused |
 * | all others | the exchange's own switches, faults.ts |
 */
export const FAULT_KINDS = [
  "frame-loss",
  "private-loss",
  "frame-repeat",
  "frame-swap",
  "frame-delay",
  "command-loss",
  "socket-cut",
  "socket-refuse",
  "slow-reads",
  "request-refuse",
  "request-reset",
  "answer-fail",
  "answer-reset",
  "answer-half",
  "answer-none",
  "answer-late",
  "clock-jump",
  "disk-full",
  "disk-error",
  "store-error",
  "death",
  "power-loss",
  "kill",
  "kill-file",
  "stop",
  "maintenance",
  "seq-gap",
  "duplicate-delta",
  "reorder-delta",
  "buffer-overflow",
  "channel-error",
  "accept-then-timeout",
  "accept-then-503",
  "rate-429",
  "burst-429",
  "slow-strike",
  "no-index-history",
  "no-official-index",
  "stale-get",
  "short-history",
  "trading-pause",
  "exchange-pause",
  "grid-change",
] as const;

/** Drawn apart from the others, from a stream of their own. */
export const OPERATOR_KINDS = ["reduce", "stop-strategy", "wind-up-strategy"] as const;

export type FaultKind = typeof FAULT_KINDS[number] | typeof OPERATOR_KINDS[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Seconds since the simulation began. */
  readonly at: number;
  /** Seconds that it lasts; for what happens in a moment it means nothing. */
  readonly for: number;
  /** How bad: 0 to 1. */
  readonly size: number;
}

export interface Plan {
  readonly seed: number;
  /** The exchange's time at the beginning, RFC 3339. */
  readonly start: string;
  /** Seconds that the exchange ran before. */
  readonly lead: number;
  /** Seconds during which faults strike. */
  readonly storm: number;
  readonly series: readonly string[];
  readonly frames: "bytes" | "wasm";
  readonly fastOrders: boolean;
  readonly sync: SyncPolicy;
  readonly marketMaker: boolean;
  /** Whether a spot exchange is followed beside the venue. */
  readonly spot: boolean;
  /** Caps small enough to bind. */
  readonly tightCaps: boolean;
  /** One market that it loses makes a strategy cool down; lacking in older plans. */
  readonly nervous?: boolean;
  readonly faults: readonly Fault[];
}

/** The starts: before the close of a quarter hour; on a Thursday before and in the weekly pause (KALSHI.md 3.5). */
const DAYS = ["2026-10-06T13:45:00Z", "2026-10-06T13:45:00Z", "2026-10-07T22:30:00Z", "2026-11-01T05:45:00Z"];
const PAUSE_BEGINS = "2026-10-08T06:45:00Z";
const PAUSE_ENDS = "2026-10-08T08:45:00Z";
const QUARTER_HOUR = 900;

/** Nobody may trade for real with a journal that is never forced to the disk. */
const SYNCED: readonly SyncPolicy[] = ["second", "every"];

const FAULTS_MIN = 3;
const FAULTS_MAX = 14;
/** These make a simulation, so they come more often. */
const FAVOURITES: readonly FaultKind[] = [
  "power-loss",
  "death",
  "death",
  "death",
  "socket-cut",
  "private-loss",
  "answer-reset",
  "answer-none",
  "answer-late",
  "answer-fail",
  "accept-then-timeout",
  "disk-error",
  "frame-loss",
];

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random.integer(0, items.length - 1)];
}

function faultOf(random: Random, storm: number): Fault {
  const kind = random.chance(0.4) ? pick(random, FAVOURITES) : pick(random, FAULT_KINDS);
  const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
  return {
    kind,
    at: rounded(random.between(1, storm)),
    for: rounded(Math.min(storm, 2 + random.exponential(15))),
    size: rounded(random.uniform()),
  };
}

/** What people do beside the faults. */
function operatorFaults(random: Random, storm: number): Fault[] {
  const faults: Fault[] = [];
  for (const kind of OPERATOR_KINDS) {
    if (!random.chance(0.35)) continue;
    const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
    const lasts = rounded(4 + random.exponential(20));
    faults.push({ kind, at: rounded(random.between(1, storm)), for: lasts, size: rounded(random.uniform()) });
  }
  return faults;
}

/** Draws everything that a seed says. */
export function planOf(seed: number): Plan {
  const random = Random.named(seed, "plan");
  const day = random.chance(0.1) ? PAUSE_BEGINS : random.chance(0.1) ? PAUSE_ENDS : pick(random, DAYS);
  const storm = random.integer(60, 110);
  const beforeClose = random.integer(25, Math.min(90, storm - 10));
  const start = new Date(Date.parse(day) + (QUARTER_HOUR - beforeClose) * 1_000).toISOString();
  const faults = Array.from({ length: random.integer(FAULTS_MIN, FAULTS_MAX) }, () => faultOf(random, storm));
  const people = Random.named(seed, "people");
  faults.push(...operatorFaults(people, storm));
  return {
    seed,
    start,
    lead: pick(random, [1, 1, 60, 120]),
    storm,
    series: pick(random, [["KXBTC15M"], ["KXETH15M"], ["KXBTC15M", "KXETH15M"], ["KXETH15M", "KXBTC15M"]]),
    frames: pick(random, ["bytes", "wasm"]),
    fastOrders: random.chance(0.5),
    sync: pick(random, SYNCED),
    marketMaker: random.chance(0.5),
    spot: random.chance(0.2),
    tightCaps: random.chance(0.3),
    nervous: people.chance(0.4),
    faults: faults.sort((a, b) => a.at - b.at),
  };
}

/** One fault in words. */
export const describeFault = ({ kind, at, for: seconds, size }: Fault): string =>
  `${kind} at ${at} s for ${seconds} s, size ${size}`;

/** Whether it is one of the exchange's own switches. */
export const isExchangeFault = (kind: FaultKind): boolean => isFaultName(kind);
