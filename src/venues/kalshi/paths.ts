/**
 * The ways by which data comes and orders leave, in words: which of them are taken explains speed, and trouble behind
 * proxies.
 * @module
 */

import type { Frames } from "./frames.ts";

/** How books, trades and index values come. */
export function dataPath(signed: boolean, frames: Frames): string {
  if (!signed) return "REST, polled";
  switch (frames) {
    case "json":
      return "the socket of ws and JSON.parse";
    case "bytes":
      return "kbot's own socket and byte parser";
    case "wasm":
      return "kbot's own socket and byte parser in WASM";
  }
}

/**
 * How orders leave.
 * @param ready connections of our own that are open now; `null` where there are to be none
 */
export function orderPath(signed: boolean, ready: number | null): string {
  if (!signed) return "none: there is no key";
  if (ready === null) return "fetch";
  return ready > 0 ? "kbot's own connections" : "fetch, until one of kbot's own connections is open";
}
