import assert from "node:assert/strict";
import type { WeatherObservationInput } from "../../core/input.ts";
import { type Micros, micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import { scriptedContext, ScriptedSource } from "../scripted_source_fixture.ts";
import { WeatherIndexFeed } from "./weather_index_feed.ts";

const PATH = "/live_data/weather/miami";

Deno.test("each final minute of the exchange's index is told once, under a name of its own", async () => {
  const source = new ScriptedSource();
  const { context, inputs } = scriptedContext();
  const minute = (back: number): Micros => {
    const now = context.clock.now();
    return micros(now - now % MICROS_PER_MINUTE - back * MICROS_PER_MINUTE);
  };
  const point = (at: Micros, v: number, status = "normal") => ({ t: at / 1_000, v, status });
  let timeseries: unknown[] = [point(minute(6), 88.2), point(minute(5), 88.25, "degraded"), {
    t: 1,
    status: "incomplete",
  }];
  source.on(PATH, () => Response.json({ city: "miami", units: "fahrenheit", timeseries }));
  const feed = new WeatherIndexFeed(context, { rest: source.rest, cities: ["miami"], everySeconds: 60 });
  try {
    feed.start();
    await feed.idle();
    const first = minute(6);
    timeseries = [...timeseries, point(minute(4), 88.31), point(minute(-30), 99)];
    context.clock.advanceTo(micros(context.clock.now() + 60 * MICROS_PER_SECOND));
    await feed.idle();
    const told = inputs as WeatherObservationInput[];
    assert.deepEqual(
      told.map((
        { station, observedAt, temperatureF },
      ) => [station, (observedAt - first) / MICROS_PER_MINUTE, temperatureF]),
      [
        ["INDEX:miami", 0, 88.2],
        ["INDEX:miami", 1, 88.25],
        ["INDEX:miami", 2, 88.31],
      ],
    );
    assert.equal(feed.status().refused["index point from the future"], 1);
    assert.deepEqual(source.requests.map(({ url }) => new URL(url).search), ["?last_sec=14400", "?last_sec=900"]);
    assert.deepEqual([feed.status().trouble, feed.status().by], [null, "rest"]);
  } finally {
    await feed.stop();
    await source.stop();
  }
});

Deno.test("a city that the exchange does not know is a trouble", async () => {
  const source = new ScriptedSource();
  const { context, inputs } = scriptedContext();
  source.on(PATH, () => Response.json({ error: "unknown city" }, { status: 400 }));
  const feed = new WeatherIndexFeed(context, { rest: source.rest, cities: ["miami"], everySeconds: 60 });
  try {
    feed.start();
    await feed.idle();
    assert.deepEqual(inputs, []);
    assert.match(feed.status().trouble ?? "", /status 400/);
    source.on(PATH, () => Response.json({ city: "nyc", units: "fahrenheit", timeseries: [] }));
    context.clock.advanceTo(micros(context.clock.now() + 61 * MICROS_PER_SECOND));
    await feed.idle();
    assert.equal(feed.status().refused["index of another city"], 1);
    assert.equal(feed.status().trouble, null);
  } finally {
    await feed.stop();
    await source.stop();
  }
});
