import assert from "node:assert/strict";
import fc from "fast-check";
import { rowWindow } from "./row_window.ts";

Deno.test("every row in sight is made, few others are, and the room is that of all rows", () => {
  const anyNumber = (max: number) => fc.integer({ min: 0, max });
  fc.assert(
    fc.property(anyNumber(100_000), fc.integer({ min: 10, max: 200 }), anyNumber(4_000_000), anyNumber(2_000), (
      rows,
      rowHeight,
      scrolled,
      height,
    ) => {
      const { first, end, above, below } = rowWindow(rows, rowHeight, scrolled, height);
      assert.ok(0 <= first && first <= end && end <= rows);
      assert.equal(above + (end - first) * rowHeight + below, rows * rowHeight);
      assert.ok(end - first <= Math.ceil(height / rowHeight) + 1 + 16);
      // As far as a browser can scroll at all.
      const top = Math.min(scrolled, Math.max(0, rows * rowHeight - height));
      assert.ok(above <= top, "room above ends where the sight begins");
      assert.ok(rows * rowHeight - below >= Math.min(rows * rowHeight, top + height));
    }),
    { seed: 23 },
  );
});
