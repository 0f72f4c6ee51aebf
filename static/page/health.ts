/** How the run fares, at one glance: the way to the exchange, its clock, the sources, the strategies, what is written. */

import type { StrategyStateView } from "../../src/engine/view.ts";
import type { RunStatus } from "../../src/server/status.ts";
import { element } from "./dom.ts";
import { Figures } from "./figures.ts";
import { healthFigures } from "./health_figures.ts";

export class HealthPanel {
  readonly #figures: Figures;

  constructor(parent: HTMLElement) {
    const list = element("dl", { class: "figures" });
    parent.append(list);
    this.#figures = new Figures(list);
  }

  render(status: RunStatus, strategies: readonly StrategyStateView[]): void {
    this.#figures.render(healthFigures(status, strategies));
  }
}
