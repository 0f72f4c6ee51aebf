import assert from "node:assert/strict";
import { within } from "./within.ts";

/** Nothing in these tests takes so long. */
const LONG_MS = 60_000;

/** Unlike the timers of others, one that is left behind fails the test. */
const leavesNothing = { sanitizeOps: true, sanitizeResources: true };

Deno.test("what is done in time is handed on, and no timer is left behind", leavesNothing, async () => {
  assert.equal(await within(LONG_MS, Promise.resolve("done")), "done");
  assert.equal(await within(LONG_MS, new Promise((resolve) => setTimeout(() => resolve(7), 1))), 7);
  assert.equal(await within(LONG_MS, null), null);
});

Deno.test("what fails in time fails, and no timer is left behind", leavesNothing, async () => {
  await assert.rejects(within(LONG_MS, Promise.reject(new Error("no disk"))), /^Error: no disk$/);
});

Deno.test("what never ends is waited for no longer", leavesNothing, async () => {
  assert.equal(await within(1, new Promise(() => {})), undefined);
});

Deno.test("what fails when nobody waits any more is nobody's trouble", async () => {
  const unheard: unknown[] = [];
  const hear = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    unheard.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", hear);
  try {
    const task = Promise.withResolvers<void>();
    assert.equal(await within(1, task.promise), undefined);
    task.reject(new Error("too late"));
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.deepEqual(unheard, []);
  } finally {
    globalThis.removeEventListener("unhandledrejection", hear);
  }
});
