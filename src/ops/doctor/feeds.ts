/**
 * Does each source of data beside the exchange bring something? One check for each, so that it is known by its name.
 * @module
 */

import type { FeedStatus } from "../../feeds/feed.ts";
import { spotProtocol } from "../../feeds/spot/registry.ts";
import { followedAssets } from "../../runner/feed_makers.ts";
import { FEED_NAMES } from "../../venues/exchange/feeds/feed_names.ts";
import { type Check, type CheckResult, fail, pass, skip } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { brings, FeedTrial } from "./feed_trial.ts";
import { REST } from "./rest.ts";

const FEEDS = "feeds";
/** Kalshi's own index of temperatures is no feed of the simulated exchange. */
const WEATHER_INDEX = "weather_index";

const started: Check = {
  name: FEEDS,
  // Without a network one finding is enough.
  needs: [REST],
  async run(context) {
    const trial = await FeedTrial.start(context);
    if ("reason" in trial) return fail(trial.reason, "Correct feeds.polymarket.pairs, or take it out");
    context.atEnd(() => trial.stop());
    context.note("feeds", trial);
    const simulated = context.found("venue").chosen.simulated ? "simulated, " : "";
    const { names } = trial;
    if (names.length === 0) return pass("None is configured");
    return pass(`${names.length} ${names.length === 1 ? "feed" : "feeds"} (${simulated}each is told below)`);
  },
};

/** What to do about one that does not work, which a run does without. */
function remedyOf(name: string): string {
  if (spotProtocol(name) !== null) {
    return `Check the way there; where ${name} is not offered, take it out of feeds.spot. Kalshi's own index comes first`;
  }
  const keys: Readonly<Record<string, string>> = {
    deribit: "set feeds.implied_volatility = false",
    nws: "set feeds.weather.enabled = false; weather.gov asks for feeds.contact",
    [WEATHER_INDEX]: "empty feeds.weather.index_cities",
    rates: "correct feeds.rates, or set feeds.rates.source to none",
    polymarket: "set feeds.polymarket.enabled = false",
  };
  return `Check the way there; to do without it, ${keys[name] ?? "see [feeds]"}`;
}

/** What stands behind the reason in the feed's own words: it would try again, this one does not. */
const RETRY = /: retrying in [^:;]*$/;

/** Why a run would not have it. */
function absenceReason(name: string, context: DoctorContext): string {
  const { polymarket } = context.found("config").feeds;
  const isReal = context.found("venue").chosen.feeds === null;
  return name === "polymarket" && polymarket.enabled && isReal ? "Nobody has reviewed a pair" : "Not configured";
}

/** Nothing came and nothing is wrong: there is nothing that it could be asked for. */
function idleReason(name: string, context: DoctorContext): string | null {
  const protocol = spotProtocol(name);
  const assets = followedAssets(context.found("config"));
  if (protocol !== null && assets.every((asset) => protocol.symbol(asset) === null)) {
    return `It trades none of ${assets.join(", ")}`;
  }
  return name === "polymarket" ? "None of the open markets has a reviewed pair there" : null;
}

function verdict(status: FeedStatus, seconds: number, context: DoctorContext): CheckResult {
  const { name, by, messages, trouble } = status;
  if (trouble !== null) return fail(trouble.replace(RETRY, ""), remedyOf(name));
  if (brings(status)) return pass(`Comes by ${by}, ${messages} ${messages === 1 ? "message" : "messages"} so far`);
  const idle = idleReason(name, context);
  if (idle !== null) return skip(idle);
  const what = messages === 0 ? "Nothing" : "No price";
  return fail(`${what} came within ${seconds.toFixed(0)} s`, remedyOf(name));
}

const feed = (name: string): Check => ({
  name: `feed ${name}`,
  needs: [FEEDS],
  async run(context) {
    const trial = context.found("feeds");
    const status = await trial.statusOf(name);
    return status === null ? skip(absenceReason(name, context)) : verdict(status, trial.seconds, context);
  },
});

/** The start of all, then each. */
export const FEED_CHECKS: readonly Check[] = [started, ...[...FEED_NAMES, WEATHER_INDEX].map(feed)];
