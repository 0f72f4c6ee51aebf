import assert from "node:assert/strict";
import { ExchangeProcess } from "./exchange_process.ts";
import { Kbot, temporaryDirectory } from "./process.ts";
import type { Ledger } from "./trading_stage.ts";

const LOOK_MS = 20;
const TRADING_WITHIN_MS = 60_000;

Deno.test("a live run whose exchange is gone at the end says which orders may still rest, and fails", async () => {
  await using state = await temporaryDirectory();
  await using exchange = await ExchangeProcess.start("--speed", "2", "--seed", "7");
  const flags = [...exchange.venue, "--port", "0", "--json", "--state", state.path];
  await using bot = new Kbot(["run", "--live", ...flags], exchange.env);
  const isResting = async (): Promise<boolean> => {
    const { orders } = await exchange.ledger<Ledger>();
    return Object.values(orders).some(({ status }) => status === "resting");
  };
  const deadline = performance.now() + TRADING_WITHIN_MS;
  while (!await isResting()) {
    assert.ok(performance.now() < deadline, `No order ever rested:\n${bot.stderr}`);
    await new Promise((look) => setTimeout(look, LOOK_MS));
  }
  // Frozen, it neither answers nor moves: what rests now goes on resting, whatever is asked.
  exchange.signal("SIGSTOP");
  try {
    bot.signal("SIGTERM");
    const { code, stdout, stderr } = await bot.end();
    assert.equal(code, 1, stderr);
    const { orders_left: left } = JSON.parse(stdout) as { orders_left: number };
    assert.ok(left > 0, stdout);
    assert.match(stderr, new RegExp(`${left} orders may still rest at the exchange.*KX`));
  } finally {
    exchange.signal("SIGCONT");
  }
});
