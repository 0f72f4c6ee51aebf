import assert from "node:assert/strict";
import { join } from "node:path";
import { parity } from "./parity.ts";
import { store } from "./store.ts";
import { VERSION } from "./version.ts";

const COMMON = { state: ".", json: false };

Deno.test("a command that refuses a configuration says of an unknown key that it may be a newer kbot's", async () => {
  const directory = await Deno.makeTempDir({ prefix: "kbot-wrong-config-" });
  try {
    const config = join(directory, "kbot.toml");
    await Deno.writeTextFile(config, "[server]\nprot = 1\n");
    for (
      const reply of [
        await store({ ...COMMON, kind: "store_check", config }, {}),
        await parity({ ...COMMON, kind: "parity", config, journal: "none" }, {}),
      ]
    ) {
      const [first, second, ...more] = reply.problems.join("\n").split("\n");
      assert.equal(first, `${config}:2: server.prot: Found an unknown key, allowed: did you mean server.port?`);
      assert.ok(second.startsWith(`This is kbot ${VERSION}: `), second);
      assert.deepEqual({ more, exitCode: reply.exitCode, json: reply.json }, {
        more: [],
        exitCode: 2,
        json: undefined,
      });
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
