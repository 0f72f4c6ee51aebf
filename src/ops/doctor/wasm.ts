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
      const { monteCarloProbability } = await import("../../models/monte_carlo.ts");
      const state = { spot: 84_000, strike: 84_100, sigma: 0.0002, seconds: 600 };
      const started = performance.now();
      const { probability, standardError } = monteCarloProbability({
        ...state,
        paths: PATHS,
        seed: 1,
        distribution: "gbm",
      });
      const microseconds = Math.round((performance.now() - started) * 1_000);
      const expected = settlementAverageAbove(state.spot, state.strike, state.sigma, state.seconds, 0, 0);
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
