import assert from "node:assert/strict";
import { sparkline } from "./sparkline_points.ts";

Deno.test("a sparkline goes from its first point to its last, and fills its height", () => {
  const points = [{ at: 0, value: 0.2 }, { at: 5, value: 0.4 }, { at: 10, value: 0.3 }];
  assert.equal(sparkline(points), "0.0,19.0 50.0,1.0 100.0,10.0");
});

Deno.test("a price that hardly moved lies flat in the middle", () => {
  assert.equal(sparkline([{ at: 0, value: 0.5 }, { at: 1, value: 0.5 }]), "0.0,10.0 100.0,10.0");
});

Deno.test("one point alone is no line", () => assert.equal(sparkline([{ at: 0, value: 0.5 }]), ""));
