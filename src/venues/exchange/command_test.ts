import assert from "node:assert/strict";

const SCRIPT = `
import { runExchangeCommand } from ${JSON.stringify(new URL("./command.ts", import.meta.url).href)};
const [json, stateDir] = Deno.args;
Deno.exit(await runExchangeCommand({ port: 0, seed: 2, speed: 5, series: [], faults: [], replay: null, json: json === "true", stateDir }));
`;

/** Runs the command in a process of its own until it has printed something, then sends a signal. */
async function run(json: boolean, signal: Deno.Signal): Promise<{ text: string; code: number; keyFile: boolean }> {
  const directory = await Deno.makeTempDir();
  try {
    const script = `${directory}/run.ts`;
    await Deno.writeTextFile(script, SCRIPT);
    const config = new URL("../../../deno.json", import.meta.url).pathname;
    const args = ["run", "-A", "--no-check", "--config", config, script, `${json}`, `${directory}/state`];
    const process = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
    let text = "";
    for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (!text.endsWith("\n")) continue;
      if (json) {
        const clock = await fetch(JSON.parse(text).rest.replace("/trade-api/v2", "/sim/clock"));
        assert.equal((await clock.json()).speed, 5);
      }
      process.kill(signal);
    }
    const { code } = await process.status;
    const keyFile = await Deno.stat(`${directory}/state/exchange-rsa.pem`).then(() => true, () => false);
    return { text, code, keyFile };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("with --json the first line is the exchange's info, and SIGTERM ends it with 0", async () => {
  const { text, code, keyFile } = await run(true, "SIGTERM");
  const info = JSON.parse(text.split("\n")[0]);
  assert.match(info.rest, /^http:\/\/127\.0\.0\.1:\d+\/trade-api\/v2$/);
  assert.match(info.ws, /^ws:\/\/127\.0\.0\.1:\d+\/trade-api\/ws\/v2$/);
  assert.match(info.clock.now, /^2026-10-06T13:58:0\d/);
  assert.deepEqual([code, keyFile], [0, true]);
});

Deno.test("without it the text says SIMULATED EXCHANGE and where the keys are, and Ctrl-C ends it with 0", async () => {
  const { text, code } = await run(false, "SIGINT");
  assert.match(text, /^SIMULATED EXCHANGE/);
  assert.match(text, /exchange-rsa\.pem/);
  assert.equal(code, 0);
});
