/** The strategies, each with its switch. */

import type { EngineView } from "../../src/engine/view.ts";
import { element, KeyedList, type RowNode, setAttribute, setText } from "./dom.ts";
import { money, words } from "./format.ts";

type Strategy = EngineView["strategies"][number];

const PHASES: Readonly<Record<Strategy["phase"], string>> = {
  active: "running",
  winding_up: "winding up",
  stopped: "stopped",
  failed: "failed",
  off: "off",
};

const TONES: Readonly<Record<Strategy["phase"], string>> = {
  active: "good",
  winding_up: "warn",
  stopped: "dim",
  failed: "bad",
  off: "dim",
};

export class StrategiesPanel {
  readonly #list: KeyedList<Strategy>;
  readonly #ask: (strategy: Strategy) => void;

  /** @param ask called when a person wants to start or stop one */
  constructor(parent: HTMLElement, ask: (strategy: Strategy) => void) {
    this.#ask = ask;
    const list = element("ul", { class: "strategies" });
    parent.append(list);
    this.#list = new KeyedList(list, () => this.#row());
  }

  render(strategies: readonly Strategy[]): void {
    this.#list.render(strategies.map((strategy) => [strategy.name, strategy] as const));
  }

  #row(): RowNode<Strategy> {
    const name = element("span", { class: "name" });
    const state = element("span", { class: "chip" });
    const purse = element("span", { class: "purse" });
    const button = element("button", { type: "button", class: "quiet" });
    let shown: Strategy | null = null;
    button.addEventListener("click", () => {
      if (shown !== null) this.#ask(shown);
    });
    const update = (row: Strategy): void => {
      shown = row;
      setText(name, words(row.name));
      setText(state, PHASES[row.phase]);
      setAttribute(state, "title", row.reason);
      setText(purse, purseText(row));
      setAttribute(purse, "title", row.budget === null ? "" : "At stake, of what it may put at stake; earned today");
      setAttribute(state, "data-tone", TONES[row.phase]);
      setText(button, row.running ? "Stop…" : "Start…");
      setAttribute(button, "aria-label", `${row.running ? "Stop" : "Start"} ${words(row.name)}`);
    };
    return { node: element("li", {}, name, state, button, purse), update };
  }
}

/** What a strategy has at stake, of how much, and what it earned today; nothing of one that never ran. */
function purseText({ phase, budget, inUse, dayPnl }: Strategy): string {
  if (phase === "off") return "";
  const used = budget === null ? money(inUse) : `${money(inUse)} of ${money(budget)}`;
  return dayPnl === null ? used : `${used} · ${money(dayPnl, true)}`;
}
