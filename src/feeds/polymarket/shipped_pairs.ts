/**
 * The pair map that comes with kbot, and maps of the user's own.
 * @module
 */

import { fileURLToPath } from "node:url";
import { type PairMapResult, parsePairMap } from "./pair_map.ts";

const SHIPPED = fileURLToPath(new URL("./pairs.toml", import.meta.url));

/** @param file of the user's own; the shipped map where absent */
export async function loadPairMap(file: string = SHIPPED): Promise<PairMapResult> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.name : "an error";
    return { ok: false, errors: [`${file}: found a file that cannot be read (${reason}), wanted a pair map`] };
  }
  return parsePairMap(text, file);
}
