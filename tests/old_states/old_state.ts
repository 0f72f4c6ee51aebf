/**
 * States as older versions of kbot left them, each written by that version's own code: orders, executions, positions, money and
 * halts of a run on paper, a database, two journals of which the newer one is not in the database yet, and an audit trail. Beside
 * it stands what that version itself would have gone on from.
 * @module
 */

import { dirname, join } from "node:path";
import type { HaltRecord, ResumeState } from "../../src/core/record.ts";

export interface OldState {
  /** Of its database. */
  readonly schema: number;
  /** Every change of a halt, oldest first. */
  readonly halts: readonly HaltRecord[];
  readonly resume: ResumeState;
  /** Base64 of each file, by its path within the state directory. */
  readonly files: Readonly<Record<string, string>>;
}

async function unzipped(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await Deno.readFile(new URL(name, import.meta.url));
  const stream = new Blob([file]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function oldState(schema: 3 | 4): Promise<OldState> {
  return JSON.parse(new TextDecoder().decode(await unzipped(`schema_${schema}.json.gz`)));
}

/** The journal of a short run of schema 3 on the simulated exchange. */
export const oldJournal = (): Promise<Uint8Array> => unzipped("schema_3_run.ndjson.gz");

/** Makes a state directory of it. */
export async function unpack({ files }: OldState, state: string): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const target = join(state, path);
    await Deno.mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await Deno.writeFile(target, Uint8Array.from(atob(text), (char) => char.charCodeAt(0)), { mode: 0o600 });
  }
}
