import assert from "node:assert/strict";
import { writeRecording } from "../backtest/search/sweep_recording_fixture.ts";
import { parseCommandLine } from "./command_line.ts";
import { sweep } from "./sweep.ts";

const MARKETS = 10;

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process, and takes down what it prints. */
async function said(args: readonly string[]): Promise<Said> {
  const parsed = parseCommandLine(["sweep", ...args]);
  assert.ok(parsed.ok && parsed.command?.kind === "sweep", JSON.stringify(parsed));
  const [out, err]: [string[], string[]] = [[], []];
  const { log, error } = console;
  console.log = (text: string) => out.push(text);
  console.error = (text: string) => err.push(text);
  try {
    const code = await sweep(parsed.command, ["sweep", ...args]);
    return { code, stdout: out.join("\n"), stderr: err.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}

async function withRecording(test: (folder: string, data: readonly string[]) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "kbot-sweep-" });
  try {
    await Deno.mkdir(`${folder}/data`);
    await writeRecording(`${folder}/data`, { markets: MARKETS, seed: 1, lateSeconds: 12 });
    await test(folder, [`${folder}/data`, "--spot", `${folder}/data/prices.csv`]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what cannot be searched is told, with the exit code of wrong use or of a failure", () =>
  withRecording(async (folder, data) => {
    const edge = ["--strategy", "settlement_edge"];
    const cases: [readonly string[], number, RegExp][] = [
      [
        [...data, "--strategy", "settlement_egde"],
        2,
        /^No strategy is called settlement_egde; there are: settlement_edge, /,
      ],
      [[...data, ...edge, "--param", "min_egde=1"], 2, /has no parameter min_egde: did you mean min_edge\?$/],
      [[...data, ...edge, "--method", "grid"], 2, /^The grid has 390625 points, more than 1000: give fewer parameters/],
      [[...data, "--strategy", "weather"], 1, /^Nothing to search in .*: of 10 markets weather trades none$/m],
      [[data[0], ...edge, "--spot", "/no/such/file"], 1, /No such file/],
      [["/no/such/data", ...edge], 1, /^No recording at \/no\/such\/data: nothing is there$/m],
      [
        [...data, ...edge, "--report", "/no/such/folder/r.html"],
        1,
        /^Report \/no\/such\/folder\/r\.html cannot be written: /,
      ],
      [[...data, ...edge, "--out", `${folder}/data/prices.csv`], 1, /^Results cannot be kept in .*prices\.csv: /],
    ];
    for (const [args, code, problem] of cases) {
      const ended = await said(["--state", `${folder}/state`, ...args]);
      assert.equal(ended.code, code, `${args}: ${ended.stderr}`);
      assert.match(ended.stderr, problem);
    }
  }));

/** As if a strategy had decided otherwise when its trials were kept. */
async function change(path: string): Promise<void> {
  using kv = await Deno.openKv(path);
  for await (const { key, value } of kv.list<unknown>({ prefix: ["trial"] })) {
    if (value instanceof Float64Array) await kv.set(key, value.map((each) => each + 1));
  }
}

Deno.test("results that another program kept are found out and forgotten, and the next time all is run again", () =>
  withRecording(async (folder, data) => {
    const asked = [...data, "--strategy", "settlement_edge", "--method", "grid", "--param", "rest=true,false"].concat(
      ["--objective", "pnl", "--folds", "0", "--workers", "1", "--out", `${folder}/kept`],
    );
    assert.equal((await said(asked)).code, 0);
    await change(`${folder}/kept/trials.kv`);
    const changed = await said(asked);
    assert.equal(changed.code, 1);
    assert.match(changed.stderr, /The results kept in .* are of another program than this one, and are forgotten/);
    const again = await said(asked);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /^Sweep of settlement_edge over .*: recorded market data, simulated fills$/m);
    assert.match(again.stdout, /^ {2}trials +2 by grid, seed 1, 0 runs known from before; 10 moments of settlement$/m);
    assert.match(again.stdout, /^ {2}WARNING +Only 10 moments of settlement/m);
  }));
