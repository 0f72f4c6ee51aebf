import assert from "node:assert/strict";
import { join } from "node:path";
import { lockStateDirectory } from "../store/lock.ts";
import { loadToken } from "../store/token.ts";
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
  const locked = await lockStateDirectory(state);
  assert.ok(locked.ok);
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
    locked.lock.release();
    await server.shutdown();
    await Deno.remove(state, { recursive: true });
  }
});

Deno.test("whoever listens where a killed bot did is asked nothing, and not told the token", async () => {
  const state = await Deno.makeTempDir({ prefix: "kbot-test-" });
  const heard: (string | null)[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ headers }) => {
    heard.push(headers.get("authorization"));
    return Response.json({ run: "r-1" });
  });
  try {
    assert.ok((await loadToken(state)).ok);
    // A lock that nobody holds any more.
    const locked = await lockStateDirectory(state);
    assert.ok(locked.ok);
    locked.lock.release();
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const file = { pid: 1, url, run: "r-1", startedAt: "2026-11-20T00:00:00Z" };
    await Deno.writeTextFile(join(state, "run.json"), JSON.stringify(file));
    assert.deepEqual((await alive(asked(state))).problems, [`No bot runs with ${state}`]);
    assert.deepEqual(heard, []);
  } finally {
    await server.shutdown();
    await Deno.remove(state, { recursive: true });
  }
});
