import assert from "node:assert/strict";
import { recordedData } from "../../backtest/recording/recording_fixture.ts";
import { formatTime } from "../../core/units.ts";
import { readForecast, readPoint } from "./forecast.ts";

type Fixture = readonly [file: string, hours: readonly (readonly [start: string, temperatureF: number])[] | string];

const FIXTURES: readonly Fixture[] = [
  ["gridpoints_forecast_hourly_us.json", [["2019-10-15T00:00", 78], ["2019-10-15T01:00", 77]]],
  ["gridpoints_forecast_hourly_empty_us.json", "period without a time"],
  // Forecasts by half days, which are no hours.
  ["gridpoints_forecast_us.json", "period that is no hour"],
  ["gridpoints_forecast_si.json", "period that is no hour"],
  ["gridpoints_forecast_relative_icon_us.json", "period that is no hour"],
  ["gridpoints_forecast_strings_us.json", "period that is no hour"],
  ["gridpoints_forecast_empty_us.json", "period without a time"],
];

for (const [file, expected] of FIXTURES) {
  Deno.test(`recorded ${file} ${typeof expected === "string" ? `is refused: ${expected}` : "has its hours"}`, async () => {
    const folder = await recordedData("nws/api_weather_gov");
    if (folder === null) return;
    const read = readForecast(JSON.parse(await Deno.readTextFile(`${folder}/${file}`)));
    if (typeof expected === "string") return assert.deepEqual(read, { ok: false, reason: expected });
    assert.ok(read.ok, JSON.stringify(read));
    assert.equal(formatTime(read.value.issuedAt), "2019-10-14T23:16:24.000000Z");
    const hours = read.value.hours.map(({ start, temperatureF }) => [formatTime(start).slice(0, 16), temperatureF]);
    assert.deepEqual(hours, expected);
  });
}

Deno.test("the recorded point names its cell", async () => {
  const folder = await recordedData("nws/api_weather_gov");
  if (folder === null) return;
  const read = readPoint(JSON.parse(await Deno.readTextFile(`${folder}/points.json`)));
  assert.deepEqual(read, { ok: true, value: { office: "TAE", x: 58, y: 65 } });
});

const period = (hour: number, change: Record<string, unknown> = {}) => ({
  startTime: `2026-09-16T${hour.toString().padStart(2, "0")}:00:00-04:00`,
  endTime: `2026-09-16T${(hour + 1).toString().padStart(2, "0")}:00:00-04:00`,
  temperature: 60 + hour,
  temperatureUnit: "F",
  ...change,
});

const forecast = (periods: unknown) => ({ properties: { updateTime: "2026-09-16T04:10:00+00:00", periods } });

Deno.test("hours may be missing, come unordered and twice", () => {
  const read = readForecast(forecast([period(9), period(3), period(9, { temperature: 99 }), period(4)]));
  assert.ok(read.ok);
  const hours = read.value.hours.map(({ start, temperatureF }) => [formatTime(start).slice(11, 13), temperatureF]);
  assert.deepEqual(hours, [["07", 63], ["08", 64], ["13", 69]]);
  assert.deepEqual(read.value.refused, ["repeated hour"]);
});

const PERIODS: readonly (readonly [claim: string, change: Record<string, unknown>, expected: string | number])[] = [
  ["Celsius is turned", { temperature: 20, temperatureUnit: "C" }, 68],
  ["a value with its unit inside", { temperature: { value: 20, unitCode: "wmoUnit:degC" }, temperatureUnit: "" }, 68],
  ["a text is no number", { temperature: "72" }, "forecast temperature is no number"],
  ["null is no number", { temperature: null }, "forecast temperature is no number"],
  ["an unknown unit", { temperatureUnit: "K" }, "unit of a forecast temperature"],
  ["no temperature of this earth", { temperature: 200 }, "forecast temperature out of range"],
  ["no start", { startTime: null }, "period without a time"],
  ["longer than an hour", { endTime: "2026-09-16T18:00:00-04:00" }, "period that is no hour"],
];

for (const [claim, change, expected] of PERIODS) {
  Deno.test(`forecast period: ${claim}`, () => {
    const read = readForecast(forecast([period(5), period(12, change)]));
    assert.ok(read.ok);
    const [, changed] = read.value.hours;
    if (typeof expected === "number") assert.deepEqual([changed?.temperatureF, read.value.refused], [expected, []]);
    else assert.deepEqual([read.value.hours.length, read.value.refused], [1, [expected]]);
  });
}

Deno.test("a forecast across the night that skips an hour has no gap", () => {
  const night = [
    ["2026-03-08T00:00:00-05:00", "2026-03-08T01:00:00-05:00"],
    ["2026-03-08T01:00:00-05:00", "2026-03-08T03:00:00-04:00"],
    ["2026-03-08T03:00:00-04:00", "2026-03-08T04:00:00-04:00"],
  ];
  const read = readForecast(forecast(night.map(([startTime, endTime]) => period(0, { startTime, endTime }))));
  assert.ok(read.ok);
  const [first, ...others] = read.value.hours;
  assert.deepEqual(others.map(({ start }) => start - first.start), [3_600_000_000, 7_200_000_000]);
  assert.deepEqual(read.value.refused, []);
});

Deno.test("bodies of another shape are refused", () => {
  for (
    const [body, reason] of [
      [null, "forecast without properties"],
      [{}, "forecast without properties"],
      [{ properties: {} }, "forecast without a time of issue"],
      [forecast(undefined), "forecast without periods"],
      [forecast([]), "forecast without hours"],
      [forecast([null]), "period that is no object"],
      [forecast(Array(501).fill(period(1))), "too many periods"],
    ] as const
  ) assert.deepEqual(readForecast(body), { ok: false, reason });
  const cell = (gridId: unknown, gridX: unknown) => readPoint({ properties: { gridId, gridX, gridY: 3 } });
  assert.deepEqual(cell("../", 3), { ok: false, reason: "office of a grid cell" });
  assert.deepEqual(cell("OKX", "3"), { ok: false, reason: "place of a grid cell" });
  assert.deepEqual(readPoint([]), { ok: false, reason: "point without properties" });
});
