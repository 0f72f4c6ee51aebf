import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { sourceCommit, VERSION, versionFacts, versionText } from "./version.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

const CASES: readonly [files: Record<string, string>, commit: string | null][] = [
  [{}, null],
  [{ HEAD: `${COMMIT}\n` }, COMMIT],
  [{ HEAD: "ref: refs/heads/main\n", "refs/heads/main": `${COMMIT}\n` }, COMMIT],
  [{ HEAD: "ref: refs/heads/main\n", "packed-refs": `# pack-refs\n${COMMIT} refs/heads/main\n` }, COMMIT],
  [{ HEAD: "ref: refs/heads/main\n" }, null],
  [{ HEAD: "something else" }, null],
];

Deno.test("the version names kbot and the runtime", () => {
  assert.equal(versionText(), `kbot ${VERSION} (deno ${Deno.version.deno})`);
  const compiled = versionText("commit 0123456789ab");
  assert.equal(compiled, `kbot ${VERSION} (commit 0123456789ab, deno ${Deno.version.deno})`);
});

Deno.test("as JSON it names commit, runtime and machine, and whether it was made into one file", () => {
  const { deno, v8, typescript } = Deno.version;
  const { target } = Deno.build;
  const facts = { version: VERSION, deno, v8, typescript, target };
  assert.deepEqual(versionFacts("commit 0123456789ab"), { ...facts, commit: "0123456789ab", compiled: true });
  assert.deepEqual(versionFacts("commit unknown"), { ...facts, commit: null, compiled: true });
  assert.deepEqual(versionFacts(), { ...facts, commit: sourceCommit(), compiled: false });
});

Deno.test("the commit is read where git keeps it, and is null where nothing is known", async () => {
  for (const [files, commit] of CASES) {
    const root = await Deno.makeTempDir();
    try {
      for (const [name, text] of Object.entries(files)) {
        await Deno.mkdir(`${root}/.git/refs/heads`, { recursive: true });
        await Deno.writeTextFile(`${root}/.git/${name}`, text);
      }
      assert.equal(sourceCommit(pathToFileURL(`${root}/`)), commit, JSON.stringify(files));
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});
