import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../config/load.ts";
import { withFiles } from "../recording/recording_fixture.ts";
import { changedSettings, dataFiles, shownCommand } from "./provenance.ts";

Deno.test("data is named by what it holds: a folder's files by name, one file, and nothing that is not there", () =>
  withFiles({ "b.csv": "abc", "a.csv": "", "c.md": "x".repeat(3_000_000) }, async (folder) => {
    const found = await dataFiles([folder, join(folder, "none")]);
    assert.deepEqual(found.map(({ path, bytes }) => [path, bytes]), [
      [join(folder, "a.csv"), 0],
      [join(folder, "b.csv"), 3],
      [join(folder, "c.md"), 3_000_000],
    ]);
    assert.deepEqual(found.slice(0, 2).map(({ sha256 }) => sha256), [
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ]);
    assert.deepEqual(await dataFiles([join(folder, "b.csv")]), [found[1]]);
  }));

Deno.test("a history's files lie in folders of folders, and each is named by what it holds", () =>
  withFiles({}, async (folder) => {
    const days = join(folder, "kalshi", "KXBTC15M", "2026-05-11");
    await Deno.mkdir(days, { recursive: true });
    await Deno.writeTextFile(join(days, "trades.csv"), "one");
    const [before, ...more] = await dataFiles([folder]);
    assert.deepEqual([before.path, more], [join(days, "trades.csv"), []]);
    await Deno.writeTextFile(join(days, "trades.csv"), "two");
    assert.notEqual((await dataFiles([folder]))[0].sha256, before.sha256);
  }));

Deno.test("a command is shown without what looks like a secret", () => {
  assert.deepEqual(shownCommand(["backtest", "data", "--venue", "https://x/?token=abcdef123456"]), [
    "kbot",
    "backtest",
    "data",
    "--venue",
    "https://x/?token=[redacted]",
  ]);
});

Deno.test("only settings that somebody chose, and that differ from their default, are named", async () => {
  const env = { KBOT_PAPER__LATENCY_MS: "75", KBOT_SERVER__PORT: "8080", KBOT_VENUE__SERIES: "KXBTC15M" };
  const loaded = await loadConfig({ env });
  assert.ok(loaded.ok);
  assert.deepEqual(changedSettings(loaded), { "paper.latency_ms": 75, "venue.series": ["KXBTC15M"] });
  const plain = await loadConfig({ env: {} });
  assert.ok(plain.ok);
  assert.deepEqual(changedSettings(plain), {});
});
