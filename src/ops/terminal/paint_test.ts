import assert from "node:assert/strict";
import fc from "fast-check";
import { type Line, span, type Tone } from "./line.ts";
import { painted, unpainted } from "./paint.ts";
import { anyText, RUNS } from "./text_fixture.ts";

const COLORED = { colors: true, unicode: true };
const PLAIN = { colors: false, unicode: true };

Deno.test("a line begins and ends without attributes, and says each only once", () => {
  const line = [span("LIVE", "live"), span(" money", "live"), span(" up"), span(" 5%", "dim")];
  assert.equal(painted(line, COLORED), "\x1b[0;1;97;41mLIVE money\x1b[m up\x1b[0;2m 5%\x1b[m");
  assert.equal(painted([span("x")], COLORED), "x");
  assert.equal(painted([], COLORED), "");
});

Deno.test("without colours nothing is coloured, and what must not be overlooked is reversed", () => {
  const tones: readonly Tone[] = ["live", "paper", "simulated", "halted", "reducing", "good", "bad", "warn", "dim"];
  // deno-lint-ignore no-control-regex
  for (const tone of tones) assert.doesNotMatch(painted([span("x", tone)], PLAIN), /\x1b\[[\d;]*(3|4|9|10)\d/);
  for (const tone of ["live", "halted"] as const) assert.equal(painted([span("x", tone)], PLAIN), "\x1b[0;1;7mx\x1b[m");
});

Deno.test("nothing in a text becomes a sequence, even in a line that nobody made with span()", () => {
  const text = anyText(30);
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
      const line: Line = texts.map((each) => ({ text: each, tone: "plain" }));
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(painted(line, COLORED), /[\u0000-\u001f\u007f-\u009f]/);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(unpainted(line, PLAIN), /[\u0000-\u001f\u007f-\u009f]/);
    }),
    RUNS,
  );
});

Deno.test("a file gets the words alone", () => {
  assert.equal(unpainted([span("HALTED", "halted"), span(" 5¢  ")], PLAIN), "HALTED 5¢");
  assert.equal(unpainted([span("5¢")], { unicode: false }), "5c");
});
