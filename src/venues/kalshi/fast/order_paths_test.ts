import assert from "node:assert/strict";
import { WallClock } from "../../../ops/clock.ts";
import { startExchange } from "../../exchange/server.ts";
import type { ApiResult } from "../failure.ts";
import { createSigner } from "../signer.ts";
import { type HttpRequest, ORDERS_PATH, Transport } from "../transport.ts";
import { type Peer, RawServer, response } from "./raw_server_fixture.ts";

type Path = "fetch" | "own connection";

const DEEP = { refillPerSecond: 1_000_000, capacity: 1_000_000 };
const SEED = 5;

/** Sends everything by one of the two ways to an exchange of its own that behaves the same each time. */
async function byExchange(path: Path, faults: readonly string[]): Promise<string[]> {
  const exchange = await startExchange({ port: 0, seed: SEED, speed: 1, faults, mode: "stepped", keyDirectory: null });
  const transport = new Transport({
    base: exchange.info.rest,
    signer: await createSigner(exchange.info.key_id, exchange.privateKeyPem),
    // Pauses after 429 pass a thousand times as fast.
    clock: new WallClock(undefined, 1_000),
    // Nothing is dropped for having waited, however busy the machine is meanwhile.
    orderWaitMs: 60_000_000,
    signAheadMs: 1_000,
    fastOrders: path === "fetch" ? undefined : { probe: false },
  });
  transport.resize(DEEP, DEEP);
  transport.start();
  try {
    return await tour(transport, new URL(exchange.info.rest).host);
  } finally {
    transport.stop();
    await exchange.stop();
  }
}

/** Good orders, every kind of bad one, cancels and batches: what the exchange said to each. */
async function tour(transport: Transport, host: string): Promise<string[]> {
  const said: string[] = [];
  const note = (result: ApiResult<string>): string => {
    // Ids and ports differ from run to run; nothing else may.
    const text = JSON.stringify(result).replaceAll(host, "HOST").replaceAll(/[0-9a-f-]{36}/g, "ID");
    said.push(result.ok || result.failure.kind !== "network" ? text : `network: ${text.includes("HOST")}`);
    return result.ok ? result.value : "";
  };
  const read = { cost: 10, urgency: "read" } as const;
  const markets = await transport.send({ method: "GET", path: "/markets?status=open&limit=1", ...read });
  assert.ok(markets.ok);
  const { ticker, exchange_index: shard } = JSON.parse(markets.value).markets[0];
  const create = (changes: Readonly<Record<string, unknown>>): HttpRequest => ({
    method: "POST",
    path: ORDERS_PATH,
    body: {
      ticker,
      side: "bid",
      count: "1.00",
      price: "0.0100",
      time_in_force: "good_till_canceled",
      self_trade_prevention_type: "taker_at_cross",
      ...changes,
    },
    cost: 10,
    urgency: "order",
  });
  const cancel = (id: string): HttpRequest => ({
    method: "DELETE",
    path: `${ORDERS_PATH}/${id}?exchange_index=${shard}&market_ticker=${ticker}`,
    cost: 2,
    urgency: "cancel",
  });
  const ids: string[] = [];
  for (let n = 0; n < 12; n++) {
    const text = note(await transport.send(create({ client_order_id: `o-${n}`, price: `0.0${n % 4 + 1}00` })));
    const id = text === "" ? undefined : JSON.parse(text).order_id;
    if (typeof id === "string") ids.push(id);
  }
  for (
    const bad of [
      { client_order_id: "o-1" },
      { client_order_id: "b-1", price: "0.01005" },
      { client_order_id: "b-2", count: "0.00" },
      { client_order_id: "b-3", ticker: "KXNONE-26SEP251500-00" },
      { client_order_id: "b-4", count: 7 },
      { client_order_id: "b-5", side: "sideways" },
      { client_order_id: "b-6é€" },
    ]
  ) note(await transport.send(create(bad)));
  for (const id of ids.slice(0, 4)) note(await transport.send(cancel(id)));
  note(await transport.send(cancel(ids[0] ?? "none")));
  note(await transport.send(cancel("11111111-2222-3333-4444-555555555555")));
  const orders = [create({ client_order_id: "c-1" }).body, create({ client_order_id: "c-2", count: "0.00" }).body];
  note(await transport.send({ ...create({}), path: `${ORDERS_PATH}/batched`, body: { orders } }));
  note(await transport.send({ ...cancel(""), path: ORDERS_PATH }));
  return said;
}

for (const faults of [[], ["accept-then-timeout"], ["accept-then-503"], ["rate-429"], ["cash-on-shard-0"]]) {
  Deno.test(`both ways to send get the same answers from the exchange (${faults[0] ?? "no fault"})`, async () => {
    const [reference, own] = [await byExchange("fetch", faults), await byExchange("own connection", faults)];
    assert.ok(reference.some((each) => each.startsWith('{"ok":true')), reference.join("\n"));
    assert.deepEqual(own, reference);
  });
}

/** One POST to a server that misbehaves in some way. */
async function byServer(
  path: Path,
  serve: (peer: Peer) => unknown,
  timeoutMs: number,
): Promise<{ told: string; posts: number }> {
  let posts = 0;
  const arrived = Promise.withResolvers<void>();
  const server = new RawServer(async (peer) => {
    for (;;) {
      const request = await peer.request().catch(() => null);
      if (request === null) return;
      if (request.startsWith("POST")) posts++;
      arrived.resolve();
      await serve(peer);
    }
  });
  const transport = new Transport({
    base: `${server.origin}/trade-api/v2`,
    signer: { keyId: "k", headers: () => Promise.resolve({}) },
    clock: new WallClock(),
    timeoutMs,
    bodyBytesMax: 5_000,
    fastOrders: path === "fetch" ? undefined : { probe: false },
  });
  transport.start();
  const body = { ticker: "T" };
  const result = await transport.send({ method: "POST", path: ORDERS_PATH, body, cost: 10, urgency: "order" });
  // It was handed to the kernel before its time began, and may be read after that is over.
  if (path === "own connection") await arrived.promise;
  transport.stop();
  await server.stop();
  // The words of a broken connection are the system's own.
  const told = !result.ok && result.failure.kind === "network" ? "network" : JSON.stringify(result);
  return { told, posts };
}

const SERVERS: readonly (readonly [name: string, serve: (peer: Peer) => unknown, told: RegExp])[] = [
  [
    "an answer in one piece",
    (peer) => peer.send(response(201, '{"a":"\u00c3\u00a9"}')),
    /^\{"ok":true,"value":"\{\\"a\\":\\"é/,
  ],
  ["an answer byte by byte", (peer) => peer.sendSlowly(response(201, "{}"), 1), /"ok":true/],
  [
    "an answer in chunks, slowly",
    (peer) =>
      peer.sendSlowly(
        'HTTP/1.1 400 X\r\ntransfer-encoding: chunked\r\n\r\n6\r\n{"msg"\r\n5\r\n:"no"\r\n1\r\n}\r\n0\r\n\r\n',
        7,
      ),
    /"kind":"http","status":400,"code":"bad_request","message":"no"/,
  ],
  ["204 without a body", (peer) => peer.send("HTTP/1.1 204 X\r\n\r\n"), /^\{"ok":true,"value":""\}$/],
  ["a page instead of JSON", (peer) => peer.send(response(502, "<html>")), /"kind":"http","status":502/],
  ["no answer in time", () => {}, /"kind":"timeout"/],
  [
    "half an answer and then nothing",
    (peer) => peer.send("HTTP/1.1 201 X\r\ncontent-length: 9\r\n\r\n{"),
    /"kind":"timeout"/,
  ],
  ["a connection that breaks", (peer) => peer.close(), /network/],
  [
    "a body that never ends",
    (peer) => peer.send("HTTP/1.1 200 X\r\n\r\n" + "x".repeat(9_000)),
    /"unreadable".*5000 bytes/,
  ],
  [
    "an error whose words never end",
    (peer) => peer.send("HTTP/1.1 500 X\r\n\r\n" + "x".repeat(9_000)),
    /"http","status":500/,
  ],
  ["a redirect", (peer) => peer.send(response(307, "", "location: /elsewhere")), /network/],
  ["no HTTP at all", (peer) => peer.send("SSH-2.0-x\r\n\r\n"), /network/],
];

for (const [name, serve, expected] of SERVERS) {
  Deno.test(`both ways to send say the same of ${name}`, async () => {
    // Long where an answer comes: a busy machine takes its time over it.
    const timeoutMs = expected.source.includes("timeout") ? 300 : 60_000;
    const reference = await byServer("fetch", serve, timeoutMs);
    const own = await byServer("own connection", serve, timeoutMs);
    assert.match(own.told, expected);
    assert.equal(own.told, reference.told);
    assert.equal(own.posts, 1, "sent once");
  });
}

Deno.test("without a connection of our own an order still leaves, by fetch", async () => {
  const server = new RawServer(async (peer) => {
    await peer.request();
    await peer.send(response(201, "{}"));
  });
  const { origin } = server;
  const open = Deno.connect;
  // A port where nobody listens is where our own connection goes; fetch has an address of its own.
  const troubles: string[] = [];
  const transport = new Transport({
    base: `${origin}/trade-api/v2`,
    signer: { keyId: "k", headers: () => Promise.resolve({}) },
    clock: new WallClock(),
    fastOrders: { probe: false },
    onTrouble: (reason) => troubles.push(reason),
  });
  Deno.connect = (() => Promise.reject(new Error("no route"))) as unknown as typeof Deno.connect;
  try {
    transport.start();
    const body = { ticker: "T" };
    const result = await transport.send({ method: "POST", path: ORDERS_PATH, body, cost: 10, urgency: "order" });
    assert.deepEqual(result, { ok: true, value: "{}" });
    assert.deepEqual(troubles, [`No connection of our own for orders to ${origin} (no route)`]);
  } finally {
    Deno.connect = open;
    transport.stop();
    await server.stop();
  }
});
