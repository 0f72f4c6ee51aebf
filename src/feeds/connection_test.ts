import assert from "node:assert/strict";
import { Connection, type ConnectionOptions } from "./connection.ts";
import {
  closeQuietly,
  later,
  RawPeer,
  type ScriptedContext,
  scriptedContext,
  ScriptedSource,
  until,
} from "./scripted_source_fixture.ts";

interface Parts {
  readonly source: ScriptedSource;
  readonly connection: Connection;
  readonly events: string[];
  readonly scripted: ScriptedContext;
}

function connect(url: string, changes: Partial<ConnectionOptions> = {}, lockstep = false) {
  const scripted = scriptedContext({ lockstep });
  const events: string[] = [];
  const connection = new Connection({
    name: "test",
    context: scripted.context,
    url: () => url,
    subscriptions: () => ["subscribe one", "subscribe two"],
    ping: null,
    silenceSeconds: 30,
    onOpen: () => events.push("open"),
    onText: (text) => events.push(`text ${text.slice(0, 40)}`),
    onDown: (wasOpen, detail, isNews) => events.push(`down ${wasOpen} ${detail}${isNews ? "" : ", as before"}`),
    ...changes,
  });
  return { connection, events, scripted };
}

async function withSource(
  test: (parts: Parts) => Promise<void>,
  changes: Partial<ConnectionOptions> = {},
  lockstep = false,
): Promise<void> {
  const source = new ScriptedSource();
  const parts = { source, ...connect(source.ws, changes, lockstep) };
  try {
    parts.connection.start();
    await test(parts);
  } finally {
    await parts.connection.stop();
    await source.stop();
  }
}

/** Sockets of a dead peer are left to the system by design, so the runner would see them as leaks. */
const leavesSockets = { sanitizeOps: false, sanitizeResources: false };

const isIn = (events: readonly string[], wanted: string) => () => events.some((event) => event.includes(wanted));

Deno.test("subscriptions are sent in order whenever the connection opens, the third time too", () =>
  withSource(async ({ source, connection, events, scripted }) => {
    for (let round = 1; round <= 3; round++) {
      await until(() => source.received.length === 2 * round, `subscriptions of connection ${round}`);
      assert.deepEqual(source.received.slice(-2), ["subscribe one", "subscribe two"]);
      source.send(`hello ${round}`);
      await until(isIn(events, `text hello ${round}`), "a text");
      if (round === 3) break;
      source.closeSockets(1012, "service restart");
      await until(() => !connection.up, "the loss");
      assert.match(
        events.at(-1) ?? "",
        /^down true Cannot reach ws:\S+ \(closed with code 1012 \(service restart\)\): retrying in \d s$/,
      );
      scripted.context.clock.advanceTo(later(10 * round));
    }
    assert.equal(connection.reconnects, 2);
    assert.equal(connection.framesReceived, 3);
    assert.equal(connection.trouble, null);
    assert.deepEqual(scripted.raw, ["test hello 1", "test hello 2", "test hello 3"]);
  }));

Deno.test("a connection that is lost soon after it opened is tried less and less often", () =>
  withSource(async ({ source, connection, events, scripted }) => {
    let now = 0;
    for (const wait of [1, 1, 2, 4, 8]) {
      await until(() => source.sockets === 1 && connection.up, "a connection");
      source.closeSockets();
      await until(() => !connection.up, "the loss");
      assert.ok(events.at(-1)?.endsWith(`retrying in ${wait} s`), events.at(-1));
      now += wait;
      scripted.context.clock.advanceTo(later(now));
    }
  }));

Deno.test("a connection that was up for a minute starts the backoff anew", () =>
  withSource(async ({ source, connection, events, scripted }) => {
    for (let round = 0; round < 3; round++) {
      await until(() => source.sockets === 1 && connection.up, "a connection");
      for (let at = 1; at <= 4; at++) {
        source.send("still there");
        await until(() => connection.framesReceived === round * 4 + at, "a text");
        scripted.context.clock.advanceTo(later(round * 100 + at * 20));
      }
      source.closeSockets();
      await until(() => !connection.up, "the loss");
      assert.ok(events.at(-1)?.endsWith("retrying in 1 s"), events.at(-1));
      scripted.context.clock.advanceTo(later((round + 1) * 100));
    }
  }));

Deno.test("silence means a dead connection, and another is opened", () =>
  withSource(async ({ source, connection, events, scripted }) => {
    await until(() => source.sockets === 1 && connection.up, "a connection");
    scripted.context.clock.advanceTo(later(29));
    source.send("a sign of life");
    await until(isIn(events, "a sign of life"), "a text");
    scripted.context.clock.advanceTo(later(58));
    assert.equal(connection.up, true);
    scripted.context.clock.advanceTo(later(60));
    assert.match(events.at(-1) ?? "", /nothing was heard for 3\d s/);
    scripted.context.clock.advanceTo(later(62));
    await until(() => source.received.length === 4, "new subscriptions");
  }));

Deno.test("in lockstep silence means nothing", () =>
  withSource(
    async ({ source, connection, scripted }) => {
      await until(() => source.sockets === 1 && connection.up, "a connection");
      scripted.context.clock.advanceTo(later(10_000));
      assert.equal(connection.up, true);
    },
    {},
    true,
  ));

Deno.test("in lockstep what is on its way when a connection is given up is counted, and heard by nobody", () =>
  withSource(
    async ({ source, connection, events, scripted }) => {
      await until(() => source.received.length === 2, "subscriptions");
      source.send("one");
      await until(() => connection.framesReceived === 1, "a text");
      connection.drop("enough");
      source.send("two");
      source.send("three");
      await until(() => connection.framesReceived === 3, "the texts on their way");
      assert.equal(source.sockets, 1);
      scripted.context.clock.advanceTo(later(0.1));
      await connection.idle();
      await until(() => source.sockets === 0, "the end of the connection");
      assert.deepEqual(events.filter((event) => event.startsWith("text")), ["text one"]);
      scripted.context.clock.advanceTo(later(2));
      await connection.idle();
      await until(() => source.received.length === 4, "new subscriptions");
    },
    {},
    true,
  ));

Deno.test("in lockstep time waits for answers to what was sent, but not for ever", () =>
  withSource(
    async ({ source, connection, scripted }) => {
      await until(() => source.received.length === 2, "subscriptions");
      let idle = false;
      const whenIdle = connection.idle().then(() => idle = true);
      source.send("first answer");
      await until(() => connection.framesReceived === 1, "an answer");
      assert.equal(idle, false);
      source.send("second answer");
      await whenIdle;
      assert.equal(connection.framesReceived, 2);
      connection.send("nobody answers");
      await connection.idle();
      assert.equal(source.received.length, 2);
      scripted.context.clock.advanceTo(later(0.1));
      await connection.idle();
      assert.deepEqual(source.received.slice(2), ["nobody answers"]);
      assert.equal(connection.framesReceived, 2);
    },
    {},
    true,
  ));

Deno.test("pings go out on time, on the second connection too", () =>
  withSource(
    async ({ source, connection, scripted }) => {
      await until(() => source.received.length === 2, "subscriptions");
      scripted.context.clock.advanceTo(later(5));
      scripted.context.clock.advanceTo(later(10));
      await until(() => source.received.length === 4, "two pings");
      source.closeSockets();
      await until(() => !connection.up, "the loss");
      scripted.context.clock.advanceTo(later(12));
      await until(() => source.received.length === 6, "subscriptions again");
      scripted.context.clock.advanceTo(later(17));
      await until(() => source.received.length === 7, "a ping again");
      assert.deepEqual(source.received.filter((text) => text === "ping!").length, 3);
    },
    { ping: { everySeconds: 5, text: "ping!" } },
  ));

Deno.test("a text that is too long ends the connection and is handed to nobody", () =>
  withSource(
    async ({ source, connection, events, scripted }) => {
      await until(() => source.sockets === 1 && connection.up, "a connection");
      source.send("x".repeat(1_001));
      await until(isIn(events, "a message is longer than 1000 characters"), "the loss");
      assert.deepEqual(scripted.raw, []);
      assert.equal(connection.framesReceived, 1);
    },
    { textLengthMax: 1_000 },
  ));

Deno.test("bytes are no texts and are passed over", () =>
  withSource(async ({ source, connection, events }) => {
    await until(() => source.sockets === 1 && connection.up, "a connection");
    source.sendBytes(new Uint8Array(10));
    source.send("a text");
    await until(isIn(events, "text a text"), "the text");
    assert.equal(connection.framesReceived, 1);
  }));

Deno.test("a refused upgrade says its status and is tried again", () =>
  withSource(async ({ source, connection, events, scripted }) => {
    await until(() => source.sockets === 1 && connection.up, "a connection");
    source.refuseUpgrade = 403;
    source.closeSockets();
    await until(() => !connection.up, "the loss");
    scripted.context.clock.advanceTo(later(2));
    await until(isIn(events, "down false Cannot reach"), "the refusal");
    assert.match(events.at(-1) ?? "", /403/);
    source.refuseUpgrade = null;
    scripted.context.clock.advanceTo(later(4));
    await until(() => connection.up, "a connection again");
  }));

Deno.test("an address that is none is trouble in words, not a crash", async () => {
  const { connection, events } = connect("not an address");
  connection.start();
  assert.match(events[0], /^down false Cannot reach not an address \(.+\): retrying in 1 s$/);
  await connection.stop();
});

Deno.test("nobody listens: the reason is told, and once only while it stays the same", async () => {
  const { connection, events, scripted } = connect("ws://127.0.0.1:1/");
  connection.start();
  await until(() => events.length === 1, "the loss");
  assert.match(events[0], /^down false Cannot reach ws:\/\/127\.0\.0\.1:1 \(.+\): retrying in 1 s$/);
  scripted.context.clock.advanceTo(later(2));
  await until(() => events.length === 2, "the second loss");
  assert.match(events[1], /retrying in \d+ s, as before$/);
  await connection.stop();
});

Deno.test("a peer that closes during the handshake is tried again", async () => {
  let seen = 0;
  const peer = new RawPeer((socket) => {
    seen++;
    closeQuietly(socket);
    return Promise.resolve();
  });
  const { connection, events, scripted } = connect(peer.ws);
  try {
    connection.start();
    await until(isIn(events, "down false"), "the loss");
    scripted.context.clock.advanceTo(later(2));
    await until(() => seen === 2, "another attempt");
  } finally {
    await connection.stop();
    peer.stop();
  }
});

Deno.test("a peer that never answers the handshake is given up", leavesSockets, async () => {
  const peer = new RawPeer(() => Promise.resolve());
  const { connection, events } = connect(peer.ws, { handshakeTimeoutMs: 50 });
  try {
    connection.start();
    await until(isIn(events, "no connection within 50 ms"), "the loss");
  } finally {
    await connection.stop();
    peer.stop();
  }
});

Deno.test("in lockstep time does not wait for ever for a dead peer to hang up", leavesSockets, async () => {
  const peer = new RawPeer((_socket, upgrade) => upgrade());
  const { connection, scripted } = connect(peer.ws, { subscriptions: () => [] }, true);
  try {
    connection.start();
    await until(() => connection.up, "a connection");
    connection.drop("enough");
    scripted.context.clock.advanceTo(later(0.1));
    await connection.idle();
    assert.equal(connection.up, false);
  } finally {
    await connection.stop();
    peer.stop();
  }
});

Deno.test("half a frame and then nothing is silence, half a frame and an end is a loss", leavesSockets, async () => {
  /** A text of 100 bytes is announced, three come. */
  const half = new Uint8Array([0x81, 100, 0x7b, 0x22, 0x61]);
  let seen = 0;
  const peer = new RawPeer(async (socket, upgrade) => {
    await upgrade();
    await socket.write(half);
    if (++seen === 2) closeQuietly(socket);
  });
  const { connection, events, scripted } = connect(peer.ws);
  try {
    connection.start();
    await until(() => connection.up, "a connection");
    scripted.context.clock.advanceTo(later(31));
    assert.match(events.at(-1) ?? "", /nothing was heard for 3\d s/);
    scripted.context.clock.advanceTo(later(33));
    await until(() => events.filter((event) => event.startsWith("down")).length === 2, "the second loss");
    assert.equal(connection.framesReceived, 0);
    assert.deepEqual(scripted.raw, []);
  } finally {
    await connection.stop();
    peer.stop();
  }
});

Deno.test("after a stop nothing more is heard and nothing more is tried", async () => {
  const source = new ScriptedSource();
  const { connection, events, scripted } = connect(source.ws);
  connection.start();
  await until(() => source.sockets === 1 && connection.up, "a connection");
  await connection.stop();
  events.length = 0;
  scripted.context.clock.advanceTo(later(1_000));
  connection.start();
  assert.equal(connection.send("late"), false);
  await source.stop();
  assert.deepEqual(events, []);
});
