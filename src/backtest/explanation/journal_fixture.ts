/**
 * Journals of hand-driven engines on disk, as a run would have left them.
 * @module
 */

import { join } from "node:path";
import type { Input } from "../../core/input.ts";
import { Engine } from "../../engine/engine.ts";
import { encodeAction, encodeEnd, encodeHeader, encodeInput, encodePart } from "../../engine/journal.ts";
import type { EngineOptions } from "../../engine/options.ts";

/** The lines of a run, without an end unless one is asked for. */
export function journalLines(inputs: readonly Input[], options: EngineOptions, ends = false): string[] {
  const engine = new Engine(options);
  const { run } = options;
  const lines = [encodeHeader({ version: "test", run, started: "2026-11-20T12:00:00Z", config: options })];
  for (const input of inputs) {
    lines.push(encodeInput(input));
    for (const action of engine.step(input)) if (action.type !== "log") lines.push(encodeAction(action));
  }
  if (ends) lines.push(encodeEnd({ inputs: engine.inputs, hash: engine.decisionHash, reason: "over" }));
  return lines;
}

/** The same in files of so many lines each, by name; the first ones compressed. */
export function inParts(lines: readonly string[], run: string, size: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let at = 0, part = 1; at < lines.length; part++) {
    const header = part === 1 ? [] : [encodePart({ part, run, line: at + part - 1 })];
    const held = [...header, ...lines.slice(at, at + size)];
    at += size;
    const name = `${String(part).padStart(6, "0")}.ndjson${at < lines.length ? ".gz" : ""}`;
    files[name] = held.join("\n") + "\n";
  }
  return files;
}

/** Files of runs, by the run's name, in a state directory that is removed again. */
export async function withJournals(
  runs: Readonly<Record<string, Readonly<Record<string, string>>>>,
  body: (state: string, directories: readonly string[]) => Promise<void>,
): Promise<void> {
  const state = await Deno.makeTempDir();
  const directories = Object.keys(runs).sort().map((run) => join(state, "journal", run));
  try {
    for (const [run, files] of Object.entries(runs)) {
      const directory = join(state, "journal", run);
      await Deno.mkdir(directory, { recursive: true });
      for (const [name, text] of Object.entries(files)) {
        const plain = new Blob([text]).stream();
        const stream = name.endsWith(".gz") ? plain.pipeThrough(new CompressionStream("gzip")) : plain;
        await Deno.writeFile(join(directory, name), stream);
      }
    }
    await body(state, directories);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}
