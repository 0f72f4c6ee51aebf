/**
 * A WebSocket server that sends the same frames to whoever connects, each time with a snapshot of every book before the
 * changes: several times as fast as they are taken, or once with so many a second. Prints its port, and ends with its
 * standard input.
 *
 *     deno run -A tests/bench/socket_server_process.ts CHANGES PASSES PER_SECOND [tls]
 */

import { TEST_CERTIFICATE, TEST_KEY } from "../../src/venues/kalshi/fast/certificate_fixture.ts";
import { FIRST_SEQ, joined, serverFrame, SOCKET_MARKETS, socketTexts } from "./socket_frames.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const CHUNK_FRAMES = 2_000;
const PACED_SECONDS = 6;

const changes = Number(Deno.args[0]);
const passes = Number(Deno.args[1]);
const perSecond = Number(Deno.args[2]);
const texts = await socketTexts(changes);
const frames = texts.map(serverFrame);
/** Where the last digit of the number stands in each frame. */
const lastDigits = texts.map((text, k) => {
  const behind = text.length - (text.indexOf('"seq":') + 6 + `${FIRST_SEQ}`.length);
  return frames[k].length - behind - 1;
});
/** Frames from `from` on as one piece of bytes, and where their numbers end in it. */
const chunks: { readonly from: number; readonly bytes: Uint8Array; readonly digits: number[] }[] = [];
for (let from = 0; from < frames.length; from += CHUNK_FRAMES) {
  const part = frames.slice(from, from + CHUNK_FRAMES);
  let at = 0;
  const digits = part.map((frame, k) => {
    at += frame.length;
    return at - frame.length + lastDigits[from + k];
  });
  chunks.push({ from, bytes: joined(part), digits });
}

/** Every pass goes on counting where the last one ended. */
function renumber({ from, bytes, digits }: typeof chunks[number], pass: number): Uint8Array {
  digits.forEach((last, k) => {
    let number = FIRST_SEQ + pass * frames.length + from + k;
    for (let at = last; at > last - `${FIRST_SEQ}`.length; at--) {
      bytes[at] = 48 + number % 10;
      number = Math.floor(number / 10);
    }
  });
  return bytes;
}

async function writeAll(peer: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await peer.write(bytes.subarray(at));
}

async function agree(peer: Deno.Conn): Promise<void> {
  const room = new Uint8Array(8_192);
  let request = "";
  while (!request.includes("\r\n\r\n")) {
    const length = await peer.read(room);
    if (length === null) throw new Error("No request");
    request += new TextDecoder().decode(room.subarray(0, length));
  }
  const key = /sec-websocket-key: (.*)\r\n/i.exec(request)?.[1] ?? "";
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key + GUID));
  const accept = btoa(String.fromCharCode(...new Uint8Array(digest)));
  const lines = ["HTTP/1.1 101 X", "upgrade: websocket", "connection: Upgrade", `sec-websocket-accept: ${accept}`];
  await writeAll(peer, new TextEncoder().encode(lines.join("\r\n") + "\r\n\r\n"));
}

/** One frame at a time, evenly: a timer's millisecond sends those that are due. */
async function paced(peer: Deno.Conn): Promise<void> {
  await writeAll(peer, joined(frames.slice(0, SOCKET_MARKETS)));
  const started = performance.now();
  const total = Math.min(frames.length - SOCKET_MARKETS, perSecond * PACED_SECONDS);
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor((performance.now() - started) * perSecond / 1_000));
    for (; sent < due; sent++) await writeAll(peer, frames[SOCKET_MARKETS + sent]);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

async function serve(peer: Deno.Conn): Promise<void> {
  try {
    await agree(peer);
    if (perSecond > 0) await paced(peer);
    else {for (let pass = 0; pass < passes; pass++) {
        for (const chunk of chunks) await writeAll(peer, renumber(chunk, pass));
      }}
    // The client ends the connection when it has them all.
    await peer.read(new Uint8Array(1));
  } catch {
    // The client is gone.
  }
  try {
    peer.close();
  } catch {
    // Closed already.
  }
}

const at = { hostname: "127.0.0.1", port: 0 };
const listener = Deno.args[3] === "tls"
  ? Deno.listenTls({ ...at, cert: TEST_CERTIFICATE, key: TEST_KEY })
  : Deno.listen(at);
console.log(JSON.stringify({ port: (listener.addr as Deno.NetAddr).port }));
void (async () => {
  for await (const peer of listener) void serve(peer);
})();
for await (const _ of Deno.stdin.readable) {
  // Lives for as long as whoever started it.
}
Deno.exit(0);
