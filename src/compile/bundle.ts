/**
 * Bundles the program into a directory that needs no package and no source: `main.js`, one script for each worker, what
 * they share, and the files that they read, at the places where the source has them. esbuild leaves out what nothing
 * imports; what only tests and build steps use is not even installed.
 * @module
 */

import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { OnLoadResult, Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The script that is run. */
export const MAIN = "main.js";

/** A place beside a source file: `new URL("./worker.ts", import.meta.url)`. */
const BESIDE = /new URL\("(\.{1,2}\/[^"$]*)", import\.meta\.url\)/g;
/** A file of a package: `import.meta.resolve("@jitl/quickjs-wasmfile-release-sync/wasm")`. */
const OF_PACKAGE = /import\.meta\.resolve\("([^".][^"]*)"\)/g;

const NODE_MODULE = new RegExp(`^(${builtinModules.filter((name) => !name.includes(":")).join("|")})$`);

/** A package that is loaded when it is needed: `await import("nodemailer")`, and no type of one. */
const OF_PACKAGE_LATE = /(?<!typeof )\bimport\("([^".][^"]*)"\)/g;

/** Packages in CommonJS ask for Node's modules by `require`, which a module has not. */
const REQUIRE = 'import { createRequire as kbotRequire } from "node:module"; ' +
  "const require = kbotRequire(import.meta.url);";
/** Loaded late, esbuild gives of such a package the default alone; everywhere else its members have their names. */
const NAMED = "const kbotNamed = (loaded) => " +
  'Object.keys(loaded).join() === "default" ? { ...loaded.default, ...loaded } : loaded;';

/** Scripts lie side by side, so that what stands in any of them finds the files by the same way. */
const scriptName = (source: string): string => source.replace(/^src\//, "").replace(/\.ts$/, "").replaceAll("/", "-");

/** Source files of the product, from the project's root. */
async function sources(folder = "src"): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory && path !== "src/compile") found.push(...await sources(path));
    else if (name.endsWith(".ts") && !/_(test|bench|fixture)\.ts$/.test(name)) found.push(path);
  }
  return found.sort();
}

/** Where a place beside a source file lies from the project's root. */
const placeOf = (source: string, beside: string): string =>
  relative(ROOT, join(ROOT, dirname(source), beside)) + (beside.endsWith("/") ? "/" : "");

/**
 * Installs what the product imports, with the versions and hashes of deno.lock, where esbuild looks for it.
 * @returns the directory of the packages
 */
async function install(texts: readonly string[], directory: string): Promise<string> {
  const config = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as {
    readonly imports: Readonly<Record<string, string>>;
  };
  const all = texts.join("\n");
  const used = Object.entries(config.imports).filter(([name]) =>
    all.includes(`"${name}"`) || all.includes(`"${name}/`)
  );
  const settings = { nodeModulesDir: "auto", imports: Object.fromEntries(used) };
  await Deno.writeTextFile(join(directory, "deno.json"), JSON.stringify(settings));
  await Deno.copyFile(join(ROOT, "deno.lock"), join(directory, "deno.lock"));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet"],
    cwd: directory,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`The packages cannot be installed: ${new TextDecoder().decode(stderr).trim()}`);
  return join(directory, "node_modules");
}

/** Leads what the source reads at run time to the places of the bundle, and notes what must lie there. */
class Places {
  /** From the bundle's root: the file that is copied there. */
  readonly files = new Map<string, string>();
  readonly #packages: string;
  readonly #workers: ReadonlySet<string>;

  constructor(packages: string, workers: ReadonlySet<string>) {
    this.#packages = packages;
    this.#workers = workers;
  }

  plugin(): Plugin {
    return {
      name: "places",
      setup: (build) => {
        build.onLoad({ filter: /\.ts$/ }, ({ path }) => this.#load(path));
        build.onResolve({ filter: /\.wasm$/ }, ({ path, importer }) => {
          const place = placeOf(relative(ROOT, importer), path);
          this.files.set(place, join(ROOT, place));
          return { path: `./${place}`, external: true };
        });
        // A compiled program finds Node's own modules under their full names alone.
        build.onResolve({ filter: NODE_MODULE }, ({ path }) => ({ path: `node:${path}`, external: true }));
        build.onResolve({ filter: /^(bufferutil|utf-8-validate)$/ }, ({ path }) => ({ path, external: true }));
      },
    };
  }

  async #load(path: string): Promise<OnLoadResult | undefined> {
    const source = relative(ROOT, path);
    if (!source.startsWith("src/")) return undefined;
    const text = withNames(await Deno.readTextFile(path));
    if (!text.includes("import.meta")) return { contents: text, loader: "ts" };
    const led = text
      .replace(OF_PACKAGE, (_, name: string) => this.#ofPackage(name))
      .replace(BESIDE, (_, beside: string) => this.#beside(source, beside));
    const left = /import\.meta\.(url|resolve)/.exec(led.replaceAll("/* placed */ import.meta.url", ""));
    if (left !== null) throw new Error(`${source}: found ${left[0]}, wanted new URL("./NAME", import.meta.url)`);
    return { contents: led, loader: "ts" };
  }

  #beside(source: string, beside: string): string {
    const place = placeOf(source, beside);
    if (this.#workers.has(place)) return at(`${scriptName(place)}.js`);
    // A directory's files are named where they are collected.
    if (!place.endsWith("/")) this.files.set(place, join(ROOT, place));
    return at(place);
  }

  #ofPackage(name: string): string {
    const resolver = import.meta.resolve(name);
    const file = fileURLToPath(resolver);
    // Read as bytes: under its own ending deno compile takes a WASM for a module, whose imports it looks for.
    const place = `packages/${file.slice(file.lastIndexOf("/") + 1)}.data`;
    this.files.set(place, file);
    return `${at(place)}.href`;
  }
}

/**
 * Has packages that are loaded late come with the names of their members.
 *
 * @example
 * ```ts
 * import { withNames } from "./bundle.ts";
 * import assert from "node:assert/strict";
 * assert.equal(withNames('await import("ws")'), 'await import("ws").then(kbotNamed)');
 * assert.equal(withNames('typeof import("ws"); import("./x.ts")'), 'typeof import("ws"); import("./x.ts")');
 * ```
 */
export const withNames = (source: string): string =>
  source.replace(OF_PACKAGE_LATE, (late: string) => `${late}.then(kbotNamed)`);

const at = (place: string): string => `new URL(${JSON.stringify(`./${place}`)}, /* placed */ import.meta.url)`;

/** The files of the page, without those of the build before it. */
async function pageFiles(): Promise<readonly string[]> {
  const manifest = JSON.parse(await Deno.readTextFile(join(ROOT, "static/build/manifest.json"))) as {
    readonly index: string;
    readonly files: Readonly<Record<string, string>>;
  };
  return ["manifest.json", manifest.index, ...Object.keys(manifest.files)].map((name) => `static/build/${name}`);
}

/**
 * Writes the bundle into a directory.
 * @param origin what it says of where it comes from (src/cli/version.ts): `commit 0123456789ab`
 * @param flags of `deno run`, which it tells those who unpack it
 * @returns its files, from there
 */
export async function bundle(
  directory: string,
  origin: string,
  flags: readonly string[],
): Promise<readonly string[]> {
  const paths = await sources();
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(join(ROOT, path))));
  const workers = new Set(
    paths.flatMap((path, n) =>
      [...texts[n].matchAll(BESIDE)].map(([, beside]) => placeOf(path, beside)).filter((place) => place.endsWith(".ts"))
    ),
  );
  const stage = await Deno.makeTempDir({ prefix: "kbot-packages-" });
  const esbuild = await import("esbuild");
  try {
    const packages = await install(texts, stage);
    const places = new Places(packages, workers);
    for (const path of await pageFiles()) places.files.set(path, join(ROOT, path));
    const scripts = ["src/main.ts", ...workers];
    const { metafile } = await esbuild.build({
      entryPoints: scripts.map((path) => ({ in: join(ROOT, path), out: scriptName(path) })),
      outdir: directory,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "es2023",
      // Names stay: a defect's trace is for people.
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: "eof",
      nodePaths: [packages],
      plugins: [places.plugin()],
      banner: { js: `${REQUIRE} ${NAMED}` },
      define: { KBOT_BUILD: JSON.stringify(origin), KBOT_START: JSON.stringify({ flags, main: MAIN }) },
      metafile: true,
      logLevel: "warning",
      tsconfigRaw: "{}",
    });
    for (const [place, file] of places.files) {
      await Deno.mkdir(join(directory, dirname(place)), { recursive: true });
      await Deno.copyFile(file, join(directory, place));
    }
    const written = Object.keys(metafile.outputs).map((path) => relative(directory, join(Deno.cwd(), path)));
    return [...written, ...places.files.keys()].sort();
  } finally {
    await esbuild.stop();
    await Deno.remove(stage, { recursive: true });
  }
}
