import assert from "node:assert/strict";
import { formatTime, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { scriptedContext, ScriptedSource } from "../scripted_source_fixture.ts";
import { WEATHER_DEFAULTS, WeatherFeed } from "./weather_feed.ts";
import { reportsOf, stations, time } from "./weather_fixture.ts";

function product(id: string, issuanceTime: string, day: string, high: string, change = "") {
  const productText = `...THE CENTRAL PARK NY CLIMATE SUMMARY FOR ${day}...\n${change}TEMPERATURE (F)\n YESTERDAY\n` +
    `  MAXIMUM  ${high}\n  MINIMUM  50\n`;
  return { id, issuanceTime, productCode: "CLI", productText };
}

Deno.test("the newest report of a day wins, older ones and those of other times are refused", async () => {
  const source = new ScriptedSource();
  const { context, inputs } = scriptedContext();
  const at = formatTime(context.clock.now());
  assert.equal(at, "2026-09-21T14:13:20.000000Z");
  const products = [
    product("a", "2026-09-21T06:26:00+00:00", "SEPTEMBER 20 2026", "71"),
    product("b", "2026-09-21T09:26:00+00:00", "SEPTEMBER 20 2026", "72"),
    product("c", "2026-09-21T10:26:00+00:00", "SEPTEMBER 22 2026", "72"),
    product("d", "2026-09-21T11:26:00+00:00", "SEPTEMBER 2 2026", "72"),
  ];
  let list = products;
  source.on("/products/types/CLI/locations/NYC", () => Response.json({ "@graph": list }));
  for (const each of products) source.on(`/products/${each.id}`, () => Response.json(each));
  source.on("/products/e", () => Response.json(product("e", "2026-09-21T08:00:00+00:00", "SEPTEMBER 20 2026", "70")));
  source.on("/products/f", () => Response.json(product("f", "2026-09-21T04:30:00+00:00", "SEPTEMBER 20 2026", "70")));
  const feed = new WeatherFeed(context, { ...WEATHER_DEFAULTS, rest: source.rest, stations: stations("KNYC") });
  try {
    feed.start();
    await feed.idle();
    assert.deepEqual(reportsOf(inputs).map(({ day, highF, final }) => [day, highF, final]), [
      ["2026-09-20", 71, true],
      ["2026-09-20", 72, true],
    ]);
    const { refused } = feed.status();
    assert.deepEqual([refused["climate report before its day"], refused["old climate report"]], [1, 1]);
    list = [{ ...products[0], id: "e", issuanceTime: "2026-09-21T12:00:00+00:00" }, ...products];
    context.clock.advanceTo(micros(context.clock.now() + 301 * MICROS_PER_SECOND));
    await feed.idle();
    assert.equal(reportsOf(inputs).length, 2);
    assert.equal(feed.status().refused["climate report older than the last"], 1);
    // Nothing is asked for a second time.
    assert.equal(source.requests.filter(({ url }) => new URL(url).pathname === "/products/b").length, 1);
  } finally {
    await feed.stop();
    await source.stop();
  }
});

/** Reports on the days around which clocks change, and whether the climate day was over: it ends at 05:00 UTC. */
const NIGHTS: readonly (readonly [claim: string, issued: string, day: string, final: boolean])[] = [
  ["12:30 AM daylight time is half past eleven of the climate day", "2026-09-21T04:30:00", "SEPTEMBER 20 2026", false],
  ["1:26 AM daylight time is after it", "2026-09-21T05:26:00", "SEPTEMBER 20 2026", true],
  ["12:40 AM after the night that skips an hour is still within it", "2026-03-09T04:40:00", "MARCH 8 2026", false],
  ["2:26 AM after the night that skips an hour is after it", "2026-03-09T06:26:00", "MARCH 8 2026", true],
  ["12:26 AM after the night that repeats an hour is after it", "2026-11-02T05:26:00", "NOVEMBER 1 2026", true],
];

for (const [claim, issued, day, final] of NIGHTS) {
  Deno.test(`report on yesterday: ${claim}`, async () => {
    const source = new ScriptedSource();
    const clock = new SteppedClock(time(`${issued}Z`));
    const { context, inputs } = scriptedContext();
    const report = product("f", `${issued}+00:00`, day, "70");
    source.on("/products/types/CLI/locations/NYC", () => Response.json({ "@graph": [report] }));
    source.on("/products/f", () => Response.json(report));
    const options = { ...WEATHER_DEFAULTS, rest: source.rest, stations: stations("KNYC") };
    const feed = new WeatherFeed({ ...context, clock }, options);
    try {
      feed.start();
      await feed.idle();
      assert.deepEqual(reportsOf(inputs).map((input) => [input.highF, input.final]), [[70, final]]);
    } finally {
      await feed.stop();
      await source.stop();
    }
  });
}

Deno.test("of a product of several places the one that names the station counts", async () => {
  const source = new ScriptedSource();
  const { context, inputs } = scriptedContext();
  const intercontinental = product("h", "2026-09-21T06:26:00+00:00", "SEPTEMBER 20 2026", "80").productText
    .replace("CENTRAL PARK NY", "HOUSTON INTERCONTINENTAL");
  const both = {
    ...product("h", "2026-09-21T06:26:00+00:00", "SEPTEMBER 20 2026", "79"),
    productText: intercontinental + intercontinental.replace("INTERCONTINENTAL", "HOBBY").replace("80", "79"),
  };
  source.on("/products/types/CLI/locations/HOU", () => Response.json({ "@graph": [both] }));
  source.on("/products/types/CLI/locations/MIA", () => Response.json({ "@graph": [both] }));
  source.on("/products/h", () => Response.json(both));
  const rest = source.rest;
  const feed = new WeatherFeed(context, { ...WEATHER_DEFAULTS, rest, stations: stations("KHOU", "KMIA") });
  try {
    feed.start();
    await feed.idle();
    assert.deepEqual(reportsOf(inputs).map(({ station, highF }) => [station, highF]), [["KHOU", 79]]);
    assert.equal(feed.status().refused["climate report of other places"], 1);
  } finally {
    await feed.stop();
    await source.stop();
  }
});
