import assert from "node:assert/strict";
import { accept, engineOptions, liveRig } from "../../engine/engine_fixture.ts";
import { count, price } from "../../core/units.ts";
import { explainOrder } from "./explanation.ts";
import { journalLines, withJournals } from "./journal_fixture.ts";
import { searchOrder } from "./order_search.ts";

const CASES = Deno.env.get("KBOT_TEST_FULL") === "1" ? 5_000 : 250;
const OPTIONS = engineOptions({ execution: "live", capital: null });

const LINES = (() => {
  const rig = liveRig();
  accept(rig, 300.6, 0, rig.placed[0].count);
  rig.fill(301, { orderId: "o-bot-1", price: price(5_100), count: count(300) });
  rig.operator(302, "stop_strategy", "settlement_edge");
  rig.settled(901, "yes");
  return journalLines(rig.inputs, OPTIONS, true);
})();

/** A line lost, doubled, moved, cut, or with a letter changed. */
function damaged(random: () => number): string[] {
  const pick = (below: number): number => Math.floor(random() * below);
  const lines = [...LINES];
  const at = pick(lines.length);
  const line = lines[at];
  switch (pick(6)) {
    case 0:
      return lines.toSpliced(at, 1);
    case 1:
      return lines.toSpliced(at, 0, line);
    case 2:
      return lines.toSpliced(at, 1).toSpliced(pick(lines.length), 0, line);
    case 3:
      return lines.with(at, line.slice(0, pick(line.length)));
    case 4:
      return [...lines.slice(0, at), line.slice(0, pick(line.length))];
    default: {
      const letter = pick(line.length);
      return lines.with(at, line.slice(0, letter) + String.fromCharCode(32 + pick(95)) + line.slice(letter + 1));
    }
  }
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

Deno.test(`a damaged journal is told as far as it goes, never a crash: ${CASES} of them`, async () => {
  let whole = 0;
  for (let seed = 1; seed <= CASES; seed++) {
    const text = damaged(seeded(seed)).join("\n") + "\n";
    await withJournals({ [OPTIONS.run]: { "000001.ndjson": text } }, async (_, runs) => {
      try {
        const search = await searchOrder(runs, "bot-1", () => {});
        if (search.kind !== "found") return;
        const told = await explainOrder(search.order, []);
        if ("error" in told) return assert.ok(told.error.length > 0);
        // What is missing is said.
        if (told.decision === null) assert.ok(told.missing.length > 0);
        else whole++;
      } catch (error) {
        throw new Error(`Seed ${seed}`, { cause: error });
      }
    });
  }
  assert.ok(whole > CASES / 10, `${whole} of ${CASES} are damaged elsewhere than before the order`);
});
