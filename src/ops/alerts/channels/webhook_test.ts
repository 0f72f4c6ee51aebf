import assert from "node:assert/strict";
import { Webhook as Verifier } from "standardwebhooks";
import { Secret } from "../../../config/secret.ts";
import { alertOf, batchOf } from "../alert_fixture.ts";
import { NO_SIGNAL, withServer } from "./local_server_fixture.ts";
import { Webhook, webhookSignature } from "./webhook.ts";

const SECRETS = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "any text, as long as it is long"];

for (const secret of SECRETS) {
  Deno.test(`a receiver verifies a message with the standard's own library, secret ${secret.slice(0, 6)}`, () =>
    withServer(() => new Response("taken"), async (origin, asked) => {
      const webhook = new Webhook({ url: `${origin}/hook`, secret: new Secret(secret), nowMs: Date.now });
      const batch = batchOf([alertOf({ text: 'odd "text" ☃' }), alertOf({ severity: "critical", count: 3 })], 2);
      assert.deepEqual(await webhook.deliver(batch, NO_SIGNAL), { ok: true, detail: "status 200" });
      const [{ method, headers, body }] = asked;
      assert.equal(method, "POST");
      const verifier = new Verifier(secret, secret.startsWith("whsec_") ? {} : { format: "raw" });
      const verified = verifier.verify(body, Object.fromEntries(headers)) as Record<string, unknown>;
      assert.deepEqual([verified.type, verified.mode, verified.severity, verified.omitted, verified.id], [
        "kbot.alerts",
        "PAPER",
        "critical",
        2,
        batch.id,
      ]);
      assert.deepEqual((verified.alerts as { text: string; count: number }[]).map(({ text, count }) => [text, count]), [
        ['odd "text" ☃', 1],
        ["The account differed", 3],
      ]);
      assert.throws(() => verifier.verify(body.replace("PAPER", "LIVE!"), Object.fromEntries(headers)));
      const old = { ...Object.fromEntries(headers), "webhook-timestamp": "1700000000" };
      assert.throws(() => verifier.verify(body, old));
    }));
}

Deno.test("the signature is that of the standard's published example", async () => {
  const signature = await webhookSignature(
    new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "1614265330",
    '{"test": 2432232314}',
  );
  assert.equal(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

Deno.test("a message without a secret is sent without a signature", () =>
  withServer(() => new Response(null, { status: 204 }), async (origin, asked) => {
    const webhook = new Webhook({ url: origin, secret: null, nowMs: Date.now });
    assert.ok((await webhook.deliver(batchOf(), NO_SIGNAL)).ok);
    assert.equal(asked[0].headers.get("webhook-signature"), null);
  }));

/** Status, headers, what becomes of it. */
const ANSWERS: readonly [number, Record<string, string>, boolean, number | null][] = [
  [500, {}, true, null],
  [503, { "retry-after": "7" }, true, 7_000],
  [429, { "retry-after": "60" }, true, 60_000],
  [408, {}, true, null],
  [400, {}, false, null],
  [401, {}, false, null],
  [404, {}, false, null],
  [302, { location: "http://127.0.0.1:1/elsewhere" }, false, null],
];

for (const [status, headers, again, afterMs] of ANSWERS) {
  Deno.test(`an answer of ${status} is ${again ? "tried again" : "final"}`, () =>
    withServer(() => new Response("said\nso", { status, headers }), async (origin) => {
      const delivery = await new Webhook({ url: origin, secret: null, nowMs: Date.now }).deliver(batchOf(), NO_SIGNAL);
      assert.ok(!delivery.ok);
      assert.match(delivery.reason, new RegExp(`^Answered with status ${status}`));
      assert.deepEqual([delivery.again, delivery.afterMs], [again, afterMs]);
    }));
}

Deno.test("a receiver that hangs is left when the signal comes, and one that is not there is told", () => {
  const { promise: late, resolve: letGo } = Promise.withResolvers<void>();
  return withServer(() => late.then(() => new Response("late")), async (origin) => {
    const webhook = new Webhook({ url: origin, secret: null, nowMs: Date.now });
    const delivery = await webhook.deliver(batchOf(), AbortSignal.timeout(20));
    assert.ok(!delivery.ok && delivery.again);
    letGo();
    assert.ok(!(await new Webhook({ url: "http://127.0.0.1:1/", secret: null, nowMs: Date.now }).probe(NO_SIGNAL)).ok);
    assert.ok((await webhook.probe(NO_SIGNAL)).ok);
  });
});

Deno.test("an endless answer is not read to its end", () =>
  withServer(
    () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) }),
        { status: 500 },
      ),
    async (origin) => {
      const delivery = await new Webhook({ url: origin, secret: null, nowMs: Date.now }).deliver(batchOf(), NO_SIGNAL);
      assert.ok(!delivery.ok && delivery.again);
    },
  ));
