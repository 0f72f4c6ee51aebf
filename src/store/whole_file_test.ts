import assert from "node:assert/strict";
import { join } from "node:path";
import { writeWhole } from "./whole_file.ts";

const encoder = new TextEncoder();

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-whole-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a file is written whole, for its owner alone, in place of one that is there and beside nothing else", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "file");
    await Deno.writeTextFile(path, "what was there before, and longer", { mode: 0o644 });
    // What a crash left behind.
    await Deno.writeTextFile(`${path}.new`, "half", { mode: 0o644 });
    for (const text of ["short", "", "x".repeat(3_000_000)]) {
      await writeWhole(path, encoder.encode(text));
      assert.equal(await Deno.readTextFile(path), text);
      if (Deno.build.os !== "windows") assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
      assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["file"]);
    }
  }));

Deno.test("where it cannot be written the file that was there stays", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "file");
    await writeWhole(path, encoder.encode("before"));
    await Deno.mkdir(`${path}.new`);
    await Deno.writeTextFile(join(`${path}.new`, "in the way"), "");
    await assert.rejects(writeWhole(path, encoder.encode("after")));
    assert.equal(await Deno.readTextFile(path), "before");
    await assert.rejects(writeWhole(join(directory, "absent", "file"), encoder.encode("x")), Deno.errors.NotFound);
  }));
