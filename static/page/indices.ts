/** The settlement indices: value, age and volatility, the age in words and in colour. */

import type { IndexView } from "../../src/engine/view.ts";
import { element, flash, KeyedList, type RowNode, setAttribute, setText } from "./dom.ts";
import { age, dollars, isNumber, NONE, signed } from "./format.ts";

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
    const source = element("span", { class: "chip" });
    const basis = element("p", { class: "detail" });
    const node = element(
      "div",
      { class: "tile index" },
      element("div", { class: "named" }, name, source),
      value,
      detail,
      basis,
    );
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
      setText(more, ` · volatility ${yearly} a year`);
      setText(source, row.source ?? "no source");
      setAttribute(source, "data-tone", row.source === null ? "bad" : row.source === "official" ? "good" : "warn");
      setAttribute(source, "title", row.why);
      setText(basis, basisText(row));
      if (isNumber(row.value) && last !== null && row.value !== last) flash(value, row.value > last ? "up" : "down");
      last = row.value;
    };
    return { node, update };
  }
}

/** What the composite, else the single exchange, says beside the value in use, and how far it lies from the official. */
function basisText({ source, sources, correction }: IndexView): string {
  const parts = sources.filter((one) => one.source !== source).map(({ source: name, exchange, value, basis }) => {
    const off = basis === null ? "" : `, off by ${withSign(basis.mean)} ± ${basis.sd.toFixed(2)}`;
    return `${exchange ?? name} ${dollars(value)}${off}`;
  });
  if (correction !== 0) parts.unshift(`corrected by ${withSign(-correction)}`);
  return parts.join(" · ");
}

const withSign = (value: number): string => signed(value, Math.abs(value).toFixed(2));

function toneOf(ageMs: number | null): string {
  if (ageMs === null || ageMs > GONE_MS) return "bad";
  return ageMs > LATE_MS ? "warn" : "good";
}
