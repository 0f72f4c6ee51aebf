import assert from "node:assert/strict";
import fc from "fast-check";
import type { VolatilityForecastInput } from "../core/input.ts";
import { MICROS_PER_SECOND } from "../core/units.ts";
import { after, aMarket } from "../execution/order_fixture.ts";
import { SettlementAverage } from "../models/settlement_average.ts";
import { Rig, stateOf } from "./engine_fixture.ts";
import type { VolatilityModel } from "./options.ts";
import { ViewBuilder } from "./view_builder.ts";
import { volatilityOver } from "./volatility_choices.ts";

const SIGMA = 3e-4;

const forecast = (seconds: number, change: Partial<VolatilityForecastInput> = {}): VolatilityForecastInput => ({
  type: "volatility_forecast",
  at: after(seconds),
  asset: "BTC",
  chosen: "ewma",
  since: null,
  why: "It is the first candidate, and none has proved better",
  forecasts: [{ horizon: 60, volatility: SIGMA }, { horizon: 900, volatility: SIGMA }],
  scores: [
    { name: "ewma", n: 40, score: 7.2, advantage: 0 },
    { name: "garch", n: 40, score: 7.4, advantage: 0.2 },
  ],
  ...change,
});

const garch = { chosen: "garch", since: after(240), why: "Its mean log density is 0.2 above that of ewma" };

function rigWith(volatilityModel?: VolatilityModel): Rig {
  const settings = { volatilityHalfLife: 60, returnsMin: 5 };
  const rig = new Rig({ index: volatilityModel === undefined ? settings : { ...settings, volatilityModel } });
  return rig.warmUp();
}

/** What the closed form gives to the rig's market with this volatility. */
function withSigma(rig: Rig, sigma: number): number {
  const index = rig.engine.indices.get("BRTI");
  assert.ok(index !== undefined && index.value !== null);
  const left = aMarket().closeTime / MICROS_PER_SECOND - index.second;
  return new SettlementAverage().prepare(index.value, sigma, left).probabilityOfYes(aMarket()) ?? NaN;
}

Deno.test("by default a forecast is shown and prices nothing: decisions are the same, bit for bit", () => {
  for (const model of [undefined, "ewma"] as const) {
    const [heard, unheard] = [rigWith(model), rigWith(model)];
    heard.step(forecast(300.5));
    for (const rig of [heard, unheard]) for (let second = 301; second < 320; second++) rig.index(second, 84_203);
    assert.equal(heard.engine.decisionHash, unheard.engine.decisionHash);
    const choice = new ViewBuilder(heard.engine).build().indices[0].volatilityChoice;
    assert.deepEqual([choice?.chosen, choice?.used], ["ewma", false]);
    assert.equal(new ViewBuilder(unheard.engine).build().indices[0].volatilityChoice, null);
  }
});

Deno.test("where it is set, the closed form uses the selected forecast from the next value on, and the old one after three minutes", () => {
  const rig = rigWith("selected");
  rig.step(forecast(301));
  rig.index(302, 84_203);
  assert.equal(stateOf(rig).probability, withSigma(rig, SIGMA));
  assert.equal(new ViewBuilder(rig.engine).build().indices[0].volatilityChoice?.used, true);
  for (let second = 303; second <= 480; second++) rig.index(second, second % 2 === 0 ? 84_203 : 84_206);
  assert.equal(stateOf(rig).probability, withSigma(rig, SIGMA), "179 s old");
  rig.index(481, 84_203);
  const ewma = rig.engine.indices.get("BRTI")?.volatility ?? NaN;
  assert.ok(Math.abs(ewma - SIGMA) > 1e-4);
  assert.equal(stateOf(rig).probability, withSigma(rig, ewma));
  assert.equal(new ViewBuilder(rig.engine).build().indices[0].volatilityChoice?.used, false);
  rig.step(forecast(482));
  rig.index(483, 84_203);
  assert.equal(stateOf(rig).probability, withSigma(rig, SIGMA), "a new one is used again");
  rig.step(forecast(484, { forecasts: [] }));
  rig.index(485, 84_203);
  assert.equal(stateOf(rig).probability, withSigma(rig, rig.engine.indices.get("BRTI")?.volatility ?? NaN));
});

Deno.test("another asset's forecast prices no market", () => {
  const rig = rigWith("selected");
  rig.step(forecast(301, { asset: "ETH" }));
  rig.index(302, 84_203);
  assert.equal(stateOf(rig).probability, withSigma(rig, rig.engine.indices.get("BRTI")?.volatility ?? NaN));
});

Deno.test("a change of the choice is logged and written down with its reason, and nothing else is", () => {
  const rig = rigWith();
  const changes = () =>
    rig.records("audit").filter(({ event }) => event === "volatility_choice").map(({ text }) => text);
  rig.step(forecast(301));
  rig.step(forecast(361));
  assert.deepEqual(changes(), []);
  rig.step(forecast(421, garch));
  rig.step(forecast(481, garch));
  rig.step(forecast(482, { ...garch, asset: "ETH" }));
  const text = "BTC: from ewma to garch. Its mean log density is 0.2 above that of ewma";
  assert.deepEqual(changes(), [text]);
  assert.equal(rig.all("log").filter((log) => log.level === "info" && log.text === `Volatility ${text}`).length, 1);
  assert.deepEqual(new ViewBuilder(rig.engine).build().indices[0].volatilityChoice, {
    chosen: "garch",
    since: "2026-11-20T12:04:00.000000Z",
    why: garch.why,
    at: "2026-11-20T12:08:01.000000Z",
    used: false,
  });
});

const volatilities = (...each: readonly (readonly [number, number])[]): Partial<VolatilityForecastInput> => ({
  forecasts: each.map(([horizon, volatility]) => ({ horizon, volatility })),
});
const REFUSED: readonly (readonly [claim: string, Partial<VolatilityForecastInput>, reason: RegExp])[] = [
  ["volatility 0", volatilities([60, 0]), /volatility 0 over 60 s, allowed is 0.000001 to 0.01/],
  ["volatility below 0", volatilities([60, -1e-4]), /volatility -0.0001 over 60 s/],
  ["volatility that is no number", volatilities([60, NaN]), /volatility NaN over 60 s/],
  ["volatility beyond any market's", volatilities([60, 1e-4], [900, 0.5]), /volatility 0.5 over 900 s/],
  ["horizon 0", volatilities([0, 1e-4]), /a horizon of 0 s after one of 0 s/],
  ["horizons out of order", volatilities([900, 1e-4], [60, 1e-4]), /a horizon of 60 s after one of 900 s/],
  ["the same horizon twice", volatilities([60, 1e-4], [60, 2e-4]), /a horizon of 60 s after one of 60 s/],
  ["a horizon beyond a day", volatilities([86_401, 1e-4]), /a rising one up to 86400 s/],
  ["a horizon that is no number", volatilities([NaN, 1e-4]), /a horizon of NaN s/],
  ["too many horizons", volatilities(...Array.from({ length: 17 }, (_, k) => [k + 1, 1e-4] as const)), /17 horizons/],
  ["a choice that is no candidate", { chosen: "har" }, /har is none of its candidates/],
  ["too many candidates", {
    scores: Array.from({ length: 33 }, () => ({ name: "ewma", n: 0, score: null, advantage: null })),
  }, /33 candidates/],
];

for (const [claim, change, reason] of REFUSED) {
  Deno.test(`a volatility forecast is refused, and what was known stays: ${claim}`, () => {
    const rig = rigWith("selected");
    rig.step(forecast(301));
    rig.step(forecast(302, change));
    const [refused] = rig.all("log").map(({ text }) => text).filter((text) => text.startsWith("Volatility"));
    assert.match(refused, new RegExp(`^Volatility forecast of BTC refused: .*${reason.source}`));
    assert.equal(rig.engine.volatility.get("BTC")?.at, after(301));
    rig.index(303, 84_203);
    assert.equal(stateOf(rig).probability, withSigma(rig, SIGMA));
  });
}

Deno.test("forecasts of 32 assets are kept and no more", () => {
  const rig = rigWith();
  for (let k = 0; k < 40; k++) rig.step(forecast(301, { asset: `COIN${k}` }));
  assert.equal(rig.engine.volatility.size, 32);
  rig.step(forecast(302, { asset: "COIN0" }));
  assert.equal(rig.engine.volatility.get("COIN0")?.at, after(302), "those that are known go on");
});

Deno.test("between two horizons the volatility lies between theirs, and at and beyond them it is theirs", () => {
  const ladder = [{ horizon: 60, volatility: 1e-4 }, { horizon: 300, volatility: 3e-4 }, {
    horizon: 900,
    volatility: 2e-4,
  }];
  const cases = [[-5, 1e-4], [0, 1e-4], [60, 1e-4], [300, 3e-4], [900, 2e-4], [86_400, 2e-4]] as const;
  for (const [seconds, expected] of cases) assert.equal(volatilityOver(ladder, seconds), expected, `${seconds} s`);
  assert.equal(volatilityOver(ladder, 180).toExponential(6), Math.sqrt((1e-8 + 9e-8) / 2).toExponential(6));
  const sigma = fc.double({ min: 1e-6, max: 1e-2, noNaN: true });
  fc.assert(
    fc.property(sigma, sigma, fc.double({ min: 60, max: 900, noNaN: true }), (first, last, seconds) => {
      const found = volatilityOver([{ horizon: 60, volatility: first }, { horizon: 900, volatility: last }], seconds);
      const slack = 1e-12 * Math.max(first, last);
      assert.ok(found >= Math.min(first, last) - slack && found <= Math.max(first, last) + slack, `${found}`);
    }),
  );
  assert.equal(volatilityOver([{ horizon: 900, volatility: 1e-4 }], 60), 1e-4);
});
