import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { encodeAction, encodeInput } from "../../engine/journal.ts";
import { openTrail, refusal, RUN, START, withState, writeJournal, writeTrail } from "./audit_fixture.ts";
import { decodeEntry, encodeEntry } from "./audit_entry.ts";
import { headFile } from "./audit_trail.ts";
import { verifyAudit } from "./audit_verify.ts";
import { catchUpAudit } from "./audit_catch_up.ts";
import { compactAudit } from "./audit_compact.ts";
import { MICROS_PER_DAY } from "../../core/units.ts";

const REFUSALS = 8;
/** run_start, operator, the refusals, run_end. */
const ENTRIES = REFUSALS + 3;

const fileOf = (state: string): string => join(state, "audit", "000001.ndjson");
const linesOf = (state: string): string[] => Deno.readTextFileSync(fileOf(state)).trimEnd().split("\n");
const putLines = (state: string, lines: readonly string[]): void =>
  Deno.writeTextFileSync(fileOf(state), lines.map((line) => line + "\n").join(""));

const withTrail = (test: (state: string) => Promise<void>): Promise<void> =>
  withState(async (state) => {
    await writeJournal(state, REFUSALS);
    await writeTrail(state);
    await test(state);
  });

Deno.test("a trail that was left alone verifies, with the journals too, and names its newest hash", () =>
  withTrail(async (state) => {
    for (const journals of [false, true]) {
      const report = await verifyAudit(state, { journals });
      assert.deepEqual(report.faults, []);
      assert.deepEqual(report.notices, []);
      assert.equal(report.ok, true);
      assert.deepEqual([report.entries, report.first, report.last], [ENTRIES, 1, ENTRIES]);
      const last = decodeEntry(linesOf(state)[ENTRIES - 1]);
      assert.ok(last.kind === "entry");
      assert.equal(report.hash, last.entry.hash);
    }
  }));

/** Makes the chain from an entry on anew, as somebody would who knows how. */
function rechained(lines: readonly string[], change: (what: string, k: number) => string): string[] {
  let previous = "0".repeat(64);
  return lines.map((line, k) => {
    const decoded = decodeEntry(line);
    assert.ok(decoded.kind === "entry");
    const made = encodeEntry({ ...decoded.entry, what: change(decoded.entry.what, k) }, k + 1, previous);
    previous = made.hash;
    return made.line;
  });
}

const soften = (text: string): string => text.replace("too wide", "all fine");

const TAMPERED: readonly {
  readonly name: string;
  readonly change: (lines: string[]) => string[];
  readonly found: RegExp;
}[] = [
  {
    name: "an entry changed",
    change: (lines) => lines.with(4, soften(lines[4])),
    found: /^000001\.ndjson:5: Entry 5 was changed\. Its text gives the hash [0-9a-f]{64}, and it names/,
  },
  {
    name: "an entry removed",
    change: (lines) => lines.toSpliced(4, 1),
    found: /^000001\.ndjson:5: Entry 5 is missing before entry 6$/,
  },
  {
    name: "several entries removed",
    change: (lines) => lines.toSpliced(4, 3),
    found: /^000001\.ndjson:5: Entries 5 to 7 are missing before entry 8$/,
  },
  {
    name: "an entry put in twice",
    change: (lines) => lines.toSpliced(6, 0, lines[4]),
    found: /^000001\.ndjson:7: Entry 5 stands behind entry 6: it was put in or moved$/,
  },
  {
    name: "two entries changed places",
    change: (lines) => lines.with(4, lines[5]).with(5, lines[4]),
    found: /^000001\.ndjson:6: Entry 5 stands behind entry 6: it was put in or moved$/,
  },
  {
    name: "an entry replaced, hash and all",
    change: (lines) => {
      const decoded = decodeEntry(lines[4]);
      assert.ok(decoded.kind === "entry");
      const { entry } = decoded;
      return lines.with(4, encodeEntry({ ...entry, what: soften(entry.what) }, 5, entry.previous).line);
    },
    found: /^000001\.ndjson:6: Entry 6 does not follow the entry 5 that stands before it: one was replaced$/,
  },
  {
    name: "the oldest entries removed",
    change: (lines) => lines.slice(3),
    found: /^Entries 1 to 3 are missing, and no entry tells that the retention removed them$/,
  },
  {
    name: "the newest entries removed",
    change: (lines) => lines.slice(0, -2),
    found: /^The newest entries are missing: head\.json names entry 11, found 9$/,
  },
  {
    name: "everything removed",
    change: () => [],
    found: /^The newest entries are missing: head\.json names entry 11, found none$/,
  },
  {
    name: "a line of another kind put in",
    change: (lines) => lines.toSpliced(2, 0, '{"number":3}'),
    found: /^000001\.ndjson:3: Not an entry: Field \.previous: found nothing/,
  },
  {
    name: "the whole chain made anew",
    change: (lines) => rechained(lines, (what, k) => k === 4 ? soften(what) : what),
    found: /^Entry 11 is not the one that head\.json names: it was replaced$/,
  },
];

for (const { name, change, found } of TAMPERED) {
  Deno.test(`tampering is found and named: ${name}`, () =>
    withTrail(async (state) => {
      putLines(state, change(linesOf(state)));
      const report = await verifyAudit(state, { journals: false });
      assert.equal(report.ok, false);
      assert.ok(report.faults.some((fault) => found.test(fault)), report.faults.join("\n"));
    }));
}

Deno.test("a chain made anew together with its head is found by the journals", () =>
  withTrail(async (state) => {
    const lines = rechained(linesOf(state), (what, k) => k === 4 ? soften(what) : what);
    putLines(state, lines);
    const last = decodeEntry(lines.at(-1) ?? "");
    assert.ok(last.kind === "entry");
    await Deno.writeTextFile(
      headFile(join(state, "audit")),
      JSON.stringify({ number: ENTRIES, hash: last.entry.hash }),
    );
    assert.equal((await verifyAudit(state, { journals: false })).ok, true);
    const report = await verifyAudit(state, { journals: true });
    assert.match(
      report.faults[0],
      /^000001\.ndjson:5: Entry 5 says something else than line 10 of run 20261120T040211Z-0001$/,
    );
  }));

Deno.test("a trail cut short together with its head is found by the journals", () =>
  withTrail(async (state) => {
    const lines = linesOf(state).slice(0, -3);
    putLines(state, lines);
    await Deno.remove(headFile(join(state, "audit")));
    const report = await verifyAudit(state, { journals: true });
    assert.match(
      report.faults[0],
      /^The trail lacks the last 3 entries of run 20261120T040211Z-0001, which its journal tells of$/,
    );
  }));

Deno.test("a run that the trail leaves out between two others is found by the journals", () =>
  withState(async (state) => {
    await writeJournal(state, 2);
    await writeJournal(state, 2, { run: "20261120T040211Z-0003" });
    await writeTrail(state);
    await writeJournal(state, 2, { run: "20261120T040211Z-0002" });
    const report = await verifyAudit(state, { journals: true });
    assert.match(report.faults[0], /^The trail lacks the last 5 entries of run 20261120T040211Z-0002/);
  }));

Deno.test("no single changed byte of a trail passes", () =>
  withTrail(async (state) => {
    const whole = Deno.readFileSync(fileOf(state));
    const seed = 11;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const bytes = whole.slice();
        bytes[at] ^= by;
        Deno.writeFileSync(fileOf(state), bytes);
        const { ok, notices } = await verifyAudit(state, { journals: false });
        return !ok || notices.length > 0;
      }),
      { seed, numRuns: Deno.env.get("KBOT_TEST_FULL") === "1" ? 20_000 : 300 },
    );
  }));

Deno.test("whatever end a crash leaves, the next start makes the same trail of it", () =>
  withTrail(async (state) => {
    const whole = Deno.readFileSync(fileOf(state));
    await Deno.remove(headFile(join(state, "audit")));
    const step = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1 : 97;
    for (let length = 0; length < whole.length; length += step) {
      Deno.writeFileSync(fileOf(state), whole.subarray(0, length));
      await writeTrail(state);
      assert.deepEqual(Deno.readFileSync(fileOf(state)), whole, `cut at byte ${length}`);
    }
  }));

Deno.test("of a step that was not whole when a run died, the trail tells nothing", () =>
  withState(async (state) => {
    const journal = await writeJournal(state, 2, { ended: false });
    const lines = Deno.readTextFileSync(journal).trimEnd().split("\n");
    Deno.writeTextFileSync(journal, lines.slice(0, -1).map((line) => line + "\n").join(""));
    await writeTrail(state);
    const kinds = linesOf(state).map((line) => JSON.parse(line).kind);
    assert.deepEqual(kinds, ["run_start", "operator", "audit"]);
    assert.deepEqual((await verifyAudit(state, { journals: true })).faults, []);
  }));

Deno.test("an end that was cut off is told by the next start, and by the trail for ever after", () =>
  withTrail(async (state) => {
    // Without the journal nothing brings the entries back.
    await Deno.remove(join(state, "journal"), { recursive: true });
    putLines(state, linesOf(state).slice(0, -2));
    const trail = await openTrail(state);
    await catchUpAudit(state, trail);
    assert.equal(trail.headFault, "Its newest entries are missing: head.json names 11, found 9");
    trail.note("broken", { text: trail.headFault }, START);
    await trail.close();
    const report = await verifyAudit(state, { journals: true });
    assert.match(report.faults[0], /Entry 10 tells that the trail was found broken: Its newest entries are missing/);
  }));

Deno.test("an input of a kind that is not known here ends the step before it, which the trail tells", () =>
  withState(async (state) => {
    const path = await writeJournal(state, 1, { ended: false });
    const { input, action } = refusal(2, START + 2_000_000);
    const lines = [encodeInput(input), encodeAction(action), '{"i":{"type":"unheard_of","at":1}}'];
    await Deno.writeTextFile(path, lines.map((line) => `${line}\n`).join(""), { append: true });
    const trail = await openTrail(state);
    assert.deepEqual(await catchUpAudit(state, trail), { ok: true, taken: 4 });
    await trail.close();
  }));

Deno.test("the retention removes whole days, leaves an entry that answers for them, and the rest verifies", () =>
  withState(async (state) => {
    await writeJournal(state, 6, { step: MICROS_PER_DAY });
    await writeTrail(state);
    const names = () => [...Deno.readDirSync(join(state, "audit"))].map(({ name }) => name).sort();
    assert.equal(names().filter((name) => name.endsWith(".ndjson")).length, 7, "a file for each day");
    const now = START + 6 * MICROS_PER_DAY;
    const trail = await openTrail(state);
    assert.deepEqual(await compactAudit(trail, now - 2 * MICROS_PER_DAY, now), { ok: true, removedFiles: 3 });
    assert.deepEqual(names(), [
      "000004.ndjson.gz",
      "000005.ndjson.gz",
      "000006.ndjson.gz",
      "000007.ndjson",
      "head.json",
    ]);
    // Again at once: nothing more to remove, and nothing told twice.
    assert.deepEqual(await compactAudit(trail, now - 2 * MICROS_PER_DAY, now), { ok: true, removedFiles: 0 });
    await trail.close();
    for (const journals of [false, true]) {
      const report = await verifyAudit(state, { journals });
      assert.deepEqual(report.faults, []);
      assert.deepEqual([report.first, report.last], [5, 10]);
      assert.match(report.notices[0], /^Entries 1 to 4 were removed by the retention, as an entry tells$/);
    }
    // A file more than the retention removed is missed.
    for (const part of [4, 5, 6]) await Deno.remove(join(state, "audit", `00000${part}.ndjson.gz`));
    assert.match((await verifyAudit(state, { journals: false })).faults[0], /Entries 1 to 7 are missing, and no entry/);
  }));

Deno.test("a journal that is gone is told, and what cannot be compared is no fault", () =>
  withTrail(async (state) => {
    await Deno.remove(join(state, "journal", RUN), { recursive: true });
    const report = await verifyAudit(state, { journals: true });
    assert.equal(report.ok, true);
    assert.match(report.notices[0], /^The journal of run 20261120T040211Z-0001 is not there/);
  }));
