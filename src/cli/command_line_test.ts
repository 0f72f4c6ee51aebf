import assert from "node:assert/strict";
import fc from "fast-check";
import { formatMoney, money, parseTime } from "../core/units.ts";
import { FAULT_NAMES } from "../venues/exchange/faults.ts";
import type { Command } from "./command.ts";
import { parseCommandLine, type ParsedCommandLine } from "./command_line.ts";
import { VERSION } from "./version.ts";

/** Blanks separate arguments; no case here needs one inside. */
const read = (line: string): ParsedCommandLine => parseCommandLine(line === "" ? [] : line.split(" "));

function commandOf(line: string): Command {
  const parsed = read(line);
  assert.ok(parsed.ok && parsed.command !== null, `${line}: ${JSON.stringify(parsed)}`);
  return parsed.command;
}

/** Only what was given: absent flags are there as `undefined`. */
const given = (command: Command): unknown => JSON.parse(JSON.stringify(command));

const NO_FLAGS = { json: false };

const GOOD: readonly [line: string, command: Record<string, unknown>][] = [
  ["--paper", { kind: "run", execution: "paper", ...NO_FLAGS }],
  ["run --paper", { kind: "run", execution: "paper", ...NO_FLAGS }],
  ["--live", { kind: "run", execution: "live", ...NO_FLAGS }],
  ["run --live", { kind: "run", execution: "live", ...NO_FLAGS }],
  ["--live --canary 12.50 --confirm-file f", {
    kind: "run",
    execution: "live",
    canary: money(12_500_000),
    confirmFile: "f",
    ...NO_FLAGS,
  }],
  ["alert test", { kind: "alert_test", ...NO_FLAGS }],
  ["alert test telegram --json", { kind: "alert_test", channel: "telegram", json: true }],
  ["alert events", { kind: "alert_events", ...NO_FLAGS }],
  ["--json --paper", { kind: "run", execution: "paper", json: true }],
  [
    "--paper --venue sim --for 30s --speed 20 --seed 7 --port 0 --json",
    { kind: "run", execution: "paper", venue: "sim", forSeconds: 30, speed: 20, seed: 7, port: 0, json: true },
  ],
  ["run --paper --speed 2 --seed 1", { kind: "run", execution: "paper", speed: 2, seed: 1, ...NO_FLAGS }],
  ["run --paper --venue=demo", { kind: "run", execution: "paper", venue: "demo", ...NO_FLAGS }],
  [
    "run --live --venue http://127.0.0.1:9000/trade-api/v2 --venue-ws ws://127.0.0.1:9000/trade-api/ws/v2",
    {
      kind: "run",
      execution: "live",
      venue: "http://127.0.0.1:9000/trade-api/v2",
      venueWs: "ws://127.0.0.1:9000/trade-api/ws/v2",
      ...NO_FLAGS,
    },
  ],
  [
    "run --paper --venue-ws wss://exchange.example/ws",
    { kind: "run", execution: "paper", venueWs: "wss://exchange.example/ws", ...NO_FLAGS },
  ],
  ["demo", { kind: "demo", ...NO_FLAGS }],
  [
    "demo --for 30s --speed 20 --seed 7 --json",
    { kind: "demo", forSeconds: 30, speed: 20, seed: 7, json: true },
  ],
  // As `deno task` hands it on.
  ["demo -- --for 20s", { kind: "demo", forSeconds: 20, ...NO_FLAGS }],
  ["demo --", { kind: "demo", ...NO_FLAGS }],
  ["-- --paper", { kind: "run", execution: "paper", ...NO_FLAGS }],
  ["-- replay -- -x", { kind: "replay", journal: "-x", verify: false, ...NO_FLAGS }],
  ["demo --for 1.5h --speed 0.5", { kind: "demo", forSeconds: 5_400, speed: 0.5, ...NO_FLAGS }],
  ["--state here demo --config k.toml", { kind: "demo", state: "here", config: "k.toml", ...NO_FLAGS }],
  // The value of a flag may be the name of a command.
  ["--state run demo", { kind: "demo", state: "run", ...NO_FLAGS }],
  ["exchange", { kind: "exchange", series: [], faults: [], ...NO_FLAGS }],
  [
    "exchange --port 9000 --seed 4294967295 --speed 60 --fault seq-gap --fault rate-429",
    {
      kind: "exchange",
      port: 9_000,
      seed: 4_294_967_295,
      speed: 60,
      series: [],
      faults: ["seq-gap", "rate-429"],
      ...NO_FLAGS,
    },
  ],
  [
    "exchange --fault feed-down:coinbase --fault feed-html",
    { kind: "exchange", series: [], faults: ["feed-down:coinbase", "feed-html"], ...NO_FLAGS },
  ],
  [
    "exchange --series KXBTCD --series KXHIGHNY",
    { kind: "exchange", series: ["KXBTCD", "KXHIGHNY"], faults: [], ...NO_FLAGS },
  ],
  [
    "exchange --replay tapes --speed max",
    { kind: "exchange", replay: "tapes", speed: "max", series: [], faults: [], ...NO_FLAGS },
  ],
  [
    "transfer --from 0 --to 2 --usd 500.0001 --venue demo",
    { kind: "transfer", from: 0, to: 2, amount: 500_000_100, venue: "demo", ...NO_FLAGS },
  ],
  ["replay journal/run-1 --verify", { kind: "replay", journal: "journal/run-1", verify: true, ...NO_FLAGS }],
  ["explain k7-12 --json", { kind: "explain", order: "k7-12", json: true }],
  ["explain 76f6e859 --journal journal/run-1", {
    kind: "explain",
    order: "76f6e859",
    journal: "journal/run-1",
    ...NO_FLAGS,
  }],
  ["why", { kind: "why", ...NO_FLAGS }],
  ["why KXBTC15M-26NOV2007 --json", { kind: "why", ticker: "KXBTC15M-26NOV2007", json: true }],
  ["replay --json x", { kind: "replay", journal: "x", verify: false, json: true }],
  [
    "backtest data --spot s.csv.gz --strategy settlement_edge --capital 2500.50 --max-loss 0.01",
    {
      kind: "backtest",
      path: "data",
      spot: "s.csv.gz",
      strategy: "settlement_edge",
      capital: 2_500_500_000,
      maxLoss: 10_000,
      ...NO_FLAGS,
    },
  ],
  [
    "backtest data --order-latency p50=40,max=300 --feed-latency 12.5 --latency-from journal/run-1",
    {
      kind: "backtest",
      path: "data",
      orderLatency: { kind: "quantiles", quantiles: [[0.5, 40_000], [1, 300_000]], seed: 0 },
      feedLatency: { kind: "constant", micros: 12_500 },
      latencyFrom: "journal/run-1",
      ...NO_FLAGS,
    },
  ],
  [
    "backtest data --report r.html --csv tables --parquet pq --check-lookahead 8",
    {
      kind: "backtest",
      path: "data",
      report: "r.html",
      csv: "tables",
      parquet: "pq",
      checkLookahead: 8,
      ...NO_FLAGS,
    },
  ],
  [
    "report --from 2026-11-01 --to 2026-11-02 --strategy latency --report r.html --state s --json",
    {
      kind: "report",
      from: Date.UTC(2026, 10, 1) * 1_000,
      to: Date.UTC(2026, 10, 2) * 1_000,
      strategy: "latency",
      report: "r.html",
      ...NO_FLAGS,
      state: "s",
      json: true,
    },
  ],
  ["parity journal/run-1", { kind: "parity", journal: "journal/run-1", ...NO_FLAGS }],
  ["sweep data --strategy latency", {
    kind: "sweep",
    path: "data",
    strategy: "latency",
    parameters: [],
    cluster: false,
    stopEarly: false,
    ...NO_FLAGS,
  }],
  ["worker --data a --data b --threads 3 --for 1m --json", {
    kind: "worker",
    data: ["a", "b"],
    threads: 3,
    forSeconds: 60,
    json: true,
  }],
  [
    "sweep data --strategy latency --param min_edge=0.01..0.05 --param rest=true --method bayes --trials 9 --objective pnl " +
    "--seed 3 --workers 2 --folds 0 --embargo 15m --stop-early --out kept --csv tables --json",
    {
      kind: "sweep",
      path: "data",
      strategy: "latency",
      parameters: [
        { name: "min_edge", range: { kind: "between", low: 0.01, high: 0.05, step: null } },
        { name: "rest", range: { kind: "values", texts: ["true"] } },
      ],
      method: "bayes",
      trials: 9,
      objective: "pnl",
      seed: 3,
      workers: 2,
      cluster: false,
      folds: 0,
      embargo: 900,
      stopEarly: true,
      out: "kept",
      csv: "tables",
      json: true,
    },
  ],
  [
    "calibrate data --spot s.csv.gz --plot r.svg --json",
    { kind: "calibrate", path: "data", spot: "s.csv.gz", plot: "r.svg", json: true },
  ],
  ["calibrate journal/run-1", { kind: "calibrate", path: "journal/run-1", ...NO_FLAGS }],
  [
    "calc volatility --prices p.csv --seconds 300",
    { kind: "calc_volatility", given: "prices", prices: "p.csv", seconds: 300, ...NO_FLAGS },
  ],
  [
    "calc volatility --spot 84000 --strike 84100 --bid 0.39 --ask 0.41",
    {
      kind: "calc_volatility",
      given: "quote",
      spot: 84_000,
      strike: 84_100,
      bid: 0.39,
      ask: 0.41,
      seconds: 600,
      ...NO_FLAGS,
    },
  ],
  [
    "calc probability --spot 84000 --strike 84100 --sigma 0.0002 --seconds 600",
    {
      kind: "calc_probability",
      spot: 84_000,
      strike: 84_100,
      sigma: 0.0002,
      seconds: 600,
      model: "closed",
      dist: "gbm",
      paths: 10_000,
      seed: 1,
      decimals: 2,
      ...NO_FLAGS,
    },
  ],
  [
    "calc probability --spot 84000.5 --strike -1 --cap 2e3 --sigma 2e-4 --seconds 25 --seen-mean 84020.5 " +
    "--seen-count 35 --model mc --dist gbm --paths 20000 --seed 9007199254740991 --rule between --decimals 4 --json",
    {
      kind: "calc_probability",
      spot: 84_000.5,
      strike: -1,
      cap: 2_000,
      sigma: 0.0002,
      seconds: 25,
      seenMean: 84_020.5,
      seenCount: 35,
      model: "mc",
      dist: "gbm",
      paths: 20_000,
      seed: 9_007_199_254_740_991,
      rule: "between",
      decimals: 4,
      json: true,
    },
  ],
  [
    "calc fee --price 0.055 --count 1,0.5,20 --side sell --role maker --type quadratic_with_maker_fees " +
    "--multiplier 0.5 --grid 0.01 --date 2026-05-09",
    {
      kind: "calc_fee",
      price: 550,
      counts: [100, 50, 2_000],
      side: "sell",
      role: "maker",
      type: "quadratic_with_maker_fees",
      multiplierMillionths: 500_000,
      grid: 10_000,
      date: parseTime("2026-05-09T00:00:00Z"),
      ...NO_FLAGS,
    },
  ],
  [
    "calc fee --price 0.5 --count 1",
    {
      kind: "calc_fee",
      price: 5_000,
      counts: [100],
      side: "buy",
      role: "taker",
      type: "quadratic",
      multiplierMillionths: 1_000_000,
      ...NO_FLAGS,
    },
  ],
  [
    "calc kelly --probability 0.6 --price 0.5 --fee 0.0175 --settlement-fee 0 --fraction 0.25 --bankroll 10000",
    {
      kind: "calc_kelly",
      probability: 0.6,
      price: 0.5,
      fee: 0.0175,
      settlementFee: 0,
      fraction: 0.25,
      bankroll: 10_000_000_000,
      ...NO_FLAGS,
    },
  ],
  [
    "calc kelly --outcomes bets.json --bankroll 1000",
    {
      kind: "calc_event_kelly",
      outcomes: "bets.json",
      fraction: 0.25,
      mode: "scale",
      leastEdge: 0.02,
      bankroll: 1_000_000_000,
      ...NO_FLAGS,
    },
  ],
  [
    "calc kelly --outcomes b.json --sizing cap --fraction 0.1 --min-edge -1 --target-edge 0.05 --bankroll 1",
    {
      kind: "calc_event_kelly",
      outcomes: "b.json",
      fraction: 0.1,
      mode: "cap",
      leastEdge: -1,
      targetEdge: 0.05,
      bankroll: 1_000_000,
      ...NO_FLAGS,
    },
  ],
  ["config check", { kind: "config_check", ...NO_FLAGS }],
  ["completions zsh", { kind: "completions", shell: "zsh", ...NO_FLAGS }],
  ["config init --output kbot.toml", { kind: "config_init", ...NO_FLAGS, output: "kbot.toml" }],
  ["config init", { kind: "config_init", ...NO_FLAGS }],
  ["config schema --json", { kind: "config_schema", json: true }],
  ["config show --origin --json", { kind: "config_show", origin: true, json: true }],
  ["status --json", { kind: "status", json: true }],
  ["pairs list", { kind: "pairs_list", json: false }],
  ["pairs review btc-15m --by Reader --yes", {
    kind: "pairs_review",
    name: "btc-15m",
    by: "Reader",
    yes: true,
    json: false,
  }],
  ["doctor", { kind: "doctor", order: false, ...NO_FLAGS }],
  ["doctor --venue sim --order --json", { kind: "doctor", venue: "sim", order: true, json: true }],
  [
    "doctor --venue https://exchange.example/trade-api/v2 --venue-ws wss://exchange.example/ws",
    {
      kind: "doctor",
      venue: "https://exchange.example/trade-api/v2",
      venueWs: "wss://exchange.example/ws",
      order: false,
      ...NO_FLAGS,
    },
  ],
  ["kill --state /var/lib/kbot", { kind: "kill", state: "/var/lib/kbot", ...NO_FLAGS }],
  ["reduce", { kind: "reduce", ...NO_FLAGS }],
  ["resume", { kind: "resume", ...NO_FLAGS }],
  ["strategy start latency", { kind: "strategy_start", name: "latency", ...NO_FLAGS }],
  ["strategy wind-up latency", { kind: "strategy_wind_up", name: "latency", ...NO_FLAGS }],
  ["strategy stop market_maker --json", { kind: "strategy_stop", name: "market_maker", json: true }],
];

Deno.test("every command line of the table is read as the command it means", () => {
  for (const [line, expected] of GOOD) assert.deepEqual(given(commandOf(line)), expected, line);
});

const PROBABILITY = "calc probability --spot 1 --strike 1 --sigma 0 --seconds 1";

const BAD: readonly [line: string, says: RegExp][] = [
  ["runn", /^Unknown command "runn": did you mean run\?$/],
  ["exchang", /did you mean exchange\?/],
  ["calc fe", /^Unknown command "fe": did you mean fee\?$/],
  ["config shw", /^Unknown command "shw": did you mean show\?/],
  ["calc probabilty", /^Unknown command "probabilty": did you mean probability\?/],
  ["store bakup", /^Unknown command "bakup": did you mean backup\?/],
  ["completions bush", /Found "bush", allowed: bash, zsh, fish; did you mean bash\?/],
  ["completions", /SHELL/],
  ["demo --for 20s demo", /^Unexpected argument "demo"$/],
  ["status status", /^Unexpected argument "status"$/],
  ["run --papr", /^Unknown flag "--papr": did you mean --paper\?$/],
  ["--jsn demo", /did you mean --json\?/],
  ["demo --sped 3", /^Unknown flag "--sped": did you mean --speed\?$/],
  ["calc", /No command after calc: name one of probability, fee, kelly, volatility/],
  ["calibrate", /PATH/],
  ["calibrate x --plot", /--plot/],
  ["calc volatility", /^Give --prices FILE, or the quote of a market: --spot, --strike, --bid and --ask$/m],
  ["calc volatility --spot 1 --strike 1 --bid 0.5", /^Give --prices FILE, or the quote of a market/],
  ["calc volatility --prices p.csv --bid 0.5", /^--prices goes without --spot, --strike, --bid and --ask/],
  ["calc volatility --spot 1 --strike 1 --bid 0.5 --ask 0.5", /^--bid 0.5 does not lie below --ask 0.5$/m],
  ["calc volatility --prices p.csv --seconds 0", /`--seconds`: Found "0", allowed: a number above 0 to 86400/],
  ["alert", /No command after alert: name one of test, events/],
  ["alert test pigeon", /Found "pigeon", allowed: desktop, telegram, webhook, email, sms/],
  ["config", /No command after config: name one of init, check, show, schema/],
  ["--json", /No command/],
  ["run", /Neither --paper nor --live/],
  ["transfer --from 2 --to 2 --usd 5", /--from and --to are both shard 2: name two/],
  ["transfer --from 0 --to 2 --usd 5.00001", /--usd has more than 4 decimals/],
  ["transfer --from 0 --to 2 --usd 0", /--usd.*Found "?0"?, allowed: dollars from 0\.0001/],
  ["transfer --from 0 --to 2 --usd 5 --venue sim", /--venue sim ends with its run/],
  ["transfer --from 0 --usd 5", /--to/],
  ["--paper --live", /Both --paper and --live: choose one/],
  ["run --live --paper", /Both --paper and --live: choose one/],
  ["--papr", /Unknown flag "--papr": did you mean --paper\?/],
  ["--paper --prt 1", /did you mean --port\?/],
  ["--paper demo", /"--paper" and "demo" cannot be used together/],
  ["demo --paper", /"demo" and "--paper" cannot be used together/],
  ["status --verify", /^Unknown flag "--verify"$/],
  ["run --paper --kanarienvogel 10", /^Unknown flag "--kanarienvogel"$/],
  ["run --paper --canary 10", /^--canary is for --live: on paper nothing can be lost$/],
  ["run --paper --confirm-file x", /^--confirm-file is for --live$/],
  ["run --live --canary 0.50", /`--canary`: Found "0.50"/],
  ["run --paper --venue kalshy", /`--venue`: Found "kalshy", allowed: kalshi, demo, sim, .*; did you mean kalshi\?/],
  ["run --paper --venue ftp://x", /`--venue`: Found "ftp:\/\/x"/],
  ["run --paper --venue http://me:hunter2@x/", /Found "http:\/\/\[redacted\]@x\/"/],
  ["run --paper --venue-ws http://x", /`--venue-ws`: Found "http:\/\/x", allowed: an address that starts with ws:/],
  ["doctor --venue demo --venue-ws ws://x", /--venue-ws belongs to an address: --venue demo has its own/],
  ["run --paper --venue sim --venue-ws ws://x", /--venue-ws belongs to an address: --venue sim has its own/],
  ["run --paper --venue kalshi --speed 2", /--speed is for the embedded exchange: it needs --venue sim/],
  ["run --paper --venue http://x --seed 2", /--seed is for the embedded exchange: it needs --venue sim/],
  ["run --live --venue demo --tape x", /--tape is for the embedded exchange: it needs --venue sim/],
  ["run --paper --venue sim --spot x", /--spot belongs to a recording: it needs --tape PATH/],
  ["demo --for 30", /`--for`: Found "30", allowed: a time such as 30s/],
  ["demo --for 0s", /`--for`: Found "0s"/],
  ["demo --for 367d", /`--for`: Found "367d"/],
  ["demo --for -1s", /`--for`: Found "-1s"/],
  ["demo --for", /`--for` requires `TIME`/],
  ["demo --speed 0", /`--speed`: Found "0", allowed: a number from 0.01 to 10000/],
  ["demo --speed 1e5", /`--speed`: Found "1e5"/],
  ["demo --speed Infinity", /`--speed`: Found "Infinity"/],
  ["demo --seed 4294967296", /`--seed`: Found "4294967296", allowed: a whole number from 0 to 4294967295/],
  ["demo --seed 1.5", /`--seed`: Found "1.5"/],
  ["demo --port 65536", /`--port`: Found "65536", allowed: a whole number from 0 to 65535/],
  ["demo --port 0x50", /`--port`: Found "0x50"/],
  ["demo --port 80 --port 81", /`--port` cannot be used multiple times/],
  ["demo extra", /^Unexpected argument "extra"$/],
  ["exchange --fault cash-on-shard-1", /Found "cash-on-shard-1", allowed: .*did you mean cash-on-shard-0\?/],
  ["exchange --speed max", /--speed max is for a tape: it needs --replay PATH/],
  ["exchange --speed fast", /`--speed`: Found "fast", allowed: a number from 0.01 to 10000, or max/],
  ["exchange --fault feed-down:nobody", /Found "feed-down:nobody", allowed: .*feed-down:coinbase \(feeds: coinbase, /],
  ["exchange --series KXHIGHNYC", /Found "KXHIGHNYC", allowed: KXBTCD, .*did you mean KXHIGHNY\?/],
  ["exchange --replay x --series KXFED", /--series is for a simulation: a tape has its own/],
  ["exchange --replay x --fault seq-gap", /--fault is for a simulation: a tape has its own/],
  ["exchange --replay x --seed 3", /--seed is for a simulation: a tape is what it is/],
  ["replay", /JOURNAL/],
  ["replay a b", /^Unexpected argument "b"$/],
  ["explain", /ORDER_ID/],
  ["why kxbtc", /Found "kxbtc", allowed: a market's ticker, or how it begins/],
  ["explain k/1", /allowed: an order's id, or how it begins/],
  ["backtest", /PATH/],
  ["backtest x --capital 1e3", /`--capital`: Found "1e3", allowed: dollars from 0.01 to 100000000, such as 12.50/],
  ["backtest x --capital 0", /`--capital`: Found "0"/],
  ["backtest x --max-loss -5", /`--max-loss`: Found "-5"/],
  ["backtest x --capital 1.2345678", /`--capital`: Found "1.2345678"/],
  ["sweep x", /--strategy/],
  ["sweep x --strategy latency --param Edge=1", /`--param`: Found "Edge=1", allowed: NAME, NAME=LOW\.\.HIGH/],
  [
    "sweep x --strategy latency --method bayse",
    /`--method`: Found "bayse", allowed: grid, random, bayes; did you mean/,
  ],
  ["sweep x --strategy latency --trials 0", /`--trials`: Found "0", allowed: a whole number from 1 to 5000/],
  ["backtest x --strategy Edge!", /`--strategy`: Found "Edge!"/],
  ["calc probability --spot 1 --strike 1 --sigma 0", /Missing option `--seconds`/],
  ["calc probability --spot 0 --strike 1 --sigma 0 --seconds 1", /`--spot`: Found "0", allowed: a number above 0/],
  [`${PROBABILITY} --seen-count 61`, /`--seen-count`: Found "61", allowed: a whole number from 1 to 60/],
  [`${PROBABILITY} --seen-count 30`, /--seen-mean and --seen-count describe the same values: give both or neither/],
  [`${PROBABILITY} --seen-mean 30`, /give both or neither/],
  [`${PROBABILITY} --model mcc`, /`--model`: Found "mcc", allowed: closed, mc; did you mean mc\?/],
  [`${PROBABILITY} --paths 5`, /--paths and --seed are for Monte Carlo: they need --model mc/],
  [`${PROBABILITY} --rule between`, /--rule between needs --cap/],
  [`${PROBABILITY} --cap 2`, /--cap is the upper strike of --rule between/],
  [`${PROBABILITY} --rule between --cap 0.5`, /--cap 0.5 lies below --strike 1/],
  [`${PROBABILITY} --decimals 2`, /--decimals belongs to --rule/],
  ["calc fee --price 1 --count 1", /`--price`: Found "1", allowed: a price from 0.0001 to 0.9999/],
  ["calc fee --price 0.00001 --count 1", /`--price`: Found "0.00001"/],
  ["calc fee --price 0.5 --count 1,,2", /`--count`: Found "1,,2"/],
  ["calc fee --price 0.5 --count 0.001", /`--count`: Found "0.001"/],
  ["calc fee --price 0.5 --count 1 --side bid", /`--side`: Found "bid", allowed: buy, sell/],
  ["calc fee --price 0.5 --count 1 --multiplier 0.0000001", /`--multiplier`: Found "0.0000001"/],
  ["calc fee --price 0.5 --count 1 --grid 0", /`--grid`: Found "0"/],
  ["calc fee --price 0.5 --count 1 --date 2026-02-30", /`--date`: Found "2026-02-30", allowed: a day that exists/],
  [
    "calc kelly --probability 1.1 --price 0.5 --bankroll 1",
    /`--probability`: Found "1.1", allowed: a number from 0 to 1/,
  ],
  ["calc kelly --outcomes b.json --price 0.5 --bankroll 1", /cannot be used together/],
  ["calc kelly --outcomes b.json --sizing half --bankroll 1", /`--sizing`: Found "half", allowed: scale, cap/],
  ["calc kelly --probability NaN --price 0.5 --bankroll 1", /`--probability`: Found "NaN"/],
  ["status --state=", /`--state`: Found "", allowed: a path that is not empty/],
  ["help nothing", /^Unknown command "nothing"$/],
];

Deno.test("every wrong command line of the table is refused with exit code 2 and what is wrong with it", () => {
  for (const [line, says] of BAD) {
    const parsed = read(line);
    assert.ok(!parsed.ok, `${line} was taken`);
    assert.equal(parsed.exitCode, 2);
    const [problem, hint] = parsed.message.split("\n");
    assert.match(problem, says, line);
    assert.ok(!problem.endsWith("."), problem);
    assert.match(hint, /kbot --help/);
  }
});

Deno.test("a password in an address is not repeated in the error", () => {
  const parsed = read("run --paper --venue http://me:hunter2@x/");
  assert.ok(!parsed.ok);
  assert.ok(!parsed.message.includes("hunter2"));
});

Deno.test("kbot alone shows the help, as wrong usage", () => {
  const alone = read("");
  const help = read("--help");
  assert.ok(!alone.ok && alone.exitCode === 2);
  assert.ok(help.ok && help.command === null);
  assert.equal(alone.message, help.text);
});

Deno.test("the version is a text, wherever it is asked for at the top", () => {
  for (const line of ["--version", "-V"]) {
    const parsed = read(line);
    assert.ok(parsed.ok && parsed.command === null, line);
    assert.match(parsed.text, new RegExp(`^kbot ${VERSION.replaceAll(".", "\\.")} \\(deno `));
  }
});

const COMMON = ["--config FILE", "--state DIR", "--json"];
const SIMULATION = ["--for TIME", "--speed FACTOR", "--seed N", "--port PORT"];
const HELP: readonly [line: string, mentions: readonly string[]][] = [
  [
    "--help",
    [
      "run",
      "demo",
      "exchange",
      "replay",
      "explain",
      "backtest",
      "calibrate",
      "calc",
      "pairs",
      "config",
      "status",
      "why",
      "kill",
      "reduce",
      "resume",
      "strategy",
      "doctor",
      "--version",
      "kbot demo",
      "kbot --paper",
    ],
  ],
  ["run --help", ["--paper", "--live", "--venue VENUE", "--venue-ws URL", ...SIMULATION]],
  ["demo --help", SIMULATION],
  ["exchange --help", ["--port PORT", "--seed N", "--speed FACTOR", "--replay PATH", "--fault NAME", ...FAULT_NAMES]],
  ["why --help", ["TICKER", "lastHour"]],
  ["replay --help", ["JOURNAL", "--verify"]],
  ["explain --help", ["ORDER_ID", "--journal PATH", "k00000001-17"]],
  ["backtest --help", ["PATH", "--spot FILE", "--strategy STRATEGY", "--capital USD", "--max-loss USD"]],
  ["sweep --help", [
    "PATH",
    "--strategy STRATEGY",
    "--param",
    "--method METHOD",
    "--trials N",
    "--stop-early",
    "kbot sweep",
  ]],
  ["calibrate --help", ["PATH", "--spot FILE", "--plot FILE.svg"]],
  ["calc --help", ["probability", "fee", "kelly", "volatility"]],
  ["calc volatility --help", ["--prices FILE", "--spot", "--strike", "--bid", "--ask", "--seconds"]],
  [
    "calc probability --help",
    [
      ...["--spot", "--strike", "--cap", "--sigma", "--seconds", "--seen-mean", "--seen-count", "--model", "--dist"],
      ...["--paths", "--seed", "--rule", "--decimals", "greater_or_equal", "closed"],
    ],
  ],
  [
    "calc fee --help",
    [
      "--price",
      "--count",
      "--side",
      "--role",
      "--type",
      "--multiplier",
      "--grid",
      "--date",
      "quadratic_with_maker_fees",
    ],
  ],
  ["calc kelly --help", [
    "--outcomes",
    "--probability",
    "--price",
    "--fee",
    "--settlement-fee",
    "--fraction",
    "--bankroll",
  ]],
  ["config --help", ["init", "check", "show", "schema"]],
  ["config init --help", ["--output"]],
  ["config schema --help", []],
  ["config show --help", ["--origin"]],
  ["config check --help", []],
  ["doctor --help", ["--venue VENUE", "--venue-ws URL", "--order", "PASS, FAIL or SKIP"]],
  ["pairs --help", ["list", "review"]],
  ["pairs list --help", []],
  ["pairs review --help", ["NAME", "--venue VENUE", "--market TICKER", "--by NAME", "--yes"]],
  ["status --help", []],
  ["kill --help", []],
  ["reduce --help", ["only what closes"]],
  ["resume --help", ["exit code is 1"]],
  ["strategy --help", ["start", "stop"]],
  ["strategy start --help", ["STRATEGY", "strategies.NAME.enabled"]],
  ["strategy stop --help", ["STRATEGY"]],
  ["help calc kelly", ["--bankroll"]],
];

Deno.test("the help of a command names each of its flags, and those of every command", () => {
  for (const [line, mentions] of HELP) {
    const parsed = read(line);
    assert.ok(parsed.ok && parsed.command === null, line);
    for (const mention of [...mentions, ...COMMON]) {
      assert.ok(parsed.text.includes(mention), `${line} does not mention ${mention}:\n${parsed.text}`);
    }
  }
});

Deno.test("help without colors holds no escape sequence, with colors it does", () => {
  const escape = "\u001b[";
  const look = (colors: boolean) => parseCommandLine(["run", "--help"], { colors, width: 80 });
  const [plain, colored] = [look(false), look(true)];
  assert.ok("text" in plain && !plain.text.includes(escape));
  assert.ok("text" in colored && colored.text.includes(escape));
});

Deno.test("an amount of money is read exactly, to the micro-dollar", () => {
  fc.assert(
    fc.property(fc.integer({ min: 10_000, max: 100_000_000_000_000 }), (micros) => {
      const command = commandOf(`backtest x --capital ${formatMoney(money(micros))}`);
      assert.equal(command.kind === "backtest" && command.capital, micros);
    }),
    { seed: 26 },
  );
});

Deno.test("whatever is typed, the answer is a command, a text or a refusal in words", () => {
  const token = fc.oneof(
    fc.string(),
    fc.constantFrom("run", "demo", "calc", "fee", "kelly", "config", "show", "--paper", "--live", "--for", "30s", "--"),
    fc.constantFrom("--json", "--state", "--state=", "--help", "--version", "help", "-h", "--fault", "--port", "-1"),
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 8 }), (argv) => {
      const parsed = parseCommandLine(argv);
      if (!parsed.ok) assert.ok(parsed.message.length > 0 && parsed.exitCode === 2);
      else if (parsed.command === null) assert.ok(parsed.text.length > 0);
      else assert.ok(parsed.command.kind.length > 0);
    }),
    { seed: 27 },
  );
});
