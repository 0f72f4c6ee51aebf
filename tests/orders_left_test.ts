import assert from "node:assert/strict";
import { Kbot, temporaryDirectory } from "./process.ts";

interface Addresses {
  readonly rest: string;
  readonly ws: string;
  readonly key_id: string;
  readonly private_key_file: string;
}

interface ExchangeLedger {
  readonly orders: Readonly<Record<string, { readonly status: string }>>;
}

const LOOK_MS = 20;
const TRADING_WITHIN_MS = 60_000;

Deno.test("a live run whose exchange is gone at the end says which orders may still rest, and fails", async () => {
  await using keys = await temporaryDirectory();
  await using state = await temporaryDirectory();
  await using exchange = new Kbot(["exchange", "--speed", "2", "--seed", "7", "--json", "--state", keys.path]);
  const [line] = await exchange.until(/^\{.*\}$/m);
  const { rest, ws, key_id, private_key_file } = JSON.parse(line) as Addresses;
  const env = { KBOT_KALSHI_KEY_ID: key_id, KBOT_KALSHI_PRIVATE_KEY_FILE: private_key_file };
  const flags = ["--venue", rest, "--venue-ws", ws, "--port", "0", "--json", "--state", state.path];
  await using bot = new Kbot(["run", "--live", ...flags], env);
  const isResting = async (): Promise<boolean> => {
    const ledger = await (await fetch(new URL("/sim/ledger", rest))).json() as ExchangeLedger;
    return Object.values(ledger.orders).some(({ status }) => status === "resting");
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
