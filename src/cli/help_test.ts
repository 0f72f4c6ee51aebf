import assert from "node:assert/strict";
import { GRAMMAR, parseCommandLine } from "./command_line.ts";
import { completionTree } from "./completion_tree.ts";

/** So wide that no line of a page is wrapped. */
const WIDE = { colors: false, width: 2_000 };

function helpOf(path: readonly string[]): string {
  const parsed = parseCommandLine([...path, "--help"], WIDE);
  assert.ok(parsed.ok && parsed.command === null, path.join(" "));
  return parsed.text;
}

/** Words as a shell makes them, of examples that quote with " and end with a redirection at most. */
function wordsOf(line: string): string[] {
  const words = line.replace(/\s>\S*\s*\S*$/, "").match(/"[^"]*"|\S+/g) ?? [];
  return words.map((word) => word.replaceAll('"', ""));
}

for (const { path } of completionTree(GRAMMAR)) {
  const name = ["kbot", ...path].join(" ");
  Deno.test(`${name} --help has examples, and each is a command line that is taken`, () => {
    const help = helpOf(path);
    assert.match(help, /^Examples:$/m, name);
    const lines = help.slice(help.indexOf("\nExamples:\n")).split("\n").filter((line) => line.startsWith("  kbot "));
    assert.ok(lines.length > 0, name);
    for (const line of lines) {
      // On kbot's own page a line says behind each example what it does.
      const [example] = line.trim().split(/ {2,}/);
      const [, ...argv] = wordsOf(example);
      const parsed = parseCommandLine(argv, WIDE);
      assert.ok(parsed.ok, `${example}: ${parsed.ok ? "" : parsed.message}`);
      assert.ok(path.every((word, at) => argv[at] === word), example);
    }
  });
}

Deno.test("kbot --help says what each exit code means", () => {
  const help = helpOf([]);
  for (const code of [0, 1, 2, 3]) assert.match(help, new RegExp(`^  ${code}  \\S`, "m"));
});

Deno.test("no help has colours where none are wanted", () => {
  // deno-lint-ignore no-control-regex
  for (const { path } of completionTree(GRAMMAR)) assert.doesNotMatch(helpOf(path), /\u001b/);
});
