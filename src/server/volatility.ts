/**
 * Prices minute by minute, and what they say about volatility, one address for each asset (D8).
 * @module
 */

import { type Context, Hono } from "hono";
import { z } from "zod";
import type { VolatilityAhead, VolatilityScore } from "../core/input.ts";
import { parseTime } from "../core/units.ts";
import type { VolatilityChoiceView } from "../engine/view.ts";
import { failure } from "./errors.ts";

/** A minute as the API shows it. */
export interface MinuteView {
  readonly start: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly source: string;
}

/** Of one window; what is defined how: engine/price_history_statistics.ts. */
export interface WindowView {
  readonly minutes: number;
  readonly from: string;
  readonly to: string;
  readonly samples: number;
  readonly missing: number;
  readonly volatility: number | null;
  readonly perSqrtSecond: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly range: number | null;
  readonly largestMove: { readonly minute: string; readonly logReturn: number; readonly dollars: number } | null;
}

/** The choice among volatility forecasters, and what it rests on. */
export interface SelectionView extends VolatilityChoiceView {
  readonly forecasts: readonly VolatilityAhead[];
  readonly scores: readonly VolatilityScore[];
}

export interface VolatilityView {
  readonly asset: string;
  readonly at: string;
  /** Who the newest value comes from; `null` before the first. */
  readonly source: string | null;
  readonly latest: {
    readonly value: number;
    readonly source: string;
    readonly sourceTime: string;
    readonly at: string;
  } | null;
  readonly windows: readonly WindowView[];
  /** `null` before the first minute is over. */
  readonly selection: SelectionView | null;
}

export interface PriceSources {
  /** Every asset that there is a history of. */
  assets(): readonly string[];
  /** `null` for an asset that is not among them. */
  volatility(asset: string): VolatilityView | null;
  /** Oldest first: the newest `limit` minutes that begin before `before`, microseconds. */
  minutes(asset: string, limit: number, before?: number): Promise<readonly MinuteView[]>;
}

/** A day at once. */
const MINUTES_MAX = 1_440;

const minutesQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MINUTES_MAX).default(120),
  before: z.string().max(40).transform((text, context) => {
    const at = parseTime(text);
    if (at !== null) return at;
    context.addIssue({ code: "custom", message: "expected a time such as 2026-11-20T12:00:00Z" });
    return z.NEVER;
  }).optional(),
});

function unknownAsset(context: Context, sources: PriceSources): Response {
  return failure(context, "not_found", `No history of that asset is kept; there are: ${sources.assets().join(", ")}`);
}

export function volatilityApi(sources: PriceSources): Hono {
  const api = new Hono();
  api.get("/volatility/:asset", (context) => {
    const view = sources.volatility(context.req.param("asset").toUpperCase());
    return view === null ? unknownAsset(context, sources) : context.json(view);
  });
  api.get("/prices/:asset/minutes", async (context) => {
    const asset = context.req.param("asset").toUpperCase();
    if (!sources.assets().includes(asset)) return unknownAsset(context, sources);
    const query = minutesQuery.safeParse(context.req.query());
    if (!query.success) {
      const issue = query.error.issues[0];
      return failure(context, "bad_request", `Query parameter ${issue.path.join(".")}: ${issue.message}`);
    }
    const { limit, before } = query.data;
    const minutes = await sources.minutes(asset, limit, before);
    // Whoever wants more asks for what lies before the first of these.
    return context.json({ asset, minutes, next: minutes.length < limit ? null : minutes[0].start });
  });
  return api;
}
