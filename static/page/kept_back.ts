/** Which reasons kept which strategies' orders back longest in the last hour. */

import type { KeptBackRow, KeptBackView } from "../../src/engine/view.ts";
import { element, KeyedList, type RowNode, setHidden, setText } from "./dom.ts";
import { words } from "./format.ts";

const ROWS_MAX = 5;

export class KeptBackPanel {
  readonly #group: HTMLElement;
  readonly #list: KeyedList<KeptBackRow>;

  constructor(parent: HTMLElement) {
    const list = element("dl", { class: "facts kept" });
    this.#group = element("div", {}, element("h3", { text: "Kept back in the last hour" }), list);
    this.#group.hidden = true;
    parent.append(this.#group);
    this.#list = new KeyedList(list, rowNode);
  }

  render({ reasons }: KeptBackView): void {
    setHidden(this.#group, reasons.length === 0);
    this.#list.render(reasons.slice(0, ROWS_MAX).map((row) => [`${row.strategy} ${row.code}`, row] as const));
  }
}

function rowNode(): RowNode<KeptBackRow> {
  const name = element("dt");
  const share = element("dd");
  return {
    node: element("div", {}, name, share),
    update: (row) => {
      setText(name, `${words(row.strategy)}: ${words(row.code)}`);
      name.title = `Last in ${row.ticker}: ${row.text}`;
      setText(share, `${(row.share * 100).toFixed(row.share < 0.1 ? 1 : 0)}%`);
      share.title = "Of the time that all open markets and strategies together were watched";
    },
  };
}
