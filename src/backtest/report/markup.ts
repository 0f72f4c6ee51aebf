/**
 * Text into markup. What is put into an {@link markup} template is escaped unless it came out of one: a ticker, a title or a
 * path of the data can never become an element or an attribute.
 * @module
 */

/** No text of a report needs more; what a broken file brings is cut, visibly. */
const LENGTH_MAX = 4_000;

/** What would be markup, once {@link visible} has been at it. */
const UNSAFE = /[&<>"']/g;
/** What hides, reorders or breaks what stands around it; lines and tabs are harmless. */
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Cut where it has no end, and with a sign for every character that nobody would see. */
export function visible(text: string): string {
  const cut = text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}…` : text;
  return cut.replace(HIDDEN, "\ufffd");
}

/** As it may stand between tags and in a quoted attribute. */
export const escapeText = (text: string): string => visible(text).replace(UNSAFE, (found) => ENTITIES[found]);

/** Made by this module alone. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Piece = Markup | string | number | null | readonly Piece[];

/** Templates without the indentation of the source, each worked out once. */
const compact = new WeakMap<TemplateStringsArray, readonly string[]>();

/**
 * @example
 * ```ts
 * import { markup } from "./markup.ts";
 * import assert from "node:assert/strict";
 * assert.equal(String(markup`<b>${"<i>"}</b>${[markup`<hr>`, null]}`), "<b>&lt;i&gt;</b><hr>");
 * ```
 */
export function markup(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  let parts = compact.get(strings);
  if (parts === undefined) {
    parts = strings.map((part) => part.replace(/\n\s*/g, "\n"));
    compact.set(strings, parts);
  }
  const out: string[] = [parts[0]];
  pieces.forEach((piece, k) => {
    write(piece, out);
    out.push(parts[k + 1]);
  });
  return new Markup(out.join(""));
}

function write(piece: Piece, out: string[]): void {
  if (piece === null) return;
  if (typeof piece === "string") out.push(escapeText(piece));
  else if (typeof piece === "number" || piece instanceof Markup) out.push(String(piece));
  else for (const each of piece) write(each, out);
}

/** Data for the page's script: as JSON that cannot end the element it stands in. */
export const jsonData = (value: unknown): Markup =>
  new Markup(
    JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (found) => {
      return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
    }),
  );

/** The project's own script or style, as it is. */
export const verbatim = (text: string): Markup => new Markup(text);

/** The first so many of a list, and how many more there are. */
export function firstOf<Item>(items: readonly Item[], most: number): { shown: readonly Item[]; left: number } {
  return items.length <= most ? { shown: items, left: 0 } : { shown: items.slice(0, most), left: items.length - most };
}
