/** The settlement indices: value, age and volatility, the age in words and in colour. */

import type { IndexView } from "../../src/engine/view.ts";
import { element, flash, KeyedList, type RowNode, setAttribute, setText } from "./dom.ts";
import { age, dollars, isNumber, NONE } from "./format.ts";

const SECONDS_PER_YEAR = 31_557_600;
/** An index prints once a second; older than this it is late, and older than that it is gone. */
const LATE_MS = 2_500;
const GONE_MS = 5_000;

export class IndexPanel {
  readonly #list: KeyedList<IndexView>;
  /** Milliseconds of the run's clock since the view in hand. */
  #sinceMs = 0;

  constructor(parent: HTMLElement) {
    this.#list = new KeyedList(parent, () => this.#card());
  }

  render(indices: readonly IndexView[]): void {
    this.#sinceMs = 0;
    this.#list.render(indices.map((index) => [index.index, index] as const));
  }

  refresh(sinceMs: number): void {
    this.#sinceMs = sinceMs;
    this.#list.refresh();
  }

  #card(): RowNode<IndexView> {
    const name = element("h2", { class: "label" });
    const value = element("p", { class: "figure" });
    const shownAge = element("span", { class: "age" });
    const detail = element("p", { class: "detail" }, shownAge);
    const more = element("span", { class: "more" });
    detail.append(more);
    const node = element("div", { class: "tile index" }, name, value, detail);
    let last: number | null = null;
    const update = (row: IndexView): void => {
      const ageMs = row.ageMs === null ? null : row.ageMs + this.#sinceMs;
      setText(name, row.index);
      setText(value, dollars(row.value));
      setText(shownAge, ageMs === null ? "no value yet" : `${age(ageMs)} old`);
      setAttribute(shownAge, "data-tone", toneOf(ageMs));
      const yearly = isNumber(row.volatility)
        ? `${(row.volatility * Math.sqrt(SECONDS_PER_YEAR) * 100).toFixed(0)}%`
        : NONE;
      setText(more, ` · ${row.source ?? "no source"} · volatility ${yearly} a year`);
      if (isNumber(row.value) && last !== null && row.value !== last) flash(value, row.value > last ? "up" : "down");
      last = row.value;
    };
    return { node, update };
  }
}

function toneOf(ageMs: number | null): string {
  if (ageMs === null || ageMs > GONE_MS) return "bad";
  return ageMs > LATE_MS ? "warn" : "good";
}
