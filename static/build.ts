/**
 * Builds the status page into static/build/: its script and its style sheet, the small ones that choose and make the light
 * theme, and one icon, each named after its content, the `index.html` that refers to them, and the manifest that the server reads; and `report.ts`, which holds the script and the
 * styles of reports as texts, because a report is one file. Says what it does on stderr only.
 *
 * The manifest is written last and by renaming, and names nothing that is not there yet: a server that starts in the
 * middle of a build sees the old page or the new one, never a mixture. Nothing is done while no source has changed, and
 * esbuild is loaded only when something has.
 * @module
 */

import { fileURLToPath } from "node:url";

const source = new URL("./", import.meta.url);
const target = new URL("./build/", import.meta.url);
/** Imported by its name, which therefore stays the same. */
const REPORT = "report.ts";

interface Manifest {
  /** Hash of everything the page and the reports are made of. */
  readonly inputs: string;
  readonly index: string;
  /** Media type by file name. */
  readonly files: Readonly<Record<string, string>>;
}

const TYPES = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", svg: "image/svg+xml" } as const;

/** A file of the page, and where `index.html` names it. */
interface PageFile {
  readonly place: string;
  readonly stem: string;
  readonly extension: keyof typeof TYPES;
  readonly body: Uint8Array;
}

/** What the page takes of kbot itself. */
const TAKEN: readonly string[] = ["../src/core/units.ts", "../src/core/index_parameters.ts", "../src/core/gauge.ts"];

/** The package of the charts, as Deno keeps it. */
const UPLOT = fileURLToPath(new URL("../", import.meta.resolve("uplot")));

/** @returns whether anything had to be built */
export async function buildPage(): Promise<boolean> {
  const inputs = await hashOfInputs();
  const old = await readManifest();
  if (old?.inputs === inputs) return false;
  const started = performance.now();
  await Deno.mkdir(target, { recursive: true });
  const files: Record<string, string> = {};
  const add = async (stem: string, extension: string, type: string, body: Uint8Array) => {
    const name = `${stem}-${(await hash(body)).slice(0, 12)}.${extension}`;
    files[name] = type;
    await writeWhole(name, body);
    return name;
  };
  const { files: bundled, report } = await bundle();
  await writeWhole(REPORT, new TextEncoder().encode(reportModule(report)));
  let html = (await Deno.readTextFile(new URL("index.html", source))).replace("{{build}}", inputs);
  for (const { place, stem, extension, body } of bundled) {
    html = html.replace(`{{${place}}}`, `/assets/${await add(stem, extension, TYPES[extension], body)}`);
  }
  const page = new TextEncoder().encode(html);
  const index = `index-${(await hash(page)).slice(0, 12)}.html`;
  await writeWhole(index, page);
  const manifest: Manifest = { inputs, index, files };
  await writeWhole("manifest.json", new TextEncoder().encode(JSON.stringify(manifest, null, 2) + "\n"));
  await removeLeftovers([old, manifest]);
  console.error(`Built the status page in ${Math.round(performance.now() - started)} ms`);
  return true;
}

/** What a report consists of beside its figures: what runs, what it looks like, and what light changes of that. */
interface ReportParts {
  readonly SCRIPT: string;
  readonly STYLE: string;
  readonly LIGHT: string;
}

/** A module, so that it is there wherever the code that imports it is: in a compiled binary too. */
const reportModule = (parts: ReportParts): string =>
  Object.entries(parts).map(([name, text]) => `export const ${name}: string = ${JSON.stringify(text)};\n`).join("");

async function bundle(): Promise<{ files: readonly PageFile[]; report: ReportParts }> {
  const esbuild = await import("esbuild");
  try {
    const build = async (entry: string, format: "esm" | "iife" = "esm") => {
      const result = await esbuild.build({
        entryPoints: [new URL(entry, source).pathname],
        bundle: true,
        minify: true,
        write: false,
        metafile: true,
        absWorkingDir: fileURLToPath(source),
        format,
        target: "es2022",
        // It knows no import map.
        alias: { uplot: UPLOT },
        logLevel: "warning",
        // The project's own settings are Deno's; esbuild needs none.
        tsconfigRaw: "{}",
      });
      // A change of what is not known to be taken would leave the old page.
      const strange = Object.keys(result.metafile.inputs).find((name) =>
        name.startsWith("../src/") && !TAKEN.includes(name)
      );
      if (strange !== undefined) throw new Error(`The page is made of ${strange}, too: name it in TAKEN`);
      return result.outputFiles[0];
    };
    const text = async (entry: string) => (await build(entry, "iife")).text.trim();
    const file = async (place: string, stem: string, extension: "js" | "css", entry: string): Promise<PageFile> => {
      // What is to run before the page is drawn is no module.
      const { contents } = await build(entry, place === "script" ? "esm" : "iife");
      return { place, stem, extension, body: contents };
    };
    const icon = await Deno.readFile(new URL("icon.svg", source));
    return {
      files: [
        await file("script", "page", "js", "page/main.ts"),
        await file("theme", "theme", "js", "page/theme_first.ts"),
        await file("style", "page", "css", "style/page.css"),
        await file("light", "light", "css", "style/light.css"),
        { place: "icon", stem: "icon", extension: "svg", body: icon },
      ],
      report: {
        SCRIPT: await text("report/main.ts"),
        STYLE: await text("report/report.css"),
        LIGHT: await text("report/light.css"),
      },
    };
  } finally {
    await esbuild.stop();
  }
}

/** Every file under static/ that can end up in the page or a report, and what the page takes of kbot itself and of packages. */
async function hashOfInputs(): Promise<string> {
  const names = [...TAKEN];
  const visit = async (directory: string) => {
    for await (const entry of Deno.readDir(new URL(directory, source))) {
      if (entry.isDirectory && entry.name !== "build") await visit(`${directory}${entry.name}/`);
      if (entry.isFile && !entry.name.endsWith("_test.ts")) names.push(`${directory}${entry.name}`);
    }
  };
  await visit("./");
  names.sort();
  const parts = await Promise.all(
    names.map(async (name) => `${name} ${await hash(await Deno.readFile(new URL(name, source)))}\n`),
  );
  return await hash(new TextEncoder().encode(`${parts.join("")}${UPLOT}\n`));
}

async function readManifest(): Promise<Manifest | null> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL("manifest.json", target)));
  } catch {
    // Absent or torn: built anew.
    return null;
  }
}

async function writeWhole(name: string, body: Uint8Array): Promise<void> {
  const draft = new URL(`.${name}.${crypto.randomUUID()}`, target);
  await Deno.writeFile(draft, body);
  await Deno.rename(draft, new URL(name, target));
}

/** The files of the build before stay: a server that just started may still be about to read them. */
async function removeLeftovers(kept: readonly (Manifest | null)[]): Promise<void> {
  const names = new Set(["manifest.json", REPORT]);
  for (const manifest of kept) {
    if (manifest !== null) [manifest.index, ...Object.keys(manifest.files)].forEach((name) => names.add(name));
  }
  for await (const { name } of Deno.readDir(target)) {
    if (!names.has(name) && !name.startsWith(".")) await Deno.remove(new URL(name, target)).catch(() => {});
  }
}

async function hash(body: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(body)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

if (import.meta.main) await buildPage();
