/**
 * Does WASM with SIMD run here, and does the simulation give what the closed form gives?
 * @module
 */

import { settlementAverageAbove } from "../../models/settlement_average.ts";
import { messageOf } from "../../store/message.ts";
import { type Check, fail, pass } from "./check.ts";

/** A module whose one function adds two vectors: valid only where there is SIMD. */
const SIMD_MODULE = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
]);
const SPOT = 84_000;
const STRIKE = 84_100;
const SIGMA = 0.0002;
const SECONDS = 600;
const PATHS = 20_000;
/** Of the simulation's own error: beyond it something is wrong with the arithmetic. */
const ERRORS_MAX = 6;

export const wasm: Check = {
  name: "wasm",
  async run() {
    if (!WebAssembly.validate(SIMD_MODULE)) {
      return fail(
        "This machine or this Deno has no WASM SIMD",
        "Use a processor of the last ten years and Deno 2.4 or newer",
      );
    }
    try {
      // Loaded here, so that a missing build is this check's finding and not everybody's.
      const { simulate } = await import("../../models/monte_carlo.ts");
      const started = performance.now();
      const answer = simulate({
        spot: SPOT,
        strikes: [STRIKE],
        sigma: SIGMA,
        seconds: SECONDS,
        model: { name: "gbm" },
        mode: "exact_jump",
        estimator: "plain",
        kernel: "strict",
        paths: PATHS,
        seed: 1,
      });
      const microseconds = Math.round((performance.now() - started) * 1_000);
      if ("error" in answer) return fail(`The kernel does not run: ${answer.error}`, "Build it with deno task build");
      const [probability] = answer.probabilities;
      const [standardError] = answer.standardErrors;
      const expected = settlementAverageAbove(SPOT, STRIKE, SIGMA, SECONDS);
      const text = `${PATHS} paths in ${microseconds} us give ${probability.toFixed(4)}, the closed form ${
        expected.toFixed(4)
      }`;
      if (Math.abs(probability - expected) <= ERRORS_MAX * standardError) return pass(text);
      return fail(text, "Build again with deno task build; if it stays, this machine's arithmetic cannot be trusted");
    } catch (error) {
      return fail(`The kernel does not run: ${messageOf(error)}`, "Build it with deno task build");
    }
  },
};
