import assert from "node:assert/strict";
import { join } from "node:path";
import { alive } from "./alive.ts";

const asked = (state: string) => ({ kind: "alive" as const, config: undefined, json: false, state });

Deno.test("none is alive where none runs, nor where one was killed and left its file behind", async () => {
  const state = await Deno.makeTempDir({ prefix: "kbot-test-" });
  try {
    const none = await alive(asked(state));
    assert.equal(none.exitCode, 1);
    assert.deepEqual(none.problems, [`No bot runs with ${state}`]);
    const file = { pid: 1, url: "http://127.0.0.1:1/", run: "r", startedAt: "2026-11-20T00:00:00Z" };
    await Deno.writeTextFile(join(state, "run.json"), JSON.stringify(file));
    assert.equal((await alive(asked(state))).exitCode, 1);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
});

Deno.test("a bot that answers by the name of its run is alive, one of another name is not", async () => {
  const state = await Deno.makeTempDir({ prefix: "kbot-test-" });
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => Response.json({ run: "r-1" }),
  );
  try {
    const url = `http://127.0.0.1:${server.addr.port}/`;
    for (const [run, exitCode] of [["r-1", 0], ["r-2", 1]] as const) {
      const file = { pid: 1, url, run, startedAt: "2026-11-20T00:00:00Z" };
      await Deno.writeTextFile(join(state, "run.json"), JSON.stringify(file));
      const reply = await alive(asked(state));
      assert.equal(reply.exitCode, exitCode, reply.problems.join());
      assert.equal((reply.json as { alive: boolean }).alive, exitCode === 0);
    }
  } finally {
    await server.shutdown();
    await Deno.remove(state, { recursive: true });
  }
});
