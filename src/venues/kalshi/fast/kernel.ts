/**
 * Instances of the kernel for order books (wasm/assembly/orderbook.ts), each with a memory of its own: two connections in
 * one process know nothing of each other, and what nobody uses any more is freed.
 * @module
 */

/** What the kernel exports. */
export type Kernel = typeof import("../../../../wasm/build/orderbook.wasm");

let compiled: WebAssembly.Module | null = null;

/** A new instance. Its bytes are read and compiled once in a process. */
export function openKernel(): Kernel {
  compiled ??= new WebAssembly.Module(
    Deno.readFileSync(new URL("../../../../wasm/build/orderbook.wasm", import.meta.url)),
  );
  // The very module that the type was made of.
  return new WebAssembly.Instance(compiled).exports as Kernel;
}
