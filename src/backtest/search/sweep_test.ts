import assert from "node:assert/strict";
import { indexSettings, paperSettings, riskLimits, strategySettings } from "../../config/engine_settings.ts";
import { defaultConfig } from "../../config/schema.ts";
import { formatMoney, micros, MICROS_PER_MINUTE, money } from "../../core/units.ts";
import { STRATEGIES } from "../../strategies/registry.ts";
import { Random } from "../../venues/exchange/random.ts";
import { backtest, type BacktestOptions } from "../backtest.ts";
import type { Method } from "./choices.ts";
import { type Dimension, ParameterSpace } from "./parameter_space.ts";
import { type Period, periodsOf, surveyOf } from "./survey.ts";
import { writeRecording } from "./sweep_recording_fixture.ts";
import { sumOf, Sweep, type SweepOutcome } from "./sweep.ts";
import type { TrialRan } from "./sweep_pool.ts";
import { type PassAsked, runPass, type TrialAsked, type TrialResult, type TrialSettings } from "./trial.ts";
import { type Results, TrialBook, type TrialRunner } from "./trial_book.ts";
import { openTrialSource } from "./trial_source.ts";

const CAPITAL = money(10_000_000_000);
const EDGE: Dimension = { kind: "range", name: "edge", low: 0, high: 1, scale: "linear", step: null };
const NEVER: Dimension = { kind: "choice", name: "idle", values: [1, 2, 3] };
const CHANCE = /does not stand out from chance/;

class Memory implements Results {
  readonly kept = new Map<string, TrialResult>();

  get(parameters: string, scope: string): Promise<TrialResult | null> {
    return Promise.resolve(this.kept.get(`${parameters} ${scope}`) ?? null);
  }

  put(parameters: string, scope: string, result: TrialResult): Promise<void> {
    this.kept.set(`${parameters} ${scope}`, result);
    return Promise.resolve();
  }
}

/** Quarter-hours. */
const quarters = (count: number): Period[] =>
  Array.from({ length: count }, (_, k) => ({
    open: micros((15 * k + 1) * MICROS_PER_MINUTE),
    close: micros(15 * (k + 1) * MICROS_PER_MINUTE),
    settled: micros(15 * (k + 1) * MICROS_PER_MINUTE),
    tickers: [`T${k}`],
  }));

/** Trials whose profits are drawn: by chance alone, and with what the parameters add in each period, in deviations. */
class Drawn implements TrialRunner {
  ran = 0;

  constructor(
    readonly settings: TrialSettings,
    readonly seed: number,
    readonly gain: (parameters: TrialAsked["parameters"]) => number,
  ) {}

  run({ trials, until, borders }: PassAsked, onRan: (trial: TrialAsked, ran: TrialRan) => void) {
    const all = trials.map((trial): TrialRan => {
      this.ran++;
      const random = Random.named(this.seed, JSON.stringify(trial.parameters));
      const gain = this.gain(trial.parameters);
      const profits = Float64Array.from(this.settings.periods, () => Math.round(1e6 * (gain + random.normal())));
      const border = borders.find(({ periods, least }) => sumOf(profits.subarray(0, periods)) / 1e6 < least);
      const stopped = border === undefined ? profits : profits.map((each, k) => k < border.periods ? each : 0);
      const through = border?.at ?? until;
      const result = { profits: stopped, orders: 1, fills: 1, through, stoppedEarly: border !== undefined };
      onRan(trial, { ok: true, result });
      return { ok: true, result };
    });
    return Promise.resolve(all);
  }
}

interface DrawnSweep {
  readonly method?: Method;
  readonly objective?: TrialSettings["objective"];
  readonly seed?: number;
  readonly stopEarly?: boolean;
  readonly periods?: number;
  readonly trials?: number;
  readonly folds?: number;
  readonly results?: Results;
  readonly gain?: (parameters: TrialAsked["parameters"]) => number;
}

async function drawn(
  {
    method = "random",
    objective = "sharpe",
    seed = 1,
    stopEarly = false,
    periods = 96,
    trials = 40,
    folds = 3,
    results,
    gain = () => 0,
  }: DrawnSweep,
): Promise<SweepOutcome & { readonly ran: number }> {
  const settings: TrialSettings = {
    engine: engineSettings(),
    capital: CAPITAL,
    strategy: "settlement_edge",
    objective,
    periods: quarters(periods).map(({ tickers }) => tickers),
  };
  const runner = new Drawn(settings, seed, gain);
  const book = new TrialBook({ settings, configured: {}, results: results ?? new Memory(), runner, onTrial: () => {} });
  const outcome = await new Sweep({
    settings,
    space: new ParameterSpace([EDGE, NEVER]),
    configured: {},
    method,
    trials,
    seed,
    periods: quarters(periods),
    folds,
    embargo: 0,
    stopEarly,
    isStopped: () => false,
  }, book).run();
  return { ...outcome, ran: runner.ran };
}

function engineSettings(): BacktestOptions["engine"] {
  const config = defaultConfig();
  return {
    version: "test",
    paper: paperSettings(config),
    index: indexSettings(config),
    risk: riskLimits(config),
    strategies: strategySettings(config).filter(({ name }) => name === "settlement_edge"),
  };
}

const PLANTED = ({ edge }: TrialAsked["parameters"]): number => Number(edge) > 0.6 && Number(edge) < 0.8 ? 0.7 : 0;

Deno.test("of strategies that are noise the best gets the warning, with a true edge among them it does not", async () => {
  for (const seed of [1, 2, 3, 4]) {
    const noise = await drawn({ seed });
    assert.ok(noise.warnings.some((text) => CHANCE.test(text)), `seed ${seed}: ${noise.guards.deflatedSharpe}`);
    const edge = await drawn({ seed, gain: PLANTED });
    assert.ok(!edge.warnings.some((text) => CHANCE.test(text)), `seed ${seed}: ${edge.guards.deflatedSharpe}`);
    assert.ok(PLANTED(edge.best?.parameters ?? {}) > 0);
    assert.ok(edge.search.walk_forward.every(({ test_pnl }) => Number(test_pnl) > 0), "and it holds out of sample");
    assert.ok((edge.search.overfitting_probability ?? 1) < 0.3);
  }
});

Deno.test("what is guided by the past alone makes a search for each fold, and finds a true edge", async () => {
  const { ran, best, search, warnings } = await drawn({ method: "bayes", trials: 24, folds: 2, gain: PLANTED });
  assert.ok(ran > 24 + 2, `${ran} runs`);
  assert.ok(PLANTED(best?.parameters ?? {}) > 0);
  assert.equal(search.walk_forward.length, 2);
  assert.ok(!warnings.some((text) => CHANCE.test(text)));
  for (const { train_to, test_from, test_to } of search.walk_forward) {
    assert.ok(train_to <= test_from && test_from < test_to);
  }
});

Deno.test("the same seed ends alike; what is known is not run again, and changes nothing", async () => {
  for (const method of ["random", "bayes"] as const) {
    const results = new Memory();
    const options = { method, gain: PLANTED, results, trials: 16, folds: 1 };
    const first = await drawn(options);
    const again = await drawn(options);
    assert.deepEqual(again.search, first.search);
    assert.equal(again.ran, 0);
    // Half of what was known is lost.
    [...results.kept.keys()].filter((_, k) => k % 2 === 0).forEach((key) => results.kept.delete(key));
    const resumed = await drawn(options);
    assert.deepEqual(resumed.search, first.search);
    assert.ok(resumed.ran > 0 && resumed.ran < first.ran);
  }
});

Deno.test("trials below the median of those before them are given up and marked, whole ones known from before too", async () => {
  const options = { stopEarly: true, gain: PLANTED, objective: "pnl" } as const;
  const fresh = await drawn(options);
  const stopped = fresh.search.trials.filter((trial) => trial.stopped_early);
  assert.ok(stopped.length > 8 && stopped.length < 32, `${stopped.length}`);
  assert.ok(fresh.search.trials.slice(0, 8).every((trial) => !trial.stopped_early), "there is no median yet");
  for (const { objective } of stopped) assert.equal(objective, null);
  assert.ok(PLANTED(fresh.best?.parameters ?? {}) > 0);
  assert.ok(fresh.warnings.some((text) => /^Trials given up early: \d+; /.test(text)));
  const results = new Memory();
  await drawn({ gain: PLANTED, objective: "pnl", results });
  assert.deepEqual((await drawn({ ...options, results })).search, fresh.search);
});

Deno.test("results that cannot be kept end the search with the reason", async () => {
  const full = new Memory();
  full.put = () => Promise.reject(new Error("the disk is full"));
  await assert.rejects(drawn({ results: full }), /the disk is full/);
});

Deno.test("too few settlements are told, and nothing is claimed of them", async () => {
  const { guards, search, warnings } = await drawn({ periods: 6 });
  assert.deepEqual([guards.overfittingProbability, search.walk_forward], [null, []]);
  assert.ok(warnings.some((text) => /^6 moments of settlement are too few/.test(text)), warnings.join("\n"));
  assert.ok(warnings.some((text) => /^Too few settlements for 3 folds/.test(text)), warnings.join("\n"));
});

// --- with the engine -------------------------------------------------------------------------------------------------

interface Recorded {
  readonly path: string;
  readonly spot: string;
  readonly settings: TrialSettings;
  readonly periods: readonly Period[];
  readonly runner: TrialRunner;
}

/** Trials in this thread, on a recording that is made up. */
async function withRecording(markets: number, lateSeconds: number, test: (recorded: Recorded) => Promise<void>) {
  const path = await Deno.makeTempDir({ prefix: "kbot-sweep-" });
  try {
    await writeRecording(path, { markets, seed: 1, lateSeconds });
    const spot = `${path}/prices.csv`;
    const open = async () => {
      const source = await openTrialSource({ path, spot, engine: engineSettings() });
      assert.ok(!("error" in source));
      return source;
    };
    const periods = periodsOf(await surveyOf(await open()), (series) => series === "KXBTC15M");
    const settings: TrialSettings = {
      engine: engineSettings(),
      capital: CAPITAL,
      strategy: "settlement_edge",
      objective: "sharpe",
      periods: periods.map(({ tickers }) => tickers),
    };
    const runner: TrialRunner = {
      async run(pass, onRan) {
        const answers: TrialRan[] = [];
        for (let from = 0; from < pass.trials.length; from += 8) {
          const trials = pass.trials.slice(from, from + 8);
          const results = await runPass(await open(), settings, STRATEGIES, { ...pass, trials }, () => {});
          results.forEach((result, k) => {
            answers.push({ ok: true, result });
            onRan(trials[k], { ok: true, result });
          });
        }
        return answers;
      },
    };
    await test({ path, spot, settings, periods, runner });
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const one = (parameters: TrialAsked["parameters"], pass: Partial<PassAsked> = {}): PassAsked => ({
  trials: [{ number: 1, parameters }],
  until: null,
  tickers: null,
  borders: [],
  ...pass,
});

async function profitsOf(runner: TrialRunner, pass: PassAsked): Promise<TrialResult> {
  const [ran] = await runner.run(pass, () => {});
  assert.ok(ran.ok);
  return ran.result;
}

Deno.test("a trial is the backtest with these parameters, to the last millionth, whatever runs beside it", () =>
  withRecording(4, 12, async ({ path, spot, settings, periods, runner }) => {
    assert.equal(periods.length, 4);
    const trials = [0.01, 0.04].map((min_edge, k) => ({ number: k + 1, parameters: { min_edge, rest: k > 0 } }));
    const together = await runner.run({ ...one({}), trials }, () => {});
    for (const [k, { parameters }] of trials.entries()) {
      const engine = settings.engine;
      const strategies = engine.strategies.map((each) => ({
        ...each,
        enabled: true,
        parameters: { ...each.parameters, ...parameters },
      }));
      const whole = await backtest(
        { path, spot, capital: CAPITAL, engine: { ...engine, strategies } },
        { seconds: () => 0, rssMb: () => 0 },
      );
      assert.ok(!("error" in whole));
      const ran = together[k];
      assert.ok(ran.ok);
      assert.ok(whole.fills > 0);
      const { orders, fills, profits } = ran.result;
      assert.deepEqual([orders, fills, formatMoney(sumOf(profits))], [whole.orders, whole.fills, whole.pnl]);
      assert.deepEqual(await profitsOf(runner, one(parameters)), ran.result);
    }
  }));

Deno.test("a run that ends sooner is the beginning of the whole one, and one that is given up, too", () =>
  withRecording(8, 12, async ({ periods, runner }) => {
    const whole = await profitsOf(runner, one({}));
    const until = periods[3].settled;
    assert.ok(until !== null);
    const part = await profitsOf(runner, one({}, { until }));
    assert.deepEqual(part.profits.slice(0, 4), whole.profits.slice(0, 4));
    assert.deepEqual([part.through, part.profits.slice(4).some((each) => each !== 0)], [until, false]);
    const border = { at: micros(until + 1), periods: 4, least: Infinity };
    const stopped = await profitsOf(runner, one({}, { borders: [border] }));
    assert.deepEqual(stopped.profits.slice(0, 4), whole.profits.slice(0, 4));
    assert.deepEqual([stopped.stoppedEarly, stopped.through, stopped.fills], [true, border.at, part.fills]);
    const kept = await profitsOf(runner, one({}, { borders: [{ ...border, least: -Infinity }] }));
    assert.deepEqual(kept, whole);
  }));

Deno.test("a test hears of its own markets alone, and starts with the whole capital", () =>
  withRecording(8, 12, async ({ periods, runner }) => {
    const tickers = [4, 5].flatMap((k) => periods[k].tickers);
    const test = await profitsOf(runner, one({}, { tickers, until: periods[5].settled }));
    assert.deepEqual([...test.profits].map((each) => each !== 0), [0, 0, 0, 0, 1, 1, 0, 0].map((each) => each === 1));
  }));

Deno.test("quotes that come late are an edge that stands out, quotes that know as much are none", async () => {
  const sweep = async ({ settings, periods, runner }: Recorded): Promise<SweepOutcome> => {
    const dimensions: readonly Dimension[] = [
      { kind: "range", name: "min_edge", low: 0.005, high: 0.08, scale: "log", step: null },
      { kind: "range", name: "max_seconds", low: 60, high: 240, scale: "linear", step: 10 },
    ];
    const [{ parameters: configured }] = settings.engine.strategies;
    const results = new Memory();
    const book = new TrialBook({ settings, configured, results, runner, onTrial: () => {} });
    return await new Sweep({
      settings,
      space: new ParameterSpace(dimensions),
      configured,
      method: "random",
      trials: 8,
      seed: 1,
      periods,
      folds: 2,
      embargo: 0,
      stopEarly: false,
      isStopped: () => false,
    }, book).run();
  };
  await withRecording(16, 12, async (recorded) => {
    const { warnings, best, search } = await sweep(recorded);
    assert.ok((best?.objective ?? 0) > 0);
    assert.ok(!warnings.some((text) => CHANCE.test(text)), warnings.join("\n"));
    assert.ok(search.walk_forward.every(({ test_pnl }) => Number(test_pnl) > 0));
  });
  await withRecording(16, 0, async (recorded) => {
    const { warnings } = await sweep(recorded);
    assert.ok(
      warnings.some((text) => CHANCE.test(text) || /^No trial could be judged/.test(text)),
      warnings.join("\n"),
    );
  });
});
