import assert from "node:assert/strict";
import { type ExchangeOptions, type RunningExchange, startExchange } from "../../venues/exchange/server.ts";
import { ALL_CHECKS } from "./all_checks.ts";
import { examine } from "./doctor.ts";
import { namesWith, type Patient, withPatient, withServer } from "./patient_fixture.ts";
import { OPTIONS } from "./venue_problems_fixture.ts";

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
    const skipped = namesWith(reports, "SKIP").filter((name) => !name.startsWith("feed "));
    assert.deepEqual(skipped, ["page", "trace endpoint", "cluster", "test order"]);
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

/** Nothing but a status, at whatever time. */
const statusOnly = (offsetMs: number) => (request: Request) => {
  if (!request.url.endsWith("/exchange/status")) return new Response("{}", { status: 404 });
  const date = new Date(Date.now() + offsetMs).toUTCString();
  return Response.json({ ...OPEN, exchange_index_statuses: [] }, { headers: { date } });
};

for (
  const [offsetSeconds, status, detail] of [
    [0, "PASS", /This machine's clock agrees \(within 0\.\d s\)/],
    [4, "PASS", /is 4\.\d s slow|is 3\.\d s slow/],
    [-30, "FAIL", /This machine's clock is (30\.[0-5]|29\.[5-9]) s fast/],
  ] as const
) {
  Deno.test(`a clock ${offsetSeconds} s beside the exchange's ends as ${status}`, () =>
    withServer(statusOnly(offsetSeconds * 1_000), (rest, ws) =>
      withPatient(async (patient) => {
        [patient.venue, patient.venueWs] = [rest, ws];
        const report = (await patient.examine()).get("clock");
        assert.equal(report?.status, status, JSON.stringify(report));
        assert.match(report.detail, detail);
        if (offsetSeconds !== 0) assert.match(report.remedy ?? "", /NTP/);
      })));
}

Deno.test("the pairs that come with kbot, which nobody has reviewed, are no failure", () =>
  withServer(statusOnly(0), (rest, ws) =>
    withPatient(async (patient) => {
      [patient.venue, patient.venueWs] = [rest, ws];
      patient.env.KBOT_FEEDS__POLYMARKET__ENABLED = "true";
      const { status, detail } = (await patient.examine()).get("feed polymarket") ?? {};
      assert.deepEqual([status, detail], ["SKIP", "Nobody has reviewed a pair"]);
    })));

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
