/** The strategies, each with its switch and its parameters. */

import type { EngineView } from "../../src/engine/view.ts";
import { element, KeyedList, type RowNode, setAttribute, setHidden, setText } from "./dom.ts";
import { money, words } from "./format.ts";
import { type ChangeParameters, ParametersForm } from "./parameters.ts";

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

const STATE_TONES: Readonly<Record<Strategy["state"], string>> = { active: "good", reducing: "warn", halted: "bad" };

/** What a person may want of a strategy. */
export interface StrategyActions {
  /** Its start or its stop. */
  readonly turn: (strategy: Strategy) => void;
  readonly windUp: (strategy: Strategy) => void;
  readonly change: ChangeParameters;
}

export class StrategiesPanel {
  readonly #list: KeyedList<Strategy>;
  readonly #actions: StrategyActions;

  constructor(parent: HTMLElement, actions: StrategyActions) {
    this.#actions = actions;
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
    const kept = element("span", { class: "purse kept" });
    const button = element("button", { type: "button", class: "quiet" });
    const windUp = element("button", { type: "button", class: "quiet", text: "Wind up…" });
    const node = element("li", {}, name, state, purse, button, windUp, kept);
    let shown: Strategy | null = null;
    button.addEventListener("click", () => {
      if (shown !== null) this.#actions.turn(shown);
    });
    windUp.addEventListener("click", () => {
      if (shown !== null) this.#actions.windUp(shown);
    });
    const update = (row: Strategy): void => {
      if (shown === null) node.append(new ParametersForm(row.name, this.#actions.change).node);
      shown = row;
      setText(name, words(row.name));
      setText(state, shownState(row));
      setAttribute(state, "title", row.reason);
      setText(kept, row.phase === "off" ? "" : row.kept ?? lossesText(row));
      setText(purse, purseText(row));
      setAttribute(purse, "title", row.budget === null ? "" : "At stake, of what it may put at stake; earned today");
      setAttribute(state, "data-tone", row.phase === "active" ? STATE_TONES[row.state] : TONES[row.phase]);
      const verb = mayStop(row) ? "Stop" : "Start";
      setText(button, `${verb}…`);
      setAttribute(button, "aria-label", `${verb} ${words(row.name)}`);
      setAttribute(windUp, "aria-label", `Wind up ${words(row.name)}`);
      setHidden(windUp, row.phase !== "active" || !row.running);
    };
    return { node, update };
  }
}

/** Whether the next thing that a person may want of it is its end: one with a halt of its own is started to lift that. */
export const mayStop = ({ running, ownHalt }: Pick<Strategy, "running" | "ownHalt">): boolean => running && !ownHalt;

/** Its phase, and what of it goes out where that is less than the phase lets. */
function shownState({ phase, state }: Strategy): string {
  return phase === "active" && state !== "active" ? `${PHASES[phase]} · ${state}` : PHASES[phase];
}

const lossesText = ({ losses }: Strategy): string =>
  losses === 0 ? "" : `${losses} ${losses === 1 ? "market" : "markets"} lost in a row`;

/** What a strategy has at stake, of how much, and what it earned today; nothing of one that never ran. */
function purseText({ phase, budget, inUse, dayPnl }: Strategy): string {
  if (phase === "off") return "";
  const used = budget === null ? money(inUse) : `${money(inUse)} of ${money(budget)}`;
  return dayPnl === null ? used : `${used} · ${money(dayPnl, true)}`;
}
