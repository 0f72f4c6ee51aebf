/**
 * Compiles every kernel, `wasm/assembly/NAME.ts`, to `wasm/build/NAME.wasm`, and some a second time with other
 * instructions. Folders below `wasm/assembly` hold what kernels share.
 *
 * Nothing is compiled while the key beside an output (a hash of all AssemblyScript sources, this file and the
 * compiler's version) still matches; the compiler is not even loaded then. Outputs appear by an atomic rename, so that
 * two processes may build at the same time. Prints to stderr only. Exits with 1 where a kernel does not compile.
 * @module
 */

import config from "../deno.json" with { type: "json" };

const SOURCES = new URL("./assembly/", import.meta.url);
const OUTPUT = new URL("./build/", import.meta.url);

/** No reference counting, no traps to JavaScript: a kernel's exports are functions of numbers. */
const OPTIONS: readonly string[] = [
  "-O3",
  "--noAssert",
  "--runtime",
  "stub",
  "--enable",
  "simd",
  "--use",
  "abort=",
  "--initialMemory",
  "1",
  // "Exchange of v128 values": about functions that kernels share; none of them is an export of the binary.
  "--disableWarning",
  "112",
];

/** A kernel, and under which name it is built. */
interface Target {
  readonly name: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** Kernels that are built once more: relaxed SIMD may round otherwise on another machine, which is a choice to be made. */
const VARIANTS: readonly Target[] = [
  { name: "monte_carlo_relaxed", source: "monte_carlo", options: ["--enable", "relaxed-simd"] },
];

/** Kernels that work on bytes which are put into their memory; no other shows its memory. */
const SHOWING_MEMORY: readonly string[] = ["orderbook"];

/** Paths of all AssemblyScript sources relative to {@link SOURCES}, sorted. */
async function listSources(folder = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, SOURCES))) {
    const path = folder + entry.name;
    if (entry.isDirectory) paths.push(...await listSources(`${path}/`));
    else if (entry.name.endsWith(".ts")) paths.push(path);
  }
  return paths.sort();
}

/** A hash of everything that the output depends on. */
async function keyOf(sources: readonly string[]): Promise<string> {
  const parts = [config.imports.assemblyscript, await Deno.readTextFile(new URL(import.meta.url))];
  for (const path of sources) parts.push(path, await Deno.readTextFile(new URL(path, SOURCES)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\0")));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether NAME.wasm is there and was made from this very state of the sources. */
async function isCurrent(name: string, key: string): Promise<boolean> {
  try {
    const [found] = await Promise.all([
      Deno.readTextFile(new URL(`${name}.key`, OUTPUT)),
      Deno.stat(new URL(`${name}.wasm`, OUTPUT)),
    ]);
    return found === key;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Writes a file so that others see either the old one or the whole new one. */
async function replaceFile(name: string, content: Uint8Array): Promise<void> {
  const temporary = new URL(`${name}.${Deno.pid}.part`, OUTPUT);
  await Deno.writeFile(temporary, content);
  await Deno.rename(temporary, new URL(name, OUTPUT));
}

/** Compiles one kernel; `null` where it has errors, which are then on stderr. */
async function compile({ name, source, options: own }: Target): Promise<Uint8Array | null> {
  const asc = await import("assemblyscript/asc");
  let binary: Uint8Array | null = null;
  const options = [...OPTIONS, ...own, ...(SHOWING_MEMORY.includes(name) ? [] : ["--noExportMemory"])];
  const { error, stderr } = await asc.main([`${source}.ts`, "--outFile", `${name}.wasm`, ...options], {
    readFile: async (path: string) => {
      try {
        return await Deno.readTextFile(new URL(path, SOURCES));
      } catch (cause) {
        // The compiler probes for several names of an import; only an absent file is an answer to that.
        if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) return null;
        throw cause;
      }
    },
    writeFile: (_path: string, content: Uint8Array | string) => {
      if (content instanceof Uint8Array) binary = content;
    },
    listFiles: () => [],
  });
  const messages = stderr.toString().trim();
  if (messages !== "") console.error(messages);
  if (error !== null) console.error(`Kernel ${name} does not compile: ${error.message}`);
  return error === null ? binary : null;
}

async function build(): Promise<boolean> {
  const sources = await listSources();
  const kernels = sources.filter((path) => !path.includes("/")).map((path) => path.slice(0, -".ts".length));
  const key = await keyOf(sources);
  await Deno.mkdir(OUTPUT, { recursive: true });
  let complete = true;
  const plain = kernels.map((name): Target => ({ name, source: name, options: [] }));
  for (const target of [...plain, ...VARIANTS]) {
    const { name } = target;
    if (await isCurrent(name, key)) continue;
    const binary = await compile(target);
    if (binary === null) {
      complete = false;
      continue;
    }
    await replaceFile(`${name}.wasm`, binary);
    await replaceFile(`${name}.key`, new TextEncoder().encode(key));
    console.error(`Compiled wasm/build/${name}.wasm, ${binary.length} bytes`);
  }
  return complete;
}

if (import.meta.main) Deno.exit(await build() ? 0 : 1);
