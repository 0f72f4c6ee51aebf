/**
 * Calls about the exchange itself: whether it works, what it charges, what it costs to ask (KALSHI.md 3.5, 3.6, 3.16).
 * None needs a key.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import { readSeries, type Series } from "./bodies.ts";
import {
  type EventFeeChange,
  type ExchangeSchedule,
  type ExchangeStatus,
  type HistoricalCutoff,
  type IncentiveProgram,
  readAsOf,
  readCutoff,
  readEventFeeChange,
  readIncentive,
  readSchedule,
  readSeriesFeeChange,
  readStatus,
  type SeriesFeeChange,
} from "./bodies_exchange.ts";
import { type EventLiveData, readEventLiveData, readWeatherIndex, type WeatherIndex } from "./bodies_live.ts";
import { inside, rows } from "./body_reader.ts";
import { type CostsBody, readCosts } from "./costs.ts";
import type { ApiResult } from "./failure.ts";
import type { Pages } from "./pages.ts";
import { part, RestCalls } from "./rest_calls.ts";

/** What the list of series may be narrowed to; a category matches exactly, capitals included. */
export interface SeriesFilter {
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly minUpdatedSeconds?: number;
}

export interface IncentiveFilter {
  readonly status?: "all" | "active" | "upcoming" | "closed" | "paid_out";
  readonly type?: "all" | "liquidity" | "volume";
}

const CHANGES_MAX = 10_000;
/** There are about 14,000 series, and their list has no pages. */
const SERIES_MAX = 100_000;

export class ExchangeCalls extends RestCalls {
  status(): Promise<ApiResult<ExchangeStatus>> {
    return this.get("/exchange/status", {}, readStatus);
  }

  /** Opening hours and announced maintenance, in Eastern time. */
  schedule(): Promise<ApiResult<ExchangeSchedule>> {
    return this.get("/exchange/schedule", {}, inside("schedule", readSchedule), "background");
  }

  /** What moment reads of the account are of: they lag behind the matching engine. */
  userDataTime(): Promise<ApiResult<Micros>> {
    return this.get("/exchange/user_data_timestamp", {}, readAsOf);
  }

  series(ticker: string): Promise<ApiResult<Series>> {
    return this.get(`/series/${part(ticker)}`, {}, inside("series", readSeries));
  }

  /** All series, or those of a category; many megabytes where nothing narrows it. */
  seriesList(filter: SeriesFilter = {}): Promise<ApiResult<Pages<Series>>> {
    const query = { limit: undefined, category: filter.category, tags: filter.tags };
    return this.pages("/series", { ...query, min_updated_ts: filter.minUpdatedSeconds }, {
      key: "series",
      identity: (series: Series) => series.ticker,
      read: readSeries,
      itemsMax: SERIES_MAX,
    }, "background");
  }

  /** Announced changes of series' fees; past ones too where asked. */
  seriesFeeChanges(series?: string, past = false): Promise<ApiResult<readonly SeriesFeeChange[]>> {
    const query = { series_ticker: series, show_historical: past ? true : undefined };
    const reader = rows("series_fee_change_arr", CHANGES_MAX, readSeriesFeeChange);
    return this.get("/series/fee_changes", query, reader, "background");
  }

  /** Announced changes of events' fee overrides. */
  eventFeeChanges(event?: string): Promise<ApiResult<Pages<EventFeeChange>>> {
    return this.pages("/events/fee_changes", { event_ticker: event }, {
      key: "event_fee_changes",
      identity: (change: EventFeeChange) => change.id,
      read: readEventFeeChange,
    }, "background");
  }

  incentivePrograms(filter: IncentiveFilter = {}): Promise<ApiResult<Pages<IncentiveProgram>>> {
    return this.pages("/incentive_programs", { status: filter.status, type: filter.type }, {
      key: "incentive_programs",
      identity: (program: IncentiveProgram) => program.id,
      read: readIncentive,
      cursorKey: "next_cursor",
    }, "background");
  }

  /** @param range such as `15min`, `1h`, `1d`, where that kind of data has ranges */
  eventLiveData(event: string, range?: string): Promise<ApiResult<EventLiveData>> {
    const reader = inside("live_data", readEventLiveData);
    return this.get(`/live_data/events/${part(event)}`, { range }, reader, "background");
  }

  /** @param city as the exchange names it: `miami` */
  weatherIndex(city: string, lastSeconds: number): Promise<ApiResult<WeatherIndex>> {
    return this.get(`/live_data/weather/${part(city)}`, { last_sec: lastSeconds }, readWeatherIndex, "background");
  }

  historicalCutoff(): Promise<ApiResult<HistoricalCutoff>> {
    return this.get("/historical/cutoff", {}, readCutoff, "background");
  }

  /** What requests cost, and keeps to it from then on. */
  async endpointCosts(): Promise<ApiResult<CostsBody>> {
    const costs = await this.get("/account/endpoint_costs", {}, readCosts, "background");
    if (costs.ok) this.costs.learn(costs.value);
    return costs;
  }
}
