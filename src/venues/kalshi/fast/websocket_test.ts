import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { type Peer, RawServer, response } from "./raw_server_fixture.ts";
import { NOBODY } from "../scripted_exchange_fixture.ts";
import { TEST_AUTHORITY } from "./certificate_fixture.ts";
import { FastWebSocket } from "./websocket.ts";

/** Events in words, in order, and the socket. */
class Client {
  readonly said: string[] = [];
  readonly socket: FastWebSocket;
  readonly closed: Promise<void>;
  #wake: () => void = () => {};

  constructor(url: string, { maxPayload = 100_000, handshakeTimeout = 60_000 } = {}) {
    this.socket = new FastWebSocket(url, {
      headers: { "x-test": "yes" },
      maxPayload,
      handshakeTimeout,
      caCerts: [TEST_AUTHORITY],
    });
    const say = (text: string) => {
      this.said.push(text);
      this.#wake();
    };
    const decoder = new TextDecoder();
    this.socket.on("open", () => say("open"));
    this.socket.on("ping", () => say("ping"));
    this.socket.on(
      "message",
      (bytes, isBinary) => say(isBinary ? `binary ${[...bytes]}` : `text ${decoder.decode(bytes)}`),
    );
    this.socket.on("error", (error) => say(`error: ${error.message}`));
    this.socket.on("unexpected-response", (_, answer) => {
      answer.on("data", (chunk) => say(`refused ${answer.statusCode}: ${chunk}`));
      answer.on("end", () => this.socket.terminate());
    });
    this.closed = new Promise((resolve) =>
      this.socket.on("close", (code, reason) => {
        say(`close ${code} ${reason}`);
        resolve();
      })
    );
  }

  async until(text: string): Promise<void> {
    while (!this.said.some((each) => each.startsWith(text))) {
      if (this.said.some((each) => each.startsWith("close"))) assert.fail(`No "${text}" but: ${this.said.join("; ")}`);
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

const url = (server: RawServer): string => `${server.origin.replace("http", "ws")}/trade-api/ws/v2`;

async function agree(peer: Peer, more = ""): Promise<string> {
  const request = await peer.request();
  const key = /sec-websocket-key: (.*)\r\n/.exec(request)?.[1] ?? "";
  const bytes = new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const accept = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-1", bytes))));
  const head = `HTTP/1.1 101 X\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`;
  await peer.send(head + more);
  return request;
}

async function withServer(
  serve: (peer: Peer, index: number) => unknown,
  test: (server: RawServer) => Promise<void>,
  secure = false,
): Promise<void> {
  const server = new RawServer(serve, secure);
  try {
    await test(server);
  } finally {
    await server.stop();
  }
}

/** The unmasked payload of the client's next frame. */
async function clientSays(peer: Peer): Promise<{ opcode: number; payload: string }> {
  const text = await peer.until((received) => received.length >= 6 + (received.charCodeAt(1) & 0x7f));
  const length = text.charCodeAt(1) & 0x7f;
  assert.equal(text.charCodeAt(1) & 0x80, 0x80, "a client's frame is masked");
  const code = (at: number) => text.charCodeAt(at);
  const payload = Array.from({ length }, (_, k) => String.fromCharCode(code(6 + k) ^ code(2 + k % 4))).join("");
  peer.received = text.slice(6 + length);
  return { opcode: text.charCodeAt(0) & 0x0f, payload };
}

for (const secure of [false, true]) {
  Deno.test(`it connects, answers pings, and closes by the book ${secure ? "over TLS" : "over TCP"}`, () =>
    withServer(async (peer) => {
      const request = await agree(peer, "\x81\x02hi");
      assert.match(request, /^GET \/trade-api\/ws\/v2 HTTP\/1\.1\r\n/);
      assert.match(request, /\r\nx-test: yes\r\n/);
      assert.ok(!request.toLowerCase().includes("sec-websocket-extensions"));
      await peer.send("\x89\x09heartbeat");
      assert.deepEqual(await clientSays(peer), { opcode: 0xa, payload: "heartbeat" });
      assert.deepEqual(await clientSays(peer), { opcode: 0x1, payload: '{"id":1}' });
      await peer.send("\x88\x04\x03\xf4ab");
      assert.deepEqual(await clientSays(peer), { opcode: 0x8, payload: "\x03\xf4" });
      peer.close();
    }, async (server) => {
      const client = new Client(url(server));
      await client.until("ping");
      client.socket.send('{"id":1}');
      await client.closed;
      assert.deepEqual(client.said, ["open", "text hi", "ping", "close 1012 ab"]);
      assert.equal(client.socket.bufferedAmount, 0);
    }, secure));
}

Deno.test("closing from here sends the code, waits for the server, and says it once", () =>
  withServer(async (peer) => {
    await agree(peer);
    assert.deepEqual(await clientSays(peer), { opcode: 0x8, payload: "\x03\xe8" });
    await peer.send("\x81\x04late\x88\x02\x03\xe8");
    peer.close();
  }, async (server) => {
    const client = new Client(url(server));
    await client.until("open");
    client.socket.close(1000);
    client.socket.close(1000);
    client.socket.send("nothing more");
    await client.closed;
    client.socket.terminate();
    assert.deepEqual(client.said, ["open", "close 1000 "]);
  }));

Deno.test("a server that does not answer a close is not waited for long", () =>
  withServer((peer) => agree(peer), async (server) => {
    const client = new Client(url(server));
    await client.until("open");
    client.socket.close(1000);
    await client.closed;
    assert.deepEqual(client.said, ["open", "close 1006 "]);
  }));

const BROKEN: readonly (readonly [name: string, serve: (peer: Peer) => unknown, said: readonly RegExp[]])[] = [
  ["closes during the handshake", async (peer) => {
    await peer.request();
    peer.close();
  }, [/^error: .*closed during the handshake/, /^close 1006/]],
  ["closes within its answer", async (peer) => {
    await peer.request();
    await peer.send("HTTP/1.1 101 X\r\nupgr");
    peer.close();
  }, [/^error: .*closed during the handshake/, /^close 1006/]],
  ["sends nothing", () => {}, [/^error: no answer to the upgrade within 200 ms/, /^close 1006/]],
  [
    "refuses the key",
    async (peer) => {
      await peer.request();
      await peer.send(response(401, '{"error":{"code":"authentication_error"}}'));
    },
    [/^refused 401: \{"error":\{"code":"authentication_error"\}\}$/, /^close 1006/],
  ],
  ["compresses without being asked", async (peer) => {
    await agree(peer, "\xc1\x01a");
    assert.deepEqual(await clientSays(peer), { opcode: 0x8, payload: "\x03\xea" });
  }, [/^open$/, /^error: Frame has a reserved bit set$/, /^close 1002/]],
  ["sends too long a message", (peer) => agree(peer, "\x81\x7f\0\0\0\0\x10\0\0\0"), [
    /^open$/,
    /^error: Message is longer than 100000 bytes$/,
    /^close 1009/,
  ]],
  ["ends within a frame", async (peer) => {
    await agree(peer, "\x81\x05he");
    peer.close();
  }, [/^open$/, /^close 1006/]],
  ["sends text that is none", (peer) => agree(peer, "\x81\x01\xff"), [
    /^open$/,
    /^error: Text is not UTF-8$/,
    /^close 1007/,
  ]],
];

for (const [name, serve, said] of BROKEN) {
  Deno.test(`a server that ${name} is told apart, and the connection ends`, async () => {
    const served = Promise.withResolvers<void>();
    const serving = async (peer: Peer) => {
      await serve(peer);
      served.resolve();
    };
    await withServer(serving, async (server) => {
      // Short only where nothing comes: a busy machine takes its time over a handshake.
      const client = new Client(url(server), name === "sends nothing" ? { handshakeTimeout: 200 } : {});
      await client.closed;
      await served.promise;
      assert.equal(client.said.length, said.length, client.said.join("; "));
      said.forEach((expected, k) => assert.match(client.said[k], expected));
    });
  });
}

Deno.test("nobody listening, and a certificate that nobody knows, are errors before the close", async () => {
  const client = new Client(`ws://${NOBODY}/trade-api/ws/v2`);
  await client.closed;
  assert.match(client.said[0], /^error: .*refused/);
  await withServer(() => {}, async (secure) => {
    const stranger = new FastWebSocket(url(secure), { headers: {}, maxPayload: 10, handshakeTimeout: 60_000 });
    const errors: string[] = [];
    stranger.on("error", (error) => errors.push(error.message));
    await new Promise<void>((resolve) => stranger.on("close", () => resolve()));
    assert.match(errors[0], /certificate/);
  }, true);
});

Deno.test("ended while it connects, it never opens", () =>
  withServer((peer) => agree(peer), async (server) => {
    for (const end of ["close", "terminate"] as const) {
      const client = new Client(url(server));
      client.socket[end](1000);
      await client.closed;
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.deepEqual(client.said, ["close 1006 "]);
    }
  }));

Deno.test("answers to more pings than can leave do not pile up", () =>
  withServer(async (peer) => {
    await agree(peer);
    const ping = "\x89\x7d" + "p".repeat(125);
    await peer.send(ping.repeat(20_000));
    await peer.send("\x81\x04done");
  }, async (server) => {
    const client = new Client(url(server));
    await client.until("text done");
    assert.ok(client.socket.bufferedAmount < 100_000, `${client.socket.bufferedAmount} bytes`);
    client.socket.terminate();
    await client.closed;
  }));

Deno.test("it gets along with the ws package, message for message and in both directions", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
  await new Promise<void>((resolve) => server.on("listening", () => resolve()));
  interface Remote {
    send(data: string | Uint8Array, options?: { fin?: boolean; binary?: boolean }): void;
    ping(): void;
    close(code: number, reason: string): void;
    on(event: string, listener: (data: { toString(): string }) => void): void;
  }
  const heard: string[] = [];
  const texts = ["", "a", "é", "x".repeat(125), "y".repeat(126), "z".repeat(65_536)];
  server.on("connection", (remote: Remote) => {
    remote.on("message", (data) => {
      heard.push(data.toString());
      if (heard.length < texts.length) return;
      for (const text of texts) remote.send(text);
      remote.send("in ", { fin: false });
      remote.send("parts", { fin: true });
      remote.send(Uint8Array.from([1, 2, 3]));
      remote.ping();
      remote.on("pong", () => remote.close(4_001, "bye"));
    });
  });
  const client = new Client(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await client.until("open");
  for (const text of texts) client.socket.send(text);
  await client.closed;
  assert.deepEqual(heard, texts);
  const expected = [...texts.map((text) => `text ${text}`), "text in parts", "binary 1,2,3", "ping", "close 4001 bye"];
  assert.deepEqual(client.said, ["open", ...expected]);
  await new Promise<void>((resolve) => server.close(() => resolve()));
});
