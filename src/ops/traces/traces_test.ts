import assert from "node:assert/strict";
import type { OrderPhase } from "../../core/order.ts";
import type { OrderRecord } from "../../core/record.ts";
import { count, micros, price } from "../../core/units.ts";
import { NO_EVIDENCE } from "../../engine/records.ts";
import { openTraceExport, type TraceExport, tracesAddress } from "./trace_export.ts";

interface SpanSent {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
  readonly status: { readonly code: number; readonly message?: string };
}

/** A collector that keeps what it is sent; it answers as it is told. */
class Collector implements AsyncDisposable {
  readonly bodies: { resourceSpans: { resource: unknown; scopeSpans: { spans: SpanSent[] }[] }[] }[] = [];
  readonly paths: string[] = [];
  answer: () => Response | Promise<Response> = () => Response.json({});
  readonly #server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    this.paths.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get("content-type")}`);
    this.bodies.push(await request.json());
    return await this.answer();
  });

  get endpoint(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  get spans(): readonly SpanSent[] {
    return this.bodies.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    );
  }

  async [Symbol.asyncDispose]() {
    await this.#server.shutdown();
  }
}

const AT = micros(1_795_000_000_000_000);

const order = (clientOrderId: string, phase: OrderPhase, changes: Partial<OrderRecord> = {}): OrderRecord => ({
  kind: "order",
  clientOrderId,
  orderId: null,
  ticker: "KXBTC15M-A",
  side: "bid",
  price: price(5_500),
  count: count(2_000),
  filled: count(0),
  phase,
  shard: 0,
  strategy: "settlement_edge",
  signal: "gap",
  evidence: NO_EVIDENCE,
  sentAt: AT,
  updatedAt: AT,
  reason: "",
  ...changes,
});

interface Opened {
  readonly traces: TraceExport;
  readonly said: string[];
}

/** @param timeoutMs long enough for any machine; a collector that hangs is waited for as long as this */
function open(endpoint: string, timeoutMs = 60_000): Opened {
  const said: string[] = [];
  const log = (level: string, text: string): void => void said.push(`${level} ${text}`);
  return {
    traces: openTraceExport({ endpoint, resource: { "kbot.simulated": true }, log, timeoutMs }),
    said,
  };
}

const attribute = (span: SpanSent, key: string) => span.attributes.find((each) => each.key === key)?.value.stringValue;

Deno.test("an order is one trace from the input to the answer, in parts that follow one another", async () => {
  await using collector = new Collector();
  const { traces: { orders, close } } = open(collector.endpoint);
  orders.input({ type: "index", at: AT });
  orders.order(order("k-1", "sent"));
  orders.sent("k-1");
  orders.order(order("k-1", "unknown"));
  orders.input({ type: "order_accepted", at: AT });
  orders.order(order("k-1", "resting", { orderId: "x-9" }));
  orders.order(order("k-1", "filled", { orderId: "x-9" }));
  assert.equal(orders.followed, 0);
  await close();
  assert.deepEqual(collector.paths, ["POST /v1/traces application/json"]);
  const root = collector.spans.find(({ name }) => name === "order") ?? assert.fail();
  const parts = collector.spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
  assert.deepEqual(parts.map(({ name }) => name), ["decide", "send", "acknowledge"]);
  assert.equal(collector.spans.length, 4);
  assert.equal(new Set(collector.spans.map(({ traceId }) => traceId)).size, 1);
  assert.equal(parts[0].startTimeUnixNano, root.startTimeUnixNano);
  assert.equal(parts[1].startTimeUnixNano, parts[0].endTimeUnixNano);
  assert.equal(parts[2].startTimeUnixNano, parts[1].endTimeUnixNano);
  assert.equal(parts[2].endTimeUnixNano, root.endTimeUnixNano);
  assert.ok(BigInt(root.endTimeUnixNano) > BigInt(root.startTimeUnixNano));
  assert.equal(attribute(root, "kbot.input.type"), "index");
  assert.equal(attribute(root, "kbot.order.price"), "0.5500");
  assert.equal(attribute(root, "kbot.order.phase"), "resting");
  assert.equal(attribute(root, "kbot.order.exchange_id"), "x-9");
  assert.match(
    JSON.stringify(collector.bodies[0].resourceSpans[0].resource),
    /"service.name".*"kbot".*"kbot.simulated"/,
  );
});

Deno.test("a rejected order, and one without an answer at the end, are errors that say why", async () => {
  await using collector = new Collector();
  const { traces: { orders, close } } = open(collector.endpoint);
  orders.input({ type: "book", at: AT });
  orders.order(order("k-1", "sent"));
  orders.order(order("k-2", "sent"));
  orders.order(order("k-1", "rejected", { reason: "insufficient_balance" }));
  await close();
  const roots = collector.spans.filter(({ name }) => name === "order");
  assert.deepEqual(roots.map(({ status }) => [status.code, status.message]), [
    [2, "insufficient_balance"],
    [2, "The run ended before an answer"],
  ]);
});

Deno.test("orders that were known before the run, and more than are followed, are left out", async () => {
  await using collector = new Collector();
  const { traces: { orders, close }, said } = open(collector.endpoint);
  orders.order(order("k-0", "sent"));
  orders.input({ type: "book", at: AT });
  orders.order(order("k-1", "resting"));
  assert.equal(orders.followed, 0);
  for (let k = 0; k < 10_003; k++) orders.order(order(`m-${k}`, "sent"));
  assert.equal(orders.followed, 10_000);
  const tooMany = "warn More than 10000 orders are under way: more are not traced, and trade all the same";
  assert.deepEqual(said, [tooMany], "a burst is told once");
  for (let k = 0; k < 500; k++) orders.order(order(`m-${k}`, "resting"));
  for (let k = 0; k < 501; k++) orders.order(order(`n-${k}`, "sent"));
  assert.deepEqual(said, [tooMany], "and not again while it is still so");
  for (let k = 500; k < 1_500; k++) orders.order(order(`m-${k}`, "resting"));
  assert.deepEqual(said.slice(1), ["info Every order is traced again; 4 were not"]);
  for (let k = 0; k < 2_000; k++) orders.order(order(`o-${k}`, "sent"));
  assert.deepEqual(said.slice(2), [tooMany], "the next burst is told on its own");
  await close();
  // What waits is bounded, too: the first that fit were sent.
  assert.ok(collector.spans.length <= 10_000);
});

Deno.test("a collector that is not there, refuses or hangs costs spans and nothing else, and is told of once", async () => {
  await using collector = new Collector();
  collector.answer = () => new Response("no", { status: 400 });
  await using hanging = new Collector();
  const { promise: heard, resolve: letGo } = Promise.withResolvers<Response>();
  hanging.answer = () => heard;
  try {
    for (const endpoint of [collector.endpoint, "http://127.0.0.1:1", hanging.endpoint]) {
      const { traces: { orders, close }, said } = open(endpoint, 300);
      for (let k = 0; k < 5; k++) {
        orders.input({ type: "book", at: AT });
        orders.order(order(`k-${k}`, "sent"));
        orders.order(order(`k-${k}`, "resting"));
      }
      await close();
      assert.equal(said.length, 1, said.join("\n"));
      assert.match(said[0], /^warn Traces are lost, not trading: http/);
    }
  } finally {
    letGo(Response.json({}));
  }
});

Deno.test("a bare address gets the path of OTLP, one with a path keeps it", () => {
  assert.equal(tracesAddress("http://127.0.0.1:4318"), "http://127.0.0.1:4318/v1/traces");
  assert.equal(tracesAddress("https://collector.example/"), "https://collector.example/v1/traces");
  assert.equal(tracesAddress("https://collector.example/otlp/v1/traces"), "https://collector.example/otlp/v1/traces");
});
