/**
 * For tests: texts of any code points, controls and halves of surrogates among them.
 * @module
 */

import fc from "fast-check";

const codePoint = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 0xff }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0x10ffff }) },
);

export const anyText = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(codePoint, { maxLength }).map((codes) => String.fromCodePoint(...codes));

/** Seeded, so that a failure comes again. */
export const RUNS = { numRuns: Deno.env.get("KBOT_TEST_FULL") === "1" ? 100_000 : 1_000, seed: 7 };
