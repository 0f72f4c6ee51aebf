/**
 * REST bodies of events (KALSHI.md 3.7).
 * @module
 */

import { seriesOf } from "../../core/ticker.ts";
import { readShard } from "./bodies.ts";
import { type FeeOverride, readFeeOverride } from "./bodies_fees.ts";
import { type BodyReader, rows } from "./body_reader.ts";

/** What the markets of one event have in common. */
export interface EventBody {
  readonly ticker: string;
  readonly series: string;
  readonly title: string;
  readonly mutuallyExclusive: boolean;
  /** `""`, `MECNET`, `DIRECNET`: how positions in its markets are netted. */
  readonly collateralReturn: string;
  /** What it charges in place of its series; `null` where it has no word of its own. */
  readonly feeOverride: FeeOverride | null;
  /** `null` where the body does not say; its markets do. */
  readonly shard: number | null;
}

const EVENT_FIELDS = new Set(
  ("event_ticker series_ticker sub_title title collateral_return_type mutually_exclusive category strike_date " +
    "strike_period markets product_metadata settlement_sources last_updated_ts fee_type_override " +
    "fee_multiplier_override exchange_index").split(" "),
);

export const readEvent: BodyReader<EventBody> = (read, body, path, unknown) => {
  unknown.note(body, EVENT_FIELDS, "event.");
  const ticker = read.text(body, "event_ticker", path);
  return {
    ticker,
    series: read.optionalText(body, "series_ticker", path) ?? seriesOf(ticker),
    title: read.optionalText(body, "title", path) ?? "",
    mutuallyExclusive: body.mutually_exclusive === undefined ? false : read.boolean(body, "mutually_exclusive", path),
    collateralReturn: read.optionalText(body, "collateral_return_type", path) ?? "",
    feeOverride: readFeeOverride(read, body, path),
    shard: body.exchange_index === undefined ? null : readShard(read, body, path),
  };
};

/** Who settles the event, and what its markets are. */
export interface EventMetadata {
  readonly imageUrl: string;
  readonly settlementSources: readonly { readonly name: string; readonly url: string }[];
  readonly tickers: readonly string[];
}

const LIST_MAX = 10_000;

const readSources = rows("settlement_sources", LIST_MAX, (read, row, path) => ({
  name: read.optionalText(row, "name", path) ?? "",
  url: read.optionalText(row, "url", path) ?? "",
}));

export const readEventMetadata: BodyReader<EventMetadata> = (read, body, path, unknown) => ({
  imageUrl: read.optionalText(body, "image_url", path) ?? "",
  settlementSources: body.settlement_sources === null ? [] : readSources(read, body, path, unknown),
  tickers: rows("market_details", LIST_MAX, (reader, row, at) => reader.text(row, "market_ticker", at))(
    read,
    body,
    path,
    unknown,
  ),
});
