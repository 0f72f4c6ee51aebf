/**
 * Finds the line of a key in TOML text, so that an error can name it. The parser proper is smol-toml, which keeps no
 * places; this scanner reads only as much as it takes to follow tables and keys of a document that parses.
 * @module
 */

const BARE = String.raw`[A-Za-z0-9_-]+`;
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'[^']*'`;
const NAME = `(?:${BARE}|${QUOTED})`;
const DOTTED = `${NAME}(?:\\s*\\.\\s*${NAME})*`;
const HEADER = new RegExp(`^\\s*\\[\\[?\\s*(${DOTTED})\\s*\\]`);
const PAIR = new RegExp(`^\\s*(${DOTTED})\\s*=`);
const EACH_NAME = new RegExp(NAME, "g");

function names(dotted: string): string[] {
  const parts: string[] = dotted.match(EACH_NAME) ?? [];
  return parts.map((part) => (/^["']/.test(part) ? part.slice(1, -1) : part));
}

/** The multi-line string delimiter that is still open at the end of a line, or `null`. */
function openString(line: string, open: string | null): string | null {
  let still = open;
  for (const [delimiter] of line.matchAll(/"""|'''/g)) {
    if (still === null) still = delimiter;
    else if (still === delimiter) still = null;
  }
  return still;
}

/**
 * @param key dotted, `risk.max_order_usd`
 * @returns the line, from 1, where the key or the nearest table around it is written; `null` where neither is
 */
export function lineOfKey(text: string, key: string): number | null {
  const wanted = key.split(".");
  let table: string[] = [];
  let open: string | null = null;
  let best: number | null = null;
  let bestDepth = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const wasOpen = open;
    open = openString(line, open);
    if (wasOpen !== null) continue;
    const header = HEADER.exec(line);
    const pair = PAIR.exec(line);
    if (header !== null) table = names(header[1]);
    else if (pair === null) continue;
    const path = pair === null || header !== null ? table : [...table, ...names(pair[1])];
    const leads = path.length <= wanted.length && path.every((part, depth) => part === wanted[depth]);
    if (leads && path.length > bestDepth) {
      best = index + 1;
      bestDepth = path.length;
    }
  }
  return best;
}

/** The line, from 1, of one of several tables of a name, `[[name]]`; `null` where it is written otherwise. */
export function lineOfTable(text: string, name: string, index: number): number | null {
  let open: string | null = null;
  let left = index;
  for (const [at, line] of text.split("\n").entries()) {
    const wasOpen = open;
    open = openString(line, open);
    if (wasOpen !== null || !/^\s*\[\[/.test(line)) continue;
    const header = HEADER.exec(line);
    if (header !== null && names(header[1]).join(".") === name && left-- === 0) return at + 1;
  }
  return null;
}
