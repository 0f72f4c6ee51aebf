import assert from "node:assert/strict";
import { lockStateDirectory } from "../store/lock.ts";
import { claimState } from "./start.ts";

Deno.test("a look at whether a bot runs does not keep one from starting, a bot that runs does", async () => {
  const state = await Deno.makeTempDir({ prefix: "kbot-test-" });
  try {
    const looking = await lockStateDirectory(state);
    assert.ok(looking.ok);
    const claiming = claimState(state);
    setTimeout(() => looking.lock.release(), 20);
    const claimed = await claiming;
    assert.ok(claimed.ok, claimed.ok ? "" : claimed.reason);
    const second = await claimState(state);
    assert.ok(!second.ok && / is in use by process /.test(second.reason));
    claimed.lock.release();
  } finally {
    await Deno.remove(state, { recursive: true });
  }
});
