/**
 * The built page (static/build.ts makes it): a manifest, an `index.html`, and files whose names carry their hash.
 * @module
 */

import { z } from "zod";

const manifestSchema = z.object({
  inputs: z.string(),
  index: z.string(),
  files: z.record(z.string(), z.string()),
});

export interface Assets {
  /** Names the build, as its `index.html` does; `null` where there is none. */
  readonly build: string | null;
  /** `null` where the page was not built; the API works without it. */
  readonly index: Uint8Array<ArrayBuffer> | null;
  readonly files: ReadonlyMap<string, { readonly type: string; readonly body: Uint8Array<ArrayBuffer> }>;
}

/** Reads everything once: the page is small, and a server under load should not need the disk. */
export async function loadAssets(directory: URL): Promise<Assets> {
  let text: string;
  try {
    text = await Deno.readTextFile(new URL("manifest.json", directory));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { build: null, index: null, files: new Map() };
    throw error;
  }
  const manifest = manifestSchema.parse(JSON.parse(text));
  const files = new Map<string, { type: string; body: Uint8Array<ArrayBuffer> }>();
  for (const [name, type] of Object.entries(manifest.files)) {
    files.set(name, { type, body: await Deno.readFile(new URL(name, directory)) });
  }
  return { build: manifest.inputs, index: await Deno.readFile(new URL(manifest.index, directory)), files };
}
