/**
 * A line on stderr that rewrites itself; on a terminal only.
 * @module
 */

const WIDTH = 24;
const COLUMNS = 80;
/** Redrawn at most so often. */
const EVERY_MS = 100;

export interface ProgressBar {
  show(done: number, of: number, what: string): void;
  /** Takes the line away, so that something else can be printed. */
  clear(): void;
}

/** `[######            ]  25 % what`, cut to the line. */
export function barLine(done: number, of: number, what: string, columns = COLUMNS): string {
  const share = of === 0 ? 1 : Math.min(1, done / of);
  const full = Math.floor(share * WIDTH);
  const bar = `[${"#".repeat(full)}${" ".repeat(WIDTH - full)}] ${
    String(Math.floor(share * 100)).padStart(3)
  } % ${what}`;
  return bar.slice(0, columns - 1);
}

/** @param wanted false where the output is for a program */
export function progressBar(wanted: boolean): ProgressBar {
  if (!wanted || !Deno.stderr.isTerminal()) return { show: () => {}, clear: () => {} };
  const encoder = new TextEncoder();
  const write = (text: string): void => void Deno.stderr.writeSync(encoder.encode(text));
  let shownAt = -Infinity;
  return {
    show(done, of, what) {
      const now = performance.now();
      if (now - shownAt < EVERY_MS && done < of) return;
      shownAt = now;
      write(`\r\x1b[K${barLine(done, of, what)}`);
    },
    clear: () => write("\r\x1b[K"),
  };
}
