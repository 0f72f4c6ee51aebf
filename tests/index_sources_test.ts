import assert from "node:assert/strict";
import { MICROS_PER_SECOND } from "../src/core/units.ts";
import { Replay } from "../src/engine/replay.ts";
import { readJournal } from "../src/store/journal_reader.ts";
import { runKbot, temporaryDirectory } from "./process.ts";

/** A demo of so many simulated seconds, run again from its journal up to the end. */
async function replayedDemo(
  seconds: number,
): Promise<{ replay: Replay; seconds: Map<string, number[]>; live: Map<string, number> }> {
  await using state = await temporaryDirectory();
  const args = ["demo", "--for", `${seconds / 60}s`, "--speed", "60", "--seed", "7", "--json", "--port", "0"];
  // The 15-minute markets alone: the others tell nothing of an index, and take time.
  const demo = await runKbot([...args, "--state", state.path], { KBOT_VENUE__SERIES: "KXBTC15M,KXETH15M" });
  assert.equal(demo.code, 0, demo.stderr);
  const { journal, decision_hash } = JSON.parse(demo.stdout) as { journal: string; decision_hash: string };
  const replay = new Replay();
  const told = new Map<string, number[]>();
  const live = new Map<string, number>();
  for await (const event of readJournal(journal)) {
    assert.equal(event.kind, "entries");
    if (event.kind !== "entries") continue;
    event.entries.forEach((entry, at) => {
      assert.equal(replay.take(entry, event.runLine + at), null);
      if (entry.kind !== "input" || entry.input.type !== "index" || entry.input.index !== "BRTI") return;
      const { source, sourceTime } = entry.input;
      if (entry.input.live === true) live.set(source, (live.get(source) ?? 0) + 1);
      else told.set(source, [...told.get(source) ?? [], sourceTime / MICROS_PER_SECOND]);
    });
  }
  assert.equal(replay.difference, null);
  assert.equal(replay.engine?.decisionHash, decision_hash);
  return { replay, seconds: told, live };
}

Deno.test("a demo follows the index from three sources, and its markets settle as their seconds say", async () => {
  const { replay, seconds, live } = await replayedDemo(360);
  const { engine } = replay;
  assert.ok(engine !== null);

  for (const source of ["composite", "exchange"]) {
    const told = seconds.get(source) ?? [];
    assert.ok(told.length > 300, `${source}: ${told.length} seconds`);
    assert.ok(told.every((second, at) => at === 0 || second === told[at - 1] + 1), `${source}: one value a second`);
  }
  // Five a second of the exchange (KALSHI.md 5.9), and one of our own every 100 ms.
  for (const [source, most] of [["official", 5], ["composite", 10]] as const) {
    const count = live.get(source) ?? 0;
    assert.ok(count > 0 && count <= (seconds.get(source)?.length ?? 0) * most, `${count} live values of ${source}`);
  }

  for (const index of engine.indices.values()) {
    assert.equal(index.source, "official");
    const composite = index.candidates.find(({ source }) => source === "composite");
    assert.ok(composite !== undefined);
    const basis = index.basisOf(composite);
    assert.ok(basis !== null && basis.count === 300 && Math.abs(basis.mean) < composite.value * 2e-4, `${basis?.mean}`);
  }

  const { counts } = engine.settlements;
  assert.ok(counts.results >= 2 && counts.venueCompared >= 100, JSON.stringify(counts));
  assert.deepEqual([counts.venueDiffering, counts.venueIncomplete], [0, 0]);
  assert.equal(counts.resultsAgreeB, counts.results);
});
