import assert from "node:assert/strict";
import { basisOf } from "../../backtest/search/basis.ts";
import { periodsOf, surveyOf } from "../../backtest/search/survey.ts";
import { writeRecording } from "../../backtest/search/sweep_recording_fixture.ts";
import { openTrialSource } from "../../backtest/search/trial_source.ts";
import { dataFiles } from "../../backtest/figures/provenance.ts";
import { hashOfData } from "../../backtest/search/data_identity.ts";
import { simulatedPaperSettings } from "../../config/engine_settings.ts";
import { defaultConfig } from "../../config/schema.ts";
import { money } from "../../core/units.ts";
import { STRATEGIES } from "../../strategies/registry.ts";
import { examine, placeOf } from "./examine.ts";
import type { OfferBody, OfferHead } from "./offer.ts";
import { WorkerData } from "./worker_data.ts";

const BUILD = "kbot 1, commit 0";

/** As a sweep over this recording offers itself. */
async function offerOf(folder: string): Promise<{ readonly head: OfferHead; readonly body: OfferBody }> {
  const engine = { version: "1", paper: simulatedPaperSettings(defaultConfig()), strategies: [] };
  const settings = {
    engine: engine as unknown as OfferBody["settings"]["engine"],
    capital: money(1_000_000),
    strategy: "settlement_edge",
    objective: "pnl" as const,
  };
  const spot = `${folder}/prices.csv`;
  const source = await openTrialSource({ path: folder, spot, engine: settings.engine });
  assert.ok(!("error" in source));
  const survey = await surveyOf(source);
  const { trades } = STRATEGIES.find(({ name }) => name === "settlement_edge")?.bind({}) ?? assert.fail();
  const periods = periodsOf(survey, trades).map(({ tickers }) => tickers);
  const [files, spotFiles] = [await dataFiles([folder]), await dataFiles([spot])];
  const basis = basisOf({ files: [...files, ...spotFiles], survey, settings: { ...settings, periods }, packs: [] });
  const head: OfferHead = {
    sweep: "ab",
    build: BUILD,
    data: hashOfData(files),
    spot: hashOfData(spotFiles),
    strategy: "settlement_edge",
    from: "one",
    pieces: 1,
    sha256: "0".repeat(64),
  };
  return { head, body: { settings, basis, packs: [] } };
}

Deno.test("a worker takes part where it must come to the same results, and else says why not", async () => {
  const folder = await Deno.makeTempDir({ prefix: "kbot-worker-" });
  try {
    for (const name of ["here", "elsewhere"]) {
      await Deno.mkdir(`${folder}/${name}`);
      await writeRecording(`${folder}/${name}`, { markets: 3, seed: 1, lateSeconds: 12 });
    }
    const { head, body } = await offerOf(`${folder}/here`);
    const data = await WorkerData.read([`${folder}/elsewhere`]);
    assert.ok(!("error" in data));
    const place = placeOf(head, BUILD, data);
    assert.deepEqual(place, { path: `${folder}/elsewhere`, spot: `${folder}/elsewhere/prices.csv` });
    assert.ok(!("reason" in place));
    const found = await examine(head, body, place);
    assert.ok(found.ok, JSON.stringify(found));
    assert.equal(found.setup.settings.periods.length, 3);

    const wrong = "0".repeat(64);
    assert.deepEqual(placeOf(head, "kbot 2, commit 0", data), {
      reason: "it is kbot 2, commit 0, and the sweep kbot 1, commit 0: all must be the same kbot",
    });
    assert.deepEqual(placeOf({ ...head, data: wrong }, BUILD, data), {
      reason: "it has not the data set of this sweep, by what is in it",
    });
    assert.deepEqual(placeOf({ ...head, spot: wrong }, BUILD, data), {
      reason: "it has not the recorded index of this sweep, by what is in it",
    });
    assert.deepEqual(await examine(head, { ...body, basis: wrong }, place), {
      ok: false,
      reason: "it finds something else in the same data: it is another kbot in spite of its version",
    });
    const settings = { ...body.settings, strategy: "of_a_pack" };
    assert.deepEqual(await examine(head, { ...body, settings }, place), {
      ok: false,
      reason: "it has no strategy of_a_pack",
    });
    await Deno.writeTextFile(`${folder}/elsewhere/prices.csv`, "\n", { append: true });
    assert.deepEqual(await examine(head, body, place), {
      ok: false,
      reason: `${folder}/elsewhere is not what it was when the worker started`,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
