/**
 * Indices, prices of every exchange, and their volatility, one address for each asset (D8).
 * @module
 */

import { z } from "zod";
import { indexShape, spot } from "./engine_shapes.ts";
import { type Endpoint, reads, Refused } from "./endpoint.ts";
import { beforeTime } from "./history_shapes.ts";
import { minute, volatility } from "./run_shapes.ts";
import { at, time } from "./shape.ts";
import type { PriceSources } from "../volatility.ts";

/** A day at once. */
const MINUTES_MAX = 1_440;

const unknownAsset = (sources: PriceSources): Refused =>
  new Refused("not_found", `No history of that asset is kept; there are: ${sources.assets().join(", ")}`);

const ofAsset = z.strictObject({ asset: z.string().describe("BTC, ETH, ..., in letters of either size") });

export const PRICE_ENDPOINTS: readonly Endpoint[] = [
  reads({
    path: "/prices",
    name: "prices",
    tag: "Prices",
    summary: "Every index, and what each exchange says of each coin",
    example: "/prices",
    answer: z.strictObject({ at, indices: z.array(indexShape), exchanges: z.array(spot) }),
    read({ sources }) {
      const { at, indices, prices } = sources.view();
      return { at, indices, exchanges: prices };
    },
  }),
  reads({
    path: "/indices",
    name: "indices",
    tag: "Prices",
    summary: "Every index that markets settle on, with its sources",
    example: "/indices",
    answer: z.strictObject({ at, indices: z.array(indexShape) }),
    read({ sources }) {
      const { at, indices } = sources.view();
      return { at, indices };
    },
  }),
  reads({
    path: "/prices/{asset}/minutes",
    name: "minutes",
    tag: "Prices",
    summary: "An asset's price minute by minute, oldest first",
    example: "/prices/BTC/minutes?limit=2",
    parameters: ofAsset,
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(MINUTES_MAX).default(120).describe("Minutes wanted"),
      before: beforeTime.optional(),
    }),
    answer: z.strictObject({ asset: z.string(), minutes: z.array(minute), next: time.nullable() }),
    failures: ["not_found"],
    async read({ sources: { prices }, param, query: { limit, before } }) {
      const asset = param("asset").toUpperCase();
      if (!prices.assets().includes(asset)) return unknownAsset(prices);
      const minutes = await prices.minutes(asset, limit, before);
      // Whoever wants more asks for what lies before the first of these.
      return { asset, minutes, next: minutes.length < limit ? null : minutes[0].start };
    },
  }),
  reads({
    path: "/volatility",
    name: "volatilities",
    tag: "Prices",
    summary: "What prices say about volatility, of every asset",
    example: "/volatility",
    answer: z.strictObject({ at, assets: z.array(volatility) }),
    read({ sources }) {
      const { prices } = sources;
      const assets = prices.assets().map((asset) => prices.volatility(asset)).filter((view) => view !== null);
      return { at: sources.view().at, assets };
    },
  }),
  reads({
    path: "/volatility/{asset}",
    name: "volatility",
    tag: "Prices",
    summary: "An asset's volatility over several windows, and which forecaster is believed",
    example: "/volatility/BTC",
    parameters: ofAsset,
    answer: volatility,
    failures: ["not_found"],
    read: ({ sources: { prices }, param }) => prices.volatility(param("asset").toUpperCase()) ?? unknownAsset(prices),
  }),
];
