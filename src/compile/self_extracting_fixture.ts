/**
 * A self-extracting file whose runtime is a shell script, for tests of what its header does.
 * @module
 */

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { selfExtracting } from "./self_extracting.ts";
import { TARGETS } from "./targets.ts";

const target = Object.values(TARGETS).find(({ triple }) => triple === Deno.build.target);
const ignore = target === undefined || !target.posix;
if (ignore) console.log("SKIPPED: the self-extracting file, which needs a POSIX shell");

/** Stands for Deno: says what it was asked to run, and under which mask. */
export const RUNTIME = `#!/bin/sh
[ "$1" = --version ] && exit 0
umask
cat "$4"
shift 4
printf '<%s>' "$@"
`;

export interface Stage {
  readonly directory: string;
  readonly file: string;
  readonly cache: string;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** As root, in a view of the file systems of its own, with one mounted over the cache's parent with those options. */
  startOn(options: string): Promise<Ended>;
  /** What lies in the cache, the one place of this content. */
  place(): Promise<string>;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const ended = await new Deno.Command(program, {
    args: [...args],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code: ended.code, stdout: decoder.decode(ended.stdout), stderr: decoder.decode(ended.stderr) };
}

async function withFile(work: (stage: Stage) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot test-" });
  try {
    for (const [path, text] of [["main.js", "main\n"], ["static/build/page.js", "page\n"]]) {
      await Deno.mkdir(dirname(join(directory, "bundle", path)), { recursive: true });
      await Deno.writeTextFile(join(directory, "bundle", path), text);
    }
    const file = join(directory, "kbot");
    const bytes = await selfExtracting({
      version: "1.2.3",
      target: target ?? assert.fail("No target"),
      runtime: new TextEncoder().encode(RUNTIME),
      directory: join(directory, "bundle"),
      files: ["main.js", "static/build/page.js"],
      main: "main.js",
      flags: ["--it's", "--quiet"],
    });
    await Deno.writeFile(file, bytes, { mode: 0o755 });
    const cache = join(directory, "cache");
    await Deno.mkdir(cache);
    await work({
      directory,
      file,
      cache: join(cache, "kbot"),
      start: (args, env = {}) => run(file, args, { KBOT_CACHE_DIR: cache, ...env }),
      startOn(options) {
        const script = 'mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@"';
        const args = ["--mount", "sh", "-c", script, "sh", options, cache, file, ...ARGS];
        return run("unshare", args, { KBOT_CACHE_DIR: cache });
      },
      place: () => {
        const names = [...Deno.readDirSync(join(cache, "kbot"))].map(({ name }) => name);
        assert.deepEqual(names.length, 1, names.join(" "));
        return Promise.resolve(join(cache, "kbot", names[0]));
      },
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const mask = () => Deno.umask().toString(8).padStart(4, "0");

export function assertRuns(ended: Ended): void {
  assert.equal(ended.stderr, "");
  assert.equal(ended.code, 0);
  assert.equal(ended.stdout, `${mask()}\nmain\n<a b><$(c)>`);
}

export const ARGS = ["a b", "$(c)"];

/** @param able what else it needs is there */
export function test(name: string, work: (stage: Stage) => Promise<void>, able = true): void {
  Deno.test({ name, ignore: ignore || !able, fn: () => withFile(work) });
}
