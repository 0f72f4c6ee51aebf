/**
 * `kbot top` on a terminal: draws, hears keys, and gives the screen back on every way out.
 * @module
 */

import { KeyReader } from "../ops/terminal/keys.ts";
import { widthOfLine } from "../ops/terminal/line.ts";
import { type Look, painted } from "../ops/terminal/paint.ts";
import { Screen } from "../ops/terminal/screen.ts";
import { sizeOf } from "../ops/terminal/size.ts";
import type { TopFollower } from "./top_follower.ts";
import { FIRST_VIEW, topFrame, type TopMoment, type TopView } from "./top_frame.ts";
import { pressed } from "./top_keys.ts";
import { TopNotices } from "./top_notices.ts";

export interface Drawing {
  readonly everyMs: number;
  readonly look: Look;
  /** Whether the terminal is told of alerts, with its bell. */
  readonly notices: boolean;
  /** Ends the drawing, in order or by a defect. */
  readonly ended: Promise<void>;
  end(): void;
}

export async function drawTop(follower: TopFollower, drawing: Drawing): Promise<void> {
  const keys = Deno.stdin.isTerminal();
  const screen = new Screen({
    write: (bytes) => Deno.stdout.write(bytes),
    writeSync: (bytes) => Deno.stdout.writeSync(bytes),
    setRaw: (raw) => keys ? Deno.stdin.setRaw(raw) : undefined,
  }, drawing.end);
  const top = new TopOnScreen(follower, drawing, screen, keys);
  const restore = (): void => screen.closeNow();
  globalThis.addEventListener("unload", restore);
  const listening = listenToTerminal(() => top.draw(), () => screen.reopen());
  let timer: ReturnType<typeof setInterval> | undefined;
  try {
    screen.open();
    top.draw();
    timer = setInterval(() => top.draw(), drawing.everyMs);
    // The first picture at once, not at the next turn.
    follower.heard.then(() => top.draw());
    if (keys) void top.hear(Deno.stdin.readable, drawing.end);
    await drawing.ended;
  } finally {
    clearInterval(timer);
    listening();
    await screen.close();
    globalThis.removeEventListener("unload", restore);
  }
}

/** Of another size, and of the end of a stop by job control. Windows has neither signal: each frame asks for the size. */
function listenToTerminal(resized: () => void, continued: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  const onContinue = (): void => {
    continued();
    resized();
  };
  Deno.addSignalListener("SIGWINCH", resized);
  Deno.addSignalListener("SIGCONT", onContinue);
  return () => {
    Deno.removeSignalListener("SIGWINCH", resized);
    Deno.removeSignalListener("SIGCONT", onContinue);
  };
}

class TopOnScreen {
  readonly #follower: TopFollower;
  readonly #drawing: Drawing;
  readonly #screen: Screen;
  readonly #keys: boolean;
  readonly #notices = new TopNotices();
  #view: TopView = FIRST_VIEW;
  /** What was last seen before the pause; `null` while there is none. */
  #still: Pick<TopMoment, "picture" | "nowMs"> | null = null;
  #page = 1;

  constructor(follower: TopFollower, drawing: Drawing, screen: Screen, keys: boolean) {
    this.#follower = follower;
    this.#drawing = drawing;
    this.#screen = screen;
    this.#keys = keys;
  }

  draw(): void {
    const { picture, connection, nowMs, silentMs } = this.#follower;
    const shown = this.#still ?? { picture, nowMs };
    const size = sizeOf(() => Deno.consoleSize());
    const moment = { ...shown, connection, silentMs, view: this.#view, keys: this.#keys };
    const frame = topFrame(moment, size);
    this.#view = { ...this.#view, scroll: frame.scroll };
    this.#page = frame.page;
    const told = picture.status === null || !this.#drawing.notices ? "" : this.#notices.take(picture.status);
    const { look } = this.#drawing;
    const lines = frame.lines.map((line) => ({ text: painted(line, look), width: widthOfLine(line) }));
    this.#screen.show(lines, size, told);
  }

  async hear(input: ReadableStream<Uint8Array>, quit: () => void): Promise<void> {
    const keys = new KeyReader();
    const reader = input.getReader();
    for (;;) {
      // A terminal that fails is gone.
      const piece = await reader.read().catch(() => null);
      if (piece === null || piece.done) return quit();
      for (const key of keys.push(piece.value)) {
        const effect = pressed(this.#view, key, this.#page);
        if (effect.kind === "quit") return quit();
        if (effect.kind === "redraw") this.#screen.forget();
        if (effect.kind === "view") this.#take(effect.view);
      }
      this.draw();
    }
  }

  #take(view: TopView): void {
    if (view.paused !== this.#view.paused) {
      const { picture, nowMs } = this.#follower;
      this.#still = view.paused ? { picture, nowMs } : null;
    }
    this.#view = view;
  }
}
