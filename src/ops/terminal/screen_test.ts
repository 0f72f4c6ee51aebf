import assert from "node:assert/strict";
import { ENTER, LEAVE } from "./frames.ts";
import { Screen } from "./screen.ts";

const SIZE = { columns: 80, rows: 24 };
const lines = (texts: readonly string[]) => texts.map((text) => ({ text, width: text.length }));
const decoder = new TextDecoder();

/** A terminal that takes what it is given when it is told to. */
class SlowTerminal {
  written = "";
  raw: boolean | null = null;
  gone = 0;
  #waiting: (() => void)[] = [];
  slow = false;
  broken = false;

  readonly screen = new Screen({
    write: async (bytes) => {
      if (this.slow) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (this.broken) throw new Deno.errors.BrokenPipe("gone");
      // Little at a time.
      const part = bytes.subarray(0, 7);
      this.written += decoder.decode(part);
      return part.length;
    },
    writeSync: (bytes) => {
      this.written += decoder.decode(bytes);
      return bytes.length;
    },
    setRaw: (raw) => this.raw = raw,
  }, () => this.gone++);

  async settle(): Promise<void> {
    for (let turn = 0; turn < 200; turn++) {
      this.#waiting.shift()?.();
      await Promise.resolve();
    }
  }
}

Deno.test("a screen is taken, drawn on by what changes, and given back", async () => {
  const terminal = new SlowTerminal();
  const { screen } = terminal;
  screen.open();
  screen.show(lines(["a", "b"]), SIZE);
  await terminal.settle();
  screen.show(lines(["a", "c"]), SIZE, "\x07");
  screen.show(lines(["a", "c"]), SIZE);
  await terminal.settle();
  assert.equal(terminal.raw, true);
  await screen.close();
  assert.equal(terminal.raw, false);
  const frame = "\x1b[?2026h\x1b[1;1Ha\x1b[K\x1b[2;1Hb\x1b[K\x1b[3;1H\x1b[J\x1b[?2026l";
  assert.equal(terminal.written, `${ENTER}${frame}\x1b[?2026h\x1b[2;1Hc\x1b[K\x1b[?2026l\x07${LEAVE}`);
  screen.show(lines(["late"]), SIZE);
  screen.closeNow();
  await terminal.settle();
  assert.ok(terminal.written.endsWith(LEAVE), "nothing is written afterwards");
});

Deno.test("where the way is slow, frames in between are left out, but no bell is", async () => {
  const terminal = new SlowTerminal();
  const { screen } = terminal;
  screen.open();
  await terminal.settle();
  terminal.slow = true;
  screen.show(lines(["1"]), SIZE);
  screen.show(lines(["2"]), SIZE, "\x07");
  screen.show(lines(["3"]), SIZE);
  terminal.written = "";
  await terminal.settle();
  assert.match(terminal.written, /H1.*H3/s);
  assert.ok(terminal.written.endsWith("\x07"));
  assert.doesNotMatch(terminal.written, /H2/);
  terminal.slow = false;
  await screen.close();
});

Deno.test("another size, and the end of a stop, draw everything anew", async () => {
  const terminal = new SlowTerminal();
  const { screen } = terminal;
  screen.open();
  screen.show(lines(["a", "b"]), SIZE);
  await terminal.settle();
  terminal.written = "";
  screen.show(lines(["a", "b"]), { columns: 40, rows: 2 });
  await terminal.settle();
  assert.equal(terminal.written, "\x1b[?2026h\x1b[1;1Ha\x1b[K\x1b[2;1Hb\x1b[K\x1b[?2026l");
  terminal.written = "";
  terminal.raw = false;
  screen.reopen();
  screen.show(lines(["a", "b"]), { columns: 40, rows: 2 });
  await terminal.settle();
  assert.ok(terminal.raw && terminal.written.startsWith(`${ENTER}\x1b[?2026h\x1b[1;1Ha`));
  await screen.close();
});

Deno.test("a terminal that is gone is told, and a defect gives the screen back at once", async () => {
  const terminal = new SlowTerminal();
  terminal.screen.open();
  await terminal.settle();
  terminal.broken = true;
  terminal.screen.show(lines(["a"]), SIZE);
  await terminal.settle();
  assert.equal(terminal.gone, 1);
  const other = new SlowTerminal();
  other.screen.open();
  other.screen.closeNow();
  assert.ok(other.written.endsWith(LEAVE) && other.raw === false);
});
