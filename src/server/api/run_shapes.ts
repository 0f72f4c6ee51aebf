/**
 * What a run says about itself (server/status.ts), and prices with their volatility (server/volatility.ts), as schemas.
 * @module
 */

import { z } from "zod";
import type { AlertsStatus, FeedStatus, LogLine, PortfolioPoint, RunStatus } from "../status.ts";
import type { MinuteView, VolatilityView } from "../volatility.ts";
import { volatilityChoice } from "./engine_shapes.ts";
import { count, counts, dollars, dollarsAsNumber, exactly, milliseconds, named, time, words } from "./shape.ts";

export const feed = named(
  "Feed",
  exactly<FeedStatus>()(z.strictObject({
    name: z.string(),
    kind: z.enum(["spot", "options", "weather", "rates", "peer"]),
    by: z.enum(["socket", "rest", "none"]).describe("How data comes now"),
    messages: count,
    refused: counts,
    reconnects: count,
    ageMs: milliseconds.nullable(),
    latencyMs: milliseconds.nullable().describe("Arrival less the source's own stamp"),
    trouble: words.nullable(),
  })),
);

const sweep = z.strictObject({
  reason: words,
  since: time,
  tries: count,
  resting: count.nullable(),
  trouble: words.nullable(),
  confirmed: time.nullable(),
}).describe("The newest cancelling of all orders");

const cluster = z.strictObject({
  role: z.enum(["leader", "standby"]),
  name: z.string().describe("This bot's name"),
  account: z.string(),
  epoch: count.describe("Grows with every change of the leader"),
  leader: z.string().nullable().describe("Whoever leads, as far as is known here"),
  connected: z.boolean().describe("NATS answers"),
  detail: words.nullable().describe("Why it stands by, or what is wrong"),
  behindMs: milliseconds.nullable().describe("For how long the others do not know the newest"),
});

const venueHealth = z.strictObject({
  connected: z.boolean(),
  requests: count,
  requestErrors: count,
  requestLatencyMs: milliseconds.nullable(),
  frames: count,
  refused: counts,
  unknownFields: counts,
  clockOffsetMs: milliseconds.nullable(),
  paths: z.strictObject({ data: words, orders: words }),
  cashByShard: z.record(z.string(), dollars),
  sweep: sweep.nullable(),
  trouble: words.nullable(),
  lacking: words.nullable().describe("What the run goes without by the way it was set up, in words"),
});

const tape = z.strictObject({
  directory: z.string(),
  recording: z.boolean(),
  trouble: words.nullable(),
  messages: count,
  bySource: counts,
  bytes: count,
  lost: count,
  gaps: count,
});

const severity = z.enum(["info", "warning", "critical"]);

const alert = z.strictObject({
  number: count,
  at: time,
  severity,
  event: z.string().describe("As `kbot alert events` lists it"),
  text: words,
  count: count.describe("How often, since it was said last"),
});

const channel = z.strictObject({
  name: z.string(),
  to: z.string(),
  least: severity,
  queued: count.describe("Alerts that were severe enough for it"),
  suppressed: count.describe("Alerts that were not"),
  delivered: count,
  waiting: count,
  lost: count.describe("Alerts that it was never told"),
  dropped: count.describe("The part of these that was left out because too many waited"),
  failed: count.describe("Attempts that did not work"),
  retried: count.describe("Attempts at a message that had failed before"),
  lastDelivered: time.nullable(),
  trouble: words.nullable(),
});

export const alerts = named(
  "Alerts",
  exactly<AlertsStatus>()(z.strictObject({
    channels: z.array(channel),
    recent: z.array(alert),
    unsaid: z.strictObject({
      repeated: count.describe("Counted in an alert that was said"),
      ignored: count.describe("Left out by the configuration"),
    }),
  })),
);

export const status = named(
  "Status",
  exactly<RunStatus>()(z.strictObject({
    version: z.string(),
    mode: z.enum(["paper", "live"]),
    venue: words,
    simulated: z.boolean().describe("Nothing shown is of a real market"),
    run: z.string(),
    startedAt: time,
    uptimeSeconds: z.number(),
    stateDirectory: z.string(),
    journal: z.string(),
    lag: z.strictObject({
      journalMs: milliseconds.describe(
        "The oldest line of the journal that the system does not have yet, milliseconds",
      ),
      storeRecords: count.describe("Records that wait for the store"),
    }).describe("How far what is written lies behind what is known"),
    venueHealth,
    feeds: z.array(feed),
    tape: tape.nullable(),
    alerts,
    cluster: cluster.nullable().describe("How it stands among several bots that share an account"),
    ready: z.strictObject({ ok: z.boolean(), reasons: z.array(words) }),
    clock: z.strictObject({ now: time, speed: z.number().describe("Times as fast as ours, where it is simulated") }),
  })),
);

export const logLine = named(
  "LogLine",
  exactly<LogLine>()(z.strictObject({
    number: count.describe("Rises by one"),
    at: time,
    level: z.enum(["trace", "debug", "info", "warning", "error", "fatal"]),
    logger: z.string(),
    text: z.string(),
  })),
);

export const portfolioPoint = named(
  "PortfolioPoint",
  exactly<PortfolioPoint>()(z.strictObject({ at: time, nav: dollars, cash: dollars })),
);

export const minute = named(
  "Minute",
  exactly<MinuteView>()(z.strictObject({
    start: time,
    open: dollarsAsNumber,
    high: dollarsAsNumber,
    low: dollarsAsNumber,
    close: dollarsAsNumber,
    source: z.string(),
  })),
);

const window = z.strictObject({
  minutes: z.number(),
  from: time,
  to: time,
  samples: count,
  missing: count,
  volatility: z.number().nullable().describe("Standard deviation of the log return of a minute"),
  perSqrtSecond: z.number().nullable(),
  high: dollarsAsNumber.nullable(),
  low: dollarsAsNumber.nullable(),
  range: dollarsAsNumber.nullable(),
  largestMove: z.strictObject({ minute: time, logReturn: z.number(), dollars: dollarsAsNumber }).nullable(),
});

const score = z.strictObject({
  name: z.string(),
  n: count,
  score: z.number().nullable(),
  advantage: z.number().nullable(),
});

export const volatility = named(
  "Volatility",
  exactly<VolatilityView>()(z.strictObject({
    asset: z.string(),
    at: time,
    source: z.string().nullable(),
    latest: z.strictObject({ value: dollarsAsNumber, source: z.string(), sourceTime: time, at: time }).nullable(),
    windows: z.array(window),
    selection: volatilityChoice.extend({
      forecasts: z.array(z.strictObject({ horizon: z.number(), volatility: z.number() })),
      scores: z.array(score),
    }).nullable(),
  })),
);
