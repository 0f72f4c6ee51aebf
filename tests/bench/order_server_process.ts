/**
 * A TLS server that answers every order at once with the same few bytes. Prints its port, and ends with its standard
 * input.
 *
 *     deno run -A tests/bench/order_server_process.ts
 */

import { TEST_CERTIFICATE, TEST_KEY } from "../../src/venues/kalshi/fast/certificate_fixture.ts";

const BODY = '{"order_id":"11111111-2222-3333-4444-555555555555","fill_count":"0.00","remaining_count":"10.00"}';
const ANSWER = new TextEncoder().encode(
  `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
);

/** The length of the request that this text begins with; Infinity while it is not whole. */
function lengthOf(text: string): number {
  const end = text.indexOf("\r\n\r\n");
  return end < 0 ? Infinity : end + 4 + Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
}

async function serve(peer: Deno.Conn): Promise<void> {
  const room = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const length = await peer.read(room);
      if (length === null) break;
      text += decoder.decode(room.subarray(0, length), { stream: true });
      for (let whole = lengthOf(text); text.length >= whole; whole = lengthOf(text)) {
        text = text.slice(whole);
        await peer.write(ANSWER);
      }
    }
  } catch {
    // The client is gone.
  }
  try {
    peer.close();
  } catch {
    // Closed already.
  }
}

const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: TEST_CERTIFICATE, key: TEST_KEY });
console.log(JSON.stringify({ port: (listener.addr as Deno.NetAddr).port }));
void (async () => {
  for await (const peer of listener) void serve(peer);
})();
for await (const _ of Deno.stdin.readable) {
  // Lives for as long as whoever started it.
}
Deno.exit(0);
