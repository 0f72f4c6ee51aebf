import assert from "node:assert/strict";
import { join } from "node:path";
import { readRunFile, runLeftBehind, writeRunFile } from "./run_file.ts";

/** What is in the file, and which run it tells of. */
const FILES: readonly [string | null, string | null][] = [
  [null, null],
  ['{"pid":1,"url":"http://127.0.0.1:1/","run":"20261120T040211Z-0001","startedAt":""}\n', "20261120T040211Z-0001"],
  ["", "of no name"],
  ['{"pid":1,"ru', "of no name"],
  ['{"run":"../../etc"}', "of no name"],
  [" ".repeat(10_000), "of no name"],
];

for (const [text, run] of FILES) {
  Deno.test(`a file ${text === null ? "that is not there" : text.slice(0, 20)} tells of the run ${run}`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "kbot-run-file-" });
    try {
      const path = join(directory, "run.json");
      if (text !== null) await Deno.writeTextFile(path, text);
      assert.equal(await runLeftBehind(path), run);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

Deno.test("what is written is read, whole or not at all", async () => {
  const directory = await Deno.makeTempDir({ prefix: "kbot-run-file-" });
  try {
    const path = join(directory, "run.json");
    const served = { url: "http://127.0.0.1:8080/", run: "20261120T040211Z-0001", startedAt: "2026-11-20T04:02:11Z" };
    assert.equal(await writeRunFile(path, served), null);
    assert.deepEqual(await readRunFile(path), { pid: Deno.pid, ...served });
    assert.equal(await runLeftBehind(path), served.run);
    await Deno.writeTextFile(path, (await Deno.readTextFile(path)).slice(0, -10));
    assert.equal(await readRunFile(path), null);
    assert.equal(await readRunFile(join(directory, "none")), null);
    assert.match(
      await writeRunFile(join(directory, "none/run.json"), served) ?? "",
      /none\/run\.json cannot be written: /,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
