/**
 * Programs of this folder run in processes of their own.
 * @module
 */

import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FIGURES_TIMEOUT_MS = 300_000;

/**
 * Runs one program of this folder to its end and reads the JSON object that it prints.
 * @param flags for Deno, besides the usual ones
 */
export async function figuresOf<Figures>(
  program: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<Figures> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--no-check", ...flags, fileURLToPath(new URL(program, import.meta.url)), ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(FIGURES_TIMEOUT_MS),
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${program} failed: ${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout)) as Figures;
}
