import assert from "node:assert/strict";
import { join } from "node:path";
import { closeOf, defaultOptions, recordedWorld, tickerOf, type World } from "./calibration_fixture.ts";
import { type CalibrationReport, reportOf } from "./calibration_report.ts";
import { type Calibrated, MOMENTS_MINUTES, runCalibration } from "./calibration_run.ts";
import { openCalibrationSource } from "./calibration_source.ts";
import { recordedData, withFiles } from "./recording/recording_fixture.ts";

async function calibrated(path: string, spot: string | null): Promise<Calibrated> {
  const source = await openCalibrationSource(path, spot);
  assert.ok(!("error" in source), JSON.stringify(source));
  const result = await runCalibration(source, defaultOptions());
  assert.deepEqual(source.problems(), []);
  return result;
}

const inWorld = async (world: World, body: (result: Calibrated) => void | Promise<void>) => {
  await withFiles(recordedWorld(world), async (folder) => {
    await body(await calibrated(folder, join(folder, "spot_x.csv")));
  });
};

const NO_LADDERS = { ladders: 0, incoherent: 0, outside: 0, problems: [] };
const WORLD: World = { seed: 71, markets: 12, sigma: 5e-5, basis: 0 };

Deno.test("every market is looked at at every moment, and joined with what came of it", async () => {
  await inWorld(WORLD, ({ observations, markets, settled, leftOut }) => {
    assert.deepEqual([markets, settled, leftOut], [12, 12, 0]);
    assert.equal(observations.length, 12 * MOMENTS_MINUTES.length);
    for (const { ticker, at, minutes, market, engine, models } of observations) {
      const place = Number(ticker.slice(10, 14));
      assert.equal(at, (closeOf(place) - minutes * 60) * 1_000_000);
      assert.ok(market !== null && engine !== null && models.length === 22);
    }
  });
});

Deno.test("the lab's exponentially weighted model without a basis is the engine's", async () => {
  await inWorld(WORLD, ({ observations }) => {
    for (const { engine, models } of observations) {
      const same = models.find(({ model, basis }) => model === "ewma" && !basis);
      assert.ok(engine !== null && same?.probability != null);
      assert.ok(Math.abs(same.probability - engine) < 1e-12, `${same.probability}, ${engine}`);
    }
  });
});

Deno.test("nothing of later enters: another future, from the next second on, leaves every thought as it is", async () => {
  const world = { ...WORLD, markets: 4 };
  await inWorld(world, async (first) => {
    for (const [place, minutes] of MOMENTS_MINUTES.entries()) {
      const changes = closeOf(2) - minutes * 60;
      await inWorld({ ...world, otherwiseFrom: changes + 1 }, (second) => {
        const until = ({ observations }: Calibrated) =>
          observations.filter(({ at }) => at <= changes * 1_000_000)
            .map(({ ticker, minutes, engine, market, models }) => ({ ticker, minutes, engine, market, models }));
        assert.equal(until(first).length, 2 * MOMENTS_MINUTES.length + place + 1);
        assert.deepEqual(until(second), until(first));
        assert.notDeepEqual(second.observations, first.observations);
      });
    }
  });
});

Deno.test("the book is the market's opinion while it can be believed, the table of quotes otherwise", async () => {
  await inWorld(WORLD, ({ observations }) => {
    const first = observations.filter(({ ticker }) => ticker === tickerOf(0));
    const mids = new Map(first.map(({ minutes, market }) => [minutes, market]));
    // Recorded frames run from 5 to 3 minutes before the close.
    assert.equal(mids.get(5), 0.455);
    for (const minutes of [10, 2, 1, 0.5]) assert.notEqual(mids.get(minutes), 0.455);
  });
});

Deno.test("where the index was not heard the models say nothing, and the market still does", async () => {
  const silent = (second: number) => second > closeOf(4) - 400 && second < closeOf(4) - 90;
  await inWorld({ ...WORLD, silent }, ({ observations }) => {
    const fifth = observations.filter(({ ticker }) => ticker === tickerOf(4));
    const spoke = fifth.filter(({ engine }) => engine !== null).map(({ minutes }) => minutes);
    assert.deepEqual(spoke, [10], "the index is heard for two minutes before it counts again");
    assert.ok(
      fifth.every(({ market, models, engine }) => market !== null && (models.length === 0) === (engine === null)),
    );
  });
});

const reported = (result: Calibrated): CalibrationReport => {
  const report = reportOf({ path: "x", spot: "y", simulated: false }, result, []);
  assert.ok(report !== null);
  return report;
};

const rowOf = ({ comparisons }: CalibrationReport, minutes: number | null, model: string, basis: boolean) => {
  const rows = comparisons.find((each) => each.minutes === minutes)?.rows ?? [];
  const row = rows.find((each) => each.model === model && each.basis === basis);
  assert.ok(row !== undefined, `${minutes}, ${model}`);
  return row;
};

Deno.test("in a world as the model has it, it is as good as those who know the truth", async () => {
  await inWorld({ seed: 72, markets: 120, sigma: 5e-5, basis: 0 }, (result) => {
    const report = reported(result);
    const { brier_difference, n } = rowOf(report, null, "garch", false);
    assert.equal(n, 600, "five minutes of prices before the first moment are enough to begin with");
    assert.ok(brier_difference.low !== null && brier_difference.high !== null);
    assert.ok(Math.abs(brier_difference.mean) < 0.004, JSON.stringify(brier_difference));
    assert.ok(report.engine !== null && report.market !== null);
    const misses = report.engine.reliability.filter(({ mean_p, low, high }) =>
      mean_p !== null && low !== null && high !== null && (mean_p < low - 0.02 || mean_p > high + 0.02)
    );
    assert.ok(misses.length <= 1, JSON.stringify(misses));
    assert.equal(report.recalibration?.map.kind, "none", report.recalibration?.why);
  });
});

Deno.test("a basis is learnt from the markets that settled before, and then helps", async () => {
  await inWorld({ seed: 73, markets: 80, sigma: 3e-5, basis: -30 }, (result) => {
    const report = reported(result);
    const [index] = report.indices;
    assert.ok(index.basis !== null && index.basis.markets === 80);
    // Drawn a little towards no basis at all, as if one market had just settled without one.
    assert.ok(index.basis.mean < -24 && index.basis.mean > -30, JSON.stringify(index.basis));
    const [raw, corrected] = [false, true].map((basis) => rowOf(report, 1, "ewma", basis));
    assert.ok(corrected.brier < raw.brier - 0.02, `${corrected.brier}, ${raw.brier}`);
    const before = result.observations.filter(({ ticker }) => ticker === tickerOf(0));
    for (const { models } of before) {
      const [without, withBasis] = [false, true].map((basis) =>
        models.find((each) => each.model === "ewma" && each.basis === basis)?.probability ?? NaN
      );
      assert.ok(Math.abs(withBasis - without) < 0.2, "before the first settlement only the doubt is known");
    }
  });
});

Deno.test("the same recording gives the same report", async () => {
  await inWorld(WORLD, async (first) => {
    await inWorld(WORLD, (second) => assert.deepEqual(reported(second), reported(first)));
  });
});

Deno.test("what cannot be opened is told in words", async () => {
  const nothing = await openCalibrationSource("/nowhere/at/all", null);
  assert.ok("error" in nothing && /No recording at \/nowhere\/at\/all: nothing is there/.test(nothing.error));
  await withFiles(recordedWorld(WORLD), async (folder) => {
    const cases: [string, RegExp][] = [
      [join(folder, "missing.csv"), /missing\.csv/],
      [join(folder, "settlements_x.csv"), /columns/],
    ];
    for (const [spot, wanted] of cases) {
      const source = await openCalibrationSource(folder, spot);
      assert.ok("error" in source && wanted.test(source.error), JSON.stringify(source));
    }
  });
});

Deno.test("without prices the market alone is judged, and without anything nothing is", async () => {
  await withFiles(recordedWorld(WORLD), async (folder) => {
    const report = reported(await calibrated(folder, null));
    assert.equal(report.engine, null);
    assert.equal(report.market?.n, 60);
    assert.ok(report.comparisons.every(({ rows }) => rows.length === 0));
  });
  const nobody = { observations: [], markets: 3, settled: 0, leftOut: 15, labs: new Map(), flow: null };
  const empty = { ...nobody, coherence: NO_LADDERS };
  assert.equal(reportOf({ path: "x", spot: null, simulated: false }, empty, []), null);
});

Deno.test("recorded KXBTC15M: the engine against the market's mid, as it was", async () => {
  const path = await recordedData("kxbtc15m_ws");
  const spot = await recordedData("spot/coinbase_btcusd_trades.csv.gz");
  if (path === null || spot === null) return;
  const result = await calibrated(path, spot);
  const report = reported(result);
  assert.deepEqual([report.markets, report.settled, report.observations], [211, 211, 345]);
  assert.deepEqual([report.engine?.n, report.engine?.markets, report.market?.n], [103, 35, 342]);
  const figures = MOMENTS_MINUTES.map((minutes) => {
    const { n, brier, market_brier } = rowOf(report, minutes, "engine", false);
    return [minutes, n, brier.toFixed(4), market_brier.toFixed(4)];
  });
  assert.deepEqual(figures, [
    [10, 16, "0.1630", "0.1428"],
    [5, 18, "0.0896", "0.0770"],
    [2, 21, "0.0053", "0.0061"],
    [1, 24, "0.0250", "0.0382"],
    [0.5, 21, "0.0000", "0.0044"],
  ]);
  assert.equal(report.recalibration?.why, "35 independent outcomes are too few to tell; it takes 50");
});
