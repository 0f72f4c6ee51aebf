/**
 * For tests: problems of the way to the exchange, of the account there, and of the feeds. All else is well.
 * @module
 */

import type { ExchangeOptions, RunningExchange } from "../../venues/exchange/server.ts";
import { startExchange } from "../../venues/exchange/server.ts";
import type { Patient } from "./patient_fixture.ts";
import { NOWHERE, type Planting, serve, type VenueProblem } from "./planted_fixture.ts";

export const OPTIONS: ExchangeOptions = { port: 0, seed: 3, speed: 1, faults: [], mode: "free", keyDirectory: null };

/** What needs an accepted signature, and what needs the connection. */
const BEHIND_SIGNATURE = ["rate limits", "shard balance"];
const BEHIND_SOCKET = ["order book", "settlement index"];
const BEHIND_KEY = ["private key", "signature", ...BEHIND_SIGNATURE, "websocket", ...BEHIND_SOCKET];

/** An exchange of its own that is not well. */
async function visitAnother(patient: Patient, options: Partial<ExchangeOptions>): Promise<Planting> {
  const exchange = await startExchange({ ...OPTIONS, ...options });
  await patient.visit(exchange.info, exchange.privateKeyPem);
  return { undo: () => exchange.stop() };
}

/** Something between us and the exchange that answers by itself what ends so. */
function behind(
  patient: Patient,
  { info }: RunningExchange,
  path: string,
  answer: (real: Response) => Response | Promise<Response>,
): Planting {
  const server = serve(async (request) => {
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const real = await fetch(new URL(pathname + search, info.rest), { method, headers });
    if (pathname.endsWith(path)) return await answer(real);
    return new Response(await real.arrayBuffer(), { status: real.status, headers: real.headers });
  });
  patient.venue = server.rest;
  return { undo: () => server.close() };
}

/** Reads the answer away, and gives another. */
const instead = (response: (text: string) => Response) => async (real: Response) => response(await real.text());

const OPEN = { exchange_active: true, trading_active: true };

/** An exchange that tells nothing but its status, at whatever time. */
function statusOnly(patient: Patient, crypto: typeof OPEN, offsetMs = 0): Planting {
  const server = serve((request) => {
    if (!request.url.endsWith("/exchange/status")) return new Response("{}", { status: 404 });
    const shards = [{ exchange_index: 0, description: "", ...OPEN }, { exchange_index: 2, description: "", ...crypto }];
    const date = new Date(Date.now() + offsetMs).toUTCString();
    return Response.json({ ...OPEN, exchange_index_statuses: shards }, { headers: { date } });
  });
  [patient.venue, patient.venueWs] = [server.rest, NOWHERE.ws];
  delete patient.env.KBOT_KALSHI_KEY_ID;
  delete patient.env.KBOT_KALSHI_PRIVATE_KEY_FILE;
  return { undo: () => server.close() };
}

export const VENUE_PROBLEMS: readonly VenueProblem[] = [
  {
    problem: "a recorded exchange without a pace",
    found: "venue",
    detail: /replays as fast as it is read: a run needs one with a finite --speed/,
    remedy: /Set venue\.name and venue\.ws/,
    plant(patient) {
      const server = serve(() => Response.json({ simulated: true, now_us: 1, speed: null }));
      patient.venue = server.rest;
      return { undo: () => server.close() };
    },
  },
  {
    problem: "a host name that nobody knows",
    found: "dns",
    detail: /^exchange\.invalid has no address/,
    remedy: /Check the network/,
    cannot: [
      ...["rest", "clock", "series", "markets", "trading", "signature", ...BEHIND_SIGNATURE, "websocket"],
      ...[...BEHIND_SOCKET, "feeds"],
    ],
    plant(patient) {
      [patient.venue, patient.venueWs] = [
        "http://exchange.invalid/trade-api/v2",
        "ws://exchange.invalid/trade-api/ws/v2",
      ];
    },
  },
  {
    problem: "a page for people in place of the exchange",
    found: "rest",
    detail: /Answer is not as expected at body/,
    remedy: /ends in \/trade-api\/v2/,
    cannot: ["clock", "series", "markets", "trading", "signature", ...BEHIND_SIGNATURE, "order book", "feeds"],
    plant(patient) {
      const html = { headers: { "content-type": "text/html" } };
      const server = serve(() => new Response("<html>Login</html>", html));
      patient.venue = server.rest;
      return { undo: () => server.close() };
    },
  },
  {
    problem: "a clock that is 20 s slow",
    found: "clock",
    detail: /This machine's clock is (20\.[0-5]|19\.[5-9]) s slow \(within 0\.\d s\): beyond 10 s/,
    remedy: /NTP/,
    alsoFails: ["series", "markets"],
    plant: (patient) => statusOnly(patient, OPEN, 20_000),
  },
  {
    problem: "a series that does not exist",
    found: "series",
    detail: /KXBTC15 is unknown there/,
    remedy: /Correct venue\.series/,
    alsoFails: ["markets"],
    cannot: ["shard balance", ...BEHIND_SOCKET.slice(0, 1)],
    plant(patient) {
      patient.env.KBOT_VENUE__SERIES = "KXBTC15";
    },
  },
  {
    problem: "a series without an open market",
    found: "markets",
    detail: /^KXBTC15M has no open market$/,
    remedy: /See series and trading/,
    cannot: ["shard balance", "order book"],
    plant: (patient, exchange) =>
      behind(patient, exchange, "/markets", instead(() => Response.json({ markets: [], cursor: "" }))),
  },
  {
    problem: "a pause of the crypto shard alone",
    found: "trading",
    detail: /^No trading now: trading pauses on shard 2$/,
    remedy: /Thursday from 3:00 to 5:00 ET/,
    alsoFails: ["series", "markets"],
    plant: (patient) => statusOnly(patient, { exchange_active: true, trading_active: false }),
  },
  {
    problem: "a key id without a key",
    found: "credentials",
    detail: /Key id without a private key/,
    remedy: /KBOT_KALSHI_PRIVATE_KEY_FILE/,
    cannot: ["key file", ...BEHIND_KEY],
    plant(patient) {
      delete patient.env.KBOT_KALSHI_PRIVATE_KEY_FILE;
    },
  },
  {
    problem: "a key file of mode 644",
    found: "key file",
    detail: /Readable by others: .*key\.pem has mode 644, allowed is 600/,
    remedy: /chmod 600 .*key\.pem/,
    cannot: BEHIND_KEY,
    plant: (patient) => Deno.chmod(`${patient.root}/key.pem`, 0o644),
  },
  {
    problem: "a key file that is not there",
    found: "key file",
    detail: /Cannot read .*gone\.pem: no such file/,
    remedy: /Name the file that holds the key/,
    cannot: BEHIND_KEY,
    plant(patient) {
      patient.env.KBOT_KALSHI_PRIVATE_KEY_FILE = `${patient.root}/gone.pem`;
    },
  },
  {
    problem: "a public key in place of the private one",
    found: "private key",
    detail: /holds a block "PUBLIC KEY": allowed are "PRIVATE KEY" and "RSA PRIVATE KEY"/,
    remedy: /RSA or Ed25519, without a passphrase/,
    cannot: BEHIND_KEY.slice(1),
    async plant(patient, { info, privateKeyPem }) {
      await patient.giveKey(info.key_id, privateKeyPem.replaceAll("PRIVATE KEY", "PUBLIC KEY"));
    },
  },
  {
    problem: "a private key that belongs to another key id",
    found: "signature",
    detail: /^Wrong key: HTTP 401: .*INCORRECT_API_KEY_SIGNATURE/,
    remedy: /does not belong to this key id/,
    alsoFails: ["websocket"],
    cannot: [...BEHIND_SIGNATURE, ...BEHIND_SOCKET],
    async plant(patient, { info, ed25519PrivateKeyPem }) {
      await patient.giveKey(info.key_id, ed25519PrivateKeyPem);
    },
  },
  {
    problem: "a key of another environment",
    found: "signature",
    detail: /^Unknown key: HTTP 401: .*NOT_FOUND/,
    remedy: /does not know this key id: keys of Kalshi, of its demo and of a simulated exchange never work across/,
    alsoFails: ["websocket"],
    cannot: [...BEHIND_SIGNATURE, ...BEHIND_SOCKET],
    async plant(patient, { privateKeyPem }) {
      await patient.giveKey("11111111-2222-3333-4444-555555555555", privateKeyPem);
    },
  },
  {
    problem: "a timestamp that the exchange finds expired",
    found: "signature",
    detail: /^Expired timestamp: HTTP 401 header_timestamp_expired/,
    remedy: /Set this machine's clock \(it is \d+\.\d s off\)/,
    alsoFails: ["websocket"],
    plant: (patient) => visitAnother(patient, { timestampWindowMs: -1 }),
  },
  {
    problem: "rate limits that cannot be read",
    found: "rate limits",
    detail: /HTTP 500/,
    remedy: /the basic tier meanwhile/,
    cannot: [],
    plant: (patient, exchange) =>
      behind(patient, exchange, "/account/limits", instead(() => new Response("{}", { status: 500 }))),
  },
  {
    problem: "cash on shard 0",
    found: "shard balance",
    detail: /\$10000\.00 on shard 0,.* but the configured series trade on shard 2, which holds none/,
    remedy: /Move cash from shard 0 to shard 2: kbot transfer --from 0 --to 2 --usd AMOUNT/,
    cannot: [],
    plant: (patient) => visitAnother(patient, { faults: ["cash-on-shard-0"] }),
  },
  {
    problem: "an order without cash for it",
    found: "test order",
    detail: /refused: HTTP 400 insufficient_balance/,
    remedy: /See shard balance/,
    alsoFails: ["shard balance"],
    plant(patient) {
      patient.order = true;
      return visitAnother(patient, { faults: ["cash-on-shard-0"] });
    },
  },
  {
    problem: "a WebSocket address where no exchange listens",
    found: "websocket",
    // Deno 2.4 cannot answer an upgrade with a refusal: the simulated exchange takes the client in, and closes at once.
    detail: /Cannot reach ws:\/\/127\.0\.0\.1:\d+ \((.*404|closed with code 1008)/,
    remedy: /Check venue\.ws \(--venue-ws\)|See signature/,
    cannot: BEHIND_SOCKET,
    plant(patient, { info }) {
      patient.venueWs = info.ws.replace("/trade-api/ws/v2", "/nothing/here");
    },
  },
  {
    problem: "an order book that does not come",
    found: "order book",
    detail: /^KXBTC15M-26NONE-00: /,
    remedy: /Try again; if it stays, see the log of a run/,
    cannot: [],
    plant: (patient, exchange) =>
      behind(
        patient,
        exchange,
        "/markets",
        instead((text) => {
          const renamed = text.replace(/"ticker":\s*"KXBTC15M-[^"]*"/g, '"ticker":"KXBTC15M-26NONE-00"');
          return new Response(renamed, { headers: { "content-type": "application/json" } });
        }),
      ),
  },
  {
    problem: "a settlement index that is silent",
    found: "settlement index",
    detail: /^BRTI: Nothing came within 5 s$/,
    remedy: /Without it nothing is traded/,
    cannot: [],
    plant: (patient) => visitAnother(patient, { faults: ["no-official-index"] }),
  },
  {
    problem: "a map of pairs that cannot be read",
    found: "feeds",
    detail: /none\.toml: found a file that cannot be read/,
    remedy: /Correct feeds\.polymarket\.pairs/,
    plant(patient) {
      patient.env.KBOT_FEEDS__POLYMARKET__ENABLED = "true";
      patient.env.KBOT_FEEDS__POLYMARKET__PAIRS = `${patient.root}/none.toml`;
    },
  },
  {
    problem: "a spot exchange that cannot be reached",
    found: "feed coinbase",
    detail: /./,
    remedy: /where coinbase is not offered, take it out of feeds\.spot/,
    cannot: [],
    plant(patient) {
      patient.env.KBOT_FEEDS__SPOT = "coinbase,kraken";
      return visitAnother(patient, { faults: ["feed-outage:coinbase"] });
    },
  },
  {
    problem: "an options exchange that refuses us",
    found: "feed deribit",
    detail: /403/,
    remedy: /set feeds\.implied_volatility = false/,
    cannot: [],
    plant(patient) {
      patient.env.KBOT_FEEDS__IMPLIED_VOLATILITY = "true";
      return visitAnother(patient, { faults: ["feed-403:deribit"] });
    },
  },
];
