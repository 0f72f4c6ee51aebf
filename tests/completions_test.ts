import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { KNOWN_WORDS } from "../src/cli/completions.ts";
import { completionScript, type Shell, SHELLS } from "../src/cli/completion_scripts.ts";
import { completionTree } from "../src/cli/completion_tree.ts";
import { GRAMMAR } from "../src/cli/command_line.ts";
import { temporaryDirectory } from "./process.ts";

/** What is typed before the TAB, and what it must be completed to: the only word, or some of several. */
const TYPED: readonly [line: string, words: readonly string[]][] = [
  ["kbot stat", ["status"]],
  ["kbot st", ["status", "store", "strategy"]],
  ["kbot config sch", ["schema"]],
  ["kbot run --pap", ["--paper"]],
  ["kbot --pap", ["--paper"]],
  ["kbot run --venue si", ["sim"]],
  ["kbot run --venue ", ["kalshi", "demo", "sim"]],
  ["kbot --config kbot.toml stat", ["status"]],
  ["kbot strategy start market", ["market_maker"]],
  ["kbot exchange --fault seq", ["seq-gap"]],
  ["kbot completions f", ["fish"]],
  ["kbot config init --out", ["--output"]],
  ["kbot config init --output FILES/some", ["FILES/some_file.toml"]],
  ["kbot replay FILES/some", ["FILES/some_file.toml"]],
];

const TREE = completionTree(GRAMMAR, KNOWN_WORDS);
const decoder = new TextDecoder();

async function has(shell: Shell): Promise<boolean> {
  try {
    return (await new Deno.Command(shell, { args: ["--version"], stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

async function said(program: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(program, { args: [...args], stdin: "null" }).output();
  assert.equal(decoder.decode(stderr), "");
  return decoder.decode(stdout);
}

/** Asks the function that bash itself would call. */
async function askBash(script: string, line: string): Promise<readonly string[]> {
  const words = line.split(" ");
  const ask = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kbot; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return (await said("bash", ["--norc", "-c", ask, script, ...words])).trim().split("\n");
}

async function askFish(script: string, line: string): Promise<readonly string[]> {
  const ask = `source $argv[1]; complete -C $argv[2]`;
  const lines = (await said("fish", ["--no-config", "-c", ask, "--", script, line])).trim().split("\n");
  return lines.map((each) => each.split("\t")[0]);
}

/** Types into an interactive zsh, and has the line run that came of it. */
const ZSH = `
zmodload zsh/zpty
zpty -b kbot-shell zsh -f -i
await() {
  local part; said=
  repeat 2400; do
    while zpty -r -t kbot-shell part; do said+=$part; done
    [[ $said == \${~1} ]] && return
    sleep 0.05
  done
}
zpty -w kbot-shell "PS1=; autoload -Uz compinit; compinit -u -D; source $1; kbot() { print -r -- '(ran:'\\"\\$*\\"':ran)' }; echo re'ady'"
await '*ready*'
shift
for line in "$@"; do
  zpty -w -n kbot-shell "$line"$'\\t\\n'
  await '*\\(ran:*:ran\\)*'
  print -r -- "\${\${said##*\\(ran:}%%:ran\\)*}"
done
zpty -d kbot-shell
`;

async function askZsh(script: string, lines: readonly string[]): Promise<readonly string[]> {
  return (await said("zsh", ["-f", "-c", ZSH, "zsh", script, ...lines])).trim().split("\n");
}

for (const shell of SHELLS) {
  const there = await has(shell);
  if (!there) console.log(`SKIPPED: completion in ${shell}, which is not on this machine`);
  Deno.test({
    name: `${shell} completes commands, flags, their values and files`,
    ignore: !there,
    async fn() {
      await using directory = await temporaryDirectory();
      const file = join(directory.path, "some_file.toml");
      await Deno.writeTextFile(file, "");
      const script = join(directory.path, "completion");
      await Deno.writeTextFile(script, completionScript(shell, TREE));
      const here = (each: string): string => each.replace("FILES", dirname(file));
      if (shell === "zsh") {
        // Where there are several, zsh lists them, and the line stays what all of them begin with.
        const single = TYPED.filter(([, words]) => words.length === 1);
        const completed = single.map(([line, [word]]) => here(`${line.slice(5, line.lastIndexOf(" ") + 1)}${word}`));
        assert.deepEqual(await askZsh(script, single.map(([line]) => here(line))), completed);
        return;
      }
      const ask = shell === "bash" ? askBash : askFish;
      for (const [line, words] of TYPED) {
        const found = await ask(script, here(line));
        assert.deepEqual([...found].sort(), words.map(here).sort(), line);
      }
    },
  });
}

Deno.test("bash completes a file whose name has blanks, or a sign that stands for others", async () => {
  if (!await has("bash")) return console.log("SKIPPED: no bash");
  await using directory = await temporaryDirectory();
  const script = join(directory.path, "completion");
  await Deno.writeTextFile(script, completionScript("bash", TREE));
  for (const name of ["a b.toml", "c*", "cd"]) await Deno.writeTextFile(join(directory.path, name), "");
  const at = (name: string): string => join(directory.path, name);
  assert.deepEqual(await askBash(script, `kbot replay ${at("a")}`), [at("a b.toml")]);
  assert.deepEqual([...await askBash(script, `kbot replay ${at("c")}`)].sort(), ["c*", "cd", "completion"].map(at));
});

Deno.test("bash parts --venue=si at the sign, and its value is completed all the same", async () => {
  if (!await has("bash")) return console.log("SKIPPED: no bash");
  await using directory = await temporaryDirectory();
  const script = join(directory.path, "completion");
  await Deno.writeTextFile(script, completionScript("bash", TREE));
  assert.deepEqual(await askBash(script, "kbot run --venue = si"), ["sim"]);
});

Deno.test("every command is in the tree with a line about it, and no flag lacks one", () => {
  const paths = new Set(TREE.map(({ path }) => path.join(" ")));
  for (const path of ["", "run", "config", "config init", "calc probability", "strategy wind-up", "completions"]) {
    assert.ok(paths.has(path), path);
  }
  for (const { path, commands, flags } of TREE) {
    for (const { name, brief } of commands) assert.notEqual(brief, "", `${path.join(" ")} ${name}`);
    for (const { names, brief } of flags) assert.notEqual(brief, "", `${path.join(" ")} ${names[0]}`);
  }
});
