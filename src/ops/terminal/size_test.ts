import assert from "node:assert/strict";
import { isCapable, lookOf, sizeOf, USUAL_SIZE } from "./size.ts";

Deno.test("a terminal that does not tell its size is taken for a usual one", () => {
  assert.deepEqual(sizeOf(() => ({ columns: 132, rows: 50 })), { columns: 132, rows: 50 });
  assert.deepEqual(sizeOf(() => ({ columns: 0, rows: 0 })), USUAL_SIZE);
  const fails = () => {
    throw new Error("not a terminal");
  };
  assert.deepEqual(sizeOf(fails), USUAL_SIZE);
});

Deno.test("a dumb terminal, and one of which nothing is known, gets no sequences", () => {
  for (
    const [term, os, capable] of [
      ["xterm-256color", "linux", true],
      ["screen", "linux", true],
      ["dumb", "linux", false],
      ["", "linux", false],
      [undefined, "linux", false],
      [undefined, "windows", true],
      ["dumb", "windows", false],
    ] as const
  ) assert.equal(isCapable({ TERM: term }, os), capable, `${term} on ${os}`);
});

Deno.test("colours and characters are what the environment says", () => {
  for (
    const [env, colors, unicode] of [
      [{ LANG: "en_US.UTF-8" }, true, true],
      [{ LANG: "en_US.UTF-8", LC_ALL: "C" }, true, false],
      [{ LC_CTYPE: "C.utf8" }, true, true],
      [{ NO_COLOR: "1", LANG: "C.UTF-8" }, false, true],
      [{ NO_COLOR: "" }, true, false],
    ] as const
  ) assert.deepEqual(lookOf(env, "linux"), { colors, unicode }, JSON.stringify(env));
});
