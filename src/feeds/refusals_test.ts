import assert from "node:assert/strict";
import { Refusals } from "./refusals.ts";

function counted(): { refusals: Refusals; lines: string[] } {
  const lines: string[] = [];
  return { refusals: new Refusals("kraken", (level, text) => lines.push(`${level} ${text}`)), lines };
}

Deno.test("refusals are counted by reason", () => {
  const { refusals } = counted();
  for (const reason of ["no price", "gap", "no price"]) refusals.count(reason);
  assert.deepEqual(refusals.byReason(), { "no price": 2, gap: 1 });
  assert.equal(refusals.total, 3);
});

Deno.test("of each reason the first, tenth and hundredth are logged, with a short example", () => {
  const { refusals, lines } = counted();
  for (let count = 0; count < 150; count++) refusals.count("no price", `{"price":${"9".repeat(1_000)}}`);
  assert.equal(lines.length, 3);
  assert.match(lines[0], /^warn kraken: refused, no price: \{"price":999/);
  assert.match(lines[2], /no price \(100 times so far\): /);
  assert.ok(lines.every((line) => line.length < 400));
});

Deno.test("reasons beyond the bound are counted together, and none is lost", () => {
  const { refusals } = counted();
  for (let count = 0; count < 1_000; count++) refusals.count(`reason ${count}`);
  assert.equal(Object.keys(refusals.byReason()).length, 64);
  assert.equal(refusals.byReason().other, 1_000 - 63);
  assert.equal(refusals.total, 1_000);
});
