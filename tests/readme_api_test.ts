import assert from "node:assert/strict";
import { FakeSources } from "../src/server/fake_sources.ts";
import { startServer } from "../src/server/server.ts";
import { temporaryDirectory } from "./process.ts";
import { readmeBlocks } from "./readme_commands.ts";

const TOKEN = "dGhlLXRva2VuLW9mLXRoaXMtdGVzdA";
const PAGE = Deno.readTextFileSync(new URL("../README.md", import.meta.url));
const CURLS = readmeBlocks(PAGE).flatMap(({ script }) => script.split("\n").filter((line) => line.startsWith("curl ")));
const CURL = "/usr/bin/curl";
const CAN_RUN = await Deno.stat(CURL).then(() => true, () => false);
if (!CAN_RUN) console.log(`The README's requests are not made: no ${CURL} here`);

Deno.test({
  name: "every request that the README shows is answered, the control with the token of the state directory",
  ignore: !CAN_RUN,
  fn: async () => {
    assert.ok(CURLS.length >= 5);
    await using place = await temporaryDirectory();
    await Deno.mkdir(`${place.path}/.local/state/kbot`, { recursive: true });
    await Deno.writeTextFile(`${place.path}/.local/state/kbot/token`, `${TOKEN}\n`);
    const server: Awaited<ReturnType<typeof startServer>> = await startServer({
      hostname: "127.0.0.1",
      port: 0,
      token: TOKEN,
      sources: new FakeSources(),
    });
    if (!server.ok) assert.fail(server.reason);
    try {
      for (const line of CURLS) {
        const script: string = line.replace("127.0.0.1:8080", `127.0.0.1:${server.port}`).replace(
          /^curl /,
          "curl -sS --fail ",
        );
        const { code, stdout, stderr } = await new Deno.Command("sh", {
          args: ["-ec", script],
          cwd: place.path,
          env: { HOME: place.path, NO_PROXY: "127.0.0.1" },
        }).output();
        assert.equal(code, 0, `${line}\n${new TextDecoder().decode(stderr)}`);
        if (!line.includes(" -o ")) JSON.parse(new TextDecoder().decode(stdout));
      }
      assert.match(await Deno.readTextFile(`${place.path}/trades.csv`), /^[A-Za-z_,"]+\r?\n/);
    } finally {
      await server.stop();
    }
  },
});
