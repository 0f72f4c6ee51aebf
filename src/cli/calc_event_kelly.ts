/**
 * `kbot calc kelly --outcomes FILE`: the bets on one event sized together.
 * @module
 */

import { z } from "zod";
import { count, formatCount, formatMoney, type Money, money, ONE_CONTRACT, ONE_DOLLAR } from "../core/units.ts";
import { INSTRUMENTS_MAX, type JointBet, jointKelly, STATES_MAX } from "../models/joint_kelly.ts";
import type { KellySizing } from "../models/kelly.ts";
import { shortened } from "./flag_values.ts";

/** The JSON object of the command. Fractions and edges have six decimals. */
export interface CalcEventKellyResult {
  readonly stakes: readonly {
    readonly name: string;
    readonly edge: number;
    readonly fraction: number;
    readonly stake: string;
    /** What the stake buys, rounded down to the exchange's 0.01 contract. */
    readonly contracts: string;
  }[];
  readonly staked: string;
}

type Refusal = { readonly error: string };

/** More than the most bets on the most states take up. */
const BYTES_MAX = 20_000_000;
const NAME_CHARS_MAX = 200;

const amounts = z.array(z.number()).min(1).max(STATES_MAX);

const FILE = z.strictObject({
  probabilities: amounts,
  bets: z.array(z.strictObject({
    name: z.string().min(1).max(NAME_CHARS_MAX),
    cost: z.number(),
    payoffs: amounts,
    depth: z.number().optional(),
    cap: z.number().optional(),
    held: z.number().optional(),
  })).max(INSTRUMENTS_MAX),
  position: z.strictObject({ payoffs: amounts, cost: z.number() }).optional(),
});

export type OutcomesFile = z.output<typeof FILE>;

export interface EventKellyOptions {
  readonly outcomes: string;
  readonly bankroll: Money;
  readonly fraction: number;
  readonly mode: KellySizing["mode"];
  readonly leastEdge: number;
  readonly targetEdge: number | undefined;
}

/** Reads the file and sizes its bets, or says what is wrong. */
export function eventKellyOf(options: EventKellyOptions): CalcEventKellyResult | Refusal {
  const { outcomes: file } = options;
  let text: string;
  try {
    const { size } = Deno.statSync(file);
    if (size > BYTES_MAX) return { error: `${file} is too long: ${size} bytes, at most ${BYTES_MAX} are read` };
    text = Deno.readTextFileSync(file);
  } catch (error) {
    return { error: `Cannot read ${file}: ${error instanceof Error ? error.message : "it failed"}` };
  }
  const read = parseOutcomes(text, file);
  return "error" in read ? read : calcEventKelly(read, options);
}

/** @param place named in errors */
export function parseOutcomes(text: string, place: string): OutcomesFile | Refusal {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: `${place} is no JSON: it begins with "${shortened(text)}"` };
  }
  const parsed = FILE.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  const where = path.length === 0 ? "the whole" : path.map(String).join(".");
  return { error: `${place}: ${where}: ${message}` };
}

/** Stakes are rounded down to the micro-dollar. */
export function calcEventKelly(
  { probabilities, bets, position }: OutcomesFile,
  { bankroll, fraction, mode, leastEdge, targetEdge = leastEdge }: Omit<EventKellyOptions, "outcomes">,
): CalcEventKellyResult | Refusal {
  const bet: JointBet = { probabilities, instruments: bets, wealth: bankroll / ONE_DOLLAR, position };
  const sized = jointKelly(bet, { fraction, mode, leastEdge, targetEdge });
  if (!sized.ok) return { error: sized.reason };
  let staked = 0;
  const stakes = sized.stakes.map(({ name, edge, fraction, stake, contracts }) => {
    const amount = money(Math.floor(stake * ONE_DOLLAR));
    staked += amount;
    return {
      name,
      edge: sixDecimals(edge),
      fraction: sixDecimals(fraction),
      stake: formatMoney(amount),
      contracts: formatCount(count(Math.floor(contracts * ONE_CONTRACT))),
    };
  });
  return { stakes, staked: formatMoney(money(staked)) };
}

const SIX_DECIMALS = 1e6;
const sixDecimals = (value: number): number => Math.round(value * SIX_DECIMALS) / SIX_DECIMALS + 0;
