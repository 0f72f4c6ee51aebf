/**
 * The last trades as they happen; with a filter, those that the store remembers. What is shown can be taken along as CSV.
 * @module
 */

import type { TradeView } from "../../src/engine/view.ts";
import { authorization, read } from "./api.ts";
import { element, setAttribute, setText, showOptions } from "./dom.ts";
import { words } from "./format.ts";
import { tradesTable } from "./holdings.ts";
import { rememberedToken } from "./token.ts";

const ROWS_MAX = 25;
/** Rows of a filter, and of a file. */
const ASKED_MAX = 200;
const FILE_ROWS_MAX = 1_000;
/** While trades go on, a filter is asked again at most this often. */
const AGAIN_MS = 5_000;

type Entries = readonly (readonly [tradeId: string, trade: TradeView])[];

export class TradesPanel {
  readonly #table: ReturnType<typeof tradesTable>;
  readonly #search = element("input", {
    id: "trades-search",
    type: "search",
    autocomplete: "off",
    placeholder: "Search",
  });
  readonly #strategy = element(
    "select",
    { id: "trades-strategy" },
    element("option", { value: "", text: "All strategies" }),
  );
  readonly #day = element("input", { id: "trades-day", type: "date" });
  readonly #file = element("a", { class: "file", download: "trades.csv", text: "CSV" });
  readonly #note = element("span", { class: "detail", role: "status" });
  #live: Entries = [];
  /** What the store said to the filter in force; `null` without one. */
  #asked: readonly TradeView[] | null = null;
  #question = "";
  #askedMs = -Infinity;

  constructor(parent: HTMLElement) {
    const bar = element(
      "div",
      { class: "table-bar" },
      element("label", { for: "trades-search", class: "unseen", text: "Search trades" }),
      this.#search,
      element("label", { for: "trades-strategy", class: "unseen", text: "Strategy" }),
      this.#strategy,
      element("label", { for: "trades-day", text: "Day (UTC)" }),
      this.#day,
      this.#file,
      this.#note,
    );
    parent.append(bar);
    this.#table = tradesTable(parent, ASKED_MAX);
    this.#search.addEventListener("input", () => this.#draw());
    for (const field of [this.#strategy, this.#day]) field.addEventListener("change", () => void this.#ask());
    this.#file.addEventListener("click", (event) => this.#takeAlong(event));
    this.#linkFile();
  }

  render(entries: Entries): void {
    this.#live = entries;
    this.#draw();
    if (this.#asked !== null && performance.now() - this.#askedMs > AGAIN_MS) void this.#ask();
  }

  renderStrategies(names: readonly string[]): void {
    showOptions(this.#strategy, names);
  }

  #query(): URLSearchParams {
    const query = new URLSearchParams();
    if (this.#strategy.value !== "") query.set("strategy", this.#strategy.value);
    if (this.#day.value !== "") query.set("day", this.#day.value);
    return query;
  }

  async #ask(): Promise<void> {
    this.#linkFile();
    const query = this.#query();
    if (query.size === 0) {
      this.#question = "";
      this.#asked = null;
      setText(this.#note, "");
      return this.#draw();
    }
    query.set("limit", String(ASKED_MAX));
    this.#askedMs = performance.now();
    this.#question = query.toString();
    const asked = this.#question;
    const answer = await read<{ trades: readonly TradeView[] }>(`trades?${asked}`);
    if (this.#question !== asked) return;
    this.#asked = answer.ok ? answer.body.trades : [];
    setText(this.#note, answer.ok ? `${this.#asked.length} found` : answer.text);
    this.#draw();
  }

  #draw(): void {
    const search = this.#search.value.trim().toLowerCase();
    const all: Entries = this.#asked?.map((trade) => [trade.tradeId, trade] as const) ?? this.#live;
    const fitting = search === ""
      ? all
      : all.filter(([, { ticker, strategy, signal }]) =>
        `${ticker} ${words(strategy)} ${words(signal)}`.toLowerCase().includes(search)
      );
    this.#table.render(this.#asked === null && search === "" ? fitting.slice(0, ROWS_MAX) : fitting);
  }

  #linkFile(): void {
    const query = this.#query();
    query.set("format", "csv");
    query.set("limit", String(FILE_ROWS_MAX));
    setAttribute(this.#file, "href", `/api/v1/trades?${query}`);
    setAttribute(this.#file, "title", `The newest ${FILE_ROWS_MAX} rows of this filter`);
  }

  /** A link cannot carry the token: where this tab has one, the file is fetched with it. */
  #takeAlong(event: MouseEvent): void {
    if (rememberedToken() === null) return;
    event.preventDefault();
    void this.#fetchFile(this.#file.href);
  }

  async #fetchFile(address: string): Promise<void> {
    const response = await fetch(address, { headers: authorization() }).catch(() => null);
    if (response === null || !response.ok) return setText(this.#note, "The server gave no file");
    const url = URL.createObjectURL(await response.blob());
    element("a", { href: url, download: "trades.csv" }).click();
    URL.revokeObjectURL(url);
  }
}
