/**
 * One market in full: the underlying against the strike with the cone to settlement, the market against the model, the book,
 * our orders and fills, and what every strategy makes of it.
 * @module
 */

import { assetOf } from "../../src/core/index_parameters.ts";
import type { IndexView, OrderView, PositionView, TradeView } from "../../src/engine/view.ts";
import type { MinuteView } from "../../src/server/volatility.ts";
import type { LiveMarket } from "../../src/server/live_message.ts";
import type { QuoteView } from "../../src/server/market_detail.ts";
import { read } from "./api.ts";
import { element, setAttribute, setHidden, setText } from "./dom.ts";
import { type Figure, Figures } from "./figures.ts";
import {
  cents,
  contracts,
  dollars,
  edge,
  isNumber,
  mid,
  middle,
  money,
  NONE,
  percent,
  signed,
  signOf,
  words,
} from "./format.ts";
import { marketOrdersTable, marketTradesTable } from "./holdings.ts";
import { LadderPanel } from "./ladder_panel.ts";
import { BOOK_TONES, countdownCell, ENDED } from "./markets.ts";
import { PriceChart } from "./price_chart.ts";
import { QuoteChart } from "./quote_chart.ts";
import { stancesNode } from "./stances.ts";
import { strikeText, strikeWords } from "./strike.ts";
import { type Point, type Timeline, withEarlier } from "./timeline.ts";

/** Minutes before this page was opened that the chart shows too. */
const MINUTES_BEFORE = 60;
const FILLS_MAX = 100;
/** Charts are drawn anew at most this often. */
const CHART_MS = 500;

export interface MarketSources {
  /** The run's clock. */
  readonly nowMs: () => number;
  /** Indices, mids and models over time, by the index's name and by the ticker. */
  readonly spots: Timeline;
  readonly mids: Timeline;
  readonly models: Timeline;
}

/** What the page knows now. */
export interface MarketInput {
  readonly market: LiveMarket | null;
  readonly indices: readonly IndexView[];
  readonly orders: readonly OrderView[];
  readonly positions: readonly PositionView[];
  /** Newest first. */
  readonly trades: readonly TradeView[];
}

/** What was quoted before this page was opened. */
interface EarlierQuotes {
  readonly mids: readonly Point[];
  readonly models: readonly Point[];
}

const NO_QUOTES: EarlierQuotes = { mids: [], models: [] };

export class MarketPanel {
  readonly #sources: MarketSources;
  readonly #title = element("h2", { id: "market-title", tabindex: "-1" });
  readonly #status = element("span", { class: "chip" });
  readonly #book = element("span", { class: "chip" });
  readonly #left = element("span", { class: "figure", id: "market-countdown" });
  readonly #why = element("p", { id: "market-why" });
  readonly #figures = element("dl", { class: "figures" });
  readonly #figureList = new Figures(this.#figures);
  readonly #body = element("div", { class: "market-columns" });
  readonly #priceTitle = element("h3", { id: "market-price-title" });
  readonly #pricePanel = panel(this.#priceTitle, "chart-panel");
  readonly #priceNote = element("p", { class: "detail" });
  readonly #priceChart: PriceChart;
  readonly #quoteChart: QuoteChart;
  readonly #ladder: LadderPanel;
  readonly #stances = stancesNode();
  readonly #orders: ReturnType<typeof marketOrdersTable>;
  readonly #trades: ReturnType<typeof marketTradesTable>;
  #ticker: string | null = null;
  /** The index that it settles on; `null` for none, or until the market is known. */
  #index: string | null = null;
  /** Fills from before this page was opened, newest first. */
  #earlier: readonly TradeView[] = [];
  /** `null` until they were asked for. */
  #quotes: EarlierQuotes | null = null;
  #input: MarketInput | null = null;
  #drawnMs = -Infinity;

  constructor(parent: HTMLElement, sources: MarketSources) {
    this.#sources = sources;
    const back = element("a", { href: "#/", class: "back", text: "← All markets" });
    const head = element("div", { class: "market-head" }, this.#title, this.#status, this.#book, this.#left);
    parent.append(back, head, this.#why, this.#figures, this.#body);
    this.#priceChart = new PriceChart(this.#pricePanel);
    this.#pricePanel.append(this.#priceNote);
    const quotes = panel(element("h3", { text: "Market and model" }), "chart-panel");
    this.#quoteChart = new QuoteChart(quotes);
    quotes.append(element(
      "p",
      { class: "detail chart-key" },
      element("span", { class: "key", "data-tone": "flat", text: "mid" }),
      element("span", { class: "key", "data-tone": "accent", text: "model" }),
      element("span", { class: "key", "data-tone": "gain", text: "bought" }),
      element("span", { class: "key", "data-tone": "loss", text: "sold" }),
    ));
    const book = panel(element("h3", { id: "market-book-title", text: "Book" }));
    this.#ladder = new LadderPanel(book);
    const stances = panel(element("h3", { text: "Strategies" }));
    stances.append(this.#stances.node);
    const orders = tablePanel("market-orders-title", "Orders");
    const beside = element("div", { class: "beside-book" }, stances, orders.root);
    this.#orders = marketOrdersTable(orders.place, "market-orders-title");
    const trades = tablePanel("market-trades-title", "Fills");
    this.#trades = marketTradesTable(trades.place, "market-trades-title", FILLS_MAX);
    this.#body.append(this.#pricePanel, quotes, book, beside, trades.root);
  }

  /** @param ticker `null` closes the view */
  open(ticker: string | null): void {
    if (ticker === this.#ticker) return;
    this.#ticker = ticker;
    this.#earlier = [];
    this.#quotes = null;
    this.#input = null;
    this.#drawnMs = -Infinity;
    this.#ladder.open(ticker);
    this.#settlesOn(null);
    if (ticker === null) return;
    setText(this.#title, ticker);
    void this.#loadFills(ticker);
  }

  /** Leads the reader here, and those who hear the page too. */
  focus(): void {
    this.#title.focus();
  }

  render(input: MarketInput): void {
    if (this.#ticker === null) return;
    this.#input = input;
    const { market } = input;
    setHidden(this.#body, market === null);
    setHidden(this.#figures, market === null);
    setHidden(this.#status, market === null);
    setHidden(this.#book, market === null);
    if (market === null) {
      setText(this.#left, "");
      setText(this.#why, "This market is not followed now: it has settled, or its name is not right");
      return;
    }
    if (market.index !== this.#index) this.#settlesOn(market.index);
    if (this.#quotes === null) void this.#loadQuotes(market.ticker);
    setText(this.#status, ENDED[market.status] ?? market.status);
    setAttribute(this.#status, "data-tone", market.status === "active" ? "good" : "dim");
    setText(this.#book, `book ${market.bookPhase}`);
    setAttribute(this.#book, "data-tone", BOOK_TONES[market.bookPhase]);
    setText(this.#why, market.whyNot ?? "May trade");
    setAttribute(this.#why, "data-tone", market.whyNot === null ? "good" : "dim");
    this.#figureList.render(figuresOf(market, this.#indexView(), input.positions));
    const ours = input.orders.filter(({ ticker }) => ticker === market.ticker);
    this.#ladder.render(market, ours);
    this.#stances.update(market);
    this.#orders.render(ours.map((order) => [order.clientOrderId, order] as const));
    this.#trades.render(this.#fills().map((trade) => [trade.tradeId, trade] as const));
    this.refresh();
  }

  /** What moves with time. */
  refresh(): void {
    const market = this.#input?.market ?? null;
    if (market === null) return;
    const nowMs = this.#sources.nowMs();
    const { text, sub = "", tone = null } = countdownCell(market, nowMs);
    setText(this.#left, sub === "" ? text : `${text} (${sub})`);
    setAttribute(this.#left, "data-tone", tone);
    this.#ladder.refresh();
    if (performance.now() - this.#drawnMs < CHART_MS) return;
    this.#drawnMs = performance.now();
    this.#drawCharts(market, nowMs);
  }

  recolour(): void {
    this.#priceChart.recolour();
    this.#quoteChart.recolour();
  }

  #drawCharts(market: LiveMarket, nowMs: number): void {
    const { ticker } = market;
    const { spots, mids, models } = this.#sources;
    const earlier = this.#quotes ?? NO_QUOTES;
    this.#quoteChart.render(
      withEarlier(earlier.mids, mids.of(ticker)),
      withEarlier(earlier.models, models.of(ticker)),
      this.#fills(),
    );
    if (this.#index === null) return;
    const index = this.#indexView();
    const volatility = index?.volatility ?? null;
    this.#priceChart.render({
      points: spots.of(this.#index),
      strike: isNumber(market.strike) ? market.strike : null,
      strikeTo: isNumber(market.strikeTo) ? market.strikeTo : null,
      volatility: isNumber(volatility) ? volatility : null,
      nowMs,
      closeMs: Date.parse(market.closeTime),
    });
    setText(
      this.#priceNote,
      isNumber(volatility)
        ? "Cone: where the index lies in 50 and in 95 of 100 cases until the close, by its volatility alone"
        : "No cone: the index has no volatility yet",
    );
  }

  #indexView(): IndexView | null {
    return this.#input?.indices.find(({ index }) => index === this.#index) ?? null;
  }

  /** Newest first, each once. */
  #fills(): readonly TradeView[] {
    const all = [...this.#input?.trades ?? [], ...this.#earlier].filter(({ ticker }) => ticker === this.#ticker);
    return [...new Map(all.map((trade) => [trade.tradeId, trade])).values()].slice(0, FILLS_MAX);
  }

  /** Its underlying is charted where there is one. */
  #settlesOn(index: string | null): void {
    this.#index = index;
    setHidden(this.#pricePanel, index === null);
    setAttribute(this.#body, "data-index", index === null ? "none" : "some");
    setText(this.#priceTitle, index === null ? "" : `${index} against the strike`);
    if (index !== null) void this.#loadMinutes(index);
  }

  async #loadMinutes(index: string): Promise<void> {
    const asset = assetOf(index);
    if (asset === null) return;
    const answer = await read<{ minutes: readonly MinuteView[] }>(`prices/${asset}/minutes?limit=${MINUTES_BEFORE}`);
    if (!answer.ok || this.#index !== index) return;
    // A minute's last value belongs to its end.
    const points = answer.body.minutes.map(({ start, close }) => ({ at: Date.parse(start) + 60_000, value: close }));
    this.#sources.spots.prepend(index, points);
    this.#drawnMs = -Infinity;
    this.refresh();
  }

  async #loadQuotes(ticker: string): Promise<void> {
    this.#quotes = NO_QUOTES;
    const answer = await read<{ quotes: readonly QuoteView[] }>(`markets/${encodeURIComponent(ticker)}/quotes`);
    if (!answer.ok || this.#ticker !== ticker) return;
    this.#quotes = earlierQuotes(answer.body.quotes);
    this.#drawnMs = -Infinity;
    this.refresh();
  }

  async #loadFills(ticker: string): Promise<void> {
    const query = new URLSearchParams({ market: ticker, limit: String(FILLS_MAX) });
    const answer = await read<{ trades: readonly TradeView[] }>(`trades?${query}`);
    if (!answer.ok || this.#ticker !== ticker) return;
    this.#earlier = answer.body.trades;
    if (this.#input !== null) this.render(this.#input);
  }
}

const panel = (title: HTMLElement, kind = ""): HTMLElement =>
  element("section", { class: kind === "" ? "panel" : `panel ${kind}` }, title);

/** A panel whose table may be wider than it is. */
function tablePanel(id: string, text: string): { readonly root: HTMLElement; readonly place: HTMLElement } {
  const place = element("div");
  const root = panel(element("h3", { id, text }), "whole");
  root.append(place);
  return { root, place };
}

function earlierQuotes(quotes: readonly QuoteView[]): EarlierQuotes {
  const points = (value: (quote: QuoteView) => number) =>
    quotes.map((quote) => ({ at: Date.parse(quote.at), value: value(quote) }))
      .filter(({ at, value }) => Number.isFinite(at) && Number.isFinite(value));
  return {
    mids: points(({ bid, ask }) => middle(bid, ask) ?? NaN),
    models: points(({ modelProbability }) => modelProbability ?? NaN),
  };
}

function figuresOf(
  market: LiveMarket,
  index: IndexView | null,
  positions: readonly PositionView[],
): readonly Figure[] {
  const { bid, bidSize, ask, askSize, spread, strike, modelProbability, modelError, edgeSide, stances } = market;
  const held = positions.find(({ ticker }) => ticker === market.ticker);
  const value = index?.value ?? null;
  const away = isNumber(value) && isNumber(strike) && strike !== 0 ? (value - strike) / strike : null;
  const sure = stances.map(({ confidence }) => confidence).filter(isNumber);
  const figures: Figure[] = [
    { name: "Bid", text: cents(bid), sub: bidSize === null ? "" : `×${contracts(bidSize)}` },
    { name: "Ask", text: cents(ask), sub: askSize === null ? "" : `×${contracts(askSize)}` },
    { name: "Mid", text: mid(bid, ask) },
    { name: "Spread", text: cents(spread) },
    {
      name: "Model",
      text: percent(modelProbability),
      tone: "accent",
      sub: [
        isNumber(modelProbability) && isNumber(modelError) ? `± ${percent(modelError)}` : "",
        sure.length === 0 ? "" : `${percent(Math.max(...sure))} sure`,
      ].filter(Boolean).join(", "),
      title: "With its standard error, by that of the volatility; and how far the data are believed",
    },
    {
      name: "Edge",
      text: edge(market.edge),
      sub: edgeSide?.toUpperCase() ?? "",
      tone: isNumber(market.edge) && market.edge > 0 ? "gain" : "dim",
    },
    { name: "YES if", text: strikeText(market), sub: market.index ?? "", title: strikeWords(market) },
  ];
  if (index !== null) {
    figures.push({ name: index.index, text: dollars(value), sub: away === null ? "" : signedPercent(away) });
  }
  figures.push(
    held === undefined ? { name: "Held", text: NONE, tone: "dim" } : {
      name: "Held",
      text: `${contracts(held.count)} ${held.side.toUpperCase()}`,
      sub: `at ${cents(held.averagePrice)}, ${money(held.unrealised, true)}`,
      tone: signOf(held.unrealised),
    },
    ...settlementFigures(market),
  );
  return figures;
}

/** In the final minute: the average so far, and what it makes of the strike. */
function settlementFigures({ settlement }: LiveMarket): readonly Figure[] {
  if (settlement === null) return [];
  const { b, number, expected, expectedBy, missing } = settlement;
  return [{
    name: "Final minute",
    text: dollars(number ?? b.mean),
    sub: [`${b.count} of 60 s`, missing > 0 ? `${missing} unknown` : ""].filter(Boolean).join(", "),
  }, {
    name: "Expected",
    text: expected === null ? NONE : expected.toUpperCase(),
    sub: expectedBy === null ? "" : words(expectedBy),
  }];
}

const signedPercent = (share: number): string => `${signed(share, `${Math.abs(share * 100).toFixed(3)}%`)} from it`;
