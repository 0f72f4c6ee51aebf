/**
 * Keys from the bytes of a terminal in raw mode.
 * @module
 */

export type Key =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "interrupt" | "redraw" | "escape" | "enter" }
  | { readonly kind: "up" | "down" | "page_up" | "page_down" | "home" | "end" };

type Named = Exclude<Key["kind"], "text">;

/** What the terminals there are send for a key, after ESC [ or ESC O. */
const SEQUENCES: Readonly<Record<string, Named>> = {
  "A": "up",
  "B": "down",
  "H": "home",
  "F": "end",
  "1~": "home",
  "7~": "home",
  "4~": "end",
  "8~": "end",
  "5~": "page_up",
  "6~": "page_down",
};
const CONTROLS: Readonly<Record<string, Named>> = {
  "\x03": "interrupt",
  "\x04": "interrupt",
  "\x0c": "redraw",
  "\r": "enter",
  "\n": "enter",
};
/** No key sends more; a longer one is no sequence. */
const SEQUENCE_MAX = 32;
// deno-lint-ignore no-control-regex
const SEQUENCE = /^\x1b(?:\[([0-?]*[ -/]*[@-~])|O([@-~]))/;
// deno-lint-ignore no-control-regex
const UNFINISHED = /^\x1b(?:\[[0-?]*[ -/]*|O)$/;

/** Puts sequences together that come in pieces. One that nobody knows is dropped whole: its letters are no keys. */
export class KeyReader {
  #pending = "";
  readonly #decoder = new TextDecoder();

  /** A lone ESC at the end is the key itself: no terminal parts a sequence after its first byte. */
  push(bytes: Uint8Array): Key[] {
    let text = this.#pending + this.#decoder.decode(bytes, { stream: true });
    this.#pending = "";
    const keys: Key[] = [];
    while (text !== "") {
      if (UNFINISHED.test(text) && text.length <= SEQUENCE_MAX) {
        this.#pending = text;
        break;
      }
      const sequence = SEQUENCE.exec(text);
      const taken = sequence?.[0] ?? String.fromCodePoint(text.codePointAt(0) ?? 0);
      const key = sequence === null ? keyOf(taken) : named(SEQUENCES[sequence[1] ?? sequence[2]]);
      if (key !== null) keys.push(key);
      text = text.slice(taken.length);
    }
    return keys;
  }
}

function keyOf(character: string): Key | null {
  if (character === "\x1b") return { kind: "escape" };
  const control = CONTROLS[character];
  if (control !== undefined) return { kind: control };
  return /\p{Cc}/u.test(character) ? null : { kind: "text", text: character };
}

const named = (kind: Named | undefined): Key | null => kind === undefined ? null : { kind };
