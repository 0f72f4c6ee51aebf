/** The book of one market as a ladder, empty sides and our own orders marked. */

import type { OrderView } from "../../src/engine/view.ts";
import type { LiveMarket } from "../../src/server/live_message.ts";
import { element, KeyedList, type RowNode, setAttribute, setText } from "./dom.ts";
import { cents, contracts } from "./format.ts";
import { ladder, type LadderRow } from "./ladder.ts";

export class LadderPanel {
  readonly #list: KeyedList<LadderRow>;
  readonly #note = element("p", { class: "detail" });

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

  render(market: LiveMarket, orders: readonly OrderView[]): void {
    this.#list.render(ladder(market, orders).map((row) => [row.price, row] as const));
    setText(this.#note, noteOf(market));
  }
}

function noteOf({ bid, ask, bookPhase }: LiveMarket): string {
  const empty = bid === null && ask === null
    ? "Nobody bids and nobody offers"
    : bid === null
    ? "Nobody bids"
    : "Nobody offers";
  const sides = bid !== null && ask !== null ? "" : `${empty}. `;
  const phase = bookPhase === "synced" ? "" : `The book is ${bookPhase}. `;
  return `${phase}${sides}Shown are the best of each side, and this run's orders at their prices`;
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
      setAttribute(bid, "data-own", row.ownBid > 0 ? "yes" : null);
      setAttribute(ask, "data-own", row.ownAsk > 0 ? "yes" : null);
    },
  };
}

/** `"320, of them 12 ours"`; where the page knows of nobody else, only ours. */
function sideText(all: string | null, own: number): string {
  const ours = own > 0 ? contracts((own / 100).toFixed(2)) : "";
  if (all === null) return ours === "" ? "" : `ours ${ours}`;
  return ours === "" ? contracts(all) : `${contracts(all)} · ours ${ours}`;
}
