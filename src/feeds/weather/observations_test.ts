import assert from "node:assert/strict";
import { recordedData } from "../../backtest/recording/recording_fixture.ts";
import { formatTime, parseTime } from "../../core/units.ts";
import { Random } from "../../venues/exchange/random.ts";
import { fahrenheit, isObject, parseOffsetTime } from "./answer.ts";
import { readMetar } from "./metar.ts";
import { type ObservationRules, readObservations } from "./observations.ts";

function time(text: string) {
  const at = parseTime(text);
  assert.ok(at !== null, text);
  return at;
}

const rules = (station: string, now: string, verified = ["V"]): ObservationRules => ({
  station,
  standardTime: station === "KMDW" ? "central" : "eastern",
  verified: new Set(verified),
  now: time(now),
});

type Fixture = readonly [file: string, refused: readonly string[] | string, temperatures: readonly number[]];

/** Most were edited by the project they come from, so that value and METAR contradict each other. */
const FIXTURES: readonly Fixture[] = [
  ["stations_observations.json", ["METAR contradicts the value"], []],
  ["stations_observations_alternate_units.json", ["METAR contradicts the value"], []],
  ["stations_observations_empty.json", ["observation without a time"], []],
  ["stations_observations_latest.json", [], [22.8, 24.4, 22.8]],
  ["stations_observations_metar.json", [], []],
  ["stations_observations_metar_noparse.json", [], []],
  ["stations_observations_missing_value.json", ["observation without a time"], []],
  ["stations_observations_multiple.json", ["METAR contradicts the value"], []],
  ["stations_observations_noprop.json", [], []],
  ["stations_observations_other_unitcode.json", ["METAR contradicts the value"], []],
  ["stations_observations_relative_icon.json", ["METAR contradicts the value"], []],
];

for (const [file, expected, celsius] of FIXTURES) {
  Deno.test(`recorded ${file} gives ${celsius.length} temperatures and the right refusals`, async () => {
    const folder = await recordedData("nws/api_weather_gov");
    if (folder === null) return;
    const body: unknown = JSON.parse(await Deno.readTextFile(`${folder}/${file}`));
    const read = readObservations(body, rules("KFLL", "2022-03-03T00:00:00Z"));
    assert.ok(read.ok, JSON.stringify(read));
    assert.deepEqual(read.value.refused.map(({ reason }) => reason), expected);
    const near = (degrees: number) => Math.round(degrees * 1_000);
    assert.deepEqual(
      read.value.observations.map(({ temperatureF }) => near(temperatureF)),
      [...celsius].map((degrees) => near(fahrenheit(degrees))),
    );
  });
}

Deno.test("the recorded extremes of six hours are told within them, and the temperature at its own time", async () => {
  const folder = await recordedData("nws/api_weather_gov");
  if (folder === null) return;
  const body: unknown = JSON.parse(await Deno.readTextFile(`${folder}/stations_observations_latest.json`));
  const read = readObservations(body, rules("KFLL", "2022-03-03T00:00:00Z"));
  assert.ok(read.ok);
  assert.deepEqual(read.value.observations.map(({ observedAt }) => formatTime(observedAt).slice(0, 19)), [
    "2022-03-02T19:23:01",
    "2022-03-02T22:23:01",
    "2022-03-02T23:53:00",
  ]);
});

Deno.test("Midway's five-minute values are whole degrees Celsius, its METAR has tenths: rounding tells them apart", async () => {
  const file = await recordedData("nws/kmdw_observations_2026-09-04_trimmed_transcribed.json");
  if (file === null) return;
  const read = readObservations(JSON.parse(await Deno.readTextFile(file)), rules("KMDW", "2026-09-04T02:06:00Z"));
  assert.ok(read.ok);
  assert.deepEqual(read.value.refused, []);
  const rows = read.value.observations.map(({ observedAt, temperatureF, roundingF }) => [
    formatTime(observedAt).slice(11, 16),
    +temperatureF.toFixed(2),
    +roundingF.toFixed(2),
  ]);
  assert.deepEqual(rows, [
    ["01:50", 84.2, 0.9],
    ["01:53", 84.92, 0.09],
    ["01:55", 84.2, 0.9],
    ["02:00", 86, 0.9],
    ["02:05", 84.2, 0.9],
  ]);
});

const METAR = "KMDW 040153Z 15005KT 10SM CLR 29/23 A2993 RMK AO2 SLP121 T02940228 $";

function feature(properties: Record<string, unknown>) {
  return {
    properties: {
      station: "https://api.weather.gov/stations/KMDW",
      timestamp: "2026-09-04T01:53:00+00:00",
      rawMessage: "",
      temperature: { unitCode: "wmoUnit:degC", value: 29, qualityControl: "V" },
      ...properties,
    },
  };
}

const measured = (value: unknown, qualityControl: unknown = "V", unitCode: unknown = "wmoUnit:degC") => ({
  temperature: { value, qualityControl, unitCode },
});

const JUDGED: readonly (readonly [claim: string, properties: Record<string, unknown>, expected: string | number])[] = [
  ["a whole value without a METAR stands as it is", measured(29), 84.2],
  ["the old spelling of quality and unit is read", measured(29, "qc:V", "unit:degC"), 84.2],
  ["Fahrenheit stays Fahrenheit", measured(85, "V", "wmoUnit:degF"), 85],
  ["the METAR's tenths replace whole degrees", { ...measured(29), rawMessage: METAR }, 84.92],
  ["a METAR of another station says nothing", { ...measured(20), rawMessage: METAR.replace("KMDW", "KORD") }, 68],
  ["a clearly wrong code says nothing", { ...measured(20), rawMessage: "A clearly wrong code" }, 68],
  [
    "a METAR that differs by more than rounding is a contradiction",
    { ...measured(20), rawMessage: METAR },
    "METAR contradicts the value",
  ],
  ["a value that is not there is no number", measured(undefined), "temperature is no number"],
  ["a text is no number", measured("29"), "temperature is no number"],
  ["Kelvin is not known", measured(300, "V", "wmoUnit:K"), "unit of temperature"],
  ["a value without a unit is refused", measured(29, "V", null), "unit of temperature"],
  ["a value without a letter is refused", measured(29, null), "temperature without a quality letter"],
  ["a letter that is a sentence is refused", measured(29, "fine, thank you"), "temperature without a quality letter"],
  ["preliminary values wait for their check", measured(29, "Z"), "quality Z"],
  ["coarsely passed values are not verified", measured(29, "C"), "quality C"],
  ["screened values are not verified", measured(29, "S"), "quality S"],
  ["rejected values are refused", measured(29, "X"), "quality X"],
  ["questioned values are refused", measured(29, "Q"), "quality Q"],
  ["values that a person judged bad are refused", measured(29, "B"), "quality B"],
  ["a temperature that the earth does not have is refused", measured(99), "temperature out of range"],
  ["no temperature at all", { temperature: undefined }, "observation without a temperature"],
  ["another station's", { stationId: "KORD" }, "observation of another station"],
  [
    "another station's by its address",
    { station: "https://api.weather.gov/stations/KORD" },
    "observation of another station",
  ],
  ["no time", { timestamp: null }, "observation without a time"],
  ["a time that is none", { timestamp: "2026-09-31T01:53:00+00:00" }, "observation without a time"],
  ["from the future", { timestamp: "2026-09-04T02:30:00+00:00" }, "observation from the future"],
];

for (const [claim, properties, expected] of JUDGED) {
  Deno.test(`observation: ${claim}`, () => {
    const body = { features: [feature(properties)] };
    const read = readObservations(body, rules("KMDW", "2026-09-04T02:00:00Z"));
    assert.ok(read.ok);
    const { observations, refused } = read.value;
    if (typeof expected === "string") {
      assert.deepEqual([observations, refused.map(({ reason }) => reason)], [[], [expected]]);
    } else {assert.deepEqual([observations.map(({ temperatureF }) => +temperatureF.toFixed(2)), refused], [
        [expected],
        [],
      ]);}
  });
}

Deno.test("where a station measured nothing nothing is told, not the extremes either, and nothing is wrong", () => {
  const raw = `${METAR.slice(0, -1)}10294 20228 $`;
  const body = {
    features: [
      feature({ ...measured(null), rawMessage: raw, timestamp: "2026-09-04T23:53:00+00:00" }),
      feature({ ...measured(null, "Z"), timestamp: "2026-09-04T23:55:00+00:00" }),
    ],
  };
  const read = readObservations(body, rules("KMDW", "2026-09-05T00:00:00Z"));
  assert.deepEqual(read, { ok: true, value: { observations: [], refused: [] } });
});

Deno.test("settings may believe other letters", () => {
  const body = {
    features: ["V", "S", "C", "Z", "X"].map((letter, k) =>
      feature({ ...measured(20 + k, letter), timestamp: `2026-09-04T01:5${k}:00+00:00` })
    ),
  };
  const read = readObservations(body, rules("KMDW", "2026-09-04T02:00:00Z", ["V", "S", "C"]));
  assert.ok(read.ok);
  assert.deepEqual(read.value.observations.map(({ temperatureF }) => temperatureF), [68, 69.8, 71.6]);
  assert.deepEqual(read.value.refused.map(({ reason }) => reason), ["quality Z", "quality X"]);
});

Deno.test("observations come out in order of time, each moment once, the exacter one of two", () => {
  const body = {
    features: [
      feature({ timestamp: "2026-09-04T01:55:00+00:00" }),
      feature({}),
      feature({ timestamp: "2026-09-03T20:50:00-05:00", ...measured(28) }),
      feature({ rawMessage: METAR }),
      feature({ timestamp: "2026-09-04T01:55:00+00:00" }),
    ],
  };
  const read = readObservations(body, rules("KMDW", "2026-09-04T02:00:00Z"));
  assert.ok(read.ok);
  assert.deepEqual(
    read.value.observations.map((
      { observedAt, roundingF },
    ) => [formatTime(observedAt).slice(11, 16), +roundingF.toFixed(2)]),
    [
      ["01:50", 0.9],
      ["01:53", 0.09],
      ["01:55", 0.9],
    ],
  );
  assert.deepEqual(read.value.refused.map(({ reason }) => reason), ["repeated observation", "repeated observation"]);
});

Deno.test("extremes of six hours that reach into another climate day are left out", () => {
  const raw = (hour: string) => `KNYC ${hour}Z AUTO 10SM CLR 23/18 A3008 RMK AO2 T02280183 10244 20228`;
  const told = (station: string, zone: "eastern" | "pacific", stamp: string) => {
    const day = stamp.slice(8, 10) + stamp.slice(11, 13) + stamp.slice(14, 16);
    const one = feature({
      station: null,
      stationId: station,
      rawMessage: raw(day).replace("KNYC", station),
      timestamp: stamp,
      ...measured(22.8),
    });
    const read = readObservations({ features: [one] }, {
      ...rules(station, "2026-09-05T00:00:00Z"),
      standardTime: zone,
    });
    assert.ok(read.ok);
    return read.value.observations.length;
  };
  // Eastern days run from 05:00 UTC, Pacific ones from 08:00.
  assert.equal(told("KNYC", "eastern", "2026-09-04T05:51:00Z"), 1);
  assert.equal(told("KNYC", "eastern", "2026-09-04T10:51:00Z"), 1);
  assert.equal(told("KNYC", "eastern", "2026-09-04T11:51:00Z"), 3);
  assert.equal(told("KNYC", "eastern", "2026-09-04T23:51:00Z"), 3);
  assert.equal(told("KLAX", "pacific", "2026-09-04T05:51:00Z"), 3);
  assert.equal(told("KLAX", "pacific", "2026-09-04T11:53:00Z"), 1);
});

const METARS: readonly (readonly [text: string, station: string, expected: readonly (number | null)[] | null])[] = [
  [METAR, "KMDW", [29.4, 29, null, null]],
  ["KFLL 022353Z 02004KT 10SM FEW026 BKN055 23/18 A3008 RMK AO2 SLP187 60000 T02280183 10244 20228 53008 $", "KFLL", [
    22.8,
    23,
    24.4,
    22.8,
  ]],
  ["METAR KMSP 151153Z 32012KT 10SM CLR M18/M22 A3045 RMK AO2 T11781222 11150 21200", "KMSP", [-17.8, -18, -15, -20]],
  ["SPECI KDEN 151153Z 32012KT 10SM CLR 00/M02 A3045 RMK AO2 T00001017", "KDEN", [0, 0, null, null]],
  ["KNYC 151151Z AUTO VRB03KT 10SM CLR 08/ A3045 RMK AO2", "KNYC", [null, 8, null, null]],
  ["KNYC 151151Z AUTO VRB03KT 1/2SM CLR A3045 RMK AO2 PK WND 20032/25", "KNYC", [null, null, null, null]],
  [METAR, "KORD", null],
  ["", "KMDW", null],
  ["A clearly wrong code", "KMDW", null],
];

for (const [text, station, expected] of METARS) {
  Deno.test(`METAR for ${station}: ${text.slice(0, 40)}...`, () => {
    const read = readMetar(text, station);
    assert.deepEqual(read === null ? null : [read.tenths, read.whole, read.sixHourHigh, read.sixHourLow], expected);
  });
}

Deno.test("bodies of another shape are refused whole", () => {
  const at = rules("KMDW", "2026-09-04T02:00:00Z");
  for (
    const [body, reason] of [
      [null, "no JSON object"],
      [[], "no JSON object"],
      ["text", "no JSON object"],
      [{}, "answer without features"],
      [{ features: {} }, "answer without features"],
      [{ features: Array(1_001).fill({}) }, "too many features"],
    ] as const
  ) assert.deepEqual(readObservations(body, at), { ok: false, reason });
  const odd = readObservations({ features: [null, 1, [], "x", {}] }, at);
  assert.ok(odd.ok);
  assert.deepEqual(odd.value.refused.map(({ reason }) => reason), Array(5).fill("feature without properties"));
});

Deno.test("times with an offset are the moment they name", () => {
  const utc = time("2026-11-01T05:30:00Z");
  assert.equal(parseOffsetTime("2026-11-01T01:30:00-04:00"), utc);
  assert.equal(parseOffsetTime("2026-11-01T00:30:00-05:00"), utc);
  assert.equal(parseOffsetTime("2026-11-01T05:30:00+00:00"), utc);
  assert.equal(parseOffsetTime("2026-11-01T11:15:00.000+05:45"), utc);
  for (
    const text of [
      "2026-11-01",
      "2026-11-01T05:30:00",
      "2026-11-01T05:30:00+1500",
      "2026-11-01T05:30:00+15:00",
      5,
      null,
    ]
  ) {
    assert.equal(parseOffsetTime(text), null);
  }
});

Deno.test("spoiled answers are read or refused, and never give a wrong kind of value", () => {
  const seed = 4_092_026;
  const random = Random.named(seed, "observations");
  const values = [
    null,
    29,
    -40,
    1e9,
    NaN,
    "29",
    "V",
    "",
    {},
    [],
    METAR,
    "2026-09-04T01:53:00+00:00",
    true,
    "wmoUnit:degC",
  ];
  const at = rules("KMDW", "2026-09-04T02:00:00Z");
  const pick = () => values[random.integer(0, values.length - 1)];
  for (let round = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000; round > 0; round--) {
    const properties: Record<string, unknown> = { ...feature({ rawMessage: METAR }).properties };
    const temperature: Record<string, unknown> = { value: 29.4, qualityControl: "V", unitCode: "wmoUnit:degC" };
    properties.temperature = temperature;
    for (let changes = random.integer(0, 3); changes > 0; changes--) {
      const inner = random.chance(0.5);
      const object = inner ? temperature : properties;
      const keys = Object.keys(object);
      object[keys[random.integer(0, keys.length - 1)]] = pick();
    }
    const read = readObservations({ features: [{ properties }] }, at);
    assert.ok(read.ok);
    const told = read.value.observations.length + read.value.refused.length;
    const measured = !isObject(properties.temperature) || temperature.value !== null;
    assert.ok(told === 1 || told === 0 && !measured, `seed ${seed}: ${JSON.stringify(properties)}`);
    for (const { observedAt, temperatureF, roundingF } of read.value.observations) {
      const sound = Number.isSafeInteger(observedAt) && temperatureF >= -80 && temperatureF <= 135 && roundingF > 0 &&
        roundingF < 1;
      assert.ok(sound, `seed ${seed}: ${JSON.stringify(properties)}`);
    }
  }
});
