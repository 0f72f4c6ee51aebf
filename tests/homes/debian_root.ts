/**
 * Debian in a directory, without Deno, Node or this source, for tests of what a user copies there.
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ended } from "../process.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SUITE = "bookworm";

/** Whether a program is installed here. */
export function installed(...programs: readonly string[]): boolean {
  return programs.every((program) =>
    ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].some((directory) => {
      try {
        return Deno.statSync(join(directory, program)).isFile;
      } catch {
        return false;
      }
    })
  );
}

/** Why such a test cannot be made here; `null` where it can. */
export function withoutRoot(...programs: readonly string[]): string | null {
  if (Deno.env.get("KBOT_TEST_FULL") !== "1") return "it takes minutes; KBOT_TEST_FULL=1 makes it";
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "it needs root on Linux";
  const missing = ["debootstrap", "unshare", ...programs].filter((program) => !installed(program));
  return missing.length === 0 ? null : `it needs ${missing.join(", ")}, which Debian has`;
}

/** Runs a program to its end. */
export async function run(program: string, args: readonly string[], cwd = ROOT): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd, stdin: "null" }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function succeed(program: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(program, args);
  assert.equal(code, 0, `${program} ${args.join(" ")}: ${stdout.slice(-2_000)}${stderr}`);
  return stdout;
}

/** Debian with some packages more, gone afterwards. */
export async function debianRoot(packages: readonly string[] = []): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "kbot-root-" });
  const more = packages.length === 0 ? [] : [`--include=${packages.join(",")}`];
  try {
    await succeed("debootstrap", ["--variant=minbase", ...more, SUITE, path]);
  } catch (error) {
    await Deno.remove(path, { recursive: true });
    throw error;
  }
  // A temporary directory is its owner's alone, and a root is everybody's.
  await Deno.chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Makes the one file, of the kind that this Deno can make, as a user of that machine installs it. */
export async function installKbot(root: string): Promise<void> {
  const file = join(root, "usr/local/bin/kbot");
  await succeed(Deno.execPath(), ["run", "--quiet", "-A", "src/compile/main.ts", "--output", file]);
}
