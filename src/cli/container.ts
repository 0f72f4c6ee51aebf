/**
 * `kbot container`: prints the recipe of a container image.
 * @module
 */

import { containerfile, type Packing } from "../ops/homes/containerfile.ts";
import { done, type Reply } from "./output.ts";
import { VERSION } from "./version.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** What a self-extracting kbot is run with, put in by src/compile/bundle.ts. */
declare const KBOT_START: { readonly flags: readonly string[]; readonly main: string } | undefined;

/** The kind of file that this kbot is; from its source, that of `deno compile`. */
function ownPacking(env: Env): Packing {
  const start = typeof KBOT_START === "undefined" ? undefined : KBOT_START;
  // Only the self-extracting file says where it lies.
  if (start === undefined || env.KBOT_FILE === undefined) return { kind: "compiled" };
  return { kind: "self_extracting", ...start };
}

export function container(env: Env = Deno.env.toObject(), packing: Packing = ownPacking(env)): Reply {
  const text = containerfile({ version: VERSION, packing });
  return done(text.trimEnd(), { packing: packing.kind, containerfile: text });
}
