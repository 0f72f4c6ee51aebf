/**
 * The screen of whoever sits before it. kbot may start no program, so there is no `notify-send`: the status page shows every
 * alert, as a notification of the system where the browser was allowed to, and reads them itself; a terminal that a run was
 * started in, or that `kbot top` draws on, gets, from here, the escape sequences for a notification, with its bell. Which of
 * them a terminal knows is its own affair: OSC 9 (iTerm2, WezTerm, Windows Terminal, ConEmu, kitty), OSC 777 (foot, urxvt,
 * Ghostty, WezTerm); the bell they all know.
 * @module
 */

import type { Sender } from "../alert.ts";
import { type Channel, delivered, type Delivery, refusedFor } from "../channel.ts";
import { type Batch, lineOf, titleOf, type Told } from "../message.ts";

const TEXT_LENGTH_MAX = 200;
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]+/g;

/** A terminal, as far as it is needed. */
export interface Terminal {
  isTerminal(): boolean;
  writeSync(bytes: Uint8Array): number;
}

/** Alerts for whoever looks at a terminal, at least one of them. */
export interface Notice {
  readonly sender: Sender;
  readonly alerts: readonly Told[];
}

/** What is written: nothing in it may end the sequence early, or begin another one. */
export function terminalNotice(batch: Notice): string {
  const plain = (text: string) => text.replace(CONTROLS, " ").replaceAll(";", ",").slice(0, TEXT_LENGTH_MAX);
  const title = plain(titleOf(batch));
  const text = plain(lineOf(batch.alerts[batch.alerts.length - 1]));
  return `\u001b]9;${title}: ${text}\u0007\u001b]777;notify;${title};${text}\u0007\u0007`;
}

export class Desktop implements Channel {
  readonly name = "desktop";
  readonly to = "this terminal";
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  deliver(batch: Batch): Promise<Delivery> {
    try {
      let bytes = new TextEncoder().encode(terminalNotice(batch));
      while (bytes.length > 0) bytes = bytes.subarray(this.#terminal.writeSync(bytes));
      return Promise.resolve(delivered("written to the terminal; whether it shows it is the terminal's affair"));
    } catch (error) {
      return Promise.resolve(refusedFor(`The terminal is gone: ${error instanceof Error ? error.name : "an error"}`));
    }
  }

  probe(): Promise<Delivery> {
    return Promise.resolve(delivered(this.to));
  }
}
