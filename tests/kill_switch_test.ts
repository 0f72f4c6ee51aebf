import assert from "node:assert/strict";
import { join } from "node:path";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";

interface Addresses {
  readonly rest: string;
  readonly ws: string;
  readonly key_id: string;
  readonly private_key_file: string;
}

interface Status {
  readonly ready: { readonly reasons: readonly string[] };
  readonly venueHealth: { readonly sweep: { readonly confirmed: string | null; readonly reason: string } | null };
}

const WITHIN_MS = 90_000;

async function eventually(holds: () => Promise<boolean>, claim: () => string): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (!await holds()) {
    assert.ok(performance.now() < deadline, claim());
    await new Promise((look) => setTimeout(look, 50));
  }
}

const noSignal = Deno.build.os === "windows";
if (noSignal) console.log("SKIPPED: the kill by signal, because Windows has no SIGUSR1");

Deno.test("by page, command line, signal and file the exchange itself ends with nothing resting, and says so", async () => {
  await using keys = await temporaryDirectory();
  await using state = await temporaryDirectory();
  await using exchange = new Kbot(["exchange", "--speed", "2", "--seed", "7", "--json", "--state", keys.path]);
  const [line] = await exchange.until(/^\{.*\}$/m);
  const { rest, ws, key_id, private_key_file } = JSON.parse(line) as Addresses;
  const env = { KBOT_KALSHI_KEY_ID: key_id, KBOT_KALSHI_PRIVATE_KEY_FILE: private_key_file };
  const flags = ["--venue", rest, "--venue-ws", ws, "--port", "0", "--json", "--state", state.path];
  await using bot = new Kbot(["run", "--live", ...flags], env);
  const [, url] = await bot.until(/Status page: (http\S+)/);
  const token = (await Deno.readTextFile(join(state.path, "token"))).trim();
  const resting = async (): Promise<number> => {
    const ledger = await (await fetch(new URL("/sim/ledger", rest))).json() as {
      readonly orders: Readonly<Record<string, { readonly status: string }>>;
    };
    return Object.values(ledger.orders).filter(({ status }) => status === "resting").length;
  };
  const status = async (): Promise<Status> => await (await fetch(new URL("api/v1/status", url))).json();
  const post = async (command: string): Promise<void> => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(new URL(`api/v1/${command}`, url), { method: "POST", headers });
    assert.equal(answer.status, 200, await answer.text());
  };
  const ways: [name: string, kill: () => unknown][] = [
    ["page", () => post("kill")],
    ["cli", async () => assert.equal((await runKbot(["kill", "--state", state.path])).code, 0)],
    ["file", () => Deno.writeTextFile(join(state.path, "KILL"), "")],
    ...(noSignal ? [] : [["signal", () => bot.signal("SIGUSR1")] as [string, () => unknown]]),
  ];
  for (const [name, kill] of ways) {
    await eventually(async () => await resting() > 0, () => `No order ever rested:\n${bot.stderr}`);
    await kill();
    const isConfirmed = async () => (await status()).venueHealth.sweep?.confirmed != null;
    await eventually(isConfirmed, () => `Never confirmed after a kill by ${name}:\n${bot.stderr}`);
    assert.equal(await resting(), 0, name);
    const { ready, venueHealth } = await status();
    assert.ok(ready.reasons.some((reason) => reason.startsWith("Halted: Kill switch")), `${name}: ${ready.reasons}`);
    assert.match(venueHealth.sweep?.reason ?? "", /Kill switch/, name);
    const told = await runKbot(["status", "--state", state.path]);
    assert.match(told.stdout, /The exchange confirmed at \S+ that no order rests/, name);
    await post("resume");
  }
  if (noSignal) return;

  // An exchange that says nothing: shown until it has spoken.
  await eventually(async () => await resting() > 0, () => `No order rested after the resume:\n${bot.stderr}`);
  exchange.signal("SIGSTOP");
  try {
    bot.signal("SIGUSR1");
    const isTold = async () => (await status()).ready.reasons.some((reason) => /^Orders may still rest/.test(reason));
    await eventually(isTold, () => `Never said that orders may rest:\n${bot.stderr}`);
  } finally {
    exchange.signal("SIGCONT");
  }
  await eventually(
    async () => (await status()).venueHealth.sweep?.confirmed != null,
    () => `Not taken up:\n${bot.stderr}`,
  );
  assert.equal(await resting(), 0);
  assert.match(bot.stderr, /The exchange confirms that no order rests/);
});
