import assert from "node:assert/strict";
import { openKvStore } from "../src/store/kv_store.ts";
import { recover } from "../src/store/recover.ts";
import { statePaths } from "../src/store/state_directory.ts";
import { formatMoney, parseMoney } from "../src/core/units.ts";
import { ExchangeProcess } from "./exchange_process.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";
import { assertSeen, troubleOf } from "./readme_troubles.ts";
import { FIRST_ORDERS_MS, pause, until } from "./trading_stage.ts";

interface LedgerFill {
  trade_id: string;
  order_id: string;
  count_fp: string;
  fee_cost: string;
}

interface ExchangeLedger {
  now_us: number;
  cash: string;
  starting_cash: string;
  orders: Record<string, { order_id: string; client_order_id: string; status: string; fills: LedgerFill[] }>;
  fills: LedgerFill[];
  positions: { ticker: string; position_fp: string; market_exposure_dollars: string }[];
  settlements: unknown[];
  conservation: { missing: string; contracts: number };
}

const KILLS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 10 : 5;
const SEED = 5;
/** Markets end at every quarter of an hour, and are settled soon after. */
const QUARTER_S = 15 * 60;
const QUIET_FROM_S = 60;
const QUIET_TO_S = 13 * 60;

/** Numbers from 0 up to 1, the same every time. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

Deno.test(`killed at ${KILLS} random moments, no order is doubled, no fill lost, and P&L goes on`, async () => {
  console.log(`seed ${SEED}`);
  const random = seeded(SEED);
  await using state = await temporaryDirectory();
  await using exchange = await ExchangeProcess.startInStep(10, "--seed", `${SEED}`);
  const { env } = exchange;
  const args = ["--live", ...exchange.venue, "--port", "0", "--state", state.path, "--json"];
  const truth = () => exchange.ledger<ExchangeLedger>();
  const sent = async () => Object.keys((await truth()).orders).length;
  // Not while it only warms up: kills must hit trading, sometimes with an order under way.
  const trades = (than: number) => until(`more orders than ${than}`, async () => await sent() > than, FIRST_ORDERS_MS);

  let ordersBefore = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const bot = new Kbot(args, env);
    try {
      await bot.until(/Status page: http/);
      await trades(ordersBefore);
      await pause(random() * 800);
    } finally {
      bot.signal("SIGKILL");
      await bot.end();
    }
    ordersBefore = await sent();
  }
  assert.ok(ordersBefore >= KILLS, `only ${ordersBefore} orders were sent over ${KILLS} lives`);

  // One more life to find out what became of everything, then an orderly end.
  await using bot = new Kbot(args, env);
  await trades(ordersBefore);
  // What is settled after its end the exchange alone would know.
  await until("a time at which nothing is settled", async () => {
    const seconds = (await truth()).now_us / 1e6 % QUARTER_S;
    return seconds > QUIET_FROM_S && seconds < QUIET_TO_S;
  }, FIRST_ORDERS_MS);
  bot.signal("SIGTERM");
  const last = await bot.end();
  const ledger = await truth();
  assert.equal(last.code, 0, last.stderr);
  const checked = await runKbot(["store", "check", "--state", state.path]);
  assert.equal(checked.code, 0, checked.stderr);
  assertSeen(troubleOf("it was killed"), checked.stdout);
  const summary = JSON.parse(last.stdout) as { orders: number; fills: number; cash: string; nav: string; pnl: string };

  const opened = await openKvStore(statePaths(state.path).store);
  assert.ok(opened.ok);
  const { store } = opened;
  try {
    const recovered = await recover(state.path, store);
    assert.ok(recovered.ok);
    const trades = await store.listTrades({ limit: 100_000 });
    const orders = await store.listOrders({ limit: 100_000 });
    const account = await store.account();

    assert.deepEqual(
      trades.map((trade) => trade.tradeId).sort(),
      ledger.fills.map((fill) => fill.trade_id).sort(),
      "every fill of the exchange is remembered, and none twice",
    );
    const known = new Set(orders.map((order) => order.clientOrderId));
    for (const id of Object.keys(ledger.orders)) assert.ok(known.has(id), `order ${id} is remembered`);
    assert.equal(
      new Set(Object.values(ledger.orders).map((order) => order.order_id)).size,
      Object.keys(ledger.orders).length,
    );
    assert.equal(orders.filter((order) => order.phase === "sent" || order.phase === "unknown").length, 0);
    assert.equal(account?.fills, ledger.fills.length);
    const positions = (await store.positions()).filter((each) => each.position !== 0);
    assert.deepEqual(
      new Map(positions.map((each) => [each.ticker, each.position])),
      new Map(
        ledger.positions.filter((each) => Number(each.position_fp) !== 0)
          .map((each) => [each.ticker, Math.round(Number(each.position_fp) * 100)]),
      ),
      "positions are those of the exchange",
    );
    assert.equal(account === null ? null : formatMoney(account.cash), ledger.cash, "cash is the exchange's");
    assert.equal(account?.startingCapital, parseMoney(ledger.starting_cash), "nothing was counted as a deposit");
    const cost = positions.reduce((sum, each) => sum + each.cost, 0);
    assert.equal(
      (account?.cash ?? 0) + cost,
      (account?.startingCapital ?? 0) + (account?.realised ?? 0),
      "P&L adds up",
    );
    assert.equal(summary.fills, ledger.fills.length);
  } finally {
    await store.close();
  }
  console.log(`${Object.keys(ledger.orders).length} orders, ${ledger.fills.length} fills, P&L ${summary.pnl}`);
});
