/**
 * Which folder may import which (DESIGN.md 2), and where in the project a file lies.
 * @module
 */

/** Folders of `src`, lowest row first. A folder may import what stands below it, and `beside` it what the row says. */
const LAYERS: readonly { readonly folders: readonly string[]; readonly beside: "anything" | "types" }[] = [
  { folders: ["core"], beside: "anything" },
  { folders: ["models"], beside: "anything" },
  { folders: ["strategies", "risk", "execution"], beside: "types" },
  { folders: ["engine"], beside: "anything" },
  {
    folders: ["feeds", "venues", "store", "backtest", "server", "ops", "runner", "config", "packs", "cluster"],
    beside: "anything",
  },
  { folders: ["cli"], beside: "anything" },
  { folders: ["main.ts"], beside: "anything" },
  // Packs all of it into one file, and is not in there.
  { folders: ["compile"], beside: "anything" },
];

/** Folders whose code is a function of its inputs: no clock, no chance, no I/O. */
export const PURE_FOLDERS: readonly string[] = ["core", "models", "strategies", "risk", "execution", "engine"];

/** What may lie in `src`. */
export const SRC_ENTRIES: readonly string[] = LAYERS.flatMap((layer) => layer.folders);

/** What may lie at the top level, dot files aside. */
export const TOP_LEVEL_ENTRIES: readonly string[] = [
  "src",
  "wasm",
  "static",
  "tests",
  "deno.json",
  "deno.lock",
  "README.md",
  "LICENSE",
];

/** Packages that only tests use: they must not become part of the product. */
const TEST_PACKAGES: readonly string[] = [
  "axe-core",
  "fast-check",
  "playwright-core",
  "kalshi-typescript",
  "smtp-server",
  "standardwebhooks",
];
/** Packages that only build steps use. */
const BUILD_PACKAGES: readonly string[] = ["assemblyscript", "esbuild"];
/** The one platform module that is pure. */
const PURE_NODE_MODULES: readonly string[] = ["node:assert", "node:assert/strict"];

const PROJECT_ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** A file's path from the project's root, with forward slashes; a relative one is taken as such already. */
export function projectPath(filename: string): string {
  const path = filename.replaceAll("\\", "/").replace(/^file:\/\//, "");
  if (path.startsWith(PROJECT_ROOT)) return path.slice(PROJECT_ROOT.length);
  // Windows: "C:/project/" against the URL's "/C:/project/".
  if (`/${path}`.startsWith(PROJECT_ROOT)) return path.slice(PROJECT_ROOT.length - 1);
  return path.replace(/^\.\//, "");
}

/** Tests and benchmarks may do what the product may not. */
export function isTest(path: string): boolean {
  return path.startsWith("tests/") || /_(test|bench)\.tsx?$/.test(path);
}

/** What tests are made of: it stands beside the product and obeys its rules, but is no part of it. */
function isFixture(path: string): boolean {
  return /_fixture\.tsx?$/.test(path);
}

/** `src/core/book.ts` -> `core`; `src/main.ts` -> `main.ts`; `null` outside `src`. */
export function srcFolder(path: string): string | null {
  return path.startsWith("src/") ? path.split("/")[1] : null;
}

/** True where the file belongs to a pure folder and is no test. */
export function isPure(path: string): boolean {
  const folder = srcFolder(path);
  return folder !== null && PURE_FOLDERS.includes(folder) && !isTest(path);
}

/** Where a relative import leads, from the project's root: (`src/core/a.ts`, `../models/b.ts`) -> `src/models/b.ts`. */
export function resolveImport(from: string, specifier: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "." || part === "") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

const layerOf = (folder: string): number => LAYERS.findIndex((layer) => layer.folders.includes(folder));

function refuseWithinSrc(from: string, to: string, typeOnly: boolean): string | null {
  const fromLayer = layerOf(from);
  const toLayer = layerOf(to);
  if (toLayer < 0) return `src/${to} is no folder that the layers know`;
  if (fromLayer < 0) return `src/${from} is no folder that the layers know`;
  if (toLayer > fromLayer) return `src/${from} must not import src/${to}, which stands above it`;
  if (toLayer === fromLayer && from !== to && LAYERS[fromLayer].beside === "types" && !typeOnly) {
    return `src/${from} may import only types from src/${to}, which stands beside it: they meet in src/engine`;
  }
  return null;
}

function refusePackage(path: string, specifier: string): string | null {
  const name = specifier.replace(/^npm:/, "");
  const isPackage = (known: string) => name === known || name.startsWith(`${known}/`) || name.startsWith(`${known}@`);
  if (path.startsWith("src/") && !isFixture(path) && TEST_PACKAGES.some(isPackage)) {
    return `${specifier} is for tests only`;
  }
  const product = path.startsWith("src/") && !path.startsWith("src/compile/");
  if (product && BUILD_PACKAGES.some(isPackage)) return `${specifier} is for build steps only`;
  if (isPure(path) && specifier.startsWith("node:") && !PURE_NODE_MODULES.includes(specifier)) {
    return `A pure folder must not import ${specifier}: what it reads must come in as an input`;
  }
  if (/^(https?|jsr):/.test(specifier)) return `${specifier} is not in deno.json: import by a name of its import map`;
  return null;
}

function refuseFromStatic(target: string, typeOnly: boolean): string | null {
  const folder = srcFolder(target);
  if (folder === null || folder === "core") return null;
  if (target !== "src/engine/view.ts" && folder !== "server") {
    return `static must not import ${target}: only src/core, and types of src/engine/view.ts and src/server`;
  }
  return typeOnly ? null : `static may import only types from ${target}: write "import type"`;
}

/**
 * Judges one import of one file.
 *
 * @param path the importing file, from the project's root
 * @param specifier as written in the import
 * @param typeOnly true for `import type`
 * @returns why it is refused, or `null`
 */
export function refuseImport(path: string, specifier: string, typeOnly: boolean): string | null {
  if (isTest(path)) return null;
  if (!specifier.startsWith(".")) return refusePackage(path, specifier);
  const target = resolveImport(path, specifier);
  if (isTest(target)) return `${target} is a test: the product must not import it`;
  if (isFixture(target) && !isFixture(path)) return `${target} is for tests only: the product must not import it`;
  if (path.startsWith("static/")) return refuseFromStatic(target, typeOnly);
  const from = srcFolder(path);
  if (from === null) return null;
  const to = srcFolder(target);
  if (to !== null) return refuseWithinSrc(from, to, typeOnly);
  if (target.startsWith("static/") && !target.startsWith("static/build/")) {
    return `src must not import ${target}: the page imports from src, not the other way round`;
  }
  return null;
}
