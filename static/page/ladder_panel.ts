/** The book of one market as a ladder: how much lies at each price, empty sides, our own orders and their places. */

import type { OrderView } from "../../src/engine/view.ts";
import type { LiveMarket } from "../../src/server/live_message.ts";
import type { DepthView } from "../../src/server/market_detail.ts";
import { read } from "./api.ts";
import { element, KeyedList, type RowNode, setAttribute, setText } from "./dom.ts";
import { cents, contracts } from "./format.ts";
import { ladder, type LadderRow, type OwnOrders } from "./ladder.ts";

/** Prices of each side. */
const LEVELS = 9;
/** Between two questions; where the best price has moved meanwhile, less. */
const AGAIN_MS = 1_000;
const AGAIN_MOVED_MS = 250;

export class LadderPanel {
  readonly #list: KeyedList<LadderRow>;
  readonly #note = element("p", { class: "detail" });
  #ticker: string | null = null;
  /** The newest answer; `null` before the first. */
  #depth: DepthView | null = null;
  #askedMs = -Infinity;
  #asking = false;
  #shown: readonly [market: LiveMarket, orders: readonly OrderView[]] | null = null;

  constructor(parent: HTMLElement) {
    const titles = ["Bid", "YES price", "Ask"].map((text) => element("th", { scope: "col", text }));
    const body = element("tbody");
    const head = element("thead", {}, element("tr", {}, ...titles));
    parent.append(
      element("table", { class: "ladder", "aria-labelledby": "market-book-title" }, head, body),
      this.#note,
    );
    this.#list = new KeyedList(body, rowNode);
  }

  /** Another market, or none. */
  open(ticker: string | null): void {
    this.#ticker = ticker;
    this.#depth = null;
    this.#askedMs = -Infinity;
    this.#shown = null;
  }

  render(market: LiveMarket, orders: readonly OrderView[]): void {
    this.#shown = [market, orders];
    this.#list.render(ladder(market, this.#depth, orders).map((row) => [row.price, row] as const));
    setText(this.#note, noteOf(market, this.#depth !== null));
    this.refresh();
  }

  /** Asks for the whole book again where what is shown has grown old. */
  refresh(): void {
    const [market] = this.#shown ?? [];
    if (market === undefined || document.hidden || this.#asking) return;
    const age = performance.now() - this.#askedMs;
    const moved = this.#depth !== null &&
      (this.#depth.bids[0]?.price !== market.bid || this.#depth.asks[0]?.price !== market.ask);
    if (age >= (moved ? AGAIN_MOVED_MS : AGAIN_MS)) void this.#ask(market.ticker);
  }

  async #ask(ticker: string): Promise<void> {
    this.#asking = true;
    this.#askedMs = performance.now();
    const answer = await read<DepthView>(`markets/${encodeURIComponent(ticker)}/book?levels=${LEVELS}`);
    this.#asking = false;
    if (ticker !== this.#ticker) return;
    // Better the best prices of now than a whole book of before.
    this.#depth = answer.ok ? answer.body : null;
    if (this.#shown !== null) this.render(...this.#shown);
  }
}

function noteOf({ bid, ask, bookPhase }: LiveMarket, whole: boolean): string {
  const empty = bid === null && ask === null
    ? "Nobody bids and nobody offers"
    : bid === null
    ? "Nobody bids"
    : "Nobody offers";
  const sides = bid !== null && ask !== null ? "" : `${empty}. `;
  const phase = bookPhase === "synced" ? "" : `The book is ${bookPhase}. `;
  const shown = whole ? `At most ${LEVELS} prices of each side` : "The best of each side";
  return `${phase}${sides}${shown}, in contracts; ours with how many stand before them`;
}

function rowNode(): RowNode<LadderRow> {
  const [bid, price, ask] = [
    element("td", { class: "bid" }),
    element("th", { scope: "row" }),
    element("td", { class: "ask" }),
  ];
  const node = element("tr", {}, bid, price, ask);
  return {
    node,
    update: (row) => {
      setText(price, cents(row.price));
      setText(bid, sideText(row.bid, row.ownBid));
      setText(ask, sideText(row.ask, row.ownAsk));
      setAttribute(bid, "data-own", row.ownBid === null ? null : "yes");
      setAttribute(ask, "data-own", row.ownAsk === null ? null : "yes");
      bid.style.setProperty("--share", String(row.bid === null ? 0 : row.share));
      ask.style.setProperty("--share", String(row.ask === null ? 0 : row.share));
    },
  };
}

/** `"320 · ours 12 after 310"`; where the page knows of nobody else, only ours. */
function sideText(all: string | null, own: OwnOrders | null): string {
  const parts = all === null ? [] : [contracts(all)];
  if (own !== null) {
    const after = own.ahead === null ? "" : ` after ${hundredths(own.ahead)}`;
    parts.push(`ours ${hundredths(own.left)}${after}`);
  }
  return parts.join(" · ");
}

const hundredths = (count: number): string => contracts((count / 100).toFixed(2));
