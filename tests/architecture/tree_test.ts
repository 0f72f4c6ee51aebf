import assert from "node:assert/strict";
import { PURE_FOLDERS, SRC_ENTRIES, TOP_LEVEL_ENTRIES } from "./layers.ts";

const root = new URL("../../", import.meta.url);

function entries(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).filter((name) => !name.startsWith(".")).sort();
}

Deno.test("the top level holds nothing but what DESIGN.md 2 names", () => {
  // Build outputs that .gitignore names may lie about.
  const ignored = ["node_modules", "dist"];
  const unknown = entries(root).filter((name) => !TOP_LEVEL_ENTRIES.includes(name) && !ignored.includes(name));
  assert.deepEqual(unknown, []);
  for (const name of TOP_LEVEL_ENTRIES) assert.ok(entries(root).includes(name), `${name} is missing`);
});

Deno.test("every folder of src has a place in the layers", () => {
  const found = entries(new URL("src/", root));
  assert.deepEqual(found.filter((name) => !SRC_ENTRIES.includes(name)), []);
  for (const name of PURE_FOLDERS) assert.ok(found.includes(name), `src/${name} is missing`);
});

Deno.test("the lock file names no registry", () => {
  const text = Deno.readTextFileSync(new URL("deno.lock", root));
  assert.doesNotMatch(text, /https?:\/\//);
});

Deno.test("the whole tree passes the linter, with the project's own rules", async () => {
  const config = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
  assert.deepEqual(config.lint.plugins, ["./tests/architecture/plugin.ts"]);
  const lint = new Deno.Command(Deno.execPath(), {
    args: ["lint", "--quiet"],
    cwd: root,
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await lint.output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, decoder.decode(stdout) + decoder.decode(stderr));
});
