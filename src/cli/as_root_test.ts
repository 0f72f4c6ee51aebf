import assert from "node:assert/strict";
import { rootWarning } from "./as_root.ts";

Deno.test("root is warned, and nobody else, nor where the user is not known", () => {
  assert.match(rootWarning(0) ?? "", /^kbot runs as root, .* a user of its own/);
  assert.equal(rootWarning(1_000), null);
  assert.equal(rootWarning(null), null);
});
