import assert from "node:assert/strict";
import type { RawRequest } from "./http_request.ts";
import type { Outcome } from "./order_connection.ts";
import { OrderLine, type OrderLineOptions } from "./order_line.ts";
import { type Peer, RawServer, response } from "./raw_server_fixture.ts";
import { TEST_AUTHORITY } from "./certificate_fixture.ts";
import { NOBODY } from "../scripted_exchange_fixture.ts";
import { openStream, targetOf } from "./stream.ts";

const ORDER: RawRequest = { method: "POST", target: "/orders", headers: { "x-test": "1" }, body: '{"n":1}' };

/** For an answer that comes at once: a busy machine may take its time over it. */
const SOON_MS = 60_000;

interface Parts {
  readonly server: RawServer;
  readonly line: OrderLine;
  readonly troubles: string[];
}

async function withLine(
  serve: (peer: Peer, index: number) => unknown,
  test: (parts: Parts) => Promise<void>,
  { secure = false, ...options }: Partial<OrderLineOptions> & { secure?: boolean } = {},
): Promise<void> {
  const server = new RawServer(serve, secure);
  const troubles: string[] = [];
  const line = new OrderLine({
    origin: server.origin,
    bodyBytesMax: 10_000,
    probe: null,
    onTrouble: (reason) => troubles.push(reason),
    caCerts: [TEST_AUTHORITY],
    jitter: () => 0,
    ...options,
  });
  try {
    await test({ server, line, troubles });
  } finally {
    line.stop();
    await server.stop();
  }
}

async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let round = 0; round < 6_000; round++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`It did not happen within 60 s: ${what}`);
}

/** An outcome in one line: its kind, status and body, or its kind and reason. */
function told(outcome: Outcome): string {
  if (outcome.kind !== "answered") return `${outcome.kind}: ${outcome.reason}`;
  return `${outcome.response.status} ${new TextDecoder().decode(outcome.response.body)}`;
}

const answering = async (peer: Peer): Promise<void> => {
  for (;;) {
    const request = await peer.request().catch(() => null);
    if (request === null) return;
    await peer.send(response(201, JSON.stringify({ seen: request.slice(request.indexOf("\r\n\r\n") + 4) })));
  }
};

for (const secure of [false, true]) {
  const how = secure ? "over TLS" : "over TCP";

  Deno.test(`orders leave one after the other by a warm connection ${how}`, () =>
    withLine(answering, async ({ server, line, troubles }) => {
      line.start();
      await eventually(() => line.ready === 2, "two warm connections");
      for (let round = 0; round < 20; round++) {
        const outcome = await line.send({ ...ORDER, body: `${round}` }, SOON_MS);
        assert.equal(told(outcome), `201 {"seen":"${round}"}`);
      }
      assert.equal(server.peers.length, 2);
      assert.deepEqual(troubles, []);
    }, { secure }));

  Deno.test(`orders at the same time get a connection each, up to eight ${how}`, () =>
    withLine(answering, async ({ line, server }) => {
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, n) => line.send({ ...ORDER, body: `${n}` }, SOON_MS)),
      );
      const answered = outcomes.map(told).filter((each) => each.startsWith("201"));
      assert.deepEqual(answered, Array.from({ length: 8 }, (_, n) => `201 {"seen":"${n}"}`));
      assert.deepEqual(outcomes.map(told).slice(8), Array(4).fill("unsent: all connections are busy"));
      assert.equal(server.peers.length, 8);
    }, { secure }));

  Deno.test(`a connection that closes before the answer leaves the order unknown, and nothing is sent again ${how}`, () =>
    withLine(async (peer) => {
      await peer.request();
      peer.close();
    }, async ({ line, server }) => {
      const outcome = await line.send(ORDER, SOON_MS);
      assert.equal(outcome.kind, "broken", told(outcome));
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(server.peers.length, 1);
    }, { secure }));

  Deno.test(`half an answer leaves the order unknown ${how}`, () =>
    withLine(async (peer) => {
      await peer.request();
      await peer.send("HTTP/1.1 201 Created\r\ncontent-length: 512\r\n\r\n{");
      peer.close();
    }, async ({ line }) => {
      assert.equal((await line.send(ORDER, SOON_MS)).kind, "broken");
    }, { secure }));

  Deno.test(`an idle connection that the server closed is not used again ${how}`, () =>
    withLine(async (peer, index) => {
      if (index > 0) return await answering(peer);
      await peer.request();
      await peer.send(response(200, "first"));
      peer.close();
    }, async ({ line, server }) => {
      assert.equal(told(await line.send(ORDER, SOON_MS)), "200 first");
      await eventually(() => line.ready === 0, "the close is noticed");
      assert.equal(told(await line.send(ORDER, SOON_MS)), '201 {"seen":"{\\"n\\":1}"}');
      assert.equal(server.peers.length, 2);
    }, { secure }));
}

Deno.test("chunks and pieces of a few bytes make the same answer", () =>
  withLine(async (peer) => {
    for (let round = 0; round < 3; round++) {
      await peer.request();
      await peer.sendSlowly(
        "HTTP/1.1 429 Slow\r\ntransfer-encoding: chunked\r\n\r\n4\r\nslow\r\n6\r\n, down\r\n0\r\n\r\n",
        5,
      );
    }
  }, async ({ line, server }) => {
    for (let round = 0; round < 3; round++) assert.equal(told(await line.send(ORDER, SOON_MS)), "429 slow, down");
    assert.equal(server.peers.length, 1);
  }));

Deno.test("an answer that comes too late is never taken for another order's", () =>
  withLine(async (peer, index) => {
    await peer.request();
    if (index > 0) return await peer.send(response(201, "second"));
    await peer.closed();
  }, async ({ line, server }) => {
    const outcome = await line.send(ORDER, 50);
    assert.equal(told(outcome), "timeout: no answer within 50 ms");
    await eventually(() => server.peers.length === 1, "the server has it");
    await server.peers[0].closed();
    assert.equal(told(await line.send(ORDER, SOON_MS)), "201 second");
  }));

Deno.test("bytes that nobody asked for end a connection", () =>
  withLine(async (peer, index) => {
    if (index > 0) return await answering(peer);
    await peer.request();
    await peer.send(response(200, "a") + response(200, "b"));
  }, async ({ line }) => {
    assert.equal(told(await line.send(ORDER, SOON_MS)), "200 a");
    assert.equal(told(await line.send(ORDER, SOON_MS)), '201 {"seen":"{\\"n\\":1}"}');
  }));

Deno.test("what is no answer is told as such, with the status where there was one", () =>
  withLine(async (peer, index) => {
    await peer.request();
    const answers = [
      "<html>\r\n\r\n",
      "HTTP/1.1 500 X\r\ncontent-length: 200000000\r\n\r\n",
      "HTTP/1.1 200 X\r\n\r\n" + "x".repeat(20_000),
    ];
    await peer.send(answers[index]);
  }, async ({ line }) => {
    const outcomes = [
      await line.send(ORDER, SOON_MS),
      await line.send(ORDER, SOON_MS),
      await line.send(ORDER, SOON_MS),
    ];
    assert.deepEqual(outcomes.map((each) => each.kind), ["unreadable", "unreadable", "unreadable"]);
    assert.deepEqual(outcomes.map((each) => each.kind === "unreadable" ? each.status : "?"), [null, 500, 200]);
  }));

Deno.test("a server that says how long it waits is not sent an order in the last second of it", () =>
  withLine(async (peer, index) => {
    await peer.request();
    await peer.send(response(200, `${index}`, "keep-alive: timeout=1"));
    await peer.closed();
  }, async ({ line }) => {
    assert.equal(told(await line.send(ORDER, SOON_MS)), "200 0");
    assert.equal(line.ready, 0);
    assert.equal(told(await line.send(ORDER, SOON_MS)), "200 1");
  }));

Deno.test("nobody listens: unsent at once, told once, and found when there is somebody", async () => {
  const server = new RawServer(answering);
  let isThere = false;
  const troubles: string[] = [];
  const line = new OrderLine({
    origin: server.origin,
    // No port is given up and taken again here: somebody else's test could take it in between.
    open: (target, signal) => openStream(isThere ? target : targetOf(new URL(`http://${NOBODY}`)), signal),
    bodyBytesMax: 1_000,
    probe: null,
    onTrouble: (told) => troubles.push(told),
    jitter: () => 0,
  });
  line.start();
  await eventually(() => troubles.length > 0, "trouble is told");
  assert.match(troubles[0], /No connection of our own for orders to http:\/\/127\.0\.0\.1:\d+ \(.*refused/);
  assert.equal((await line.send(ORDER, SOON_MS)).kind, "unsent");
  isThere = true;
  await eventually(() => line.ready === 2, "connections once somebody listens");
  assert.equal(troubles.length, 1);
  line.stop();
  await server.stop();
});

Deno.test("a certificate of an authority that nobody knows is not accepted", () =>
  withLine(answering, async ({ line }) => {
    const outcome = await line.send(ORDER, SOON_MS);
    assert.equal(outcome.kind, "unsent");
    assert.match(told(outcome), /certificate/);
  }, { secure: true, caCerts: undefined }));

Deno.test("a handshake that never ends is given up", async () => {
  const server = new RawServer();
  const origin = server.origin.replace("http:", "https:");
  const line = new OrderLine({ origin, bodyBytesMax: 1_000, probe: null, onTrouble: () => {} });
  const outcome = await line.send(ORDER, SOON_MS);
  assert.match(told(outcome), /unsent: no connection within \d+ ms/);
  line.stop();
  server.peers[0].close();
  await server.stop();
});

Deno.test("a stop breaks off what is under way and opens nothing more", () =>
  withLine(() => {}, async ({ line, server }) => {
    line.start();
    await eventually(() => line.ready === 2, "two warm connections");
    const sent = line.send(ORDER, SOON_MS);
    line.stop();
    assert.equal(told(await sent), "broken: client is stopped");
    assert.equal(told(await line.send(ORDER, SOON_MS)), "unsent: client is stopped");
    await eventually(
      () => server.peers.length >= 2 && server.peers.every((peer) => peer.ended),
      "everything is closed",
    );
    assert.equal(server.peers.length, 2);
  }));

Deno.test("a connection that is closed while it is idle is replaced before it is needed", () =>
  withLine(answering, async ({ line, server }) => {
    line.start();
    await eventually(() => line.ready === 2 && server.peers.length === 2, "two warm connections");
    for (const peer of server.peers) peer.close();
    await eventually(() => server.peers.length === 4 && line.ready === 2, "two new ones");
  }));

Deno.test("an idle connection is kept alive by a question before the server gives it up", () =>
  withLine(async (peer) => {
    for (;;) {
      const request = await peer.request().catch(() => null);
      if (request === null) return;
      probes.push(request.split("\r\n", 1)[0]);
      await peer.send(response(200, "{}", "keep-alive: timeout=4"));
    }
  }, async ({ line, server }) => {
    probes.length = 0;
    assert.equal(told(await line.send(ORDER, SOON_MS)), "200 {}");
    line.start();
    await eventually(() => probes.length >= 2, "a question");
    assert.deepEqual(probes.slice(0, 2), ["POST /orders HTTP/1.1", "GET /status HTTP/1.1"]);
    await eventually(() => line.ready === 2, "both are ready");
    assert.equal(server.peers.length, 2);
  }, { probe: "/status" }));

const probes: string[] = [];
