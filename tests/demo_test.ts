import assert from "node:assert/strict";
import { join } from "node:path";
import { readJournal } from "../src/store/journal_reader.ts";
import { checkJournal } from "./journal_check/check_journal.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";
import { until } from "./trading_stage.ts";

interface Summary {
  orders: number;
  fills: number;
  settled: number;
  wins: number;
  losses: number;
  fees: string;
  pnl: string;
  nav: string;
  decision_hash: string;
  journal: string;
  url: string;
  simulated: boolean;
}

/** What the journal alone says was traded. */
async function recorded(journal: string): Promise<{ fills: number; pnl: Map<string, number>; fees: number }> {
  const found = { fills: 0, pnl: new Map<string, number>(), fees: 0 };
  for await (const event of readJournal(journal)) {
    assert.equal(event.kind, "entries", JSON.stringify(event));
    if (event.kind !== "entries") continue;
    for (const entry of event.entries) {
      if (entry.kind !== "action" || entry.action.type !== "record") continue;
      const { record } = JSON.parse(entry.text) as {
        record: { kind: string; ticker: string; fee: number; pnl: number };
      };
      if (record.kind === "trade") {
        found.fills++;
        found.fees += record.fee;
      } else if (record.kind === "settlement") found.pnl.set(record.ticker, record.pnl);
    }
  }
  return found;
}

Deno.test("the demo trades, settles, and its journal replays to the same decisions, twice", async () => {
  await using state = await temporaryDirectory();
  const args = ["demo", "--for", "4s", "--speed", "60", "--seed", "7", "--json", "--port", "0", "--state", state.path];
  const demo = await runKbot(args);
  assert.equal(demo.code, 0, demo.stderr);
  const lines = demo.stdout.trim().split("\n");
  assert.equal(lines.length, 1, "stdout holds one JSON object and nothing else");
  const summary = JSON.parse(lines[0]) as Summary;
  assert.equal(summary.simulated, true);
  assert.ok(summary.orders > 0 && summary.fills > 0 && summary.settled > 0, demo.stdout);
  assert.match(summary.nav, /^\d+\.\d{6}$/);
  assert.ok(summary.journal.startsWith(join(state.path, "journal")));

  const said = await recorded(summary.journal);
  assert.equal(said.fills, summary.fills);
  const traded = [...said.pnl.values()];
  assert.ok(traded.length > 0 && traded.length <= summary.settled, "only what was held has a settlement written down");
  assert.equal(traded.filter((pnl) => pnl > 0).length, summary.wins);
  assert.equal(traded.filter((pnl) => pnl < 0).length, summary.losses);
  assert.equal((said.fees / 1e6).toFixed(6), summary.fees);
  const checked = await checkJournal(summary.journal);
  assert.deepEqual(checked.violations, [], "no order left that should not have");
  assert.deepEqual([checked.orders, checked.fills], [summary.orders, summary.fills]);

  for (let round = 0; round < 2; round++) {
    const replayed = await runKbot(["replay", summary.journal, "--verify", "--json"]);
    assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
    const found = JSON.parse(replayed.stdout) as Summary & { same: boolean };
    assert.equal(found.same, true);
    for (const key of ["orders", "fills", "settled", "fees", "pnl", "nav", "decision_hash"] as const) {
      assert.equal(found[key], summary[key], key);
    }
  }
});

Deno.test("speed changes how long one waits, not what happens", async () => {
  await using slow = await temporaryDirectory();
  await using fast = await temporaryDirectory();
  const demo = async (seconds: number, speed: number, state: string) => {
    const args = [
      "demo",
      "--for",
      `${seconds}s`,
      "--speed",
      `${speed}`,
      "--seed",
      "11",
      "--json",
      "--port",
      "0",
      "--state",
      state,
    ];
    const ended = await runKbot(args);
    assert.equal(ended.code, 0, ended.stderr);
    return JSON.parse(ended.stdout) as Summary;
  };
  const [a, b] = await Promise.all([demo(5, 12, slow.path), demo(2, 30, fast.path)]);
  assert.ok(a.orders > 0, "a demo that decides nothing would prove little");
  assert.equal(a.decision_hash, b.decision_hash, "seed 11");
  assert.equal(a.pnl, b.pnl);
});

Deno.test("Ctrl-C ends the demo in order, with a summary", async () => {
  await using state = await temporaryDirectory();
  await using demo = new Kbot(["demo", "--seed", "3", "--port", "0", "--state", state.path]);
  await demo.until(/Status page: http/);
  const [, url] = await demo.until(/Status page: (http\S+)/);
  const health = await fetch(new URL("/healthz", url));
  assert.equal(health.status, 200);
  await health.body?.cancel();
  demo.signal("SIGINT");
  const ended = await demo.end();
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stdout, /SIMULATED EXCHANGE/);
  assert.match(ended.stdout, /stopped by Ctrl-C/);
  assert.match(ended.stdout, /P&L/);
});

const hasSetsid = await Deno.stat("/usr/bin/setsid").then(() => true, () => false);
if (!hasSetsid) console.log("SKIPPED: Ctrl-C through the task runner needs /usr/bin/setsid");

Deno.test({
  name: "Ctrl-C on a terminal reaches the demo twice, through the task runner too, and still ends it in order",
  ignore: !hasSetsid,
  async fn() {
    await using state = await temporaryDirectory();
    const child = new Deno.Command("/usr/bin/setsid", {
      args: ["--wait", Deno.execPath(), "task", "demo", "--seed", "3", "--port", "0", "--state", state.path],
      cwd: new URL("..", import.meta.url),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const texts = { out: "", err: "" };
    const read = async (stream: ReadableStream<Uint8Array>, name: "out" | "err") => {
      const decoder = new TextDecoder();
      for await (const bytes of stream) texts[name] += decoder.decode(bytes, { stream: true });
    };
    const reading = [read(child.stdout, "out"), read(child.stderr, "err")];
    await until(() => Promise.resolve(texts.err), () => Promise.resolve(/Status page: http/.test(texts.err)));
    // As a terminal does: to every process of the group at once. The task runner hands its own on, too.
    const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid,pgid,args"] }).output();
    const line = new TextDecoder().decode(stdout).split("\n").find((each) =>
      each.includes("src/main.ts") && each.includes(state.path)
    );
    const group = /^\s*\d+\s+(\d+)/.exec(line ?? "")?.[1];
    assert.ok(group !== undefined, "the demo is among the processes");
    await new Deno.Command("kill", { args: ["-INT", "--", `-${group}`] }).output();
    await child.status;
    await Promise.all(reading);
    assert.match(texts.out, /stopped by Ctrl-C/, texts.err);
    assert.match(texts.out, /P&L/);
  },
});

Deno.test("the first minute of any demo has something to see: paper fills within thirty seconds, whatever the seed", async () => {
  for (const [venue, seed] of [["--paper", "1"], ["--paper", "4"], ["--live", "1"]]) {
    await using state = await temporaryDirectory();
    const args = [venue, "--venue", "sim", "--for", "2s", "--speed", "15", "--seed", seed, "--json", "--port", "0"];
    const ended = await runKbot([...args, "--state", state.path]);
    assert.equal(ended.code, 0, ended.stderr);
    const summary = JSON.parse(ended.stdout) as Summary;
    assert.ok(summary.fills > 0, `seed ${seed} ${venue}: ${ended.stdout}`);
  }
});

Deno.test("paper trading on the simulated exchange's market data gets paper fills", async () => {
  await using state = await temporaryDirectory();
  const args = ["--paper", "--venue", "sim", "--for", "3s", "--speed", "60", "--seed", "7", "--json", "--port", "0"];
  const paper = await runKbot([...args, "--state", state.path]);
  assert.equal(paper.code, 0, paper.stderr);
  const summary = JSON.parse(paper.stdout) as Summary & { mode: string };
  assert.equal(summary.mode, "paper");
  assert.ok(summary.fills > 0, paper.stdout);
  const replayed = await runKbot(["replay", summary.journal, "--verify", "--json"]);
  assert.equal(replayed.code, 0, replayed.stdout);
});
