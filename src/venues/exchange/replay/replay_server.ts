/**
 * Serves a recorded tape behind a real port, as if it happened now: REST and WebSocket, with authentication.
 * @module
 */

import { Authenticator } from "../auth.ts";
import { makeEd25519Key, makeRsaKey, writeKey } from "../keys.ts";
import { DEFAULT_HEARTBEAT_MS, listen, SOCKET_PATH } from "../listener.ts";
import type { ListedMarket } from "../listed_market.ts";
import type { ExchangeInfo } from "../server.ts";
import { timeText } from "../wire.ts";
import { ReplayFloor, type ReplaySpeed } from "./replay_floor.ts";
import { replayHttp, REST_ROOT } from "./replay_routes.ts";
import { Tape } from "./tape.ts";

export interface ReplayOptions {
  /** A recorded file, or a folder of them. */
  readonly path: string;
  /** 0 = any. */
  readonly port: number;
  /** Recorded seconds per second of wall time; `max` as fast as its readers read, from the first book subscription on. */
  readonly speed: ReplaySpeed;
  /** Where private keys are written, mode 600; `null` writes none. */
  readonly keyDirectory: string | null;
  /** Offers permessage-deflate; not by default. */
  readonly deflate?: boolean;
}

export interface RunningReplay {
  readonly info: ExchangeInfo;
  readonly privateKeyPem: string;
  readonly ed25519PrivateKeyPem: string;
  /** Tickers on the tape, in order of their first frames. */
  readonly tickers: readonly string[];
  /** A market as the tape has left it so far. */
  market(ticker: string): ListedMarket | undefined;
  /** Text frames handed to sockets so far. */
  framesSent(): number;
  /** Resolves once the last frame is handed over, or the replay is stopped. */
  readonly finished: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Opens a tape and serves it.
 * @throws RecordingError for a tape that cannot be read; what `Deno` throws for a port in use
 */
export async function startReplay(options: ReplayOptions): Promise<RunningReplay> {
  const tape = await Tape.open(options.path);
  const floor = new ReplayFloor(tape, options.speed);
  const [rsa, ed25519] = await Promise.all([makeRsaKey(), makeEd25519Key()]);
  const rsaFile = await writeKey(options.keyDirectory, rsa);
  const ed25519File = await writeKey(options.keyDirectory, ed25519);
  const authenticator = new Authenticator([rsa, ed25519], () => Date.now());
  const hostname = "127.0.0.1";
  const listener = await listen({
    app: replayHttp(floor, authenticator),
    hub: floor,
    feeds: null,
    house: { authenticator, clock: { now: () => floor.now } },
    hostname,
    port: options.port,
    heartbeatMs: DEFAULT_HEARTBEAT_MS,
    deflate: options.deflate ?? false,
  });
  const now = floor.now;
  const finished = floor.play();
  return {
    info: {
      rest: `http://${hostname}:${listener.port}${REST_ROOT}`,
      ws: `ws://${hostname}:${listener.port}${SOCKET_PATH}`,
      feeds: {},
      key_id: rsa.keyId,
      private_key_file: rsaFile,
      ed25519: { key_id: ed25519.keyId, private_key_file: ed25519File },
      clock: { now: timeText(now), now_us: now, speed: options.speed === "max" ? null : options.speed, mode: "replay" },
    },
    privateKeyPem: rsa.privateKeyPem,
    ed25519PrivateKeyPem: ed25519.privateKeyPem,
    tickers: tape.markets.map((market) => market.ticker),
    market: (ticker) => floor.markets.get(ticker),
    framesSent: () => floor.frames,
    finished,
    async stop() {
      floor.stop();
      await finished;
      await listener.close();
    },
  };
}
