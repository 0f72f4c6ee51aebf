/**
 * One file for POSIX machines without `deno compile`'s base: a shell script (header.sh), and behind it Deno and the
 * bundled program as a compressed archive.
 * @module
 */

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { archive } from "./archive.ts";
import { cksum } from "./cksum.ts";
import type { Target } from "./targets.ts";

export interface Packed {
  readonly version: string;
  readonly target: Target;
  /** Deno for that machine. */
  readonly runtime: Uint8Array;
  /** The bundle's directory, and its files from there. */
  readonly directory: string;
  readonly files: readonly string[];
  /** From the bundle's directory. */
  readonly main: string;
  /** Of `deno run`. */
  readonly flags: readonly string[];
}

/** What Deno keeps of compiled scripts beside what is unpacked. */
const COMPILED_KB = 16_384;
const COMPRESSION = 9;

/** @returns the file's bytes */
export async function selfExtracting(packed: Packed): Promise<Uint8Array<ArrayBuffer>> {
  const program = await Promise.all(packed.files.map(async (path) => ({
    path: `app/${path}`,
    body: await Deno.readFile(join(packed.directory, path)),
  })));
  const sums = encode(program.map(({ path, body }) => `${cksum(body)} ${path}\n`).join(""));
  const whole = archive([
    { path: "deno", body: packed.runtime, executable: true },
    { path: "sums", body: sums },
    ...program,
  ]);
  const payload = gzipSync(whole, { level: COMPRESSION });
  const header = await fill(packed, {
    CONTENT: `kbot-${packed.version}-${await hash(payload)}`,
    UNPACKED_KB: String(Math.ceil(whole.length / 1_024) + COMPILED_KB),
    RUNTIME_BYTES: String(packed.runtime.length),
    RUNTIME_SUM: cksum(packed.runtime),
    PROGRAM_SUM: cksum(sums),
  });
  const file = new Uint8Array(header.length + payload.length);
  file.set(header);
  file.set(payload, header.length);
  return file;
}

/** The script, whose own number of lines tells it where the archive begins. */
async function fill(packed: Packed, values: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const { target } = packed;
  const template = await Deno.readTextFile(new URL("./header.sh", import.meta.url));
  const all: Readonly<Record<string, string>> = {
    ...values,
    VERSION: packed.version,
    SYSTEM: target.system,
    MACHINE: target.machines[0],
    MACHINES: target.machines.join(" | "),
    FLAGS: packed.flags.map(quoted).join(" "),
    MAIN: packed.main,
    LINES: String(template.split("\n").length - 1),
  };
  return encode(template.replace(/@([A-Z_]+)@/g, (_, name: string) => {
    if (!(name in all)) throw new Error(`header.sh: found @${name}@, which has no value`);
    return all[name];
  }));
}

const quoted = (flag: string): string => `'${flag.replaceAll("'", `'\\''`)}'`;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function hash(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
  return Array.from(digest.subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
