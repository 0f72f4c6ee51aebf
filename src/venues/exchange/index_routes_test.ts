import assert from "node:assert/strict";
import { micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { DEFAULT_START } from "./exchange.ts";
import { type RunningExchange, startExchange } from "./server.ts";
import { TestClient } from "./client_fixture.ts";

interface Tick {
  readonly value: string;
  readonly time: number;
}

const START_SECOND = DEFAULT_START / MICROS_PER_SECOND;
const VALUES = "/cfbenchmarks/values";
const HISTORY = "/cfbenchmarks/history/values";

async function withExchange(
  faults: readonly string[],
  test: (exchange: RunningExchange, client: TestClient) => Promise<void>,
): Promise<void> {
  const exchange = await startExchange({ port: 0, seed: 5, speed: 1, faults, mode: "stepped", keyDirectory: null });
  const client = new TestClient(exchange.info, {
    keyId: exchange.info.key_id,
    pem: exchange.privateKeyPem,
    kind: "rsa",
  });
  try {
    await test(exchange, client);
  } finally {
    client.close();
    await exchange.stop();
  }
}

Deno.test("an index' values of the last hour are there from the first moment, second by second", async () => {
  await withExchange([], async ({ exchange }, client) => {
    for (const id of ["BRTI", "ETHUSD_RTI"] as const) {
      const { status, body } = await client.get(`${VALUES}?id=${id}`);
      assert.equal(status, 200);
      assert.equal(body.data.serverTime, "2026-10-06T13:58:00.000Z");
      const ticks: Tick[] = body.data.payload;
      assert.equal(ticks.length, 3_600);
      ticks.forEach(({ time }, k) => assert.equal(time, (START_SECOND - 3_600 + k) * 1_000));
      for (const { time, value } of ticks) assert.equal(value, exchange.index.value(id, time / 1_000).toFixed(2));
    }
  });
});

Deno.test("a value is told from the moment on at which the feed tells it, not before", async () => {
  await withExchange([], async (exchange, client) => {
    const newest = async (milliseconds: number) => {
      exchange.advance(micros(DEFAULT_START + milliseconds * 1_000));
      const { body } = await client.get(`${VALUES}?id=BRTI`);
      return body.data.payload.at(-1).time / 1_000 - START_SECOND;
    };
    assert.deepEqual([await newest(74), await newest(75), await newest(1_074), await newest(1_075)], [-1, 0, 0, 1]);
  });
});

Deno.test("asking for values of the past leaves the values to come as they are", async () => {
  const later: number[] = [];
  for (const asks of [false, true]) {
    await withExchange([], async (exchange, client) => {
      if (asks) await client.get(`${VALUES}?id=BRTI`);
      exchange.advance(micros(DEFAULT_START + 100 * MICROS_PER_SECOND));
      later.push(exchange.exchange.index.value("BRTI", START_SECOND + 100));
    });
  }
  assert.equal(later[0], later[1]);
});

Deno.test("the history of an hour has the same whole seconds and points between them", async () => {
  await withExchange([], async ({ exchange }, client) => {
    const { status, body } = await client.get(`${HISTORY}?id=BRTI&timespan=HOUR&timestamp=2026-10-06T13:00:00.000Z`);
    assert.equal(status, 200);
    const ticks: Tick[] = body.data.payload;
    const whole = ticks.filter(({ time }) => time % 1_000 === 0);
    const hour = Date.parse("2026-10-06T13:00:00Z") / 1_000;
    assert.equal(whole.length, 58 * 60, "what is not published yet is missing");
    assert.equal(ticks.length, 2 * whole.length - 1);
    whole.forEach(({ time, value }, k) => {
      assert.equal(time, (hour + k) * 1_000);
      assert.equal(value, exchange.index.value("BRTI", hour + k).toFixed(2));
    });
  });
});

const REFUSED: readonly [what: string, path: string, status: number, code: string][] = [
  ["an unknown index", `${VALUES}?id=DOGE`, 404, "not_found"],
  ["no index", VALUES, 400, "bad_request"],
  ["an unknown index' history", `${HISTORY}?id=X&timespan=HOUR&timestamp=2026-10-06T13:00:00Z`, 404, "not_found"],
  ["another span", `${HISTORY}?id=BRTI&timespan=MINUTE&timestamp=2026-10-06T13:00:00Z`, 400, "bad_request"],
  [
    "a time that is no full hour",
    `${HISTORY}?id=BRTI&timespan=HOUR&timestamp=2026-10-06T13:30:00Z`,
    400,
    "bad_request",
  ],
  ["a time that is none", `${HISTORY}?id=BRTI&timespan=HOUR&timestamp=noon`, 400, "bad_request"],
  ["a path that nothing is relayed to", "/cfbenchmarks/secrets", 404, "not_found"],
];

Deno.test("what cannot be relayed is refused in the exchange's words", async () => {
  await withExchange([], async (exchange, client) => {
    for (const [what, path, status, code] of REFUSED) {
      const answer = await client.get(path);
      assert.deepEqual([answer.status, answer.body.error?.code ?? answer.body.code], [status, code], what);
      exchange.advance(micros(exchange.now() + MICROS_PER_SECOND));
    }
  });
});

Deno.test("past values need a signature, and under no-index-history an entitlement that the account lacks", async () => {
  await withExchange(["no-index-history"], async (exchange, client) => {
    const unsigned = await fetch(`${exchange.info.rest}${VALUES}?id=BRTI`);
    assert.equal(unsigned.status, 401);
    await unsigned.body?.cancel();
    for (const path of [`${VALUES}?id=BRTI`, `${HISTORY}?id=BRTI&timespan=HOUR&timestamp=2026-10-06T13:00:00Z`]) {
      const answer = await client.get(path);
      assert.deepEqual([answer.status, answer.body.error.code], [403, "permission_denied"]);
    }
    assert.equal((await client.get("/portfolio/balance")).status, 200);
  });
});

Deno.test("under no-official-index past values are not to be had, until it is over", async () => {
  await withExchange(["no-official-index"], async (exchange, client) => {
    const answer = await client.get(`${VALUES}?id=BRTI`);
    assert.deepEqual([answer.status, answer.body.error.code], [503, "service_unavailable"]);
    exchange.setFault("no-official-index", false);
    exchange.advance(micros(exchange.now() + MICROS_PER_SECOND));
    assert.equal((await client.get(`${VALUES}?id=BRTI`)).status, 200);
  });
});

Deno.test("a relayed request costs 50 read tokens, as the list of costs says", async () => {
  await withExchange([], async (_exchange, client) => {
    const costs = (await client.get("/account/endpoint_costs")).body.endpoint_costs;
    for (const path of [VALUES, HISTORY]) {
      assert.ok(costs.some((row: { path: string; cost: number }) => row.path.endsWith(path) && row.cost === 50), path);
    }
    // The bucket holds 900; one default request of 10 is spent already.
    const statuses: number[] = [];
    for (let k = 0; k < 18; k++) statuses.push((await client.get(`${VALUES}?id=BRTI`)).status);
    assert.deepEqual(statuses.map((status) => status === 200), [...Array(17).fill(true), false]);
    assert.equal((await client.get("/portfolio/balance")).status, 200, "40 tokens are left");
  });
});
