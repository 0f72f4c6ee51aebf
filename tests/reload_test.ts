import assert from "node:assert/strict";
import { join } from "node:path";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";

const noSignal = Deno.build.os === "windows";
if (noSignal) console.log("SKIPPED: reading the configuration again, because Windows has no SIGHUP");

interface Strategy {
  readonly parameters: readonly { readonly name: string; readonly value: unknown }[];
}

interface Risk {
  readonly limits: readonly { readonly name: string; readonly limit: string }[];
  readonly halts: readonly { readonly name: string }[];
}

const FILE = `[risk]
max_open_exposure_usd = 4000
[strategies.settlement_edge]
min_edge = 0.02
[server]
port = 0
`;

Deno.test({
  name:
    "on SIGHUP a run takes what may change from its file, and no more, and its journal replays to the same decisions",
  ignore: noSignal,
  async fn() {
    await using directory = await temporaryDirectory();
    const file = join(directory.path, "kbot.toml");
    const state = join(directory.path, "state");
    await Deno.writeTextFile(file, FILE);
    await using bot = new Kbot([
      ...["run", "--paper", "--venue", "sim", "--speed", "20", "--seed", "5", "--json"],
      ...["--config", file, "--state", state],
    ]);
    const [, url] = await bot.until(/Status page: (http\S+)/);
    const api = async <Body>(path: string): Promise<Body> => await (await fetch(new URL(`api/v1/${path}`, url))).json();
    const minEdge = async (): Promise<unknown> =>
      (await api<Strategy>("strategies/settlement_edge")).parameters.find(({ name }) => name === "min_edge")?.value;
    const exposure = async (): Promise<string | undefined> =>
      (await api<Risk>("risk")).limits.find(({ name }) => name === "Open exposure")?.limit;
    let reloads = 0;
    const reload = async (text: string): Promise<string> => {
      await Deno.writeTextFile(file, text);
      bot.signal("SIGHUP");
      reloads++;
      await bot.until(new RegExp(`(The configuration was read again[^]*){${reloads}}`));
      return bot.stderr.split("\n").filter((line) => / config: /.test(line)).slice(-2).join("\n");
    };
    const wrong = await reload(FILE.replace("4000", "4000\nmax_ordr_usd = 1"));
    assert.match(
      wrong,
      /nothing of it was taken: .*kbot\.toml:3: risk\.max_ordr_usd: Found an unknown key, allowed: did you mean/,
    );
    assert.equal(await minEdge(), 0.02);

    // In force only after a restart: the page's port, and whether a strategy runs.
    const edited = FILE.replace("4000", "90").replace("0.02", "0.05\nenabled = false").replace("port = 0", "port = 1");
    const taken = await reload(`${edited}[alerts]\nquiet_hours = "22:00-07:00"\n`);
    assert.match(
      taken,
      /A restart is needed for: .*enabled true -> false \(or kbot strategy start settlement_edge, or stop\)/,
    );
    assert.match(taken, /server\.port 0 -> 1/);
    assert.doesNotMatch(taken, /restart is needed for: .*(min_edge|exposure|quiet_hours|level)/);
    assert.equal(await minEdge(), 0.05);
    assert.equal(await exposure(), "90.000000");

    assert.equal((await runKbot(["kill", "--state", state])).code, 0);
    const kills = async () => (await api<Risk>("risk")).halts.filter(({ name }) => name === "kill");
    const halted = await kills();
    assert.equal(halted.length, 1);
    // Limits as wide as can be: the halt stays.
    await reload(edited.replace("90", "100000").replace("port = 1", "port = 0"));
    assert.deepEqual(await kills(), halted);

    bot.signal("SIGINT");
    const { code, stdout, stderr } = await bot.end();
    assert.equal(code, 0, stderr);
    const { journal } = JSON.parse(stdout) as { journal: string };
    const replayed = await runKbot(["replay", journal, "--verify"]);
    assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
    const audit = await runKbot(["audit", "verify", "--journals", "--state", state]);
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
    const trail = await runKbot(["audit", "export", "--out", "-", "--state", state]);
    assert.ok(/settings_changed.{1,99}By SIGHUP: risk\.max_open_exposure_usd \W+4000\.00\W+90\.00/.test(trail.stdout));
  },
});
