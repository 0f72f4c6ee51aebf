/** The live log: newest at the bottom, follows while the reader is at the bottom and stays put otherwise. */

import type { LogLevel, LogLine } from "../../src/server/status.ts";
import { element, setText } from "./dom.ts";
import { clockTime } from "./format.ts";
import { LOG_LINES_MAX } from "./state.ts";

const LEVELS: Readonly<Record<LogLevel, number>> = { trace: 0, debug: 1, info: 2, warning: 3, error: 4, fatal: 5 };
/** How near the end still counts as being there. */
const FOLLOW_PIXELS = 24;

export class LogPanel {
  readonly #lines = element("ol", { role: "log", "aria-live": "off", "aria-labelledby": "log-title", tabindex: "0" });
  readonly #level = element("select", { id: "log-level" });
  readonly #note = element("span", { class: "detail" });
  readonly #latest = element("button", { type: "button", class: "quiet", text: "To the newest" });
  #newest = 0;

  constructor(parent: HTMLElement, redraw: () => void) {
    for (const level of ["debug", "info", "warning", "error"]) {
      this.#level.append(element("option", { value: level, text: level }));
    }
    this.#level.value = "info";
    this.#level.addEventListener("change", () => {
      this.#newest = 0;
      this.#lines.replaceChildren();
      redraw();
    });
    this.#latest.addEventListener("click", () => this.#toEnd());
    this.#latest.hidden = true;
    this.#lines.addEventListener("scroll", () => {
      this.#latest.hidden = this.#atEnd();
    });
    const label = element("label", { for: "log-level", text: "From level" });
    parent.append(element("div", { class: "log-bar" }, label, this.#level, this.#note, this.#latest), this.#lines);
  }

  /** @param simulated the run has a clock of its own, which the log does not follow */
  render(lines: readonly LogLine[], skipped: number, simulated: boolean): void {
    if (lines.length === 0 || lines[lines.length - 1].number < this.#newest) {
      this.#newest = 0;
      this.#lines.replaceChildren();
    }
    const follow = this.#atEnd();
    const least = LEVELS[this.#level.value as LogLevel] ?? 0;
    const fresh = lines.filter((line) => line.number > this.#newest && LEVELS[line.level] >= least);
    this.#lines.append(...fresh.map(lineNode));
    this.#newest = lines.at(-1)?.number ?? 0;
    while (this.#lines.childElementCount > LOG_LINES_MAX) this.#lines.firstElementChild?.remove();
    const missing = skipped > 0 ? `${skipped} lines came too fast to be shown; the log file has them` : "";
    setText(this.#note, [simulated ? "by real time, not the run's clock" : "", missing].filter(Boolean).join(" · "));
    if (follow) this.#toEnd();
  }

  #atEnd(): boolean {
    return this.#lines.scrollHeight - this.#lines.scrollTop - this.#lines.clientHeight < FOLLOW_PIXELS;
  }

  #toEnd(): void {
    this.#lines.scrollTop = this.#lines.scrollHeight;
  }
}

function lineNode({ at, level, logger, text }: LogLine): HTMLElement {
  return element(
    "li",
    { "data-level": level },
    element("time", { text: clockTime(at) }),
    element("b", { text: level }),
    element("i", { text: logger }),
    element("span", { text }),
  );
}
