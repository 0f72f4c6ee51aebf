/**
 * Long public lists page by page, for whoever keeps them somewhere else: only one page is in memory at a time.
 * @module
 */

import type { Market } from "../../core/market.ts";
import { type FeesOf, readMarketWith, readTradeBody, type TradeBody } from "./bodies.ts";
import type { HistoricalCutoff } from "./bodies_exchange.ts";
import type { Candle } from "./bodies_candles.ts";
import type { BodyReader } from "./body_reader.ts";
import type { ApiResult } from "./failure.ts";
import { type JsonObject, UnknownFields } from "./fields.ts";
import { type PageRequest, type Pages, readPages } from "./pages.ts";
import type { Query } from "./rest_calls.ts";
import { HistoryCalls } from "./rest_history.ts";

/** A hundred million trades: a list that does not end by then never will. */
const PAGES_MAX = 100_000;
const PAGE_LIMIT = 1_000;
/** The cutoff moves by a day a day: it need not be asked for with every market. */
const CUTOFF_USES = 1_000;

const wholeBody: BodyReader<JsonObject> = (_read, body) => body;

export type ListSide = "live" | "historical";

export class HistoryPages extends HistoryCalls {
  readonly #unknown = new UnknownFields();
  #cutoff: ApiResult<HistoricalCutoff> | null = null;
  #cutoffUses = 0;

  override async historicalCutoff(): Promise<ApiResult<HistoricalCutoff>> {
    if (this.#cutoff?.ok === true && this.#cutoffUses++ < CUTOFF_USES) return this.#cutoff;
    this.#cutoffUses = 0;
    return this.#cutoff = await super.historicalCutoff();
  }

  /** A market that is not where the cutoff as it was known says may have gone behind it since. */
  override async candles(
    ...asked: Parameters<HistoryCalls["candles"]>
  ): Promise<ApiResult<readonly Candle[]>> {
    const result = await super.candles(...asked);
    if (result.ok || result.failure.kind !== "http" || result.failure.status !== 404) return result;
    this.#cutoff = null;
    return await super.candles(...asked);
  }

  /**
   * A series' markets, newest first.
   *
   * @param closing seconds between which they close; the historical list knows no such filter
   */
  marketPages(
    side: ListSide,
    series: string,
    closing: { readonly from: number; readonly to: number } | null,
    feesOf: FeesOf,
  ): AsyncGenerator<ApiResult<Pages<Market>>> {
    const path = side === "live" ? "/markets" : "/historical/markets";
    const query = { series_ticker: series, min_close_ts: closing?.from, max_close_ts: closing?.to };
    const request = { key: "markets", identity: (market: Market) => market.ticker, read: readMarketWith(feesOf) };
    return this.#pageByPage(path, query, request);
  }

  /** A market's trades, newest first. */
  tradePages(side: ListSide, ticker: string): AsyncGenerator<ApiResult<Pages<TradeBody>>> {
    const path = side === "live" ? "/markets/trades" : "/historical/trades";
    const request = { key: "trades", identity: (trade: TradeBody) => trade.tradeId, read: readTradeBody };
    return this.#pageByPage(path, { ticker }, request);
  }

  /** Ends after the last page. Whoever goes on after a failure asks for the same page again. */
  async *#pageByPage<T>(path: string, query: Query, request: PageRequest<T>): AsyncGenerator<ApiResult<Pages<T>>> {
    const cursors = new Set<string>();
    let cursor = "";
    for (let pages = 0; pages < PAGES_MAX; pages++) {
      let next = "";
      const page = async (): Promise<ApiResult<JsonObject>> => {
        const asked = { limit: PAGE_LIMIT, ...query, cursor: cursor === "" ? undefined : cursor };
        const answer = await this.get(path, asked, wholeBody, "background");
        if (answer.ok && typeof answer.value.cursor === "string") next = answer.value.cursor;
        return answer;
      };
      const read = await readPages({ ...request, pagesMax: 1 }, page, this.#unknown);
      yield read;
      if (!read.ok) continue;
      if (next === "") return;
      if (cursors.has(next)) {
        const message = `List of ${request.key} repeats itself after ${cursors.size} pages`;
        yield { ok: false, failure: { kind: "unreadable", message } };
        return;
      }
      cursors.add(next);
      cursor = next;
    }
  }
}
