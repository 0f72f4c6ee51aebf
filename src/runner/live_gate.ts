/**
 * What must be so before orders may go to an exchange. Everything that is missing is told at once; nothing is asked of the
 * exchange, and nobody is asked for the phrase, before all that can be seen here is in order.
 *
 * | wanted | real money | Kalshi's demo | simulated exchange |
 * | --- | --- | --- | --- |
 * | an API key | yes | yes | yes |
 * | limits of [risk] that somebody has set | yes | | |
 * | a journal and a store that are forced to disk | yes | | |
 * | days on paper and a Brier score, where [live] asks for them | yes | | |
 * | the phrase | yes | | |
 * | the exchange takes the key | yes | yes | |
 * | the clock agrees with the exchange's | yes | yes | |
 *
 * Real money is Kalshi itself, and every address that does not say that it is simulated: it may be a proxy.
 * @module
 */

import type { Config } from "../config/schema.ts";
import { formatDollars } from "../config/fields.ts";
import { MICROS_PER_SECOND, type Money, money } from "../core/units.ts";
import { DateSamples } from "../ops/doctor/date_samples.ts";
import { openKvStore } from "../store/kv_store.ts";
import { lockStateDirectory } from "../store/lock.ts";
import { statePaths } from "../store/state_directory.ts";
import { describeFailure } from "../venues/kalshi/failure.ts";
import { isKalshiDemo } from "../venues/kalshi/hosts.ts";
import { KalshiRest } from "../venues/kalshi/rest.ts";
import { identityFile, parseIdentity } from "./identity.ts";
import { lackingEvidence, paperEvidence } from "./paper_evidence.ts";
import type { RunRequest } from "./request.ts";
import type { ChosenVenue } from "./venue_choice.ts";

/** Beyond what the header's whole seconds cannot tell: prices and closes are judged by our clock. */
const CLOCK_OFF_MAX = 1 * MICROS_PER_SECOND;
const ANSWER_MS = 5_000;
/** Answers whose Date narrows the exchange's time down. */
const CLOCK_SAMPLES = 3;

export type GateResult =
  | { readonly ok: true }
  /** `usage`: something was left out. `failed`: the exchange, or the clock, does not play along. */
  | { readonly ok: false; readonly kind: "usage" | "failed"; readonly reason: string };

const OPEN: GateResult = { ok: true };

const shut = (title: string, reasons: readonly string[], kind: "usage" | "failed"): GateResult => ({
  ok: false,
  kind,
  reason: reasons.length === 1 ? reasons[0] : [`Live trading at ${title} is refused:`, ...reasons].join("\n  - "),
});

/** Lets a run pass, or says everything that keeps it. */
export async function passLiveGate(request: RunRequest, venue: ChosenVenue): Promise<GateResult> {
  if (request.execution === "paper") return OPEN;
  if (venue.signer === null) return shut(venue.title, [withoutKey(venue.title)], "usage");
  const lacking = venue.real ? await lackingHere(request, venue) : [];
  if (lacking.length > 0) return shut(venue.title, lacking, "usage");
  if (!venue.real && !isKalshiDemo(venue.host.rest)) return OPEN;
  const seen = await lookAt(venue);
  if (!seen.ok) return shut(venue.title, seen.reasons, "failed");
  if (!venue.real) return OPEN;
  const refusal = await request.live.confirm(venue.title, atStake(request.config, seen.balance));
  return refusal === null ? OPEN : shut(venue.title, [refusal], "usage");
}

const withoutKey = (title: string): string =>
  `Live trading at ${title} needs credentials: set KBOT_KALSHI_KEY_ID and KBOT_KALSHI_PRIVATE_KEY_FILE, ` +
  "or venue.key_id and venue.private_key_file in kbot.toml";

/** What is missing as far as it can be seen from here. */
async function lackingHere({ config, live, stateDirectory }: RunRequest, venue: ChosenVenue): Promise<string[]> {
  const lacking: string[] = [];
  if (live.limitsAtDefault.length > 0) {
    lacking.push(
      `Limits must be your own: set ${live.limitsAtDefault.join(", ")} in kbot.toml or the environment, if only to ` +
        "their defaults (kbot config show --origin tells where each value comes from)",
    );
  }
  if (config.store.sync === "never") {
    lacking.push('What is written must reach the disk: store.sync is "never", allowed are "second" and "every"');
  }
  lacking.push(...await lackingOnPaper(config, stateDirectory, venue.id));
  const missing = await live.missing(venue.title);
  if (missing !== null) lacking.push(missing);
  return lacking;
}

/** What the paper trading of another state directory has not shown yet. */
async function lackingOnPaper({ live }: Config, stateDirectory: string, venueId: string): Promise<readonly string[]> {
  const { paper_state: directory, min_paper_days: minDays, max_brier: maxBrier } = live;
  if (directory === null || (minDays === 0 && maxBrier === null)) return [];
  if (directory === stateDirectory) return [`live.paper_state names the state directory of this run: ${directory}`];
  const identity = parseIdentity(await Deno.readTextFile(identityFile(directory)).catch(() => ""));
  if (identity === null || identity.execution !== "paper" || identity.venue !== venueId) {
    return [`live.paper_state, ${directory}, is not the state of paper trading at ${venueId}`];
  }
  const locked = await lockStateDirectory(directory);
  if (!locked.ok) return [`Paper trading cannot be judged while it runs: ${locked.reason}`];
  try {
    const opened = await openKvStore(statePaths(directory).store, { looksOnly: true });
    if (!opened.ok) return [opened.reason];
    try {
      return lackingEvidence(await paperEvidence(opened.store), { minDays, maxBrier });
    } finally {
      await opened.store.close();
    }
  } finally {
    locked.lock.release();
  }
}

type Look =
  | { readonly ok: true; readonly balance: Money }
  | { readonly ok: false; readonly reasons: readonly string[] };

/** Whether the exchange takes the key, and whether its clock and ours agree. */
async function lookAt({ host, signer, clock, title }: ChosenVenue): Promise<Look> {
  const dates = new DateSamples(() => Date.now() * 1_000);
  const rest = new KalshiRest({ base: host.rest, signer, clock, fetch: dates.fetch, timeoutMs: ANSWER_MS });
  try {
    const balance = await rest.balance();
    if (!balance.ok) {
      const { failure } = balance;
      const refused = failure.kind === "http" && (failure.status === 401 || failure.status === 403);
      const what = refused
        ? `${title} refuses the API key`
        : `${title} could not be asked whether it takes the API key`;
      return { ok: false, reasons: [`${what}: ${describeFailure(failure)}; kbot doctor says more`] };
    }
    for (let n = 1; n < CLOCK_SAMPLES; n++) await rest.balance();
    const off = clockTrouble(dates);
    return off === null ? { ok: true, balance: balance.value.total } : { ok: false, reasons: [off] };
  } finally {
    rest.stop();
  }
}

function clockTrouble(dates: DateSamples): string | null {
  const offset = dates.offset();
  if (offset === null) {
    return "The exchange's answers name no time (no Date header), so that the clock cannot be judged";
  }
  const off = Math.abs(offset.micros) - offset.within;
  if (off <= CLOCK_OFF_MAX) return null;
  const seconds = (Math.abs(offset.micros) / MICROS_PER_SECOND).toFixed(1);
  return `This machine's clock is ${seconds} s ${
    offset.micros > 0 ? "slow" : "fast"
  } against the exchange's, allowed is ` +
    "1 s: have NTP keep it (timedatectl set-ntp true, or chrony)";
}

/** The limits that {@link atStake} names, by their keys: the phrase is given for these, and for none that is wider. */
export const confirmedLimits = ({ risk }: Config): ReadonlyMap<string, number> =>
  new Map([
    ["risk.max_open_exposure_usd", risk.max_open_exposure_usd],
    ["risk.daily_loss_usd", risk.daily_loss_usd],
    ["risk.daily_loss_pct", risk.daily_loss_pct],
  ]);

/** What the run will be able to lose, one sentence a line. */
export function atStake({ risk, live }: Config, balance: Money): readonly string[] {
  const exposure = money(Math.min(risk.max_open_exposure_usd, live.canary_usd ?? Infinity));
  const worst = money(Math.min(balance, risk.daily_loss_usd + exposure));
  const usd = (amount: Money): string => `$${formatDollars(amount)}`;
  const until = live.canary_ends === "day" ? "until midnight UTC" : "as long as it runs";
  const canary = live.canary_usd === null
    ? []
    : [`Canary: at most ${usd(exposure)} at risk and ${live.canary_order_pct} % of that in one order, ${until}`];
  return [
    ...canary,
    `A day's loss of ${
      usd(risk.daily_loss_usd)
    }, or of ${risk.daily_loss_pct} % of what the day began with, halts trading`,
    `At most ${usd(exposure)} is at risk at once, and stays at risk when trading halts: a halt sells nothing`,
    `So a day can lose ${usd(worst)} at worst; the account holds ${usd(balance)} in cash, and all of it can go in time`,
  ];
}
