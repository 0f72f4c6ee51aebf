import assert from "node:assert/strict";
import { climateDaySpan } from "../../../core/climate_day.ts";
import { CLIMATE_STATIONS } from "../../../core/climate_station.ts";
import { micros, MICROS_PER_DAY, parseTime } from "../../../core/units.ts";
import { readClimateReport } from "../../../feeds/weather/climate_report.ts";
import { readMetar } from "../../../feeds/weather/metar.ts";
import { climateReportText, metarText, tenthsCelsius } from "./nws_texts.ts";
import { MEASURED_EVERY, SimulatedWeather } from "./nws_weather.ts";

const NOON = parseTime("2026-10-06T17:00:00Z") ?? micros(0);

Deno.test("simulated weather is a function of seed, station and time", () => {
  const one = new SimulatedWeather(3);
  const other = new SimulatedWeather(3);
  for (const station of CLIMATE_STATIONS) {
    other.dayExtremes(station, "2026-10-06");
    assert.equal(one.at(station, NOON), other.at(station, NOON));
    assert.notEqual(one.at(station, NOON), new SimulatedWeather(4).at(station, NOON));
  }
});

Deno.test("every station has an afternoon warmer than its night, and seasons", () => {
  const weather = new SimulatedWeather(3);
  for (const station of CLIMATE_STATIONS) {
    let differences = 0;
    for (let day = 1; day <= 28; day++) {
      const { highF, lowF } = weather.dayExtremes(station, `2026-10-${day.toString().padStart(2, "0")}`) ?? {};
      assert.ok(typeof highF === "number" && typeof lowF === "number" && highF > lowF && highF < 130 && lowF > -60);
      differences += highF - lowF;
    }
    assert.ok(differences / 28 > 12 && differences / 28 < 30, `${station.id}: ${differences / 28}`);
    const mean = (month: string) => {
      let sum = 0;
      for (let day = 1; day <= 28; day++) {
        sum += weather.dayExtremes(station, `2026-${month}-${day.toString().padStart(2, "0")}`)?.highF ?? NaN;
      }
      return sum / 28;
    };
    assert.ok(mean("07") > mean("01") + 5, station.id);
  }
});

Deno.test("a day's extremes are those of its measurements, and nothing outside the day counts", () => {
  const weather = new SimulatedWeather(3);
  const [station] = CLIMATE_STATIONS;
  const span = climateDaySpan("2026-10-06", station.standardTime);
  assert.ok(span !== null);
  const measured: number[] = [];
  for (let at: number = span.start; at < span.end; at += MEASURED_EVERY) {
    measured.push(weather.measured(station, micros(at)));
  }
  const { highF, lowF } = weather.dayExtremes(station, "2026-10-06") ?? {};
  assert.deepEqual([highF, lowF, measured.length], [Math.max(...measured), Math.min(...measured), 288]);
});

Deno.test("forecasts err more the further they look, and hardly on the next hour", () => {
  const weather = new SimulatedWeather(3);
  const error = (leadHours: number): number => {
    let squares = 0;
    const count = 200;
    for (let k = 0; k < count; k++) {
      const issued = micros(NOON + k * MICROS_PER_DAY / 24);
      const hour = micros(issued + leadHours * MICROS_PER_DAY / 24);
      squares += (weather.forecast(CLIMATE_STATIONS[0], issued, hour) - weather.at(CLIMATE_STATIONS[0], hour)) ** 2;
    }
    return Math.sqrt(squares / count);
  };
  assert.ok(error(1) < 1.5 && error(24) > error(1) && error(72) > error(24), `${error(1)} ${error(24)} ${error(72)}`);
});

Deno.test("written METARs and reports are read back as they were meant, below zero too", () => {
  for (const degreesF of [-31, -1, 0, 14, 32, 33, 84, 101]) {
    const extremes = { highF: degreesF + 3, lowF: degreesF - 40, highAt: NOON, lowAt: NOON };
    const metar = readMetar(metarText("KNYC", NOON, degreesF, extremes), "KNYC");
    assert.equal(metar?.tenths, tenthsCelsius(degreesF));
    assert.equal(metar?.sixHourHigh, tenthsCelsius(degreesF + 3));
    assert.equal(metar?.sixHourLow, tenthsCelsius(degreesF - 40));
    for (const final of [true, false]) {
      const [station] = CLIMATE_STATIONS;
      const report = { station, day: "2026-10-06", issuedAt: NOON, extremes, final };
      const read = readClimateReport(climateReportText(report));
      assert.ok(read.ok, JSON.stringify(read));
      const [{ highF, lowF, day, final: told }] = read.value;
      assert.deepEqual([highF, lowF, day, told], [degreesF + 3, degreesF - 40, "2026-10-06", final]);
    }
  }
});

Deno.test("a report before anything was measured has missing values", () => {
  const extremes = { highF: null, lowF: null, highAt: NOON, lowAt: NOON };
  const [station] = CLIMATE_STATIONS;
  const read = readClimateReport(
    climateReportText({ station, day: "2026-10-06", issuedAt: NOON, extremes, final: false }),
  );
  assert.ok(read.ok);
  assert.deepEqual([read.value[0].highF, read.value[0].lowF], [null, null]);
});
