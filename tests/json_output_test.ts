import assert from "node:assert/strict";
import { join } from "node:path";
import { GRAMMAR } from "../src/cli/command_line.ts";
import { completionTree } from "../src/cli/completion_tree.ts";
import { main } from "../src/main.ts";
import { temporaryDirectory } from "./process.ts";

interface Said {
  readonly code: number;
  readonly out: readonly string[];
}

/** Runs a command in this process, and keeps what it prints on stdout. */
async function kbot(line: string): Promise<Said> {
  const { log, error } = console;
  const out: string[] = [];
  console.log = (...words) => void out.push(...words.join(" ").split("\n"));
  console.error = () => {};
  try {
    return { code: await main([...line.split(" "), "--json"]), out };
  } finally {
    console.log = log;
    console.error = error;
  }
}

/** NONE: nothing is there; NEW: neither, and it may be made; WRONG: a wrong configuration. */
const LINES: readonly [line: string, code: number][] = [
  // --- that fail ---
  ["run --paper --config WRONG", 2],
  ["demo --config WRONG", 2],
  ["exchange --replay NONE", 1],
  ["transfer --from 0 --to 2 --usd 5 --config WRONG", 2],
  ["record --config WRONG", 2],
  ["import --from 2026-11-19 --config WRONG", 2],
  ["export --out NEW/tables --state NONE", 1],
  ["replay NONE --verify", 2],
  ["explain k00000001-17 --state NONE", 1],
  ["backtest NONE", 1],
  ["report --state NONE", 1],
  ["parity NONE", 1],
  ["calibrate NONE", 1],
  ["sweep NONE --strategy settlement_edge", 1],
  ["calc volatility --prices NONE --seconds 900", 1],
  ["calc kelly --outcomes NONE --bankroll 100", 2],
  ["pairs review btc-15m --config WRONG", 2],
  ["pack check NONE", 1],
  ["audit verify --state NONE", 1],
  ["audit export --out NEW/audit.csv --state NONE", 1],
  ["store check --state NONE", 1],
  ["store versions --state NONE", 1],
  ["store rebuild --state NONE", 1],
  ["store compact --state NONE", 1],
  ["store backup --out NEW/backup --state NONE", 1],
  ["store restore --from NONE --state NEW/restored", 1],
  ["store rollback --state NONE", 1],
  ["alert test --config WRONG", 2],
  ["config check --config WRONG", 2],
  ["config show --config WRONG", 2],
  ["config init --output WRONG", 1],
  ["init --yes --output WRONG", 1],
  ["top --state NONE", 1],
  ["why --state NONE", 1],
  ["reduce --state NONE", 1],
  ["strategy start latency --state NONE", 1],
  ["strategy stop latency --state NONE", 1],
  ["strategy wind-up latency --state NONE", 1],
  ["doctor --config WRONG", 2],
  ["systemd --program relative/kbot", 2],
  ["alive --state NONE", 1],
  ["calc fee --price 2 --count 1", 2],
  ["configg check", 2],
  ["calc", 2],
  // --- that work ---
  ["calc probability --spot 84000 --strike 84100 --sigma 0.0002 --seconds 600", 0],
  ["calc fee --price 0.55 --count 10", 0],
  ["calc kelly --probability 0.6 --price 0.5 --fee 0.0175 --bankroll 10000", 0],
  ["status --state NONE", 0],
  ["resume --state NONE", 0],
  ["pairs list", 0],
  ["pack init NEW/some_pack.js", 0],
  ["alert events", 0],
  ["config init", 0],
  ["config schema", 0],
  ["completions bash", 0],
  ["init --yes --output NEW/kbot.toml", 0],
  ["kill --state NEW/killed", 0],
  ["--version", 0],
];

Deno.test("with --json every command prints one JSON document, where it fails too", async () => {
  await using directory = await temporaryDirectory();
  const wrong = join(directory.path, "wrong.toml");
  await Deno.writeTextFile(wrong, "[server]\nport = 0.5\n");
  const here = (line: string): string =>
    line.replace("WRONG", wrong).replace("NONE", join(directory.path, "none")).replace("NEW", directory.path);
  const wrongs: string[] = [];
  for (const [line, wanted] of LINES) {
    const { code, out } = await kbot(here(line));
    if (code !== wanted || out.length !== 1) wrongs.push(`${line}: ${code}, ${JSON.stringify(out).slice(0, 300)}`);
    else JSON.parse(out[0]);
  }
  assert.deepEqual(wrongs, []);
});

/** What does not end, or prints an object a line, or is for a machine of a kind: their own tests say how. */
const ELSEWHERE: readonly string[] = ["container", "cloud-init", "worker"];

Deno.test("every command is in the table", () => {
  const leaves = completionTree(GRAMMAR).filter(({ path, commands }) => path.length > 0 && commands.length === 0);
  const missing = leaves.map(({ path }) => path.join(" ")).filter((path) =>
    !ELSEWHERE.includes(path) && !LINES.some(([line]) => line === path || line.startsWith(`${path} `))
  );
  assert.deepEqual(missing, []);
});
