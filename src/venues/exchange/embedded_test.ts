import assert from "node:assert/strict";
import { micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { startEmbeddedExchange } from "./embedded.ts";
import { DEFAULT_START } from "./exchange.ts";
import { TestClient } from "./client_fixture.ts";

const OPTIONS = { port: 0, seed: 4, speed: 20, faults: [], mode: "stepped" as const, keyDirectory: null };

Deno.test("in a Worker the exchange moves when told, and says how many frames that made", async () => {
  const embedded = await startEmbeddedExchange(OPTIONS);
  const client = new TestClient(embedded.info, {
    keyId: embedded.info.key_id,
    pem: embedded.privateKeyPem,
    kind: "rsa",
  });
  try {
    assert.equal(embedded.startedAt, DEFAULT_START);
    assert.equal(await embedded.frames(), 0);
    const socket = await client.connect();
    socket.send({ id: 1, cmd: "subscribe", params: { channels: ["cfbenchmarks_value"], index_ids: ["all"] } });
    await socket.until(() => socket.frames.length === 1);
    const moved = await embedded.advance(micros(DEFAULT_START + 10 * MICROS_PER_SECOND));
    assert.equal(moved.now, DEFAULT_START + 10 * MICROS_PER_SECOND);
    assert.equal(moved.frames, 1 + 2 * 10);
    await socket.until(() => socket.frames.length === moved.frames);
  } finally {
    client.close();
    await embedded.stop();
  }
  await assert.rejects(embedded.frames(), /stopped/);
});

Deno.test("what stops the start comes through the Worker with its reason", async () => {
  await assert.rejects(startEmbeddedExchange({ ...OPTIONS, faults: ["flood"] }), /Unknown fault "flood"/);
});
