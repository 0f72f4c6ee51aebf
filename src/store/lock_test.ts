import assert from "node:assert/strict";
import { lockStateDirectory } from "./lock.ts";

async function withState(test: (state: string) => Promise<void>): Promise<void> {
  const state = await Deno.makeTempDir({ prefix: "kbot-lock-" });
  try {
    await test(state);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

/** Another process that takes the lock, says how that went, and holds it until it is killed. */
async function otherProcess(state: string): Promise<{ answer: string; process: Deno.ChildProcess }> {
  const program = `
    import { lockStateDirectory } from ${JSON.stringify(import.meta.resolve("./lock.ts"))};
    const result = await lockStateDirectory(${JSON.stringify(state)});
    console.log(result.ok ? "locked" : result.reason);
    setInterval(() => {}, 1000);
  `;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-lock", "--allow-read", "--allow-write", "--ext=ts", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  let answer = "";
  for await (const piece of process.stdout.pipeThrough(new TextDecoderStream())) {
    answer += piece;
    if (answer.includes("\n")) break;
  }
  return { answer: answer.trim(), process };
}

Deno.test("a directory held by another process is refused with that process's number, and free when it is killed", () =>
  withState(async (state) => {
    const other = await otherProcess(state);
    try {
      assert.equal(other.answer, "locked");
      const refused = await lockStateDirectory(state);
      assert.deepEqual(refused, {
        ok: false,
        held: true,
        reason: `State directory ${state} is in use by process ${other.process.pid}; ` +
          "stop that one, or choose another directory with --state",
      });
    } finally {
      other.process.kill("SIGKILL");
      await other.process.status;
    }
    const locked = await lockStateDirectory(state);
    assert.ok(locked.ok, JSON.stringify(locked));
    locked.lock.release();
  }));

Deno.test("the other process is refused while we hold the directory", () =>
  withState(async (state) => {
    const locked = await lockStateDirectory(state);
    assert.ok(locked.ok);
    const other = await otherProcess(state);
    other.process.kill("SIGKILL");
    await other.process.status;
    assert.match(other.answer, new RegExp(`is in use by process ${Deno.pid};`));
    locked.lock.release();
  }));

Deno.test("a lock given back can be taken again, and a text of a dead process in the file means nothing", () =>
  withState(async (state) => {
    await Deno.writeTextFile(`${state}/lock`, "1\n");
    for (let k = 0; k < 3; k++) {
      const locked = await lockStateDirectory(state);
      assert.ok(locked.ok, JSON.stringify(locked));
      assert.equal((await lockStateDirectory(state)).ok, false);
      assert.equal((await Deno.readTextFile(`${state}/lock`)).trim(), String(Deno.pid));
      locked.lock.release();
      locked.lock.release();
    }
  }));

Deno.test("a directory that is not there cannot be locked, in words", async () => {
  const refused = await lockStateDirectory("/nowhere/at/all");
  assert.ok(!refused.ok);
  assert.match(refused.reason, /^State directory \/nowhere\/at\/all cannot be locked: No such file/);
});
