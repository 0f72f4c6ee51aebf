import assert from "node:assert/strict";
import { ExchangeProcess } from "./exchange_process.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";

/** An exchange of its own whose cash lies where nothing is traded, and how kbot is told of it. */
async function withExchange(
  test: (venue: readonly string[], env: Readonly<Record<string, string>>, state: string) => Promise<void>,
): Promise<void> {
  await using state = await temporaryDirectory();
  await using exchange = await ExchangeProcess.start("--speed", "20", "--seed", "7", "--fault", "cash-on-shard-0");
  await test(["--venue", exchange.rest], { ...exchange.env, KBOT_VENUE__WS: exchange.ws }, state.path);
}

/** Trades until its first order, or for ten seconds where none is expected. */
const live = async (
  wanted: "an order" | "no order",
  venue: readonly string[],
  env: Readonly<Record<string, string>>,
  state: string,
) => {
  const flags = ["--for", wanted === "an order" ? "90s" : "10s", "--json", "--port", "0", "--state", state];
  await using kbot = new Kbot(["run", "--live", ...venue, ...flags], env);
  if (wanted === "an order") {
    await kbot.until(/: sent \(/, 90_000);
    kbot.signal("SIGINT");
  }
  const { code, stdout, stderr } = await kbot.end();
  assert.equal(code, 0, stderr);
  return { summary: JSON.parse(stdout) as { orders: number }, stderr };
};

Deno.test("with cash on another shard nothing is traded until kbot transfer has moved some", () =>
  withExchange(async (venue, env, state) => {
    const before = await live("no order", venue, env, state);
    assert.equal(before.summary.orders, 0);
    assert.match(before.stderr, /No cash on the shard that is traded on/);
    const moved = await runKbot(["transfer", "--from", "0", "--to", "2", "--usd", "500", ...venue, "--json"], env);
    assert.equal(moved.code, 0, moved.stderr);
    assert.deepEqual((JSON.parse(moved.stdout) as { shards: unknown }).shards, { "0": "9500.00", "2": "500.00" });
    const after = await live("an order", venue, env, state);
    assert.ok(after.summary.orders > 0, after.stderr);
  }));

Deno.test("with venue.auto_transfer it trades by itself, with no more than was allowed", () =>
  withExchange(async (venue, env, state) => {
    const rule = { KBOT_VENUE__AUTO_TRANSFER: "true", KBOT_VENUE__AUTO_TRANSFER_MAX_USD: "250" };
    const { summary, stderr } = await live("an order", venue, { ...env, ...rule }, state);
    assert.match(stderr, /Moving 250\.000000 from shard 0 to shard 2, which is traded on/);
    assert.equal(stderr.match(/Moved 250\.000000/g)?.length, 1, stderr);
    assert.ok(summary.orders > 0, stderr);
  }));
