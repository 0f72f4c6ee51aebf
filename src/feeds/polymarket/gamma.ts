/**
 * Reads Gamma, Polymarket's catalogue (KALSHI.md 11.9): `GET /events?slug=...` answers a list of events with their
 * markets inside. (`/markets?slug=...` leaves out closed ones, and events whose markets have slugs of their own.)
 * `outcomes` and `clobTokenIds` are JSON texts that hold lists.
 * @module
 */

import { type Micros, parseTime } from "../../core/units.ts";

export interface GammaMarket {
  readonly slug: string;
  readonly conditionId: string;
  /** `Up` and `Down`, `Yes` and `No`: each with the token that pays $1 if it happens. */
  readonly outcomes: readonly { readonly name: string; readonly token: string }[];
  /** The rules, as Polymarket writes them: the description, then where the result is read. */
  readonly rules: string;
  /** When the span that it asks about begins; `null` for markets that have none. */
  readonly startTime: Micros | null;
  readonly endTime: Micros | null;
  /** False once it is closed or takes no orders. */
  readonly open: boolean;
}

export type GammaAnswer =
  | { readonly ok: true; readonly market: GammaMarket }
  /** `missing`: there is no such market yet; anything else is a body that cannot be read, and why. */
  | { readonly ok: false; readonly reason: string };

const MISSING = "missing";
const EVENTS_MAX = 20;
const MARKETS_MAX = 500;
const OUTCOMES_MAX = 2;
const TEXT_LENGTH_MAX = 20_000;
/** A token is a number of 256 bits, written in decimal. */
const TOKEN = /^\d{1,78}$/;
const CONDITION = /^0x[0-9a-f]{64}$/;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const refused = (reason: string): GammaAnswer => ({ ok: false, reason });

/** A list of texts that comes as JSON text; a plain list is taken as well. */
function texts(value: unknown): readonly string[] | null {
  let list: unknown = value;
  if (typeof value === "string") {
    try {
      list = JSON.parse(value);
    } catch {
      return null;
    }
  }
  if (!Array.isArray(list) || list.length > OUTCOMES_MAX) return null;
  return list.every((each): each is string => typeof each === "string") ? list : null;
}

/** `undefined` where the field is there and no time. */
function timeOf(value: unknown): Micros | null | undefined {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? parseTime(value) ?? undefined : undefined;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value.length <= TEXT_LENGTH_MAX ? value : null;
}

/**
 * Finds a market in an answer about its event.
 * @param marketSlug of the market; it must be the one of that slug, never one that looks like it
 */
export function readEvent(body: unknown, eventSlug: string, marketSlug: string): GammaAnswer {
  if (!Array.isArray(body)) return refused("no list of events");
  const events: readonly unknown[] = body;
  if (events.length > EVENTS_MAX) return refused("too many events");
  const event = events.find((each) => isObject(each) && each.slug === eventSlug);
  if (!isObject(event)) return refused(MISSING);
  if (!Array.isArray(event.markets) || event.markets.length > MARKETS_MAX) return refused("event without markets");
  const markets: readonly unknown[] = event.markets;
  const market = markets.find((each) => isObject(each) && each.slug === marketSlug);
  return isObject(market) ? readMarket(market) : refused(MISSING);
}

/** Reads one market's body. */
export function readMarket(body: Readonly<Record<string, unknown>>): GammaAnswer {
  const { slug, conditionId, active, closed, acceptingOrders } = body;
  if (typeof slug !== "string" || slug === "") return refused("market without a slug");
  if (typeof conditionId !== "string" || !CONDITION.test(conditionId)) return refused("condition id");
  const names = texts(body.outcomes);
  const tokens = texts(body.clobTokenIds);
  if (names === null || names.length !== OUTCOMES_MAX || new Set(names).size !== names.length) {
    return refused("outcomes");
  }
  if (tokens === null || tokens.length !== names.length || !tokens.every((token) => TOKEN.test(token))) {
    return refused("tokens");
  }
  const description = textOf(body.description);
  const source = textOf(body.resolutionSource ?? "");
  if (description === null || description.trim() === "" || source === null) return refused("rules");
  const startTime = timeOf(body.eventStartTime);
  const endTime = timeOf(body.endDate);
  if (startTime === undefined || endTime === undefined) return refused("times");
  if (typeof active !== "boolean" || typeof closed !== "boolean") return refused("state");
  const outcomes = names.map((name, at) => ({ name, token: tokens[at] }));
  const open = active && !closed && acceptingOrders !== false;
  const rules = `${description}\n${source}`;
  return { ok: true, market: { slug, conditionId, outcomes, rules, startTime, endTime, open } };
}
