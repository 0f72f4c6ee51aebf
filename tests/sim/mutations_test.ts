import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "../process.ts";
import { MUTATIONS, plant } from "./mutations.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
/** So many seeds are enough to find any of them. */
const SEEDS = 60;
/** Each takes some seconds: the others with the long tests. */
const QUICK = 2;

MUTATIONS.forEach((mutation, index) => {
  const ignore = index >= QUICK && Deno.env.get("KBOT_TEST_FULL") !== "1";
  Deno.test({ name: `the simulation finds the bug: ${mutation.name}`, ignore }, async () => {
    await using directory = await temporaryDirectory();
    const config = await plant(mutation, directory.path);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-A", "--no-lock", "--no-check", "--config", config, MAIN],
        ...["--seeds", String(SEEDS), "--stop", "--no-shrink"],
      ],
      stdin: "null",
    });
    const { code, stdout, stderr } = await child.output();
    const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(code, 1, output);
    const rule = /^ {2}([a-z]+) at [\d.]+ s: /m.exec(output)?.[1];
    assert.ok(mutation.rules.some((each) => each === rule), output);
  });
});
