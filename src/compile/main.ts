/**
 * Makes one file of kbot: `deno task compile [--target NAME] [--output FILE]`.
 *
 * By `deno compile`; where the base that this needs can neither be downloaded nor is named by DENORT_BIN, it says so and
 * makes a self-extracting file of the same name, which does the same.
 * @module
 */

import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { VERSION } from "../cli/version.ts";
import { bundle, MAIN } from "./bundle.ts";
import { permissionFlags, type PermissionSet } from "./permissions.ts";
import { selfExtracting } from "./self_extracting.ts";
import { type Target, targetOf, TARGETS } from "./targets.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** What `deno compile` says where it cannot get its base. */
const NO_BASE = /denort|Setting up base binary|dl\.deno\.land/;
/** Beside the permissions: nothing from elsewhere, and the unstable parts that deno.json names. */
const COMPILE_FLAGS = ["--no-config", "--no-remote", "--no-npm"];
const RUN_FLAGS = ["--quiet", "--no-lock", ...COMPILE_FLAGS];

/** Of an unpacked archive, which is no repository. */
const UNKNOWN = "commit unknown";
/** What the program is made of. */
const PACKED = ["src", "static", "wasm", "deno.json", "deno.lock"];

const say = (text: string): void => console.error(text);

interface Output {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(program: string, args: readonly string[], cwd: string): Promise<Output> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd, stdin: "null" }).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout).trim(), stderr: decoder.decode(stderr).trim() };
}

/** The commit that is packed, and whether files differ from it. */
async function origin(): Promise<string> {
  try {
    const head = await run("git", ["rev-parse", "HEAD"], ROOT);
    if (!head.success) return UNKNOWN;
    const status = await run("git", ["status", "--porcelain", "--", ...PACKED], ROOT);
    return `commit ${head.stdout.slice(0, 12)}${status.stdout === "" ? "" : " with changes"}`;
  } catch {
    // No git here.
    return UNKNOWN;
  }
}

interface Settings {
  readonly unstable: readonly string[];
  readonly permissions: { readonly kbot: PermissionSet };
}

/** What the program is allowed to, however it is packed. */
async function programFlags(): Promise<readonly string[]> {
  const settings: Settings = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  return [...settings.unstable.map((name) => `--unstable-${name}`), ...permissionFlags(settings.permissions.kbot)];
}

interface Job {
  readonly target: Target;
  readonly output: string;
  readonly directory: string;
  readonly files: readonly string[];
  readonly flags: readonly string[];
}

/** Whether it worked; `null` where the base could not be had. */
async function compile(job: Job): Promise<boolean | null> {
  const scripts = job.files.filter((path) => path.endsWith(".js") && path !== MAIN && !path.startsWith("chunk-"));
  const folders = [...new Set(job.files.filter((path) => path.includes("/")).map((path) => path.split("/")[0]))];
  const named = job.target.triple === Deno.build.target ? [] : ["--target", job.target.triple];
  const args = [
    "compile",
    "--quiet",
    "--no-check",
    ...COMPILE_FLAGS,
    ...job.flags,
    ...named,
    ...[...scripts.filter((path) => !path.includes("/")), ...folders].flatMap((path) => ["--include", path]),
    "--output",
    job.output,
    MAIN,
  ];
  const { success, stderr } = await run(Deno.execPath(), args, job.directory);
  if (success) return true;
  if (Deno.env.get("DENORT_BIN") === undefined && NO_BASE.test(stderr)) return null;
  say(stderr);
  return false;
}

/** Deno for the target: this one, or out of its package on npm. */
async function runtimeFor(target: Target): Promise<Uint8Array> {
  if (target.triple === Deno.build.target) return await Deno.readFile(Deno.execPath());
  const directory = await Deno.makeTempDir({ prefix: "kbot-runtime-" });
  try {
    const name = `${target.runtime}@${Deno.version.deno}`;
    say(`Fetching ${name}`);
    const packed = await run("npm", ["pack", "--loglevel=error", name], directory);
    if (!packed.success) throw new Error(`${name} cannot be fetched: ${packed.stderr}`);
    const unpacked = await run("tar", ["-xzf", packed.stdout.split("\n").at(-1) ?? "", "package/deno"], directory);
    if (!unpacked.success) throw new Error(`${name} holds no Deno: ${unpacked.stderr}`);
    return await Deno.readFile(join(directory, "package/deno"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function extracting(job: Job): Promise<boolean> {
  if (!job.target.posix) {
    say(`No file for ${job.target.system} without that base: a self-extracting one needs a POSIX shell`);
    return false;
  }
  const bytes = await selfExtracting({
    version: VERSION,
    target: job.target,
    runtime: await runtimeFor(job.target),
    directory: job.directory,
    files: job.files,
    main: MAIN,
    flags: [...RUN_FLAGS, ...job.flags],
  });
  await Deno.writeFile(job.output, bytes, { mode: 0o755 });
  return true;
}

async function make(target: Target, output: string): Promise<boolean> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-bundle-" });
  // Whole or not at all, over whatever was there before; a running one keeps its own.
  const draft = join(dirname(output), `.${crypto.randomUUID()}-${basename(output)}`);
  try {
    const build = await origin();
    const flags = await programFlags();
    const files = await bundle(directory, build, [...RUN_FLAGS, ...flags]);
    await Deno.mkdir(dirname(output), { recursive: true });
    const job: Job = { target, output: draft, directory, files, flags };
    const compiled = await compile(job);
    if (compiled === false) return false;
    if (compiled === null) {
      say(
        "The base that deno compile needs cannot be downloaded, and DENORT_BIN names none: making a self-extracting " +
          "file instead, which does the same",
      );
      if (!await extracting(job)) return false;
    }
    const { size } = await Deno.stat(draft);
    await Deno.rename(draft, output);
    say(`${output}: ${(size / 1e6).toFixed(1)} MB for ${target.triple}, ${build}`);
    return true;
  } finally {
    await Deno.remove(directory, { recursive: true });
    await Deno.remove(draft).catch(() => {});
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { target: { type: "string" }, output: { type: "string" } },
  });
  const name = values.target ?? Deno.build.target;
  const target = targetOf(name);
  if (target === null) {
    say(`--target: found ${JSON.stringify(name)}, allowed are ${Object.keys(TARGETS).join(", ")}`);
    return 2;
  }
  const own = target.triple === Deno.build.target;
  const suffix = own ? "" : `-${Object.keys(TARGETS).find((key) => TARGETS[key] === target)}`;
  const file = `dist/kbot${suffix}${target.posix ? "" : ".exe"}`;
  return await make(target, resolve(values.output ?? join(ROOT, file))) ? 0 : 1;
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
