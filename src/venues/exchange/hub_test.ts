import assert from "node:assert/strict";
import { micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { DEFAULT_START } from "./exchange.ts";
import { startExchange } from "./server.ts";
import { TestClient } from "./client_fixture.ts";

const OPTIONS = { port: 0, seed: 6, speed: 1, mode: "stepped" as const, keyDirectory: null };

Deno.test("a socket that is dropped in the middle of a burst has heard every frame that was counted", async () => {
  const exchange = await startExchange({ ...OPTIONS, faults: ["socket-drop"] });
  const client = new TestClient(exchange.info, {
    keyId: exchange.info.key_id,
    pem: exchange.privateKeyPem,
    kind: "rsa",
  });
  try {
    let heard = 0;
    for (let round = 0; round < 5; round++) {
      const socket = await client.connect();
      socket.send({ id: 1, cmd: "subscribe", params: { channels: ["ticker", "trade"] } });
      await socket.until(() => socket.frames.length >= 2);
      exchange.advance(micros(DEFAULT_START + (round + 1) * 30 * MICROS_PER_SECOND));
      await socket.until(() => socket.closed);
      assert.ok(socket.frames.length > 20, `${socket.frames.length} frames`);
      heard += socket.frames.length;
      assert.equal(exchange.framesSent(), heard, `round ${round}`);
    }
  } finally {
    client.close();
    await exchange.stop();
  }
});
