/**
 * The live log: newest at the bottom, follows while the reader is at the bottom and stays put otherwise. Only the lines in
 * sight are made, so that a hundred thousand cost no more than twenty.
 * @module
 */

import type { LogLevel, LogLine } from "../../src/server/status.ts";
import { element, setAttribute, setHidden, setText } from "./dom.ts";
import { clockTime } from "./format.ts";
import type { LogLines } from "./log_lines.ts";
import { rowWindow } from "./row_window.ts";

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warning", "error"];
/** Height of a line, as style/log.css sets it. */
const LINE_PIXELS = 20;
/** How near the end still counts as being there. */
const FOLLOW_PIXELS = 24;

interface LineNode {
  readonly node: HTMLElement;
  readonly time: HTMLElement;
  readonly level: HTMLElement;
  readonly logger: HTMLElement;
  readonly text: HTMLElement;
}

export class LogPanel {
  readonly #log: LogLines;
  readonly #scroll = element("div", {
    class: "lines",
    role: "log",
    "aria-live": "off",
    "aria-labelledby": "log-title",
    tabindex: "0",
  });
  readonly #room = element("div", { class: "room" });
  readonly #list = element("ol");
  readonly #nodes: LineNode[] = [];
  readonly #level = element("select", { id: "log-level" });
  readonly #search = element("input", { id: "log-search", type: "search", autocomplete: "off", placeholder: "Search" });
  readonly #pause = element("button", { type: "button", class: "quiet", "aria-pressed": "false", text: "Pause" });
  readonly #latest = element("button", { type: "button", class: "quiet", text: "To the newest" });
  readonly #note = element("span", { class: "detail" });
  readonly #whole = element("p", { class: "whole-line", role: "status" });
  /** What is shown while paused: the lines of that moment. */
  #held: readonly LogLine[] | null = null;
  #following = true;
  #noteText = "";

  constructor(parent: HTMLElement, log: LogLines) {
    this.#log = log;
    for (const level of LEVELS) this.#level.append(element("option", { value: level, text: level }));
    this.#level.value = "info";
    this.#level.addEventListener("change", () => this.#choose());
    this.#search.addEventListener("input", () => this.#choose());
    this.#pause.addEventListener("click", () => this.#togglePause());
    this.#latest.addEventListener("click", () => this.#toEnd());
    this.#latest.hidden = true;
    this.#whole.hidden = true;
    this.#room.append(this.#list);
    this.#scroll.append(this.#room);
    this.#scroll.addEventListener("scroll", () => {
      this.#following = this.#atEnd();
      setHidden(this.#latest, this.#following);
      this.#draw();
    }, { passive: true });
    new ResizeObserver(() => this.#draw()).observe(this.#scroll);
    const bar = element(
      "div",
      { class: "table-bar" },
      element("label", { for: "log-level", text: "From level" }),
      this.#level,
      element("label", { for: "log-search", class: "unseen", text: "Search the log" }),
      this.#search,
      this.#pause,
      this.#latest,
      this.#note,
    );
    parent.append(bar, this.#scroll, this.#whole);
  }

  /** @param simulated the run has a clock of its own, which the log does not follow */
  render(skipped: number, simulated: boolean): void {
    const missing = skipped > 0
      ? `${skipped.toLocaleString("en-US")} lines came too fast to be shown; the log file has them`
      : "";
    this.#noteText = [simulated ? "by real time, not the run's clock" : "", missing].filter(Boolean).join(" · ");
    this.#draw();
    if (this.#following && this.#held === null) this.#toEnd();
  }

  #choose(): void {
    this.#log.choose({ least: this.#level.value as LogLevel, search: this.#search.value });
    if (this.#held !== null) this.#held = [...this.#log.shown];
    this.#draw();
    this.#toEnd();
  }

  #togglePause(): void {
    this.#held = this.#held === null ? [...this.#log.shown] : null;
    setAttribute(this.#pause, "aria-pressed", String(this.#held !== null));
    setText(this.#pause, this.#held === null ? "Pause" : "Go on");
    this.#draw();
    if (this.#held === null) this.#toEnd();
  }

  #draw(): void {
    const lines = this.#held ?? this.#log.shown;
    const count = lines.length.toLocaleString("en-US");
    const state = this.#held === null ? "" : "paused";
    setText(
      this.#note,
      [`${count} ${lines.length === 1 ? "line" : "lines"}`, state, this.#noteText].filter(Boolean).join(" · "),
    );
    const { first, end } = rowWindow(lines.length, LINE_PIXELS, this.#scroll.scrollTop, this.#scroll.clientHeight);
    const height = `${lines.length * LINE_PIXELS}px`;
    if (this.#room.style.height !== height) this.#room.style.height = height;
    const top = `${first * LINE_PIXELS}px`;
    if (this.#list.style.top !== top) this.#list.style.top = top;
    while (this.#nodes.length < end - first) this.#nodes.push(this.#lineNode());
    while (this.#nodes.length > end - first) this.#nodes.pop()?.node.remove();
    this.#nodes.forEach((node, k) => show(node, lines[first + k]));
  }

  /** Pressed, a line shows below the list in full. */
  #lineNode(): LineNode {
    const [time, level, logger, text] = [element("time"), element("b"), element("i"), element("span")];
    const node = element("li", {}, time, level, logger, text);
    node.addEventListener("click", () => {
      setText(this.#whole, `${time.textContent} ${level.textContent} ${logger.textContent}: ${text.textContent}`);
      this.#whole.hidden = false;
    });
    this.#list.append(node);
    return { node, time, level, logger, text };
  }

  #atEnd(): boolean {
    return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight < FOLLOW_PIXELS;
  }

  #toEnd(): void {
    this.#following = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
    this.#draw();
  }
}

function show(nodes: LineNode, { at, level, logger, text }: LogLine): void {
  setAttribute(nodes.node, "data-level", level);
  setText(nodes.time, clockTime(at));
  setText(nodes.level, level);
  setText(nodes.logger, logger);
  setText(nodes.text, text);
}
