/**
 * Units as systemd reads them: a file and its drop-ins, one after the other.
 * @module
 */

/** A text with the place it lies at, for messages. */
export interface UnitText {
  readonly path: string;
  readonly text: string;
}

/** One assignment that is in force. */
export interface Setting {
  readonly value: string;
  /** `/etc/systemd/system/kbot.service line 12`. */
  readonly place: string;
}

export interface ReadUnit {
  /** By section and name, `Service.ExecStart`, in order; an empty assignment has taken back what stood before it. */
  readonly settings: ReadonlyMap<string, readonly Setting[]>;
  /** Lines that are no assignment in a section. */
  readonly odd: readonly Setting[];
}

const ASSIGNMENT = /^\s*([A-Za-z][\w-]*)\s*=\s*(.*)$/;

/** Lines with what a backslash at their end joins to them, and the number of the first. */
function* joinedLines(text: string): Generator<{ readonly line: string; readonly number: number }> {
  let begun: { line: string; number: number } | null = null;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const comment = /^\s*([#;]|$)/.test(line);
    // Within a joined line a comment is passed over.
    if (comment && begun !== null && line.trim() !== "") continue;
    const whole: string = begun === null ? line : `${begun.line} ${line.trim()}`;
    const number: number = begun?.number ?? index + 1;
    begun = null;
    if (!comment && whole.endsWith("\\")) begun = { line: whole.slice(0, -1).trimEnd(), number };
    else yield { line: whole, number };
  }
  if (begun !== null) yield begun;
}

export function readUnit(texts: readonly UnitText[]): ReadUnit {
  const settings = new Map<string, Setting[]>();
  const odd: Setting[] = [];
  for (const { path, text } of texts) {
    let section: string | null = null;
    for (const { line, number } of joinedLines(text)) {
      const place = `${path} line ${number}`;
      const trimmed = line.trim();
      if (trimmed === "" || /^[#;]/.test(trimmed)) continue;
      const named = /^\[([\w-]+)\]$/.exec(trimmed)?.[1];
      if (named !== undefined) {
        section = named;
        continue;
      }
      const [, name, value] = ASSIGNMENT.exec(line) ?? [];
      if (name === undefined || section === null) {
        odd.push({ value: trimmed, place });
        continue;
      }
      const key = `${section}.${name}`;
      if (value.trim() === "") settings.delete(key);
      else settings.set(key, [...settings.get(key) ?? [], { value: value.trim(), place }]);
    }
  }
  return { settings, odd };
}

const SECONDS: Readonly<Record<string, number>> = {
  "": 1,
  s: 1,
  sec: 1,
  ms: 1e-3,
  m: 60,
  min: 60,
  h: 3_600,
  hr: 3_600,
};

/** A span of time in seconds: `90`, `1min 30s`, `infinity`; `null` for what is none. */
export function secondsOf(text: string): number | null {
  if (text === "infinity") return Infinity;
  if (!/^(\d+(\.\d+)?\s*[a-z]*\s*)+$/.test(text)) return null;
  let sum = 0;
  for (const [, value, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/g)) {
    if (!(unit in SECONDS)) return null;
    sum += Number(value) * SECONDS[unit];
  }
  return sum;
}

const BYTES: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** A size in bytes: `768M`, `infinity`; `null` for what is none, a share of the machine's memory among it. */
export function bytesOf(text: string): number | null {
  if (text === "infinity") return Infinity;
  const [, value, unit] = /^(\d+)([KMGT]?)$/.exec(text) ?? [];
  return value === undefined ? null : Number(value) * BYTES[unit];
}

/** systemd's words for yes. */
export const isYes = (text: string): boolean => /^(1|yes|y|true|t|on)$/i.test(text);
