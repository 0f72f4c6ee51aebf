import assert from "node:assert/strict";
import { handshakeKey, HandshakeReader, type HandshakeState, upgradeRequest } from "./websocket_handshake.ts";

const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const HEAD = "HTTP/1.1 101 Switching Protocols\r\n";
const good = (...more: readonly string[]): string =>
  HEAD +
  ["Upgrade: WebSocket", "Connection: keep-alive, Upgrade", `Sec-WebSocket-Accept: ${ACCEPT}`, ...more].join("\r\n") +
  "\r\n\r\n";

function told(state: HandshakeState | null): string {
  switch (state?.kind) {
    case undefined:
      return "waits";
    case "open":
      return `open ${[...state.rest]}`;
    case "refused":
      return `refused ${state.status} ${state.body}`;
    case "failed":
      return `failed: ${state.reason}`;
  }
}

const CASES: readonly (readonly [name: string, text: string, told: RegExp, end?: boolean])[] = [
  ["an agreement", good(), /^open $/],
  ["frames right behind it", good() + "\x81\x01a", /^open 129,1,97$/],
  ["an answer to another key", good().replace(ACCEPT, "AAAA"), /^failed: .*key/],
  ["no answer to the key", good().replace(/Sec-WebSocket-Accept: .*\r\n/, ""), /^failed: .*key/],
  ["another upgrade", good().replace("WebSocket", "h2c"), /^failed: .*upgrade/],
  ["no connection header", good().replace("keep-alive, Upgrade", "keep-alive"), /^failed: .*connection/],
  ["compression that was not offered", good("Sec-WebSocket-Extensions: permessage-deflate"), /^failed: .*extension/],
  ["a protocol nobody asked for", good("Sec-WebSocket-Protocol: chat"), /^failed: .*protocol/],
  [
    "401 with its words",
    'HTTP/1.1 401 Unauthorized\r\ncontent-length: 9\r\n\r\n{"a":"b"}',
    /^refused 401 \{"a":"b"\}$/,
  ],
  ["503 in chunks", "HTTP/1.1 503 X\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", /^refused 503 no$/],
  ["403 until the end", "HTTP/1.1 403 X\r\n\r\nno", /^refused 403 no$/, true],
  ["a refusal without end", `HTTP/1.1 400 X\r\n\r\n${"x".repeat(70_000)}`, /^refused 400 $/],
  ["200 instead of 101", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", /^refused 200 hi$/],
  ["the end before an answer", "", /^failed: connection was closed during the handshake$/, true],
  ["the end within the answer", good().slice(0, 60), /^failed: connection was closed/, true],
  ["half an answer", good().slice(0, -2), /^waits$/],
  ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", /^failed: No HTTP response/],
  ["a head without end", HEAD + "a: " + "x".repeat(70_000), /^failed: Head/],
  ["a head that is none", `${HEAD}no header\r\n\r\n`, /^failed: No header line/],
];

for (const [name, text, expected, end = false] of CASES) {
  Deno.test(`the answer to an upgrade: ${name}`, () => {
    const bytes = bytesOf(text);
    const read = (pieces: readonly Uint8Array[]): string => {
      const reader = new HandshakeReader(ACCEPT);
      let state: HandshakeState | null = null;
      for (const piece of pieces) {
        state = reader.push(piece);
        if (state !== null) return told(state);
      }
      return told(end ? reader.end() : state);
    };
    assert.match(read([bytes]), expected);
    if (text.length > 1_000) return;
    const limit = name === "frames right behind it" ? bytes.length - 3 : bytes.length;
    for (let split = 1; split < limit; split++) {
      assert.match(read([bytes.subarray(0, split), bytes.subarray(split)]), expected, `split at ${split}`);
    }
  });
}

Deno.test("a request names the host, the path with its query, the key and the access headers", () => {
  const url = new URL("ws://127.0.0.1:90/trade-api/ws/v2?a=b");
  const text = new TextDecoder().decode(upgradeRequest(url, "KEY==", { "KALSHI-ACCESS-KEY": "k" }));
  assert.equal(
    text,
    "GET /trade-api/ws/v2?a=b HTTP/1.1\r\nhost: 127.0.0.1:90\r\nupgrade: websocket\r\nconnection: Upgrade\r\n" +
      "sec-websocket-key: KEY==\r\nsec-websocket-version: 13\r\nuser-agent: kbot\r\nKALSHI-ACCESS-KEY: k\r\n\r\n",
  );
  assert.throws(() => upgradeRequest(url, "k", { a: "b\r\nc: d" }), RangeError);
});

Deno.test("each key is new, of 16 bytes, and its answer is the standard's", async () => {
  const [one, other] = [await handshakeKey(), await handshakeKey()];
  assert.notEqual(one.key, other.key);
  assert.equal(atob(one.key).length, 16);
  const digest = await crypto.subtle.digest(
    "SHA-1",
    bytesOf(`${one.key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`) as BufferSource,
  );
  assert.equal(one.accept, btoa(String.fromCharCode(...new Uint8Array(digest))));
});
