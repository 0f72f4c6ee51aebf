/** What may be sent, risk limits as gauges, and what has been refused. Halts stand in full at the top of the page. */

import type { HaltView, LimitView, RefusalView, StateView } from "../../src/engine/view.ts";
import { gaugeOf } from "../../src/core/gauge.ts";
import { element, KeyedList, type RowNode, setAttribute, setHidden, setText } from "./dom.ts";
import { decimal, words } from "./format.ts";
import { haltsDetails, refusalNode } from "./risk_history.ts";
import type { Tone } from "./table.ts";

const REFUSALS_MAX = 5;
/** Of the newest ones; the audit has them all. */
const REFUSED_MAX = 40;

const GAUGE_TONES: Readonly<Record<ReturnType<typeof gaugeOf>["state"], Tone>> = {
  free: "good",
  near: "warn",
  reached: "bad",
};

const TONES: Readonly<Record<StateView["state"], string>> = { active: "good", reducing: "warn", halted: "bad" };

export class RiskPanel {
  readonly #state = element("span", { class: "chip", id: "trading-state" });
  readonly #why = element("span");
  readonly #list: KeyedList<LimitView>;
  readonly #refusals = element("dl", { class: "facts refusals" });
  readonly #refusalList: KeyedList<readonly [reason: string, count: number]>;
  readonly #refused: KeyedList<RefusalView>;
  readonly #refusedPlace: HTMLElement;
  readonly #noneRefused = element("p", { class: "empty", text: "Nothing was refused yet" });
  readonly #halts = haltsDetails();
  readonly #empty = element("p", { class: "empty", text: "No limit is reported" });

  constructor(parent: HTMLElement) {
    const gauges = element("div", { class: "gauges" });
    const state = element("p", { class: "trading-state" }, this.#state, this.#why);
    const list = element("ol");
    const refused = element(
      "div",
      { class: "entries", tabindex: "0", role: "region", "aria-labelledby": "refused-title" },
      list,
    );
    const title = element("h3", { id: "refused-title", text: "Newest refusals" });
    parent.append(state, gauges, this.#empty, this.#refusals, title, this.#noneRefused, refused, this.#halts.node);
    this.#refusedPlace = refused;
    this.#refused = new KeyedList(list, refusalNode);
    this.#list = new KeyedList(gauges, gauge);
    this.#refusalList = new KeyedList(this.#refusals, refusal);
  }

  renderState({ state, reason }: StateView, halts: readonly HaltView[]): void {
    setText(this.#state, state.toUpperCase());
    setAttribute(this.#state, "data-tone", TONES[state]);
    const parts = halts.filter(({ scope }) => scope !== "whole").length;
    const kept = parts === 0 ? "" : `${parts} of its parts ${parts === 1 ? "is" : "are"} kept back`;
    setText(this.#why, [reason, kept].filter((text) => text !== "").join(" · "));
  }

  /** Asks again for what is open. */
  refresh(): void {
    this.#halts.refresh();
  }

  renderLimits(limits: readonly LimitView[]): void {
    this.#empty.hidden = limits.length > 0;
    this.#list.render(limits.map((limit) => [limit.name, limit] as const));
  }

  /** Newest first. */
  renderRefused(rows: readonly RefusalView[]): void {
    setHidden(this.#noneRefused, rows.length > 0);
    setHidden(this.#refusedPlace, rows.length === 0);
    const numbered = rows.slice(0, REFUSED_MAX).map((row, k) => [String(k), row] as const);
    this.#refused.render(numbered);
  }

  /** The most frequent reasons first. */
  renderRefusals(refusals: Readonly<Record<string, number>>): void {
    const most = Object.entries(refusals).sort(([, a], [, b]) => b - a).slice(0, REFUSALS_MAX);
    this.#refusals.hidden = most.length === 0;
    this.#refusalList.render(most.map((entry) => [entry[0], entry] as const));
  }
}

function gauge(): RowNode<LimitView> {
  const name = element("span", { class: "name" });
  const value = element("span", { class: "value" });
  const fill = element("i");
  const bar = element("div", { class: "bar", role: "meter", "aria-valuemin": "0" }, fill);
  const node = element("div", { class: "gauge" }, name, value, bar);
  const update = (row: LimitView): void => {
    const { share, state } = gaugeOf(row.used, row.limit);
    const text = `${decimal(row.used)} of ${decimal(row.limit)}`;
    setText(name, words(row.name));
    setText(value, text);
    fill.style.setProperty("--share", String(Math.min(1, Math.max(0, share ?? 1))));
    setAttribute(node, "data-tone", GAUGE_TONES[state]);
    setAttribute(bar, "aria-label", words(row.name));
    setAttribute(bar, "aria-valuemax", share === null ? "1" : row.limit);
    setAttribute(bar, "aria-valuenow", share === null ? "1" : row.used);
    setAttribute(bar, "aria-valuetext", text);
  };
  return { node, update };
}

function refusal(): RowNode<readonly [reason: string, count: number]> {
  const reason = element("dt");
  const count = element("dd");
  return {
    node: element("div", {}, reason, count),
    update: ([text, times]) => {
      setText(reason, `Refused: ${text}`);
      setText(count, times.toLocaleString("en-US"));
    },
  };
}
