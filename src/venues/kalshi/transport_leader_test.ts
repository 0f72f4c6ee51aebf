import assert from "node:assert/strict";
import { WallClock } from "../../ops/clock.ts";
import type { ApiResult } from "./failure.ts";
import { type Peer, RawServer, response } from "./fast/raw_server_fixture.ts";
import type { Signer } from "./signer.ts";
import { type HttpRequest, ORDERS_PATH, Transport } from "./transport.ts";

const DEEP = { refillPerSecond: 1_000_000, capacity: 1_000_000 };

interface Stage {
  readonly transport: Transport;
  /** First lines of the requests that arrived, in whichever way. */
  readonly arrived: string[];
  /** Why the leader's requests must not leave. */
  reason: string | null;
  /** Done when a signature is asked for. */
  onSign: () => void;
}

/** An exchange that takes everything, and a client that may lead. */
async function withStage(test: (stage: Stage) => Promise<void>, fast = true): Promise<void> {
  const arrived: string[] = [];
  const server = new RawServer(async (peer: Peer) => {
    for (;;) {
      const request = await peer.request().catch(() => null);
      if (request === null) return;
      arrived.push(request.slice(0, request.indexOf(" HTTP")));
      await peer.send(response(200, "{}"));
    }
  });
  const signer: Signer = {
    keyId: "k",
    headers: () => {
      stage.onSign();
      return Promise.resolve({ "kalshi-access-key": "k" });
    },
  };
  const transport = new Transport({
    base: `${server.origin}/trade-api/v2`,
    signer,
    clock: new WallClock(),
    fastOrders: fast ? { probe: false } : undefined,
    forbidden: () => stage.reason,
  });
  transport.resize(DEEP, DEEP);
  const stage: Stage = { transport, arrived, reason: null, onSign: () => {} };
  transport.start();
  try {
    await test(stage);
  } finally {
    transport.stop();
    await server.stop();
  }
}

const create: HttpRequest = {
  method: "POST",
  path: ORDERS_PATH,
  body: { n: 1 },
  cost: 10,
  urgency: "order",
  edge: null,
};
const LEADERS: Readonly<Record<string, HttpRequest>> = {
  "a create": create,
  "a batch of creates": { ...create, path: `${ORDERS_PATH}/batched` },
  "an amend": { ...create, path: `${ORDERS_PATH}/abc/amend` },
  "an amend that retreats": { ...create, path: `${ORDERS_PATH}/abc/amend`, urgency: "cancel" },
  "a decrease": { ...create, path: `${ORDERS_PATH}/abc/decrease`, urgency: "cancel" },
  "the cancel of all orders": { method: "DELETE", path: ORDERS_PATH, cost: 10, urgency: "cancel" },
  "a batch of cancels": { method: "DELETE", path: `${ORDERS_PATH}/batched`, cost: 10, urgency: "cancel" },
  "the cancel of all orders of a subaccount": {
    method: "DELETE",
    path: `${ORDERS_PATH}?subaccount=0`,
    cost: 10,
    urgency: "cancel",
  },
  "an order group": { ...create, path: "/portfolio/order_groups/create" },
  "a transfer of cash": { ...create, path: "/portfolio/intra_exchange_instance_transfer", urgency: "background" },
};
const ANYBODYS: Readonly<Record<string, HttpRequest>> = {
  "a question": { method: "GET", path: "/portfolio/balance", cost: 10, urgency: "read" },
  "the cancel of one order": {
    method: "DELETE",
    path: `${ORDERS_PATH}/abc?exchange_index=2`,
    cost: 10,
    urgency: "cancel",
  },
};

const codeOf = (result: ApiResult<string>): string =>
  result.ok ? "sent" : result.failure.kind === "unsent" ? result.failure.code : result.failure.kind;

for (const [what, request] of Object.entries(LEADERS)) {
  Deno.test(`${what} leaves while this bot leads, and not a byte of it afterwards`, () =>
    withStage(async (stage) => {
      assert.equal(codeOf(await stage.transport.send(request)), "sent");
      stage.reason = "b leads";
      const refused = await stage.transport.send(request);
      assert.equal(codeOf(refused), "not_leading");
      assert.ok(!refused.ok && refused.failure.kind === "unsent");
      assert.equal(refused.failure.message, "Not sent: b leads");
      assert.equal(stage.arrived.length, 1);
    }));
}

for (const [what, request] of Object.entries(ANYBODYS)) {
  Deno.test(`${what} may be anybody's`, () =>
    withStage(async (stage) => {
      stage.reason = "b leads";
      assert.equal(codeOf(await stage.transport.send(request)), "sent");
    }));
}

Deno.test("an order that waited for its signature while the lease ended does not leave", () =>
  withStage(async (stage) => {
    stage.onSign = () => stage.reason = "the lease ended";
    assert.equal(codeOf(await stage.transport.send(create)), "not_leading");
    assert.deepEqual(stage.arrived, []);
  }));

Deno.test("an order for which no connection of our own is to be had goes by no other", () =>
  withStage(async (stage) => {
    const refused = await stage.transport.send(create);
    assert.equal(codeOf(refused), "not_leading");
    assert.deepEqual(stage.arrived, []);
    assert.equal(codeOf(await stage.transport.send(ANYBODYS["the cancel of one order"])), "sent");
  }, false));

Deno.test("what did not leave says nothing of the exchange", () =>
  withStage(async (stage) => {
    stage.reason = "b leads";
    await stage.transport.send(create);
    const { ended, failed, errors } = stage.transport.health;
    assert.deepEqual([ended, failed, errors], [0, 0, 0]);
  }));
