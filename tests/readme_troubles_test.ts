import assert from "node:assert/strict";
import { assertSeen, patternOf, readmeTroubles } from "./readme_troubles.ts";

const TESTS = new URL("./", import.meta.url);

Deno.test("every trouble of the README is tried, by a test that reads its row", async () => {
  const troubles = readmeTroubles(await Deno.readTextFile(new URL("../README.md", TESTS)));
  assert.ok(troubles.length > 0);
  let tests = "";
  for await (const { name } of Deno.readDir(TESTS)) {
    if (name.endsWith("_test.ts")) tests += await Deno.readTextFile(new URL(name, TESTS));
  }
  for (const { happened, messages } of troubles) {
    assert.ok(messages.length > 0, `${happened}: no message`);
    assert.ok(tests.includes(`troubleOf("${happened}")`), `No test reads the row "${happened}"`);
  }
});

Deno.test("a row's messages and exit code are read, and a message that is not seen fails", () => {
  const page = [
    "| what happened | what kbot does | what you see | what you do |",
    "| --- | --- | --- | --- |",
    "| it broke | halts | `Cannot write … (disk)`, exit code 1 | `mount` it |",
    "| it fell | goes on | `kbot why` says `OK` | nothing |",
    "",
  ].join("\n");
  const [broke, fell] = readmeTroubles(page);
  assert.deepEqual(broke, { happened: "it broke", messages: ["Cannot write … (disk)"], code: 1 });
  assert.deepEqual([fell.messages, fell.code], [["OK"], null]);
  assert.match("Cannot write /a/b (disk)", patternOf(broke.messages[0]));
  assertSeen(broke, "before\nCannot write /a/b (disk)\nafter");
  assert.throws(() => assertSeen(broke, "Cannot write /a/b disk"));
  assert.throws(() => assertSeen(broke, "Cannot write\n(disk)"));
});
