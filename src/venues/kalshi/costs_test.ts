import assert from "node:assert/strict";
import { EndpointCosts, readCosts } from "./costs.ts";
import { FieldReader, UnknownFields } from "./fields.ts";

const TABLE: [method: string, path: string, cost: number][] = [
  ["GET", "/markets?limit=5", 10],
  ["POST", "/portfolio/events/orders", 10],
  ["DELETE", "/portfolio/events/orders", 10],
  ["DELETE", "/portfolio/events/orders/o-1?exchange_index=2", 2],
  ["DELETE", "/portfolio/events/orders/batched", 2],
  ["POST", "/portfolio/events/orders/batched", 10],
  ["POST", "/portfolio/events/orders/o-1/amend", 10],
  ["GET", "/portfolio/orders/o-1", 2],
  ["GET", "/portfolio/orders/queue_positions", 10],
  ["GET", "/portfolio/orders/o-1/queue_position", 10],
  ["GET", "/cfbenchmarks/values?id=BRTI", 50],
];

for (const [method, path, cost] of TABLE) {
  Deno.test(`${method} ${path} is documented to cost ${cost}`, () => {
    assert.equal(new EndpointCosts().of(method, path), cost);
  });
}

Deno.test("the exchange's own table replaces what is documented, placeholders and all", () => {
  const read = new FieldReader();
  const body = {
    default_cost: 7,
    endpoint_costs: [
      { method: "GET", path: "/trade-api/v2/cfbenchmarks/*endpoint", cost: 150 },
      { method: "DELETE", path: "/trade-api/v2/portfolio/events/orders/:order_id", cost: 3 },
      { method: "GET", path: "/trade-api/v2/markets/:ticker", cost: 9 },
      { method: "GET", path: "/trade-api/v2/markets/trades", cost: 4 },
    ],
  };
  const costs = new EndpointCosts();
  costs.learn(readCosts(read, body, "", new UnknownFields()));
  assert.equal(read.refusal, null);
  const found = [
    costs.of("GET", "/cfbenchmarks/history/values"),
    costs.of("DELETE", "/portfolio/events/orders/o-1"),
    costs.of("GET", "/markets/T"),
    costs.of("GET", "/markets/trades"),
    costs.of("GET", "/portfolio/orders/o-1"),
  ];
  assert.deepEqual(found, [150, 3, 9, 4, 7]);
});
