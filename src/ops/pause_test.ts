import assert from "node:assert/strict";
import { pause } from "./pause.ts";

const FOR_EVER_MS = 2_000_000_000;

Deno.test("a pause is over after its time", async () => {
  await pause(1, new AbortController().signal);
});

Deno.test("a pause is over at the end, and none begins behind it", async () => {
  const ending = new AbortController();
  const pauses = [pause(FOR_EVER_MS, ending.signal), pause(FOR_EVER_MS, ending.signal)];
  ending.abort();
  await Promise.all(pauses);
  await pause(FOR_EVER_MS, ending.signal);
});

Deno.test("however many pauses there were, none is left behind at the signal", async () => {
  const { signal } = new AbortController();
  const left = new Set<unknown>();
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (type: string, listener: EventListener) => {
    left.add(listener);
    add(type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    left.delete(listener);
    remove(type, listener);
  };
  for (let turn = 0; turn < 100; turn++) {
    const paused = pause(0, signal);
    assert.equal(left.size, 1);
    await paused;
  }
  assert.equal(left.size, 0);
});
