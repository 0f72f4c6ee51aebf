import assert from "node:assert/strict";
import { climateEvent } from "../../core/climate_event.ts";
import { parseTicker } from "../../core/ticker.ts";
import { formatTime, type Micros, micros, MICROS_PER_DAY, parseTime } from "../../core/units.ts";
import { ClimateCycle, climateStrikes } from "./climate_cycle.ts";
import { DEFAULT_START } from "./exchange.ts";
import { climateReportText } from "./feeds/nws_texts.ts";
import { SimulatedWeather } from "./feeds/nws_weather.ts";
import { type Listing, listingAt } from "./listing_fixture.ts";
import { CLIMATE_SERIES } from "./series.ts";

const SEED = 12;
const SERIES = ["KXHIGHNY", "KXLOWTNYC", "KXHIGHLAX"];

function cycleAt(startAt: Micros = DEFAULT_START): Listing {
  const listing = listingAt(startAt, SEED);
  const series = CLIMATE_SERIES.filter(({ ticker }) => SERIES.includes(ticker));
  new ClimateCycle(listing.parts, new SimulatedWeather(SEED), series).begin(startAt);
  return listing;
}

const at = (text: string): Micros => parseTime(text) ?? assert.fail(text);

const statusOf = (listing: Listing, event: string): string => {
  const statuses = new Set(listing.of(event).map(({ status }) => status));
  assert.ok(statuses.size <= 1, event);
  return [...statuses].join();
};

Deno.test("the six markets of a day leave no temperature out and share none", () => {
  for (const expected of [-7, 0, 33, 101]) {
    const strikes = climateStrikes(expected);
    assert.equal(strikes.length, 6);
    for (let degrees = expected - 20; degrees <= expected + 20; degrees++) {
      const holding = strikes.filter(({ strikeType, floorStrike, capStrike }) => {
        if (strikeType === "less") return degrees < (capStrike ?? NaN);
        if (strikeType === "greater") return degrees > (floorStrike ?? NaN);
        return degrees >= (floorStrike ?? NaN) && degrees <= (capStrike ?? NaN);
      });
      assert.equal(holding.length, 1, `${degrees} about ${expected}`);
    }
    assert.ok(strikes.some(({ floorStrike, capStrike }) => floorStrike === expected || capStrike === expected));
  }
});

Deno.test("tickers are read as the day's station and strikes", () => {
  for (const market of cycleAt().markets.values()) {
    if (market.series.kind !== "climate") continue;
    const about = climateEvent(market.ticker) ?? assert.fail(market.ticker);
    assert.equal(about.event, market.event);
    assert.equal(about.station.id, market.series.station.id);
    assert.equal(about.span.end, market.closeTime);
    const parsed = parseTicker(market.ticker);
    assert.ok(parsed?.kind === "daily");
    const { floorStrike, capStrike, strikeType } = market.terms;
    const value = strikeType === "between"
      ? ((floorStrike ?? NaN) + (capStrike ?? NaN)) / 2
      : strikeType === "less"
      ? capStrike
      : floorStrike;
    assert.deepEqual(parsed.strike, { letter: strikeType === "between" ? "B" : "T", value });
    assert.equal(market.shard, 0);
  }
});

Deno.test("a day is listed, opened, closed and settled at the moments that Kalshi has", () => {
  const listing = cycleAt(at("2026-10-06T09:00:00Z"));
  const moments: [string, string, string][] = [
    // [moment, the sixth, the seventh]
    ["2026-10-06T09:00:00Z", "active", ""],
    ["2026-10-06T10:11:00Z", "active", "initialized"],
    ["2026-10-06T13:59:59Z", "active", "initialized"],
    ["2026-10-06T14:00:00Z", "active", "active"],
    ["2026-10-07T04:59:59Z", "active", "active"],
    ["2026-10-07T05:00:00Z", "closed", "active"],
    ["2026-10-07T10:17:59Z", "closed", "active"],
    ["2026-10-07T10:19:00Z", "determined", "active"],
    ["2026-10-07T11:17:59Z", "determined", "active"],
    ["2026-10-07T11:19:00Z", "finalized", "active"],
  ];
  for (const [moment, sixth, seventh] of moments) {
    listing.advanceTo(at(moment));
    assert.equal(statusOf(listing, "KXHIGHNY-26OCT06"), sixth, moment);
    assert.equal(statusOf(listing, "KXHIGHNY-26OCT07"), seventh, moment);
  }
  const [market] = listing.of("KXHIGHLAX-26OCT06");
  assert.equal(formatTime(market.closeTime), "2026-10-07T08:00:00.000000Z", "three hours later on the Pacific coast");
});

Deno.test("exactly the market that holds the final report's temperature pays, for every day and station", () => {
  const listing = cycleAt();
  listing.advanceTo(micros(DEFAULT_START + 3 * MICROS_PER_DAY));
  const weather = new SimulatedWeather(SEED);
  let events = 0;
  for (const series of SERIES) {
    for (const day of ["04", "05", "06", "07", "08"]) {
      const markets = listing.of(`${series}-26OCT${day}`);
      const about = climateEvent(markets[0].event) ?? assert.fail();
      const extremes = weather.dayExtremes(about.station, about.day) ?? assert.fail();
      const degrees = about.extreme === "high" ? extremes.highF : extremes.lowF;
      const winners = markets.filter(({ result }) => result === "yes");
      assert.equal(winners.length, 1, `${markets[0].event} at ${degrees}`);
      assert.ok(markets.every((market) => market.status === "finalized" && market.expirationValue === degrees));
      const { floorStrike, capStrike } = winners[0].terms;
      assert.ok((degrees ?? NaN) >= (floorStrike ?? -Infinity) && (degrees ?? NaN) <= (capStrike ?? Infinity));
      const report = climateReportText({ ...about, issuedAt: about.span.end, extremes, final: true });
      const line = new RegExp(`${about.extreme === "high" ? "MAXIMUM" : "MINIMUM"} +${degrees} `);
      assert.match(report, line);
      events++;
    }
  }
  assert.equal(events, 15);
  assert.equal(listing.paid.length, 3 * 3 * 6, "those of the days before were paid before");
});

Deno.test("an exchange that begins between close and settlement settles what closed before", () => {
  const listing = cycleAt(at("2026-10-07T07:30:00Z"));
  assert.equal(statusOf(listing, "KXHIGHNY-26OCT06"), "closed");
  assert.equal(statusOf(listing, "KXHIGHLAX-26OCT06"), "active");
  listing.advanceTo(at("2026-10-07T12:00:00Z"));
  for (const event of ["KXHIGHNY-26OCT06", "KXHIGHLAX-26OCT06"]) {
    assert.equal(statusOf(listing, event), "finalized");
    assert.equal(listing.of(event).filter(({ result }) => result === "yes").length, 1);
  }
});

Deno.test("settled days are dropped after a week, so that listing goes on for ever", () => {
  const listing = cycleAt();
  const days = () => [...new Set([...listing.markets.values()].map(({ event }) => event))];
  const newYork = () => days().filter((event) => event.startsWith("KXHIGHNY"));
  assert.deepEqual(newYork(), ["04", "05", "06", "07"].map((day) => `KXHIGHNY-26OCT${day}`));
  listing.advanceTo(micros(DEFAULT_START + 60 * MICROS_PER_DAY));
  assert.equal(newYork().at(-1), "KXHIGHNY-26DEC06");
  assert.ok(newYork().length <= 10, newYork().join());
});

Deno.test("a new day is told as Kalshi tells of it: the event, then each of its markets", () => {
  const listing = cycleAt(at("2026-10-06T09:00:00Z"));
  listing.advanceTo(at("2026-10-06T10:12:00Z"));
  const told = listing.told.filter(({ type }) => type !== "ticker")
    .map((event) => event.type === "lifecycle" ? event.kind : event.type);
  const one = ["event_created", ...Array.from({ length: 6 }, () => "created")];
  assert.deepEqual(told, [...one, ...one, ...one]);
});
