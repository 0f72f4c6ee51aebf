/**
 * Starts the simulated exchange behind a real port: REST and WebSocket on one, as Kalshi's hosts have it.
 * @module
 */

import type { Micros, Money } from "../../core/units.ts";
import { Authenticator, DEFAULT_TIMESTAMP_WINDOW_MS } from "./auth.ts";
import { DEFAULT_CASH, DEFAULT_START, Exchange } from "./exchange.ts";
import type { ExchangeCore } from "./exchange_core.ts";
import { parseFaults } from "./faults.ts";
import { FeedHub } from "./feeds/feed_hub.ts";
import { FEED_NAMES } from "./feeds/feed_names.ts";
import { type FeedFault, parseFeedFault } from "./feeds/feed_troubles.ts";
import { FreeClock } from "./free_clock.ts";
import { House, type HouseClock } from "./house.ts";
import { createHttp, REST_ROOT } from "./http.ts";
import { SocketHub } from "./hub.ts";
import type { IndexProcess } from "./index_process.ts";
import { makeEd25519Key, makeRsaKey, type MemberKey, writeKey } from "./keys.ts";
import { DEFAULT_HEARTBEAT_MS, listen, type Listener, SOCKET_PATH } from "./listener.ts";
import { DEFAULT_TIER, RateLimiter, type TierName, TIERS } from "./rate_limit.ts";
import { clockBody } from "./sim_routes.ts";
import { StaleReads } from "./stale_reads.ts";
import { timeText } from "./wire.ts";

export interface ExchangeOptions {
  /** 0 = any. */
  readonly port: number;
  /** 127.0.0.1 by default. */
  readonly hostname?: string;
  readonly seed: number;
  /** Simulated seconds per second of wall time, in free mode. */
  readonly speed: number;
  /** Names of {@link FAULT_NAMES}, and `feed-TROUBLE:FEED` for what strikes one feed alone. */
  readonly faults: readonly string[];
  /** `free`: a timer of its own moves time. `stepped`: only `advance` does. */
  readonly mode: "free" | "stepped";
  /** {@link DEFAULT_START} by default, in both modes. */
  readonly startAt?: Micros;
  /** Where private keys are written, mode 600; `null` writes none. */
  readonly keyDirectory: string | null;
  /** What the account is charged for requests by; `advanced` by default. */
  readonly tier?: TierName;
  /** How far a signature's timestamp may be from wall time; 15 s by default. */
  readonly timestampWindowMs?: number;
  /** Wall time between pings; 10 s by default. */
  readonly heartbeatMs?: number;
  /** $10,000 by default. */
  readonly cash?: Money;
  /** Lists these too, of those in series.ts that are listed where the exchange is told to; none by default. */
  readonly series?: readonly string[];
  /** Lays equal parts of the cash on the shards that the listed markets trade on, instead of all on the crypto shard. */
  readonly cashOnEveryShard?: boolean;
  /** Offers permessage-deflate on sockets, as Kalshi does since 2026-09-24; not by default. */
  readonly deflate?: boolean;
  /** Markets that one subscription may name before error 26; 100,000 by default. */
  readonly marketsPerSubscriptionMax?: number;
  /** Messages of the feeds a second, as a multiple of the usual: 0.1 to 10, 1 by default. */
  readonly feedRate?: number;
}

export interface ExchangeInfo {
  readonly rest: string;
  readonly ws: string;
  /** What the exchange serves beside its own socket, by name: `coinbase`, `coinbase_rest`, ...; empty for a tape. */
  readonly feeds: Readonly<Record<string, string>>;
  readonly key_id: string;
  /** `""` where no files were asked for. */
  readonly private_key_file: string;
  readonly ed25519: { readonly key_id: string; readonly private_key_file: string };
  /** `speed` is `null` for a tape at full speed, which has none. */
  readonly clock: {
    readonly now: string;
    readonly now_us: number;
    readonly speed: number | null;
    readonly mode: string;
  };
}

export interface RunningExchange<Kind extends ExchangeCore = Exchange> {
  readonly info: ExchangeInfo;
  /** RSA, PKCS#8. */
  readonly privateKeyPem: string;
  /** The Ed25519 key of `info.ed25519`, PKCS#8. */
  readonly ed25519PrivateKeyPem: string;
  /** The exchange itself, for tests and summaries. */
  readonly exchange: Kind;
  now(): Micros;
  /** Stepped mode only: moves time to `to`, and every frame that this causes into the sockets' buffers. */
  advance(to: Micros): void;
  /**
   * Resolves when what clients of the feeds may have said by now has arrived: to be waited for before {@link advance},
   * where it matters that a subscription comes before the next quantum.
   */
  heardOut(): Promise<void>;
  /** Resolves when the clients of all connections that were cut know it: to be waited for after {@link advance}. */
  cutsEnded(): Promise<void>;
  /** Text frames handed to sockets so far, all connections together: data and replies, no pings. */
  framesSent(): number;
  /**
   * Turns a fault on or off.
   * @throws RangeError for a name that `faults` of the options would not take
   */
  setFault(name: string, on: boolean): void;
  stop(): Promise<void>;
}

const SPEED_MAX = 10_000;
const FEED_RATE_MIN = 0.1;
const FEED_RATE_MAX = 10;

class SteppedHouseClock implements HouseClock {
  readonly mode = "stepped";
  readonly speed: number;
  readonly #exchange: ExchangeCore;

  constructor(exchange: ExchangeCore, speed: number) {
    this.#exchange = exchange;
    this.speed = speed;
  }

  now(): Micros {
    return this.#exchange.now;
  }

  stop(): void {}
}

export function checkOptions(options: ExchangeOptions): void {
  const { speed, seed, port } = options;
  if (!(speed > 0 && speed <= SPEED_MAX)) {
    throw new RangeError(`Speed must be above 0 and at most ${SPEED_MAX}: found ${speed}`);
  }
  const { feedRate = 1 } = options;
  if (!(feedRate >= FEED_RATE_MIN && feedRate <= FEED_RATE_MAX)) {
    throw new RangeError(`Feed rate must be ${FEED_RATE_MIN} to ${FEED_RATE_MAX}: found ${feedRate}`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`Seed must be a whole number: found ${seed}`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`Port must be 0 to 65535: found ${port}`);
  }
}

function describe(
  listener: Listener,
  hostname: string,
  keys: { rsa: MemberKey; ed25519: MemberKey },
  files: { rsa: string; ed25519: string },
  house: House,
  feeds: FeedHub,
): ExchangeInfo {
  const host = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${listener.port}`;
  const { now_us } = clockBody(house);
  const now = Number(now_us) as Micros;
  return {
    rest: `http://${host}${REST_ROOT}`,
    ws: `ws://${host}${SOCKET_PATH}`,
    feeds: feeds.addresses(host),
    key_id: keys.rsa.keyId,
    private_key_file: files.rsa,
    ed25519: { key_id: keys.ed25519.keyId, private_key_file: files.ed25519 },
    clock: { now: timeText(now), now_us: now, speed: house.clock.speed, mode: house.clock.mode },
  };
}

/** Parts the faults of single feeds from the exchange's own. */
function partFaults(names: readonly string[]): { readonly own: readonly string[]; readonly ofFeeds: FeedFault[] } {
  const ofFeeds: FeedFault[] = [];
  const own = names.filter((name) => {
    const fault = parseFeedFault(name, FEED_NAMES);
    if (fault !== null) ofFeeds.push(fault);
    return fault === null;
  });
  return { own, ofFeeds };
}

/** What stands around an exchange once its doors open. */
function furnish(
  options: ExchangeOptions,
  exchange: ExchangeCore,
  index: IndexProcess | null,
  keys: readonly MemberKey[],
  struck: readonly FeedFault[],
) {
  const { mode, speed, feedRate = 1 } = options;
  const stale = new StaleReads(exchange.faults, exchange.userId);
  exchange.listen((event) => stale.hear(event));
  const hub = new SocketHub(exchange, options.marketsPerSubscriptionMax);
  const clock = mode === "free" ? new FreeClock(exchange, speed) : new SteppedHouseClock(exchange, speed);
  const windowMs = options.timestampWindowMs ?? DEFAULT_TIMESTAMP_WINDOW_MS;
  const house = new House({
    exchange,
    authenticator: new Authenticator(keys, () => Date.now(), windowMs),
    limiter: new RateLimiter(TIERS[options.tier ?? DEFAULT_TIER], exchange.now),
    stale,
    clock,
  });
  const feeds = new FeedHub({ exchange, index, now: () => clock.now(), rate: feedRate, struck });
  return { hub, house, clock, feeds };
}

/**
 * Starts an exchange and listens.
 * @throws RangeError for a wrong option (unknown fault, speed, seed, port); what `Deno` throws for a port in use or a
 * key directory that cannot be written
 */
export async function startExchange(options: ExchangeOptions): Promise<RunningExchange> {
  checkOptions(options);
  const { own, ofFeeds } = partFaults(options.faults);
  const exchange = new Exchange({
    seed: options.seed,
    startAt: options.startAt ?? DEFAULT_START,
    faults: parseFaults(own),
    cash: options.cash ?? DEFAULT_CASH,
    series: options.series ?? [],
    cashOnEveryShard: options.cashOnEveryShard ?? false,
  });
  return await openDoors(options, exchange, exchange.index, ofFeeds);
}

/**
 * Has an exchange listen.
 * @param index what the feeds beside it tell of; `null` for no feeds
 * @param struck the troubles that single feeds begin with
 */
export async function openDoors<Kind extends ExchangeCore>(
  options: ExchangeOptions,
  exchange: Kind,
  index: IndexProcess | null,
  struck: readonly FeedFault[],
): Promise<RunningExchange<Kind>> {
  const hostname = options.hostname ?? "127.0.0.1";
  const [rsa, ed25519] = await Promise.all([makeRsaKey(), makeEd25519Key()]);
  const files = {
    rsa: await writeKey(options.keyDirectory, rsa),
    ed25519: await writeKey(options.keyDirectory, ed25519),
  };
  const { hub, house, clock, feeds } = furnish(options, exchange, index, [rsa, ed25519], struck);
  const { mode } = options;
  const frames = () => hub.frames + feeds.frames;
  let listener: Listener;
  try {
    const heartbeatMs = options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS;
    const advance = mode === "stepped" ? (to: Micros) => exchange.advanceTo(to) : null;
    listener = await listen({
      app: createHttp(house, { advance, frames }, feeds),
      hub,
      feeds,
      house,
      hostname,
      port: options.port,
      heartbeatMs,
      deflate: options.deflate ?? false,
    });
  } catch (error) {
    clock.stop();
    throw error;
  }
  return {
    info: describe(listener, hostname, { rsa, ed25519 }, files, house, feeds),
    privateKeyPem: rsa.privateKeyPem,
    ed25519PrivateKeyPem: ed25519.privateKeyPem,
    exchange,
    now: () => clock.now(),
    advance(to) {
      if (mode !== "stepped") throw new Error("Only an exchange in stepped mode can be advanced");
      exchange.advanceTo(to);
    },
    heardOut: () => feeds.heardOut(),
    cutsEnded: () => listener.cutsEnded(),
    framesSent: frames,
    setFault(name, on) {
      const fault = parseFeedFault(name, FEED_NAMES);
      if (fault !== null) feeds.troubles.turn(fault, on);
      else for (const each of parseFaults([name])) exchange.faults.set(each, on);
    },
    async stop() {
      clock.stop();
      hub.dropAll();
      feeds.dropAll();
      await listener.close();
    },
  };
}
