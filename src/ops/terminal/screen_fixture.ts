/**
 * For tests: what a terminal makes of the sequences that are used here, and of no other one.
 * @module
 */

import type { Size } from "./size.ts";

/** Sequences, and what stands between them. */
const ESC = "\x1b";
const SEQUENCE = new RegExp(`${ESC}\\[[?\\d;]*[A-Za-z]|${ESC}\\][^\\x07]*\\x07|[^${ESC}]+`, "g");
const POSITION = new RegExp(`^${ESC}\\[(?:(\\d+);(\\d+))?H$`);
const UNFINISHED = new RegExp(`${ESC}(\\[[?\\d;]*|\\][^\\x07]*)?$`);

export class SeenScreen {
  lines: string[];
  /** The other screen is up; the cursor is shown; bells that rang. */
  isOther = false;
  hasCursor = true;
  bells = 0;
  /** What nobody here knows. */
  readonly unknown: string[] = [];
  #columns: number;
  #rows: number;
  #row = 0;
  #column = 0;
  #pending = "";

  constructor({ columns, rows }: Size, lines: readonly string[] = []) {
    this.#columns = columns;
    this.#rows = rows;
    this.lines = Array.from({ length: rows }, (_, row) => lines[row] ?? "");
  }

  resize({ columns, rows }: Size): void {
    this.#columns = columns;
    this.#rows = rows;
    this.lines = Array.from({ length: rows }, (_, row) => this.lines[row] ?? "");
  }

  feed(text: string): void {
    const all = this.#pending + text;
    const cut = UNFINISHED.exec(all)?.index ?? all.length;
    this.#pending = all.slice(cut);
    for (const [piece] of all.slice(0, cut).matchAll(SEQUENCE)) this.#take(piece);
  }

  #take(piece: string): void {
    const position = POSITION.exec(piece);
    if (position !== null) {
      // A row that is not there is the last one.
      this.#row = Math.min(this.#rows, Number(position[1] ?? 1)) - 1;
      this.#column = Number(position[2] ?? 1) - 1;
    } else if (!piece.startsWith(ESC)) this.#write(piece);
    else this.#command(piece.slice(1));
  }

  #write(text: string): void {
    const words = text.replaceAll("\x07", () => {
      this.bells++;
      return "";
    });
    const line = this.lines[this.#row].padEnd(this.#column);
    this.lines[this.#row] = line.slice(0, this.#column) + words + line.slice(this.#column + words.length);
    // Where nothing wraps, the cursor goes no further than upon the last character.
    this.#column = Math.min(this.#columns - 1, this.#column + words.length);
  }

  #command(command: string): void {
    switch (command) {
      case "[K":
        this.lines[this.#row] = this.lines[this.#row].slice(0, this.#column);
        return;
      case "[J":
        this.lines = this.lines.map((line, row) =>
          row < this.#row ? line : row > this.#row ? "" : line.slice(0, this.#column)
        );
        return;
      case "[2J":
        this.lines = this.lines.map(() => "");
        return;
      case "[?1049h":
      case "[?1049l":
        this.isOther = command.endsWith("h");
        return;
      case "[?25h":
      case "[?25l":
        this.hasCursor = command.endsWith("h");
        return;
      default:
        // Attributes, wrapping and synchronized output leave no text; a notification none, either.
        if (!/^(\[[\d;]*m|\[\?(7|2026)[hl]|\](9|777);)/.test(command)) this.unknown.push(command);
    }
  }
}
