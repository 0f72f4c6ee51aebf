/**
 * One recording, traded live on the exchange that plays it and on paper beside it: the same orders, and the same fills but
 * where the fill model says otherwise.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { OrderFees } from "../src/core/fees.ts";
import { count, money, price } from "../src/core/units.ts";
import { QueuePosition } from "../src/execution/paper_queue.ts";
import { TakenContracts } from "../src/execution/paper_taken.ts";
import { DEFAULT_FILLS, type FillModelName } from "../src/execution/queue_models.ts";
import { lineBatches } from "../src/backtest/recording/line_batches.ts";
import { recordedData } from "../src/backtest/recording/recording_fixture.ts";
import { compareFills } from "./parity/fill_comparison.ts";
import { compareOrders } from "./parity/order_comparison.ts";
import { executionsOnPaper } from "./parity/orders_on_paper.ts";
import { type RecordedRun, recordedRun, type Session } from "./parity/recorded_run.ts";
import { temporaryDirectory } from "./process.ts";

const LATENCY_MS = 50;
const isFull = Deno.env.get("KBOT_TEST_FULL") === "1";

interface Recorded {
  readonly folder: string;
  readonly spot: string | null;
  /** What the slice is taken of, and how many lines: enough for every mutant to meet an order that shows it. */
  readonly slice: string;
  readonly sliceLines: number;
  readonly model: FillModelName;
  readonly config: string;
}

/** Fuses and slippage have no counterpart on the other side. */
const COMMON = `
[execution]
group_contracts = 0
[paper]
slippage = "0"
latency_ms = ${LATENCY_MS}
`;

/**
 * Takes and rests; without public trades. The cautious model has what we took gone for longer than the exchange. Its index is
 * made of trades, which pause: halts for a stale one would leave out the moments that show a double take.
 */
const BITCOIN: Recorded = {
  folder: "kxbtc15m_ws",
  spot: "spot/coinbase_btcusd_trades.csv.gz",
  slice: "kxbtc15m-ws-20260513T1819Z.ndjson.gz",
  sliceLines: 48_000,
  model: "power",
  config: COMMON + `fill_model = "power"
[risk]
feed_stale_s = 0
[strategies.settlement_edge]
depth_share = 1
`,
};
/** Only takes: then nothing at all may differ. */
const TAKING: Recorded = { ...BITCOIN, config: `${BITCOIN.config}rest = false\n` };
/** Rests orders on both sides, and hears every trade: queues move. */
const GOLD: Recorded = {
  folder: "kxgold15m_ws",
  spot: null,
  slice: "KXGOLD15M-26AUG051300-00.ndjson.gz",
  sliceLines: 16_000,
  model: "risk_averse",
  config: COMMON + `
[strategies.market_maker]
enabled = true
quote_unmodelled = true
min_spread = 0.02
min_edge = 0.002
buffer = 0.0
`,
};

/** The beginning of a recording, with the tables beside it, in a folder of its own. */
async function sliceOf(tape: string, length: number, into: string): Promise<string> {
  const lines: string[] = [];
  for await (const batch of lineBatches(tape)) {
    lines.push(...batch.lines);
    if (lines.length >= length) break;
  }
  for await (const { name } of Deno.readDir(dirname(tape))) {
    if (name.endsWith(".csv")) await Deno.copyFile(join(dirname(tape), name), join(into, name));
  }
  const path = join(into, "slice.ndjson");
  await Deno.writeTextFile(path, lines.slice(0, length).join("\n") + "\n");
  return path;
}

interface Pair {
  readonly paper: RecordedRun;
  readonly live: RecordedRun;
}

async function bothRuns(session: Session, directory: string): Promise<Pair> {
  const [paper, live] = await Promise.all([
    recordedRun("paper", session, directory),
    recordedRun("live", session, directory),
  ]);
  return { paper, live };
}

const onPaper = ({ paper, live }: Pair, model: FillModelName) =>
  executionsOnPaper(live.actions, paper.inputs, {
    latencyMs: LATENCY_MS,
    slippage: price(0),
    fills: { ...DEFAULT_FILLS, model },
  });

function judge(name: string, pair: Pair, model: FillModelName): void {
  const fills = compareFills(pair.live, onPaper(pair, model));
  assert.deepEqual(fills.unexplained, [], `${name}: fills`);
  const orders = compareOrders(pair.paper, pair.live);
  for (const { ticker, difference } of orders) {
    assert.notEqual(difference?.reason, "unexplained", `${ticker}: ${difference?.words}`);
  }
  console.log(`${name}: fills of ${fills.same} in ${fills.orders} orders the same, ${fills.filled} filled`);
  for (const { ticker, alike, asked, toldLater, difference } of orders) {
    const rest = `${asked} asked by both, ${toldLater} told later; then ${difference?.reason ?? "nothing else"}`;
    console.log(`  ${ticker}: ${alike} alike of ${rest}`);
  }
}

/** The same orders to the last, and the same fills of each. */
function same(name: string, pair: Pair, model: FillModelName): void {
  assert.deepEqual(compareFills(pair.live, onPaper(pair, model)).unexplained, [], `${name}: fills`);
  const orders = compareOrders(pair.paper, pair.live);
  for (const { ticker, difference } of orders) assert.equal(difference, null, `${ticker}: ${difference?.words}`);
  const fills = ({ fills }: RecordedRun) =>
    fills.map(({ ticker, side, price, count, fee, isTaker }) => [ticker, side, price, count, fee, isTaker]);
  assert.deepEqual(fills(pair.paper), fills(pair.live), name);
  const asked = orders.reduce((sum, { alike }) => sum + alike, 0);
  console.log(`${name}: ${asked} orders and ${pair.live.fills.length} fills, all the same`);
}

/** Runs `body` while a method is another. */
function planted<Owner extends object, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  mutant: Owner[Name],
  body: () => void,
): void {
  const original = owner[name];
  owner[name] = mutant;
  try {
    body();
  } finally {
    owner[name] = original;
  }
}

function catches(what: string, pair: Pair, model: FillModelName): void {
  const { unexplained } = compareFills(pair.live, onPaper(pair, model));
  assert.ok(unexplained.length > 0, `${what}: not caught`);
}

const data = new Map<Recorded, string | null>();
for (const each of [BITCOIN, TAKING, GOLD]) data.set(each, await recordedData(each.folder));
const spot = await recordedData("spot/coinbase_btcusd_trades.csv.gz");

async function sliced(recorded: Recorded, directory: string): Promise<Pair> {
  const tape = await sliceOf(join(data.get(recorded) ?? "", recorded.slice), recorded.sliceLines, directory);
  return await bothRuns({ tape, spot: recorded.spot === null ? null : spot, config: recorded.config }, directory);
}

Deno.test({
  name:
    "on recorded bitcoin markets paper asks and fills what the exchange does, and a wrong fee or a double take shows",
  ignore: data.get(BITCOIN) === null || spot === null,
  async fn() {
    await using directory = await temporaryDirectory();
    const pair = await sliced(BITCOIN, directory.path);
    judge(BITCOIN.slice, pair, BITCOIN.model);
    planted(TakenContracts.prototype, "left", (_side, _level, shown) => shown, () => {
      catches("what we took fills us again", pair, BITCOIN.model);
    });
    const { fill } = OrderFees.prototype;
    const dearer: typeof fill = function (this: OrderFees, ...args) {
      const fees = fill.apply(this, args);
      return { ...fees, netFee: money(fees.netFee + 100) };
    };
    planted(OrderFees.prototype, "fill", dearer, () => catches("a fee one step too high", pair, BITCOIN.model));
  },
});

Deno.test({
  name: "on recorded gold markets resting orders fill on paper as in the exchange's queue, and a forgotten queue shows",
  ignore: data.get(GOLD) === null,
  async fn() {
    await using directory = await temporaryDirectory();
    const pair = await sliced(GOLD, directory.path);
    judge(GOLD.slice, pair, GOLD.model);
    planted(QueuePosition.prototype, "aheadOf", () => count(0), () => {
      catches("nobody stands before us", pair, GOLD.model);
    });
  },
});

Deno.test({
  name: "a recorded session that only takes gives the very same orders and fills on paper and on the exchange",
  ignore: data.get(TAKING) === null || spot === null,
  async fn() {
    await using directory = await temporaryDirectory();
    const pair = await sliced(TAKING, directory.path);
    assert.ok(pair.live.fills.length > 0);
    same(TAKING.slice, pair, TAKING.model);
  },
});

for (const recorded of [BITCOIN, TAKING, GOLD]) {
  const folder = data.get(recorded) ?? null;
  Deno.test({
    name: recorded === TAKING
      ? `whole recordings of ${recorded.folder}: what only takes does the very same on paper and on the exchange`
      : `whole recordings of ${recorded.folder}: no difference between paper and exchange is without a reason`,
    ignore: !isFull || folder === null || (recorded.spot !== null && spot === null),
    async fn() {
      for await (const { name } of Deno.readDir(folder ?? "")) {
        if (!name.endsWith(".ndjson.gz")) continue;
        await using directory = await temporaryDirectory();
        const session = {
          tape: join(folder ?? "", name),
          spot: recorded.spot === null ? null : spot,
          config: recorded.config,
        };
        const pair = await bothRuns(session, directory.path);
        if (recorded === TAKING) same(name, pair, recorded.model);
        else judge(name, pair, recorded.model);
      }
    },
  });
}
