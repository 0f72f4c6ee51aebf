/** Figures side by side: what each is, what it is now, and a word beside it. */

import { element, KeyedList, type RowNode, setAttribute, setText } from "./dom.ts";
import type { Cell } from "./table.ts";

export interface Figure extends Cell {
  readonly name: string;
}

export class Figures {
  readonly #list: KeyedList<Figure>;

  /** @param parent a list of definitions */
  constructor(parent: HTMLElement) {
    this.#list = new KeyedList(parent, figureNode);
  }

  render(figures: readonly Figure[]): void {
    this.#list.render(figures.map((figure) => [figure.name, figure] as const));
  }
}

function figureNode(): RowNode<Figure> {
  const [name, value, sub] = [element("dt"), element("dd"), element("dd", { class: "detail" })];
  const node = element("div", {}, name, value, sub);
  return {
    node,
    update: (figure) => {
      setText(name, figure.name);
      setText(value, figure.text);
      setAttribute(value, "data-tone", figure.tone ?? null);
      setText(sub, figure.sub ?? "");
      setAttribute(node, "title", figure.title ?? null);
    },
  };
}
