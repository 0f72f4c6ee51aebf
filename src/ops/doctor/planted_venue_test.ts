import assert from "node:assert/strict";
import { type ExchangeOptions, type RunningExchange, startExchange } from "../../venues/exchange/server.ts";
import { ALL_CHECKS } from "./all_checks.ts";
import { examine } from "./doctor.ts";
import { namesWith, type Patient, withPatient, withServer } from "./patient_fixture.ts";

const OPTIONS: ExchangeOptions = { port: 0, seed: 3, speed: 1, faults: [], mode: "free", keyDirectory: null };

/** A patient whose exchange is well, but for the options. */
async function withExchange(
  options: Partial<ExchangeOptions>,
  test: (patient: Patient, exchange: RunningExchange) => Promise<void>,
): Promise<void> {
  const exchange = await startExchange({ ...OPTIONS, ...options });
  try {
    await withPatient(async (patient) => {
      await patient.visit(exchange.info, exchange.privateKeyPem);
      await test(patient, exchange);
    });
  } finally {
    await exchange.stop();
  }
}

/** What follows from a key that is not accepted. */
const BEHIND_SIGNATURE = ["rate limits", "shard balance", "test order"];

interface Planted {
  readonly problem: string;
  readonly found: string;
  readonly detail: RegExp;
  readonly remedy: RegExp;
  /** What else fails or is skipped for the same reason. */
  readonly alsoFails?: readonly string[];
  readonly skips: readonly string[];
  plant(patient: Patient, exchange: RunningExchange): Promise<void> | void;
}

const KEY_PROBLEMS: readonly Planted[] = [
  {
    problem: "a key file of mode 644",
    found: "key file",
    detail: /Readable by others: .*key\.pem has mode 644, allowed is 600/,
    remedy: /chmod 600 .*key\.pem/,
    skips: ["private key", "signature", ...BEHIND_SIGNATURE, "websocket", "order book", "settlement index"],
    plant: (patient) => Deno.chmod(`${patient.root}/key.pem`, 0o644),
  },
  {
    problem: "a key file that is not there",
    found: "key file",
    detail: /Cannot read .*gone\.pem: no such file/,
    remedy: /Name the file that holds the key/,
    skips: ["private key", "signature", ...BEHIND_SIGNATURE, "websocket", "order book", "settlement index"],
    plant(patient) {
      patient.env.KBOT_KALSHI_PRIVATE_KEY_FILE = `${patient.root}/gone.pem`;
    },
  },
  {
    problem: "a public key in place of the private one",
    found: "private key",
    detail: /holds a block "PUBLIC KEY": allowed are "PRIVATE KEY" and "RSA PRIVATE KEY"/,
    remedy: /RSA or Ed25519, without a passphrase/,
    skips: ["signature", ...BEHIND_SIGNATURE, "websocket", "order book", "settlement index"],
    async plant(patient, { info, privateKeyPem }) {
      await patient.giveKey(info.key_id, privateKeyPem.replaceAll("PRIVATE KEY", "PUBLIC KEY"));
    },
  },
  {
    problem: "a key id without a key",
    found: "credentials",
    detail: /Key id without a private key/,
    remedy: /KBOT_KALSHI_PRIVATE_KEY_FILE/,
    skips: ["key file", "private key", "signature", ...BEHIND_SIGNATURE, "websocket", "order book", "settlement index"],
    plant(patient) {
      delete patient.env.KBOT_KALSHI_PRIVATE_KEY_FILE;
    },
  },
  {
    problem: "a private key that belongs to another key id",
    found: "signature",
    detail: /^Wrong key: HTTP 401: .*INCORRECT_API_KEY_SIGNATURE/,
    remedy: /does not belong to this key id/,
    alsoFails: ["websocket"],
    skips: [...BEHIND_SIGNATURE, "order book", "settlement index"],
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
    skips: [...BEHIND_SIGNATURE, "order book", "settlement index"],
    async plant(patient, { privateKeyPem }) {
      await patient.giveKey("11111111-2222-3333-4444-555555555555", privateKeyPem);
    },
  },
  {
    problem: "a series that does not exist",
    found: "series",
    detail: /KXBTC15 is unknown there/,
    remedy: /Correct venue\.series/,
    alsoFails: ["markets"],
    skips: ["shard balance", "order book", "settlement index", "test order"],
    plant(patient) {
      patient.env.KBOT_VENUE__SERIES = "KXBTC15";
    },
  },
  {
    problem: "a WebSocket address where no exchange listens",
    found: "websocket",
    // Deno 2.4 cannot answer an upgrade with a refusal.
    detail: /Cannot reach ws:\/\/127\.0\.0\.1:\d+ \(.*404|No upgrade within/,
    remedy: /Check venue\.ws \(--venue-ws\)/,
    skips: ["order book", "settlement index", "test order"],
    plant(patient, { info }) {
      patient.venueWs = info.ws.replace("/trade-api/ws/v2", "/nothing/here");
    },
  },
];

Deno.test("problems of the key and of the venue's settings are each found by name", async (t) => {
  const exchange = await startExchange(OPTIONS);
  try {
    for (const { problem, found, detail, remedy, alsoFails = [], skips, plant } of KEY_PROBLEMS) {
      await t.step(`${problem}: ${found}`, () =>
        withPatient(async (patient) => {
          await patient.visit(exchange.info, exchange.privateKeyPem);
          await plant(patient, exchange);
          const reports = await patient.examine();
          const report = reports.get(found);
          assert.equal(report?.status, "FAIL", JSON.stringify([...reports.values()]));
          assert.match(report.detail, detail);
          assert.match(report.remedy ?? "", remedy);
          assert.deepEqual(namesWith(reports, "FAIL"), [found, ...alsoFails]);
          assert.deepEqual(namesWith(reports, "SKIP").sort(), [...skips].sort());
        }));
    }
  } finally {
    await exchange.stop();
  }
});

Deno.test("a timestamp that the exchange finds expired is found by name: signature", () =>
  withExchange({ timestampWindowMs: -1 }, async (patient) => {
    const reports = await patient.examine();
    const report = reports.get("signature");
    assert.equal(report?.status, "FAIL");
    assert.match(report.detail, /^Expired timestamp: HTTP 401 header_timestamp_expired/);
    assert.match(report.remedy ?? "", /Set this machine's clock \(it is \d+\.\d s off\)/);
    assert.deepEqual(namesWith(reports, "FAIL"), ["signature", "websocket"]);
  }));

Deno.test("cash on shard 0 is found by name, with how to move it", () =>
  withExchange({ faults: ["cash-on-shard-0"] }, async (patient) => {
    patient.order = true;
    const reports = await patient.examine();
    const report = reports.get("shard balance");
    assert.equal(report?.status, "FAIL");
    assert.match(
      report.detail,
      /\$10000\.00 on shard 0,.* but the configured series trade on shard 2, which holds none/,
    );
    assert.match(report.remedy ?? "", /Move cash from shard 0 to shard 2: kbot transfer --from 0 --to 2 --usd AMOUNT/);
    assert.match(reports.get("test order")?.detail ?? "", /refused: HTTP 400 insufficient_balance/);
    assert.match(reports.get("test order")?.remedy ?? "", /See shard balance/);
    assert.deepEqual(namesWith(reports, "FAIL"), ["shard balance", "test order"]);
  }));

Deno.test("an exchange that answers 429 now and then is waited for, not failed", () =>
  withExchange({ faults: ["rate-429"] }, async (patient) => {
    const reports = await patient.examine();
    assert.deepEqual(namesWith(reports, "FAIL"), [], JSON.stringify([...reports.values()]));
  }));

Deno.test("an Ed25519 key passes, and is called by its name", () =>
  withExchange({}, async (patient, { info, ed25519PrivateKeyPem }) => {
    await patient.visit(info, ed25519PrivateKeyPem, info.ed25519.key_id);
    const reports = await patient.examine();
    assert.match(reports.get("private key")?.detail ?? "", /^Ed25519, signs in/);
    assert.deepEqual(namesWith(reports, "FAIL"), []);
    assert.deepEqual(namesWith(reports, "SKIP"), ["test order"]);
  }));

Deno.test("without a key only what needs one is skipped, with how to give one", () =>
  withExchange({}, async (patient) => {
    delete patient.env.KBOT_KALSHI_KEY_ID;
    delete patient.env.KBOT_KALSHI_PRIVATE_KEY_FILE;
    const reports = await patient.examine();
    assert.deepEqual(namesWith(reports, "FAIL"), []);
    assert.match(reports.get("credentials")?.remedy ?? "", /KBOT_KALSHI_KEY_ID/);
    assert.equal(reports.get("signature")?.detail, "Needs private key, which was skipped");
    patient.order = true;
    assert.equal((await patient.examine()).get("credentials")?.status, "FAIL");
  }));

const OPEN = { exchange_active: true, trading_active: true };
const PAUSED = { exchange_active: true, trading_active: false };

/** Nothing but a status, at whatever time. */
const statusOnly = (crypto: typeof OPEN, offsetMs = 0) => (request: Request) => {
  if (!request.url.endsWith("/exchange/status")) return new Response("{}", { status: 404 });
  const shards = [{ exchange_index: 0, description: "", ...OPEN }, { exchange_index: 2, description: "", ...crypto }];
  const date = new Date(Date.now() + offsetMs).toUTCString();
  return Response.json({ ...OPEN, exchange_index_statuses: shards }, { headers: { date } });
};

Deno.test("a pause of the crypto shard alone is found by name: trading", () =>
  withServer(statusOnly(PAUSED), (rest, ws) =>
    withPatient(async (patient) => {
      [patient.venue, patient.venueWs] = [rest, ws];
      const report = (await patient.examine()).get("trading");
      assert.equal(report?.status, "FAIL");
      assert.equal(report.detail, "No trading now: trading pauses on shard 2");
      assert.match(report.remedy ?? "", /Thursday from 3:00 to 5:00 ET/);
    })));

for (
  const [offsetSeconds, status, detail] of [
    [0, "PASS", /This machine's clock agrees \(within 0\.\d s\)/],
    [4, "PASS", /is 4\.\d s slow|is 3\.\d s slow/],
    [20, "FAIL", /This machine's clock is (20\.[0-5]|19\.[5-9]) s slow \(within 0\.\d s\): beyond 10 s/],
    [-30, "FAIL", /This machine's clock is (30\.[0-5]|29\.[5-9]) s fast/],
  ] as const
) {
  Deno.test(`a clock ${offsetSeconds} s beside the exchange's ends as ${status}`, () =>
    withServer(statusOnly(OPEN, offsetSeconds * 1_000), (rest, ws) =>
      withPatient(async (patient) => {
        [patient.venue, patient.venueWs] = [rest, ws];
        const report = (await patient.examine()).get("clock");
        assert.equal(report?.status, status, JSON.stringify(report));
        assert.match(report.detail, detail);
        if (offsetSeconds !== 0) assert.match(report.remedy ?? "", /NTP/);
      })));
}

Deno.test("a page in place of JSON is found by name: rest", () =>
  withServer(
    () => new Response("<html>Login</html>", { headers: { "content-type": "text/html" } }),
    (rest, ws) =>
      withPatient(async (patient) => {
        [patient.venue, patient.venueWs] = [rest, ws];
        const reports = await patient.examine();
        assert.match(reports.get("rest")?.detail ?? "", /Answer is not as expected at body/);
        assert.match(reports.get("rest")?.remedy ?? "", /ends in \/trade-api\/v2/);
        assert.deepEqual(namesWith(reports, "FAIL"), ["rest"]);
      }),
  ));

Deno.test("a server that never answers is found by name within the time given: rest, websocket", () =>
  withSilence((address) =>
    withPatient(async (patient) => {
      patient.venue = `http://${address}/trade-api/v2`;
      patient.venueWs = `ws://${address}/trade-api/ws/v2`;
      const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]) as CryptoKeyPair;
      const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
      const base64 = btoa(String.fromCharCode(...pkcs8));
      await patient.giveKey("some-key", `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`);
      const reports = await patient.examine({ answerMs: 100 });
      assert.match(reports.get("rest")?.detail ?? "", /No answer to GET \/exchange\/status within 100 ms/);
      assert.match(reports.get("websocket")?.detail ?? "", /No upgrade within 100 ms/);
      assert.deepEqual(namesWith(reports, "FAIL"), ["rest", "websocket"]);
    })
  ));

/** Takes connections and says nothing. */
async function withSilence(test: (address: string) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  try {
    await test(`127.0.0.1:${listener.addr.port}`);
  } finally {
    listener.close();
    await accepting.catch(() => {});
    for (const connection of connections) connection.close();
  }
}

Deno.test("a host name that nobody knows is found by name: dns", () =>
  withPatient(async (patient) => {
    patient.venue = "http://exchange.invalid/trade-api/v2";
    patient.venueWs = "ws://exchange.invalid/trade-api/ws/v2";
    const reports = await patient.examine();
    assert.deepEqual(namesWith(reports, "FAIL"), ["dns"]);
    assert.match(reports.get("dns")?.detail ?? "", /^exchange\.invalid has no address/);
    assert.equal(reports.get("rest")?.detail, "Needs dns, which failed");
  }));

Deno.test("no order is made at the real Kalshi whatever the flags say, and one is at its demo", async () => {
  const checks = ALL_CHECKS.filter(({ name }) => ["configuration", "venue", "test order"].includes(name));
  const orderAt = async (venue: string, env: Record<string, string> = {}) => {
    const request = { configFile: undefined, state: undefined, venue, venueWs: undefined, order: true, env };
    return (await examine(checks, request)).checks.find(({ name }) => name === "test order");
  };
  const real = await orderAt("kalshi");
  assert.equal(real?.status, "SKIP");
  assert.match(real.detail, /^Never made at the real Kalshi/);
  for (const host of ["api.elections.kalshi.com", "TRADING.Kalshi.COM.", "external-api.kalshi.com"]) {
    const at = await orderAt(`https://${host}/trade-api/v2`, { KBOT_VENUE__WS: "ws://127.0.0.1:4/trade-api/ws/v2" });
    assert.match(at?.detail ?? "", /^Never made at the real Kalshi/, host);
  }
  const socketOnly = await orderAt("http://127.0.0.1:4/trade-api/v2", {
    KBOT_VENUE__WS: "wss://external-api-ws.kalshi.com/trade-api/ws/v2",
  });
  assert.match(socketOnly?.detail ?? "", /^Never made at the real Kalshi/);
  // The demo's own keys and markets are wanted then.
  assert.equal((await orderAt("demo"))?.detail, "Needs markets, which was not made");
});
