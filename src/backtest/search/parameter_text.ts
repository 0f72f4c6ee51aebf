/**
 * A parameter to search, as it is typed: `NAME`, `NAME=LOW..HIGH`, `NAME=LOW..HIGH:STEP` or `NAME=a,b,c`.
 * @module
 */

export interface AskedRange {
  readonly name: string;
  readonly range:
    /** As the strategy declares it. */
    | { readonly kind: "declared" }
    | { readonly kind: "between"; readonly low: number; readonly high: number; readonly step: number | null }
    /** What they mean is for the parameter to say. */
    | { readonly kind: "values"; readonly texts: readonly string[] };
}

const DECIMAL = "[+-]?(?:\\d{1,15}(?:\\.\\d{1,15})?|\\.\\d{1,15})(?:[eE][+-]?\\d{1,3})?";
const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const BETWEEN = new RegExp(`^(${DECIMAL})\\.\\.(${DECIMAL})(?::(${DECIMAL}))?$`);
const WORD = /^[A-Za-z0-9_.+-]{1,64}$/;
const WORDS_MAX = 1_000;

/** What was typed; `null` where it is none of these. */
export function readRange(text: string): AskedRange | null {
  const at = text.indexOf("=");
  const name = at < 0 ? text : text.slice(0, at);
  if (!NAME.test(name)) return null;
  if (at < 0) return { name, range: { kind: "declared" } };
  const given = text.slice(at + 1);
  const range = BETWEEN.exec(given);
  if (range !== null) {
    const [low, high, step] = range.slice(1).map(Number);
    return { name, range: { kind: "between", low, high, step: range[3] === undefined ? null : step } };
  }
  const texts = given.split(",");
  // Two dots are a range that did not come out, not a word.
  if (texts.length > WORDS_MAX || !texts.every((each) => WORD.test(each) && !each.includes(".."))) return null;
  return { name, range: { kind: "values", texts } };
}
