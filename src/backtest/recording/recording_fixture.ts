/**
 * For the tests of this folder: small recordings written by hand, and the real ones where they are there.
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Input } from "../../core/input.ts";
import type { RecordedBatch, Recording } from "./recording.ts";

/** Runs `body` in a folder that holds these files (`.gz` names are compressed), and removes it afterwards. */
export async function withFiles(
  files: Readonly<Record<string, string>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      const plain = new Blob([text]).stream();
      const stream = name.endsWith(".gz") ? plain.pipeThrough(new CompressionStream("gzip")) : plain;
      await Deno.writeFile(join(folder, name), stream);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The path of a recorded data set beside the project; `null`, said aloud, where it is absent. */
export async function recordedData(name: string): Promise<string | null> {
  const path = fileURLToPath(new URL(`../../../../shared/data/${name}`, import.meta.url));
  try {
    await Deno.stat(path);
    return path;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`SKIPPED: ${name} is not here`);
    return null;
  }
}

/** Everything of a recording at once; for small ones. */
export async function collect(recording: Recording): Promise<{ input: Input; line: number; file: string }[]> {
  const all: { input: Input; line: number; file: string }[] = [];
  for await (const { file, inputs, lines } of recording.batches() as AsyncIterable<RecordedBatch>) {
    inputs.forEach((input, at) => all.push({ input, line: lines[at], file }));
  }
  return all;
}
