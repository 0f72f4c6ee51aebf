/**
 * The Monte Carlo kernels that this machine can run: WASM with SIMD (wasm/assembly/monte_carlo.ts), the same with relaxed
 * SIMD, or plain TypeScript where there is no SIMD at all.
 * @module
 */

import type { Kernel, KernelName } from "./monte_carlo_kernel.ts";
import { ScalarKernel } from "./monte_carlo_scalar.ts";

/** Modules whose one function uses an instruction: valid only where there is one. */
const SIMD_PROBE = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
]);
const RELAXED_PROBE = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11],
]);

const hasSimd = WebAssembly.validate(SIMD_PROBE);

// Imported only where they can be loaded: a module with an instruction that the machine has not ends the import.
const strict: Kernel | null = hasSimd ? await import("../../wasm/build/monte_carlo.wasm") : null;
const relaxed: Kernel | null = WebAssembly.validate(RELAXED_PROBE)
  ? await import("../../wasm/build/monte_carlo_relaxed.wasm")
  : null;

const scalar = new ScalarKernel();

/** Whether the strict kernel runs as WASM here. */
export const kernelIsVectorised: boolean = strict !== null;

/** A kernel; `null` where this machine has no relaxed one. */
export function kernelOf(name: KernelName): Kernel | null {
  return name === "strict" ? strict ?? scalar : relaxed;
}
