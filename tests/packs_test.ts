import assert from "node:assert/strict";
import { join } from "node:path";
import { hashOf } from "../src/packs/pack.ts";
import { packTemplate } from "../src/packs/template.ts";
import { readJournal } from "../src/store/journal_reader.ts";
import { STRATEGIES } from "../src/strategies/registry.ts";
import { runKbot, temporaryDirectory } from "./process.ts";

interface Summary {
  readonly orders: number;
  readonly fills: number;
  readonly decision_hash: string;
  readonly journal: string;
  readonly halts: readonly string[];
}

interface Listed {
  readonly name: string;
  readonly source: string;
  readonly settings?: string;
}

/** Writes packs and a configuration that lists them, with kbot's own strategies off. */
async function list(directory: string, packs: readonly Listed[]): Promise<string> {
  const lines: string[] = [];
  for (const { name, source } of packs) {
    await Deno.writeTextFile(join(directory, `${name}.js`), source);
    const hash = await hashOf(new TextEncoder().encode(source));
    lines.push("[[packs]]", `file = "${name}.js"`, `sha256 = "${hash}"`);
  }
  for (const { name, settings = "" } of packs) lines.push(`[strategies.${name}]`, "enabled = true", settings);
  // One series, and nothing but the packs: these are looked at here, and other markets only take time.
  lines.push("[venue]", 'series = ["KXBTC15M"]');
  for (const { name } of STRATEGIES) lines.push(`[strategies.${name}]`, "enabled = false");
  const file = join(directory, "kbot.toml");
  await Deno.writeTextFile(file, lines.join("\n"));
  return file;
}

async function demo(config: string, state: string): Promise<{ readonly summary: Summary; readonly stderr: string }> {
  const flags = ["--for", "4s", "--speed", "100", "--seed", "3", "--json", "--port", "0"];
  const { code, stdout, stderr } = await runKbot(["demo", ...flags, "--config", config, "--state", state]);
  assert.equal(code, 0, stderr);
  return { summary: JSON.parse(stdout), stderr };
}

const EAGER = "max_seconds = 800\nmin_edge = 0.005";

Deno.test("packs trade in a run, and its journal replays with the very same files, of the state where they changed", async () => {
  await using directory = await temporaryDirectory();
  const config = await list(directory.path, [
    { name: "late_yes", source: packTemplate("late_yes"), settings: EAGER },
    { name: "later_yes", source: packTemplate("later_yes"), settings: "max_contracts = 5\n" + EAGER },
  ]);
  const state = join(directory.path, "state");
  const { summary } = await demo(config, state);
  assert.ok(summary.orders > 0 && summary.fills > 0, JSON.stringify(summary));
  const replay = () => runKbot(["replay", summary.journal, "--verify", "--config", config, "--json"]);
  const listed = await replay();
  assert.equal(listed.code, 0, listed.stdout + listed.stderr);
  assert.equal(JSON.parse(listed.stdout).decision_hash, summary.decision_hash);

  await Deno.writeTextFile(join(directory.path, "late_yes.js"), "\n", { append: true });
  const refused = await runKbot(["demo", "--for", "1s", "--config", config, "--state", join(directory.path, "other")]);
  assert.equal(refused.code, 2);
  assert.match(
    refused.stderr,
    /packs\[0\]\.sha256: Found [0-9a-f]{64}, allowed: [0-9a-f]{64}, the hash of .*late_yes\.js/,
  );
  const kept = await replay();
  assert.equal(kept.code, 0, kept.stdout + kept.stderr);
  const explained = await runKbot(["explain", "k00000003-1", "--state", state, "--json"]);
  assert.equal(explained.code, 0, explained.stderr);
  assert.notEqual(JSON.parse(explained.stdout).decision, null, explained.stdout);

  await Deno.remove(join(state, "packs"), { recursive: true });
  const lost = await replay();
  assert.equal(lost.code, 2);
  assert.match(
    lost.stderr,
    /Strategy late_yes is a pack, the file with SHA-256 [0-9a-f]{64}, which is in none of these: /,
  );
  assert.match(lost.stderr, /\[\[packs\]\] of the configuration \(refused: .*kbot\.toml:1: packs\[0\]\.sha256/);
});

Deno.test("a pack that throws is stopped and told of, another goes on, and the journal replays", async () => {
  await using directory = await temporaryDirectory();
  const failing = `export default { name: "failing", title: "Fails near the end", trades: ["KX*"],
    decide(view) {
      if (view.secondsToClose < 700) for (;;);
      return { refusal: { code: "waits", text: "Not yet" } };
    } }`;
  const config = await list(directory.path, [
    { name: "failing", source: failing },
    { name: "late_yes", source: packTemplate("late_yes"), settings: EAGER },
  ]);
  const { summary, stderr } = await demo(config, join(directory.path, "state"));
  assert.ok(summary.orders > 0, "the other pack has traded");
  assert.match(stderr, /failing.*It takes more than 10000000 steps/);
  const told: string[] = [];
  for await (const event of readJournal(summary.journal)) {
    assert.equal(event.kind, "entries");
    if (event.kind !== "entries") continue;
    for (const entry of event.entries) {
      if (entry.kind === "action" && /"audit".*more than 10000000 steps/.test(entry.text)) told.push(entry.text);
    }
  }
  assert.equal(told.length, 1, "once, for it is not asked again");
  const replay = await runKbot(["replay", summary.journal, "--verify", "--config", config]);
  assert.equal(replay.code, 0, replay.stdout + replay.stderr);
});

Deno.test("pack init writes a pack that pack check accepts, and neither touches what is there", async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, "my_first.js");
  assert.equal((await runKbot(["pack", "init", file])).code, 0);
  const checked = await runKbot(["pack", "check", file, "--json"]);
  assert.equal(checked.code, 0, checked.stderr);
  const said = JSON.parse(checked.stdout);
  assert.deepEqual([said.name, said.trades], ["my_first", ["KXBTC15M"]]);
  assert.equal(said.sha256, await hashOf(await Deno.readFile(file)));
  assert.equal(said.trial.targets.length, 1);
  const shown = await runKbot(["pack", "check", file]);
  assert.match(shown.stdout, new RegExp(`sha256 = "${said.sha256}"`));
  assert.match(shown.stdout, /example {5}bid 20\.00 at 0\.5900 \(\d+ steps\)/);

  const before = await Deno.readTextFile(file);
  const cases: readonly (readonly [args: readonly string[], code: number, words: RegExp])[] = [
    [["pack", "init", file], 1, /my_first\.js is there already: left alone/],
    [["pack", "init", join(directory.path, "My-Pack.js")], 2, /allowed: a path that ends in NAME\.js/],
    [["pack", "init", join(directory.path, "latency.js")], 2, /Strategy latency is one of kbot's/],
    [["pack", "init", join(directory.path, "none", "x.js")], 1, /cannot be written/],
    [["pack", "check", join(directory.path, "none.js")], 1, /no such file, allowed: a file that exists/],
    [["pack", "check"], 2, /FILE/],
  ];
  for (const [args, code, words] of cases) {
    const ended = await runKbot(args);
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, words);
  }
  assert.equal(await Deno.readTextFile(file), before);

  await Deno.writeTextFile(file, before.replace("decide(view, parameters) {", "decide(view, parameters) { view.x.y;"));
  const failing = await runKbot(["pack", "check", file]);
  assert.equal(failing.code, 1);
  assert.match(failing.stderr, /fails with an example: TypeError: .* at my_first\.js:\d+:\d+/);
});
