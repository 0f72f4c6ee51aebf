/**
 * Which exchange a run talks to, and how: addresses, credentials, clock, and whether it is a simulated one.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { type Clock, SteppedClock, WallClock } from "../ops/clock.ts";
import type { FeedRelay } from "../cluster/feeds/feed_relay.ts";
import { readBounded } from "../ops/read_bounded.ts";
import type { Credentials } from "../config/credentials.ts";
import { type EmbeddedExchange, startEmbeddedExchange } from "../venues/exchange/embedded.ts";
import type { TapeRequest } from "../venues/exchange/tape/recorded_moments.ts";
import { DEMO, type Host, isKalshiDemo, isRealKalshi, PRODUCTION, webSocketOf } from "../venues/kalshi/hosts.ts";
import { createSigner, type Signer } from "../venues/kalshi/signer.ts";
import type { RunRequest } from "./request.ts";

/** What the command line and the configuration say. */
export interface VenueRequest {
  /** `kalshi`, `demo`, `sim`, or the REST address of any exchange that speaks the protocol. */
  readonly name: string;
  readonly ws: string | null;
  readonly credentials: Credentials | null;
  readonly seed: number;
  readonly speed: number;
  /** To be followed: the embedded exchange lists those of them that it can beside the usual ones. */
  readonly series?: readonly string[];
  /** What the embedded exchange plays instead of a simulation; absent or `null` for nothing. */
  readonly tape?: TapeRequest | null;
}

/** What a run asks for. */
export const venueRequest = ({ config: { venue }, credentials, seed, speed, tape }: RunRequest): VenueRequest => ({
  name: venue.name,
  ws: venue.ws,
  credentials,
  seed,
  speed,
  series: venue.series,
  tape,
});

export interface ChosenVenue {
  /** For people. */
  readonly title: string;
  /** For the state directory's identity. */
  readonly id: string;
  readonly host: Host;
  readonly signer: Signer | null;
  readonly simulated: boolean;
  /** Its market data is a recording. */
  readonly recorded: boolean;
  readonly clock: Clock;
  readonly speed: number;
  /** Orders there cost money, or may: nothing says that it is Kalshi's demo or a simulation. */
  readonly real: boolean;
  /** Where the simulated feeds are, by name as `kbot exchange` tells them; `null`: the real ones count. */
  readonly feeds: Readonly<Record<string, string>> | null;
  readonly embedded: { readonly exchange: EmbeddedExchange; readonly clock: SteppedClock } | null;
  /** It is heard by way of a feed of the cluster; absent where it is heard itself. */
  readonly relay?: FeedRelay;
}

export type VenueChoice =
  | { readonly ok: true; readonly venue: ChosenVenue }
  /** `usage`: that exchange, as it is, cannot be run against; `failed`: something did not work. */
  | { readonly ok: false; readonly kind: "usage" | "failed"; readonly reason: string };

const logger = getLogger(["kbot", "run"]);

/** A simulated exchange that a busy machine keeps silent for longer is taken for a real one, of real time and without feeds. */
const CLOCK_TIMEOUT_MS = 5_000;
/** A simulated exchange says what time it has in a few hundred bytes. */
const ANSWER_BYTES_MAX = 65_536;

export async function chooseVenue(request: VenueRequest): Promise<VenueChoice> {
  if (request.name === "sim") return await embedded(request);
  const signer = await signerOf(request.credentials);
  if (signer !== null && "reason" in signer) return failed(signer.reason);
  const host = hostOf(request);
  if (host === null) return failed(`No exchange address: ${request.name}`);
  const simulated = isRealKalshi(host.rest) ? null : await simulatedClock(host.rest);
  if (simulated !== null && "reason" in simulated) return { ok: false, kind: "usage", reason: simulated.reason };
  // A host that says nothing of itself may lead to the real Kalshi, as a proxy does: the doubt must not cost money.
  const real = costsMoney(host.rest) || costsMoney(host.ws) || (simulated === null && !isKalshiDemo(host.rest));
  return {
    ok: true,
    venue: {
      title: titleOf(request.name, host, simulated !== null),
      id: request.name === "kalshi" || request.name === "demo" ? request.name : host.rest,
      host,
      signer,
      simulated: simulated !== null,
      recorded: false,
      clock: simulated?.clock ?? new WallClock(undefined, 1, { onJump: tellJump }),
      speed: simulated?.speed ?? 1,
      real,
      feeds: simulated === null ? null : await simulatedFeeds(host.rest),
      embedded: null,
    },
  };
}

const failed = (reason: string): VenueChoice => ({ ok: false, kind: "failed", reason });

/** After a suspend or a corrected clock: what was heard before is that much older than it seemed. */
function tellJump(jump: number): void {
  const seconds = (jump / MICROS_PER_SECOND).toFixed(1);
  logger.warn("{text}", { text: `The system's clock jumped forward by ${seconds} s` });
}

/** Any of Kalshi's hosts but the demo environment's, where money is play money. */
const costsMoney = (url: string): boolean => isRealKalshi(url) && !isKalshiDemo(url);

function hostOf({ name, ws }: VenueRequest): Host | null {
  if (name === "kalshi") return PRODUCTION;
  if (name === "demo") return DEMO;
  const rest = name.replace(/\/+$/, "");
  const socket = ws ?? webSocketOf(rest);
  return URL.canParse(rest) && socket !== null ? { rest, ws: socket } : null;
}

function titleOf(name: string, host: Host, simulated: boolean): string {
  if (name === "kalshi") return "Kalshi";
  if (name === "demo" || isKalshiDemo(host.rest)) return "Kalshi demo";
  return simulated ? `Simulated exchange at ${new URL(host.rest).host}` : new URL(host.rest).host;
}

async function signerOf(credentials: Credentials | null): Promise<Signer | { reason: string } | null> {
  if (credentials === null) return null;
  try {
    return await createSigner(credentials.keyId, credentials.privateKey.reveal());
  } catch (error) {
    return {
      reason: `Private key ${credentials.privateKeyFile}: ${error instanceof Error ? error.message : "cannot be read"}`,
    };
  }
}

/**
 * A simulated exchange in another process says so, and what time it has; `null` for any other. One without a pace (a tape
 * at full speed) has no time that a clock here could follow: the reason, then.
 */
async function simulatedClock(rest: string): Promise<{ clock: Clock; speed: number } | { reason: string } | null> {
  try {
    const before = performance.now();
    const response = await fetch(new URL("/sim/clock", rest), { signal: AbortSignal.timeout(CLOCK_TIMEOUT_MS) });
    const body = await readSmall(response);
    if (typeof body !== "object" || body === null) return null;
    const { simulated, now_us: now, speed } = body as Record<string, unknown>;
    if (simulated !== true || typeof now !== "number") return null;
    if (typeof speed !== "number" || !(speed > 0)) return { reason: withoutPace(rest) };
    const travelled = (performance.now() - before) * 1_000 / 2 * speed;
    return { clock: new WallClock(now + travelled, speed), speed };
  } catch {
    return null;
  }
}

/** @throws where the body is no JSON, or far longer than any that is wanted here */
async function readSmall(response: Response): Promise<unknown> {
  const text = await readBounded(response, ANSWER_BYTES_MAX);
  if (text === null) throw new RangeError(`An answer of more than ${ANSWER_BYTES_MAX} bytes`);
  return JSON.parse(text);
}

/** The feeds that a simulated exchange in another process serves beside its own socket; none where it does not say. */
async function simulatedFeeds(rest: string): Promise<Readonly<Record<string, string>>> {
  try {
    const response = await fetch(new URL("/sim/feeds", rest), { signal: AbortSignal.timeout(CLOCK_TIMEOUT_MS) });
    const body = await readSmall(response);
    if (typeof body !== "object" || body === null || !("addresses" in body)) return {};
    const { addresses } = body;
    if (typeof addresses !== "object" || addresses === null) return {};
    return Object.fromEntries(Object.entries(addresses).filter((entry) => typeof entry[1] === "string"));
  } catch {
    return {};
  }
}

const withoutPace = (rest: string): string =>
  `Exchange at ${new URL(rest).host} replays as fast as it is read: a run needs one with a finite --speed, such as 1`;

async function embedded({ seed, speed, series = [], tape = null }: VenueRequest): Promise<VenueChoice> {
  const exchange = await startEmbeddedExchange({
    port: 0,
    seed,
    speed,
    faults: [],
    mode: "stepped",
    keyDirectory: null,
    series,
    // Weather and rates trade on another shard than crypto, and a run here has no cash to wait for.
    cashOnEveryShard: true,
  }, tape);
  const signer = await createSigner(exchange.info.key_id, exchange.privateKeyPem);
  const clock = new SteppedClock(exchange.info.clock.now_us as Micros);
  return {
    ok: true,
    venue: {
      title: tape === null ? "Simulated exchange" : "Simulated exchange on recorded data",
      id: "sim",
      host: exchange.info,
      signer,
      simulated: true,
      recorded: tape !== null,
      clock,
      speed,
      real: false,
      feeds: exchange.info.feeds,
      embedded: { exchange, clock },
    },
  };
}
