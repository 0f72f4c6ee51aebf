import assert from "node:assert/strict";
import { join } from "node:path";
import { ExchangeProcess } from "./exchange_process.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";
import type { Ledger } from "./trading_stage.ts";

interface Status {
  readonly ready: { readonly reasons: readonly string[] };
  readonly venueHealth: { readonly sweep: { readonly confirmed: string | null; readonly reason: string } | null };
}

/** A bound on every wait, not a claim. */
const WITHIN_MS = 600_000;

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
  await using state = await temporaryDirectory();
  await using exchange = await ExchangeProcess.start("--speed", "2", "--seed", "7");
  const flags = [...exchange.venue, "--port", "0", "--json", "--state", state.path];
  await using bot = new Kbot(["run", "--live", ...flags], exchange.env);
  const [, url] = await bot.until(/Status page: (http\S+)/);
  const token = (await Deno.readTextFile(join(state.path, "token"))).trim();
  const resting = async (): Promise<number> => {
    const { orders } = await exchange.ledger<Ledger>();
    return Object.values(orders).filter(({ status }) => status === "resting").length;
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
