import assert from "node:assert/strict";
import { formatTime } from "../../core/units.ts";
import { readProduct, readProductList } from "./products.ts";
import { isIndexCity, readWeatherIndex } from "./weather_index.ts";

const listed = (id: string, issuanceTime: unknown, change: Record<string, unknown> = {}) => ({
  "@id": `https://api.weather.gov/products/${id}`,
  id,
  issuingOffice: "KOKX",
  productCode: "CLI",
  productName: "Climatological Report (Daily)",
  issuanceTime,
  ...change,
});

Deno.test("a list of products comes out newest first, and what is no climate report is left out", () => {
  const rows = [
    listed("a", "2026-08-21T20:44:00+00:00"),
    listed("b", "2026-08-22T06:26:00+00:00"),
    listed("c", "2026-08-22T06:26:00+00:00", { productCode: "CF6" }),
    listed("../stations", "2026-08-22T06:26:00+00:00"),
    listed("d", "yesterday"),
    null,
  ];
  const read = readProductList({ "@context": {}, "@graph": rows });
  assert.ok(read.ok);
  assert.deepEqual(read.value.products.map(({ id }) => id), ["b", "a"]);
  assert.deepEqual(read.value.refused, [
    "product of another kind",
    "product without an id",
    "product without a time",
    "product that is no object",
  ]);
});

Deno.test("an office in place of a station has an empty list, and that is no error", () => {
  assert.deepEqual(readProductList({ "@graph": [] }), { ok: true, value: { products: [], refused: [] } });
  assert.deepEqual(readProductList({}), { ok: false, reason: "product list without a graph" });
  assert.deepEqual(readProductList({ "@graph": Array(1_001).fill({}) }), { ok: false, reason: "too many products" });
});

Deno.test("a product is its text and its time of issue", () => {
  const read = readProduct(listed("a", "2026-08-21T20:44:00+00:00", { productText: "CLIMATE REPORT" }));
  assert.ok(read.ok);
  assert.deepEqual([read.value.text, formatTime(read.value.issuedAt)], [
    "CLIMATE REPORT",
    "2026-08-21T20:44:00.000000Z",
  ]);
  const without = readProduct(listed("a", "2026-08-21T20:44:00+00:00"));
  assert.deepEqual(without, { ok: false, reason: "product without a text" });
});

const index = (timeseries: unknown, change: Record<string, unknown> = {}) => ({
  city: "miami",
  config_version: "miami-temperature-v1.0",
  units: "fahrenheit",
  timeseries,
  ...change,
});

Deno.test("the exchange's own index gives final minutes in order, and passes over those to come", () => {
  const read = readWeatherIndex(
    index([
      { t: 1_789_057_860_000, v: 88.25, status: "degraded", contributors: 4 },
      { t: 1_789_057_800_000, v: 88.21, status: "normal", contributors: 5 },
      { t: 1_789_057_800_000, v: 88.3, status: "normal", contributors: 5 },
      { t: 1_789_057_740_000, v: 88, status: "normal", receipt_basis: "synoptic_latency" },
      { t: 1_789_057_920_000, status: "incomplete", stations: [] },
      { t: 1_789_057_980_000, v: "88.4", status: "normal" },
      { t: 1_789_057_980_000.5, v: 88.4, status: "normal" },
      { t: 1_789_057_980_000, v: 88.4, status: "splendid" },
    ]),
    "miami",
  );
  assert.ok(read.ok);
  assert.deepEqual(read.value.observations, [
    { observedAt: 1_789_057_800_000_000, temperatureF: 88.21, roundingF: 0.005 },
    { observedAt: 1_789_057_860_000_000, temperatureF: 88.25, roundingF: 0.005 },
  ]);
  assert.deepEqual(read.value.refused, [
    "repeated index point",
    "value of an index point",
    "time of an index point",
    "status of an index point",
  ]);
});

Deno.test("an index of another city or unit is refused", () => {
  assert.deepEqual(readWeatherIndex(index([]), "nyc"), { ok: false, reason: "index of another city" });
  const celsius = readWeatherIndex(index([], { units: "celsius" }), "miami");
  assert.deepEqual(celsius, { ok: false, reason: "unit of an index" });
  assert.deepEqual(readWeatherIndex(index({}), "miami"), { ok: false, reason: "index without a series" });
  assert.deepEqual(readWeatherIndex(null, "miami"), { ok: false, reason: "no JSON object" });
  assert.deepEqual(["miami", "sf-bay", "../x", "NYC", ""].map(isIndexCity), [true, true, false, false, false]);
});
