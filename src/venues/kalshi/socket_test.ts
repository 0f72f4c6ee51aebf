import assert from "node:assert/strict";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { ScriptedExchange } from "./scripted_exchange_fixture.ts";
import type { Signer } from "./signer.ts";
import { KalshiSocket } from "./socket.ts";

const START = 1_790_000_000_000_000 as Micros;
const later = (seconds: number): Micros => (START + seconds * MICROS_PER_SECOND) as Micros;

/** A clock whose time can go on without anything happening in it, as it does for a process that is stopped. */
class StandingClock extends SteppedClock {
  #missed = 0;

  override now(): Micros {
    return (super.now() + this.#missed) as Micros;
  }

  standStill(seconds: number): void {
    this.#missed += seconds * MICROS_PER_SECOND;
  }
}

/** Both clients that the socket can use: what it makes of them is the same. */
type Client = "ws" | "our own";
const CLIENTS: readonly Client[] = ["ws", "our own"];

async function withSocket(
  client: Client,
  test: (parts: {
    exchange: ScriptedExchange;
    socket: KalshiSocket;
    clock: StandingClock;
    signed: string[];
    until: (event: string) => Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const exchange = await new ScriptedExchange().start();
  const clock = new StandingClock(START);
  const events: string[] = [];
  const signed: string[] = [];
  const signer: Signer = {
    keyId: "k",
    headers: (method, path) => {
      signed.push(`${method} ${path}`);
      return Promise.resolve({});
    },
  };
  const socket = new KalshiSocket({
    url: exchange.ws,
    signer,
    timers: clock,
    watchdog: true,
    jitter: () => 0,
    attempt: (job) => void job(),
    onOpen: (connection) => events.push(`open ${connection}`),
    onText: (text) => events.push(`text ${text}`),
    bytes: client === "ws" ? undefined : {
      message: (bytes) => events.push(`text ${new TextDecoder().decode(bytes)}`),
      isKnownAscii: () => false,
    },
    onDown: (connection, _wasOpen, detail) => events.push(`down ${connection} ${detail}`),
  });
  const until = async (event: string) => {
    for (let round = 0; round < 6_000; round++) {
      const found = events.findIndex((seen) => seen.includes(event));
      if (found >= 0) return void events.splice(0, found + 1);
      await new Promise((look) => setTimeout(look, 10));
    }
    assert.fail(`No "${event}", but: ${events.join("; ")}`);
  };
  try {
    socket.start();
    await test({ exchange, socket, clock, signed, until });
  } finally {
    await socket.stop();
    await exchange.stop();
  }
}

for (const client of CLIENTS) {
  Deno.test(`the upgrade is signed as GET of the socket's path (${client})`, () =>
    withSocket(client, async ({ signed, until }) => {
      await until("open 1");
      assert.deepEqual(signed, ["GET /trade-api/ws/v2"]);
    }));

  Deno.test(`silence of more than 25 seconds means a dead connection, and another is opened (${client})`, () =>
    withSocket(client, async ({ exchange, clock, until, socket }) => {
      await until("open 1");
      clock.advanceTo(later(24));
      exchange.send("still there");
      await until("text still there");
      clock.advanceTo(later(45));
      assert.equal(socket.connected, true);
      clock.advanceTo(later(60));
      await until("nothing was heard for");
      assert.equal(socket.connected, false);
      clock.advanceTo(later(70));
      await until("open 2");
    }));

  Deno.test(`what waited while this process stood still is not read, and another connection is opened (${client})`, () =>
    withSocket(client, async ({ exchange, clock, until, socket }) => {
      await until("open 1");
      clock.standStill(2.9);
      exchange.send("of just now");
      await until("text of just now");
      clock.advanceTo(later(1));
      clock.standStill(3.1);
      exchange.send("of long ago");
      await until("down 1");
      assert.equal(socket.framesReceived, 1);
      clock.advanceTo(later(3));
      await until("open 2");
      exchange.send("new");
      await until("text new");
    }));

  Deno.test(`that this process stood still is noticed without any frame, too (${client})`, () =>
    withSocket(client, async ({ clock, until }) => {
      await until("open 1");
      clock.standStill(3.1);
      clock.advanceTo(later(1));
      await until("this process stood still for 4 s");
    }));

  Deno.test(`and whoever is about to go by what it told gives it up first (${client})`, () =>
    withSocket(client, async ({ clock, until, socket }) => {
      socket.beat();
      await until("open 1");
      socket.beat();
      assert.equal(socket.connected, true);
      clock.standStill(3.1);
      socket.beat();
      assert.equal(socket.connected, false);
      await until("down 1");
    }));

  Deno.test(`texts are counted over all connections (${client})`, () =>
    withSocket(client, async ({ exchange, clock, socket, until }) => {
      await until("open 1");
      exchange.send("a");
      await until("text a");
      exchange.dropSockets();
      await until("down 1");
      clock.advanceTo(later(2));
      await until("open 2");
      exchange.send("b");
      await until("text b");
      assert.equal(socket.framesReceived, 2);
    }));

  Deno.test(`a message longer than the exchange's limit ends the connection instead of filling the memory (${client})`, () =>
    withSocket(client, async ({ exchange, until }) => {
      await until("open 1");
      exchange.send("x".repeat(64 * 1024 * 1024 + 1));
      await until(client === "ws" ? "Max payload size exceeded" : "Message is longer than 67108864 bytes");
    }));

  Deno.test(`nothing is sent without a connection (${client})`, () =>
    withSocket(client, async ({ exchange, socket, until }) => {
      await until("open 1");
      assert.equal(socket.send('{"id":1,"cmd":"x","params":{}}'), true);
      exchange.dropSockets();
      await until("down 1");
      assert.equal(socket.send("{}"), false);
    }));
}

/** Refuses whoever asks, and goes on with its reasons for ever: slowly, or as fast as they are taken. */
async function withEndlessRefusal(slowly: boolean, test: (url: string) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const words = new TextEncoder().encode(slowly ? "1\r\nx\r\n" : `1000\r\n${"x".repeat(4_096)}\r\n`);
  const refuse = async (connection: Deno.Conn): Promise<void> => {
    try {
      await connection.read(new Uint8Array(4_096));
      const head = "HTTP/1.1 503 Service Unavailable\r\ntransfer-encoding: chunked\r\n\r\n";
      await connection.write(new TextEncoder().encode(head));
      for (;;) {
        await connection.write(words);
        await new Promise((pause) => setTimeout(pause, slowly ? 50 : 0));
      }
    } catch {
      // The client has gone.
    }
  };
  const serving = (async () => {
    for await (const connection of listener) {
      connections.push(connection);
      void refuse(connection);
    }
  })();
  try {
    await test(`ws://127.0.0.1:${listener.addr.port}/trade-api/ws/v2`);
  } finally {
    listener.close();
    await serving.catch(() => {});
    for (const connection of connections) connection.close();
  }
}

for (const slowly of [true, false]) {
  const how = slowly ? "trickle" : "come as fast as they are read";
  Deno.test(`a refused upgrade whose words never end, but ${how}, is told with its status and tried again`, () =>
    withEndlessRefusal(slowly, async (url) => {
      const clock = new SteppedClock(START);
      const downs: string[] = [];
      const socket = new KalshiSocket({
        url,
        signer: { keyId: "k", headers: () => Promise.resolve({}) },
        timers: clock,
        watchdog: true,
        jitter: () => 0,
        attempt: (job) => void job(),
        onOpen: () => {},
        onText: () => {},
        onDown: (connection, _wasOpen, detail, isNews) => {
          downs.push(`${connection} ${detail}${isNews ? "" : ", as before"}`);
        },
      });
      const until = async (count: number) => {
        for (let round = 0; downs.length < count; round++) {
          assert.ok(round < 12_000, `Told ${downs.length} times: ${downs.join("; ")}`);
          await new Promise((look) => setTimeout(look, 5));
        }
      };
      try {
        socket.start();
        await until(1);
        assert.match(downs[0], /^1 .*HTTP 503.*s$/);
        clock.advanceTo(later(5));
        await until(2);
        assert.match(downs[1], /^2 .*HTTP 503.*, as before$/);
      } finally {
        await socket.stop();
      }
    }));
}
