import assert from "node:assert/strict";
import { ExchangeProcess } from "./exchange_process.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";
import { FIRST_ORDERS_MS, until } from "./trading_stage.ts";

interface Clock {
  readonly now_us: number;
}

/** Simulated seconds within which an order would long have been sent. */
const QUIET_S = 60;

/** An exchange of its own whose cash lies where nothing is traded, and how kbot is told of it. */
async function withExchange(
  test: (exchange: ExchangeProcess, flags: readonly string[], env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  await using state = await temporaryDirectory();
  await using exchange = await ExchangeProcess.startInStep(20, "--seed", "7", "--fault", "cash-on-shard-0");
  const flags = ["--venue", exchange.rest, "--json", "--state", state.path];
  await test(exchange, flags, { ...exchange.env, KBOT_VENUE__WS: exchange.ws });
}

/** Trades until `seen`. */
async function live(
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
  seen: (kbot: Kbot) => Promise<unknown>,
): Promise<{ readonly orders: number; readonly stderr: string }> {
  await using kbot = new Kbot(["run", "--live", "--port", "0", ...flags], env);
  await seen(kbot);
  kbot.signal("SIGINT");
  const { code, stdout, stderr } = await kbot.end();
  assert.equal(code, 0, `${code}, ${stdout}, ${stderr.slice(-3_000)}`);
  const { orders } = JSON.parse(stdout) as { readonly orders: number };
  return { orders, stderr };
}

const anOrder = (kbot: Kbot) => kbot.until(/: sent \(/, FIRST_ORDERS_MS);

Deno.test("with cash on another shard nothing is traded until kbot transfer has moved some", () =>
  withExchange(async (exchange, flags, env) => {
    const now = async () => (await exchange.ledger<Clock>()).now_us / 1e6;
    const before = await live(flags, env, async (kbot) => {
      await kbot.until(/No cash on the shard that is traded on/);
      const told = await now();
      await until(`${QUIET_S} simulated seconds to pass`, async () => await now() > told + QUIET_S);
    });
    assert.equal(before.orders, 0, before.stderr);
    const moved = await runKbot(["transfer", "--from", "0", "--to", "2", "--usd", "500", ...flags], env);
    assert.equal(moved.code, 0, moved.stderr);
    assert.deepEqual((JSON.parse(moved.stdout) as { shards: unknown }).shards, { "0": "9500.00", "2": "500.00" });
    const after = await live(flags, env, anOrder);
    assert.ok(after.orders > 0, after.stderr);
  }));

Deno.test("with venue.auto_transfer it trades by itself, with no more than was allowed", () =>
  withExchange(async (_exchange, flags, env) => {
    const rule = { KBOT_VENUE__AUTO_TRANSFER: "true", KBOT_VENUE__AUTO_TRANSFER_MAX_USD: "250" };
    const { orders, stderr } = await live(flags, { ...env, ...rule }, anOrder);
    assert.match(stderr, /Moving 250\.000000 from shard 0 to shard 2, which is traded on/);
    assert.equal(stderr.match(/Moved 250\.000000/g)?.length, 1, stderr);
    assert.ok(orders > 0, stderr);
  }));
