/**
 * The screen of a terminal while something is drawn on it: taken, drawn on, and given back as it was. Writing never blocks
 * whoever draws: where the way to the terminal is slow, frames in between are left out.
 * @module
 */

import { within } from "../within.ts";
import { ENTER, frameChange, LEAVE, type PaintedLine } from "./frames.ts";
import type { Size } from "./size.ts";

/** What is needed of the process's own terminal; tests have one of their own. */
export interface TerminalEnds {
  write(bytes: Uint8Array): Promise<number>;
  writeSync(bytes: Uint8Array): number;
  /** Keys come one by one and unseen, or as lines again. */
  setRaw(raw: boolean): void;
}

/** How long the terminal may take to be given back before one goes without. */
const LEAVE_MS = 500;

const encoder = new TextEncoder();

export class Screen {
  readonly #ends: TerminalEnds;
  /** Told when the terminal takes nothing any more. */
  readonly #gone: () => void;
  /** On the screen; `null` where that is not known. */
  #shown: readonly PaintedLine[] | null = null;
  #size: Size = { columns: 0, rows: 0 };
  #wanted: { readonly lines: readonly PaintedLine[]; readonly size: Size; readonly behind: string } | null = null;
  #writing: Promise<void> | null = null;
  #open = false;

  constructor(ends: TerminalEnds, gone: () => void) {
    this.#ends = ends;
    this.#gone = gone;
  }

  open(): void {
    this.#open = true;
    this.#ends.setRaw(true);
    this.#send(ENTER);
  }

  /** What is on it is not known any more. */
  forget(): void {
    this.#shown = null;
  }

  /** After a stop of the process the terminal may be anything. */
  reopen(): void {
    if (!this.#open) return;
    this.#ends.setRaw(true);
    this.forget();
    this.#send(ENTER);
  }

  /**
   * Draws the lines, as many as the screen has at most.
   * @param size that they were made for
   * @param behind is sent with the frame and leaves no mark on the screen, as a bell
   */
  show(lines: readonly PaintedLine[], size: Size, behind = ""): void {
    if (!this.#open) return;
    if (size.columns !== this.#size.columns || size.rows !== this.#size.rows) this.forget();
    this.#size = size;
    this.#wanted = { lines: lines.slice(0, size.rows), size, behind: (this.#wanted?.behind ?? "") + behind };
    if (this.#writing === null) this.#flush();
  }

  #flush(): void {
    const wanted = this.#wanted;
    this.#wanted = null;
    if (wanted === null) return;
    const text = frameChange(this.#shown, wanted.lines, wanted.size) + wanted.behind;
    this.#shown = wanted.lines;
    if (text !== "") this.#send(text);
  }

  #send(text: string): void {
    const before = this.#writing ?? Promise.resolve();
    const mine = before.then(() => this.#write(encoder.encode(text))).catch(() => this.#gone()).then(() => {
      if (this.#writing !== mine) return;
      this.#writing = null;
      this.#flush();
    });
    this.#writing = mine;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) rest = rest.subarray(await this.#ends.write(rest));
  }

  /** Gives the screen back; a terminal that takes nothing is left as it is. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#wanted = null;
    this.#send(LEAVE);
    await within(LEAVE_MS, this.#writing);
    this.#open = false;
    this.#unraw();
  }

  /** The same where nothing can be waited for: the process is at its end. */
  closeNow(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      this.#ends.writeSync(encoder.encode(LEAVE));
    } catch {
      // The terminal is gone, and with it what was to be put in order.
    }
    this.#unraw();
  }

  #unraw(): void {
    try {
      this.#ends.setRaw(false);
    } catch {
      // As above.
    }
  }
}
