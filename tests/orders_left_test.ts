import assert from "node:assert/strict";
import { ExchangeProcess } from "./exchange_process.ts";
import { Kbot, temporaryDirectory } from "./process.ts";
import { FIRST_ORDERS_MS, type Ledger, until } from "./trading_stage.ts";

Deno.test("a live run whose exchange is gone at the end says which orders may still rest, and fails", async () => {
  await using state = await temporaryDirectory();
  await using exchange = await ExchangeProcess.start("--speed", "2", "--seed", "7");
  const flags = [...exchange.venue, "--port", "0", "--json", "--state", state.path];
  await using bot = new Kbot(["run", "--live", ...flags], exchange.env);
  const [, url] = await bot.until(/Status page: (http\S+)/);
  const isResting = async (): Promise<boolean> => {
    const { orders } = await exchange.ledger<Ledger>();
    return Object.values(orders).some(({ status }) => status === "resting");
  };
  const open = async (): Promise<number> => {
    const { orders } = await (await fetch(new URL("/api/v1/orders", url))).json() as { orders: readonly unknown[] };
    return orders.length;
  };
  /** Frozen, it neither answers nor moves: what rests then goes on resting, whatever is asked. */
  const freeze = async (): Promise<boolean> => {
    if (!await isResting()) return false;
    exchange.signal("SIGSTOP");
    // It may have filled the order just before: what it said until then is taken in between two questions.
    await open();
    if (await open() > 0) return true;
    exchange.signal("SIGCONT");
    return false;
  };
  await until("an order that rests", freeze, FIRST_ORDERS_MS);
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
