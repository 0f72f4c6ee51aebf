import assert from "node:assert/strict";
import { climateDayOf, climateDaySpan } from "../../core/climate_day.ts";
import type { Input, WeatherObservationInput } from "../../core/input.ts";
import { formatTime, micros, MICROS_PER_MINUTE } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { DEFAULT_START } from "../../venues/exchange/exchange.ts";
import { nwsSimulator } from "../../venues/exchange/feeds/nws.ts";
import { simulatedWorld } from "../../venues/exchange/feeds/simulated_world_fixture.ts";
import { type RunningExchange, startExchange } from "../../venues/exchange/server.ts";
import { defectsOf, scriptedContext, ScriptedSource } from "../scripted_source_fixture.ts";
import { WEATHER_DEFAULTS, WeatherFeed } from "./weather_feed.ts";
import { forecastsOf, observationsOf, reportsOf, stations, time } from "./weather_fixture.ts";

const HOUR = 60 * MICROS_PER_MINUTE;

interface Running {
  readonly exchange: RunningExchange;
  readonly feed: WeatherFeed;
  readonly clock: SteppedClock;
  readonly inputs: Input[];
  readonly log: string[];
  /** Lets simulated time pass, minute by minute, and the feed finish what falls due in each. */
  pass(minutes: number): Promise<void>;
}

async function withFeed(faults: readonly string[], ids: string[], body: (running: Running) => void | Promise<void>) {
  const exchange = await startExchange({ port: 0, seed: 5, speed: 1, faults, mode: "stepped", keyDirectory: null });
  const clock = new SteppedClock(DEFAULT_START);
  const inputs: Input[] = [];
  const log: string[] = [];
  const context = {
    clock,
    sink: (input: Input) => void inputs.push(input),
    log: (level: string, text: string) => void log.push(`${level} ${text}`),
    jitter: () => 0.5,
    lockstep: true,
    userAgent: "kbot test",
    onRaw: null,
  };
  const rest = exchange.info.feeds.nws_rest;
  const feed = new WeatherFeed(context, { ...WEATHER_DEFAULTS, rest, stations: stations(...ids) });
  const pass = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      const to = micros(clock.now() + MICROS_PER_MINUTE);
      exchange.advance(to);
      clock.advanceTo(to);
      await feed.idle();
    }
  };
  try {
    feed.start();
    await feed.idle();
    await body({ exchange, feed, clock, inputs, log, pass });
  } finally {
    await feed.stop();
    await exchange.stop();
  }
}

Deno.test("the first round tells the climate day so far, a forecast and the reports of the last days", async () => {
  await withFeed([], ["KNYC", "KPHX"], ({ feed, inputs }) => {
    for (const [id, zone] of [["KNYC", "eastern"], ["KPHX", "mountain"]] as const) {
      const told = observationsOf(inputs, id);
      const span = climateDaySpan(climateDayOf(DEFAULT_START, zone), zone);
      assert.ok(span !== null);
      const hours = (DEFAULT_START - span.start) / HOUR;
      const today = told.filter(({ observedAt }) => observedAt >= span.start);
      assert.ok(today.length > hours * 11, `${today.length} in ${hours} hours`);
      const moments = told.map(({ observedAt }) => observedAt);
      assert.equal(new Set(moments).size, moments.length);
      assert.ok(told.some(({ roundingF }) => roundingF < 0.1) && told.some(({ roundingF }) => roundingF === 0.9));
      const reports = reportsOf(inputs).filter(({ station }) => station === id);
      assert.deepEqual(reports.map(({ final }) => final), [false, true, false, true]);
      assert.deepEqual([reports[3].day, reports[3].source], ["2026-10-05", "nws"]);
    }
    const [forecast] = forecastsOf(inputs);
    assert.equal(forecast.hours.length, 156);
    assert.equal(formatTime(forecast.hours[0].start).slice(0, 16), "2026-10-06T13:00");
    const { trouble, by, ageMs, kind } = feed.status();
    assert.deepEqual([trouble, by, ageMs, kind], [null, "rest", 0, "weather"]);
    // Some moments had no temperature, and some wait for their check: of these alone something is said.
    const odd = Object.keys(feed.status().refused).filter((reason) => reason !== "quality Z");
    assert.deepEqual(odd, []);
  });
});

Deno.test("each temperature is told once, the METAR of an hour among them, and a forecast only when it is new", async () => {
  await withFeed([], ["KMDW"], async ({ inputs, clock, pass }) => {
    const before = inputs.length;
    const start = clock.now();
    await pass(120);
    const told = observationsOf(inputs.slice(before), "KMDW");
    const moments = told.map(({ observedAt }) => observedAt);
    assert.equal(new Set(moments).size, moments.length);
    // 24 five-minute values and two METARs, less what was null or waits for its check.
    assert.ok(told.length >= 22 && told.length <= 26, `${told.length}`);
    const metars = told.filter(({ roundingF }) => roundingF < 0.1);
    assert.deepEqual(metars.map(({ observedAt }) => formatTime(observedAt).slice(11, 16)), ["14:53", "15:53"]);
    // The check of the first took its time: it came after values of later moments, and was told all the same.
    const delays = metars.map(({ at, observedAt }) => (at - observedAt) / MICROS_PER_MINUTE);
    assert.ok(delays[0] >= 20 && delays[1] <= 6, `${delays}`);
    assert.ok(told.every(({ observedAt }) => observedAt > start - HOUR));
    assert.deepEqual(forecastsOf(inputs).map(({ issuedAt }) => formatTime(issuedAt).slice(11, 13)), ["13", "14", "15"]);
  });
});

Deno.test("a day's final report has the extremes that its temperatures had, within their rounding", async () => {
  const world = simulatedWorld(5);
  const { routes } = nwsSimulator(world);
  assert.ok(routes !== undefined);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, routes.fetch);
  const clock = new SteppedClock(DEFAULT_START);
  const { context, inputs } = scriptedContext();
  const rest = `http://127.0.0.1:${server.addr.port}`;
  const options = { ...WEATHER_DEFAULTS, rest, stations: stations("KDEN") };
  const feed = new WeatherFeed({ ...context, clock }, options);
  try {
    feed.start();
    for (let halfHour = 0; halfHour < 44; halfHour++) {
      await feed.idle();
      world.pass(1_800);
      clock.advanceTo(world.now());
    }
    await feed.idle();
  } finally {
    await feed.stop();
    await server.shutdown();
  }
  const final = reportsOf(inputs).findLast((report) => report.final);
  assert.ok(final !== undefined);
  assert.equal(final.day, "2026-10-06");
  const span = climateDaySpan("2026-10-06", "mountain");
  assert.ok(span !== null);
  const within = ({ observedAt }: WeatherObservationInput) => observedAt >= span.start && observedAt < span.end;
  const told = observationsOf(inputs, "KDEN").filter(within);
  const least = (sign: 1 | -1) => Math.max(...told.map((each) => sign * each.temperatureF - each.roundingF));
  const most = (sign: 1 | -1) => Math.max(...told.map((each) => sign * each.temperatureF + each.roundingF));
  assert.ok(final.highF !== null && final.lowF !== null);
  assert.ok(final.highF >= least(1) - 0.1 && final.highF <= most(1) + 0.1, `${final.highF}: ${least(1)} to ${most(1)}`);
  assert.ok(-final.lowF >= least(-1) - 0.1 && -final.lowF <= most(-1) + 0.1, `${final.lowF}`);
  const preliminary = reportsOf(inputs).find((report) => report.day === "2026-10-06" && !report.final);
  assert.ok(preliminary !== undefined && preliminary.issuedAt < final.issuedAt);
  assert.ok((preliminary.highF ?? 0) <= final.highF);
});

Deno.test("two runs tell the same in the same order", async () => {
  const runs: string[] = [];
  for (let run = 0; run < 2; run++) {
    await withFeed([], ["KNYC", "KSEA"], async ({ inputs, pass }) => {
      await pass(31);
      runs.push(JSON.stringify(inputs));
    });
  }
  assert.ok(runs[0].length > 10_000);
  assert.equal(runs[0], runs[1]);
});

Deno.test("values that the quality control rejects are counted and not told", async () => {
  await withFeed(["feed-outlier:nws"], ["KNYC"], ({ feed, inputs }) => {
    assert.deepEqual(observationsOf(inputs, "KNYC"), []);
    assert.ok((feed.status().refused["quality X"] ?? 0) > 100);
    assert.match(feed.status().trouble ?? "", /No verified temperature of the last 90 minutes from KNYC/);
  });
});

Deno.test("what is refused is counted once, however often it comes again", async () => {
  await withFeed(["feed-outlier:nws"], ["KNYC"], async ({ feed, pass }) => {
    const before = feed.status().refused["quality X"] ?? 0;
    await pass(10);
    const after = feed.status().refused["quality X"] ?? 0;
    assert.ok(after - before >= 1 && after - before <= 3, `${before} then ${after}`);
  });
});

Deno.test("stations without data are named, and come back", async () => {
  await withFeed(["feed-silent:nws"], ["KNYC", "KMIA"], async ({ exchange, feed, inputs, pass }) => {
    assert.deepEqual(inputs.filter(({ type }) => type === "weather_observation"), []);
    assert.match(feed.status().trouble ?? "", /status 404/);
    assert.equal(forecastsOf(inputs).length, 2);
    await control(exchange, []);
    await pass(3);
    assert.equal(feed.status().trouble, null);
    assert.ok(observationsOf(inputs, "KMIA").length > 50);
  });
});

Deno.test("a forecast with missing hours is told with those it has", async () => {
  await withFeed(["feed-gap:nws"], ["KNYC"], ({ inputs }) => {
    const [forecast] = forecastsOf(inputs);
    assert.equal(forecast.hours.length, 134);
    const gaps = forecast.hours.slice(1).filter(({ start }, k) => start - forecast.hours[k].start !== HOUR);
    assert.equal(gaps.length, 22);
  });
});

/** Gives the simulated service these troubles and no others. */
async function control(exchange: RunningExchange, troubles: readonly string[]): Promise<void> {
  const root = new URL(exchange.info.rest).origin;
  const answer = await fetch(`${root}/sim/feeds/nws`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ state: troubles }),
  });
  await answer.body?.cancel();
  assert.ok(answer.ok, `${answer.status}`);
}

const HOST_TROUBLES: readonly (readonly [trouble: string, reason: string, says: RegExp])[] = [
  ["html", "a page instead of JSON", /a page instead of JSON/],
  ["403", "status 403", /without a User-Agent that names a contact/],
  ["429", "status 429", /status 429.*retrying in 60 s/],
  ["outage", "status 503", /status 503/],
];

for (const [trouble, reason, says] of HOST_TROUBLES) {
  Deno.test(`a host that answers with ${trouble} is a trouble of the feed, and is asked again until it is over`, async () => {
    await withFeed([`feed-${trouble}:nws`], ["KNYC"], async ({ exchange, feed, inputs, pass }) => {
      assert.deepEqual(inputs, []);
      assert.ok((feed.status().refused[reason] ?? 0) >= 3);
      assert.match(feed.status().trouble ?? "", says);
      assert.equal(feed.status().by, "none");
      await control(exchange, []);
      await pass(16);
      assert.equal(feed.status().trouble, null);
      assert.ok(observationsOf(inputs, "KNYC").length > 50);
      assert.equal(reportsOf(inputs).length, 4);
    });
  });
}

Deno.test("the simulated service refuses whoever does not say who he is", async () => {
  const exchange = await startExchange({ port: 0, seed: 5, speed: 1, faults: [], mode: "stepped", keyDirectory: null });
  try {
    const { hostname, port, pathname } = new URL(exchange.info.feeds.nws_rest);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const request =
      `GET ${pathname}/stations/KNYC/observations/latest HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    const answer = await new Response(connection.readable).text();
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.match(answer, /Access Denied/);
  } finally {
    await exchange.stop();
  }
});

Deno.test("in the hour that autumn repeats both half past ones are told, each at its own moment", async () => {
  const source = new ScriptedSource();
  const clock = new SteppedClock(time("2026-11-01T07:00:00Z"));
  const { context, inputs } = scriptedContext();
  const at = (timestamp: string, value: number) => ({
    properties: { timestamp, rawMessage: "", temperature: { unitCode: "wmoUnit:degC", value, qualityControl: "V" } },
  });
  const features = [at("2026-11-01T01:30:00-05:00", 9), at("2026-11-01T01:30:00-04:00", 10)];
  source.on("/stations/KNYC/observations", () => Response.json({ features }));
  const options = { ...WEATHER_DEFAULTS, rest: source.rest, stations: stations("KNYC") };
  const feed = new WeatherFeed({ ...context, clock }, options);
  try {
    feed.start();
    await feed.idle();
    const told = observationsOf(inputs, "KNYC");
    assert.deepEqual(told.map(({ observedAt, temperatureF }) => [formatTime(observedAt).slice(11, 16), temperatureF]), [
      ["05:30", 50],
      ["06:30", 48.2],
    ]);
    assert.deepEqual(told.map(({ observedAt }) => climateDayOf(observedAt, "eastern")), ["2026-11-01", "2026-11-01"]);
    // It asks from three hours before the climate day began at 05:00 UTC.
    const [asked] = source.requests.filter(({ url }) => url.includes("/observations"));
    assert.equal(new URL(asked.url).searchParams.get("start"), "2026-11-01T02:00:00Z");
  } finally {
    await feed.stop();
    await source.stop();
  }
});

Deno.test("one station that fails does not keep the others waiting", async () => {
  const source = new ScriptedSource();
  const { context, inputs } = scriptedContext();
  const at = formatTime(micros(context.clock.now() - 5 * MICROS_PER_MINUTE)).slice(0, 19);
  const temperature = { unitCode: "wmoUnit:degC", value: 20, qualityControl: "V" };
  const feature = { properties: { timestamp: `${at}+00:00`, rawMessage: "", temperature } };
  source.on("/stations/KNYC/observations", () => new Response("", { status: 500 }));
  source.on("/stations/KMIA/observations", () => Response.json({ features: [feature] }));
  const rest = source.rest;
  const feed = new WeatherFeed(context, { ...WEATHER_DEFAULTS, rest, stations: stations("KNYC", "KMIA") });
  try {
    feed.start();
    await feed.idle();
    assert.deepEqual(observationsOf(inputs, "KMIA").map(({ temperatureF }) => temperatureF), [68]);
    assert.equal(feed.status().refused["status 500"], 1);
    const [first] = source.requests.filter(({ url }) => url.includes("/stations/"));
    assert.equal(first.headers.get("user-agent"), context.userAgent);
  } finally {
    await feed.stop();
    await source.stop();
  }
});

Deno.test("whoever takes what is told may throw: what is asked after it is asked all the same", async () => {
  const source = new ScriptedSource();
  const { context, inputs } = scriptedContext();
  const at = formatTime(micros(context.clock.now() - 5 * MICROS_PER_MINUTE)).slice(0, 19);
  const temperature = { unitCode: "wmoUnit:degC", value: 20, qualityControl: "V" };
  const feature = { properties: { timestamp: `${at}+00:00`, rawMessage: "", temperature } };
  source.on("/stations/KNYC/observations", () => Response.json({ features: [feature] }));
  const asked = () => source.requests.map(({ url }) => new URL(url).pathname);
  let broken = true;
  const sink = (input: Input) => {
    if (broken) throw new Error("a bug");
    inputs.push(input);
  };
  const options = { ...WEATHER_DEFAULTS, rest: source.rest, stations: stations("KNYC", "KMIA") };
  const feed = new WeatherFeed({ ...context, sink }, options);
  try {
    const defects = await defectsOf(async () => {
      feed.start();
      await feed.idle();
    });
    assert.deepEqual(defects, ["Error: a bug"]);
    assert.ok(asked().some((path) => path.startsWith("/points/")), "forecasts were asked for");
    assert.ok(asked().some((path) => path.startsWith("/products/")), "reports were asked for");
    broken = false;
    feature.properties.temperature = { ...temperature, value: 21 };
    feature.properties.timestamp = `${formatTime(context.clock.now()).slice(0, 19)}+00:00`;
    context.clock.advanceTo(micros(context.clock.now() + MICROS_PER_MINUTE));
    await feed.idle();
    assert.deepEqual(observationsOf(inputs, "KNYC").map(({ temperatureF }) => temperatureF), [69.8]);
  } finally {
    await feed.stop();
    await source.stop();
  }
});
