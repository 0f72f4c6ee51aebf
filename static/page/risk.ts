/** What may be sent, risk limits as gauges, and what has been refused. Halts stand in full at the top of the page. */

import type { HaltView, LimitView, StateView } from "../../src/engine/view.ts";
import { element, KeyedList, type RowNode, setAttribute, setText } from "./dom.ts";
import { decimal, words } from "./format.ts";
import { haltsDetails, refusedDetails } from "./risk_history.ts";

/** From here on a gauge warns, and from there it is as good as used up. */
const WARN_SHARE = 0.7;
const FULL_SHARE = 0.95;
const REFUSALS_MAX = 5;

const TONES: Readonly<Record<StateView["state"], string>> = { active: "good", reducing: "warn", halted: "bad" };

export class RiskPanel {
  readonly #state = element("span", { class: "chip", id: "trading-state" });
  readonly #why = element("span");
  readonly #list: KeyedList<LimitView>;
  readonly #refusals = element("dl", { class: "facts refusals" });
  readonly #refusalList: KeyedList<readonly [reason: string, count: number]>;
  readonly #details = [refusedDetails(), haltsDetails()];
  readonly #empty = element("p", { class: "empty", text: "No limit is reported" });

  constructor(parent: HTMLElement) {
    const gauges = element("div", { class: "gauges" });
    const state = element("p", { class: "trading-state" }, this.#state, this.#why);
    parent.append(state, gauges, this.#empty, this.#refusals, ...this.#details.map(({ node }) => node));
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
    for (const details of this.#details) details.refresh();
  }

  renderLimits(limits: readonly LimitView[]): void {
    this.#empty.hidden = limits.length > 0;
    this.#list.render(limits.map((limit) => [limit.name, limit] as const));
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
    const used = Number(row.used);
    const limit = Number(row.limit);
    const known = Number.isFinite(used) && Number.isFinite(limit) && limit > 0;
    // Of a limit of nothing everything is used.
    const share = known ? Math.min(1, Math.max(0, used / limit)) : limit === 0 ? 1 : 0;
    const text = `${decimal(row.used)} of ${decimal(row.limit)}`;
    setText(name, words(row.name));
    setText(value, text);
    fill.style.setProperty("--share", String(share));
    setAttribute(node, "data-tone", share >= FULL_SHARE ? "bad" : share >= WARN_SHARE ? "warn" : "good");
    setAttribute(bar, "aria-label", words(row.name));
    setAttribute(bar, "aria-valuemax", known ? String(limit) : "1");
    setAttribute(bar, "aria-valuenow", known ? String(used) : "0");
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
