import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeAction, encodeCheckpoint, encodeInput } from "../engine/journal.ts";
import type { Action } from "../core/action.ts";
import type { Input } from "../core/input.ts";
import type { StateRecord } from "../core/record.ts";
import { openJournal } from "./journal_writer.ts";
import { openKvStore } from "./kv_store.ts";
import { account, budget, budgetDay, order, position, strategyRow, trade } from "./records_test.ts";
import { recover, type RecoverResult } from "./recover.ts";
import { statePaths } from "./state_directory.ts";
import type { JournalMark, StateStore } from "./store.ts";

const FIRST_RUN = "20261120T040211Z-0001";
const SECOND_RUN = "20261120T050000Z-0001";

async function withState(test: (state: string) => Promise<void>): Promise<void> {
  const state = await Deno.makeTempDir({ prefix: "kbot-recover-" });
  try {
    await test(state);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

const line = (record: StateRecord): string => encodeAction({ type: "record", record } as Action);

/** Says that the step before it is whole. */
const stepEnd = encodeCheckpoint({ inputs: 1, hash: "0123456789abcdef" });

/** Writes a run as the runner does, each record a step of its own, and returns the marks of its records. */
async function writeRun(state: string, run: string, records: readonly StateRecord[]): Promise<JournalMark[]> {
  const header = { version: "0.1.0", run, started: "2026-11-20T04:02:11Z", config: null };
  const opened = openJournal(state, header, { rotateBytes: 2_000, compress: false });
  assert.ok(opened.ok);
  const marks: JournalMark[] = [];
  for (const [k, record] of records.entries()) {
    opened.writer.append(encodeInput({ type: "clock", at: k } as Input));
    opened.writer.append(line(record));
    opened.writer.append(stepEnd);
    marks.push({ run, line: opened.writer.line });
    opened.writer.flush();
  }
  await opened.writer.close();
  return marks;
}

/** Opens the store of a state directory, recovers it, looks at it, and closes it. */
async function recovered<T>(
  state: string,
  look: (store: StateStore, result: Extract<RecoverResult, { ok: true }>) => Promise<T>,
): Promise<T> {
  const opened = await openKvStore(statePaths(state).store);
  assert.ok(opened.ok);
  try {
    const result = await recover(state, opened.store);
    assert.ok(result.ok, JSON.stringify(result));
    return await look(opened.store, result);
  } finally {
    await opened.store.close();
  }
}

const RECORDS: readonly StateRecord[] = [
  order("o1", 10),
  order("o1", 10, { phase: "resting" }),
  trade("t1", 20),
  position("T", 100),
  account(1),
  order("o2", 30),
  order("o2", 30, { phase: "filled" }),
  trade("t2", 40),
  position("T", 200),
  account(2),
  budgetDay("latency", "2026-11-19"),
  budget("latency", "2026-11-20"),
  strategyRow("latency", "winding_up"),
  strategyRow("latency", "stopped", 2),
];

const EXPECTED = {
  account: account(2),
  positions: [position("T", 200)],
  openOrders: [order("o1", 10, { phase: "resting" })],
  halts: [],
  recentTradeIds: ["t2", "t1"],
  lastFillAt: 40,
  budgets: [budget("latency", "2026-11-20")],
  budgetDays: [budgetDay("latency", "2026-11-19")],
  strategies: [strategyRow("latency", "stopped", 2)],
};

Deno.test("a fresh state directory recovers to nothing", () =>
  withState((state) =>
    recovered(state, async (store, result) => {
      assert.deepEqual(result, { ok: true, applied: 0, repaired: [], warnings: [], newestRun: null, lost: null });
      assert.equal(await store.mark(), null);
    })
  ));

Deno.test("wherever a crash came between journal and store, the recovery ends at the same state", () =>
  withState(async (state) => {
    const marks = await writeRun(state, FIRST_RUN, RECORDS);
    assert.ok([...Deno.readDirSync(join(state, "journal", FIRST_RUN))].length > 1, "meant to span files");
    for (let stored = 0; stored <= RECORDS.length; stored++) {
      for (const ahead of [0, 1]) {
        const path = statePaths(state).store;
        const opened = await openKvStore(path);
        assert.ok(opened.ok);
        if (stored > 0) opened.store.apply(RECORDS.slice(0, stored), marks[stored - 1]);
        await opened.store.flush();
        if (ahead === 1 && stored > 0 && stored < RECORDS.length) {
          // A crash between two commits: the data is ahead of the mark.
          opened.store.apply([RECORDS[stored]], marks[stored - 1]);
        }
        await opened.store.close();
        await recovered(state, async (store, result) => {
          assert.equal(result.applied, RECORDS.length - stored);
          assert.deepEqual(result.warnings, []);
          assert.equal(result.newestRun, FIRST_RUN);
          assert.deepEqual(await store.loadResumeState(), EXPECTED);
        });
        for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => undefined);
      }
    }
  }));

Deno.test("a second recovery has nothing to do, and the mark stands at the journal's end", () =>
  withState(async (state) => {
    await writeRun(state, FIRST_RUN, RECORDS);
    await recovered(state, (_, result) => Promise.resolve(assert.equal(result.applied, RECORDS.length)));
    await recovered(state, async (store, result) => {
      assert.equal(result.applied, 0);
      assert.deepEqual(await store.loadResumeState(), EXPECTED);
      assert.equal((await store.mark())?.run, FIRST_RUN);
    });
  }));

Deno.test("later runs are folded in after earlier ones, and those before the mark are left alone", () =>
  withState(async (state) => {
    await writeRun(state, FIRST_RUN, RECORDS);
    await writeRun(state, SECOND_RUN, [account(7)]);
    await recovered(state, async (store, result) => {
      assert.equal(result.applied, RECORDS.length + 1);
      assert.equal(result.newestRun, SECOND_RUN);
      assert.equal((await store.account())?.fills, 7);
    });
    await Deno.writeTextFile(join(state, "journal", FIRST_RUN, "000001.ndjson"), "garbage\n");
    await recovered(state, (_, result) => {
      assert.deepEqual(result, { ok: true, applied: 0, repaired: [], warnings: [], newestRun: SECOND_RUN, lost: null });
      return Promise.resolve();
    });
  }));

Deno.test("a torn end is mended and told, and what stands before it is folded in", () =>
  withState(async (state) => {
    await writeRun(state, FIRST_RUN, RECORDS);
    const directory = join(state, "journal", FIRST_RUN);
    const last = [...Deno.readDirSync(directory)].map((entry) => entry.name).sort().at(-1)!;
    await Deno.writeTextFile(join(directory, last), line(account(3)).slice(0, 40), { append: true });
    await recovered(state, async (store, result) => {
      assert.equal(result.repaired.length, 1);
      assert.match(result.repaired[0], /removed an unfinished last line of 40 bytes/);
      assert.deepEqual(result.warnings, []);
      assert.deepEqual(await store.loadResumeState(), EXPECTED);
    });
  }));

Deno.test("an input of a kind that is not known here ends the step before it, and is told", () =>
  withState(async (state) => {
    await writeRun(state, FIRST_RUN, RECORDS);
    const directory = join(state, "journal", FIRST_RUN);
    const last = [...Deno.readDirSync(directory)].map((entry) => entry.name).sort().at(-1)!;
    const lines = [line(trade("t3", 50)), '{"i":{"type":"unheard_of","at":60}}', line(trade("t4", 60))];
    await Deno.writeTextFile(join(directory, last), lines.map((text) => `${text}\n`).join(""), { append: true });
    await recovered(state, async (store, result) => {
      assert.match(
        result.warnings.join(),
        /Not an input: Field \.type: found "unheard_of".*unfinished step .*: 1 of its/,
      );
      const ids = (await store.listTrades({ limit: 9 })).map(({ tradeId }) => tradeId);
      assert.deepEqual(ids, ["t3", "t2", "t1"]);
    });
  }));

Deno.test("half a step at the end is left out: a trade without its position would be worse than neither", () =>
  withState(async (state) => {
    await writeRun(state, FIRST_RUN, RECORDS);
    const directory = join(state, "journal", FIRST_RUN);
    const last = [...Deno.readDirSync(directory)].map((entry) => entry.name).sort().at(-1)!;
    await Deno.writeTextFile(join(directory, last), `${line(trade("t3", 50))}\n`, { append: true });
    await recovered(state, async (store, result) => {
      assert.match(result.warnings.join(), /unfinished step at the end of run .*: 1 of its records/);
      assert.deepEqual(await store.loadResumeState(), EXPECTED);
    });
    await recovered(state, (_, result) => Promise.resolve(assert.deepEqual(result.warnings, [], "told once")));
  }));

Deno.test("garbage in the middle and a damaged record cost themselves only, and are told with their place", () =>
  withState(async (state) => {
    await writeRun(state, FIRST_RUN, [account(1)]);
    const path = join(state, "journal", FIRST_RUN, "000001.ndjson");
    const broken = line(account(2)).replace('"fills":2', '"fills":"many"');
    await Deno.writeTextFile(path, `garbage\n${broken}\n${line(trade("t9", 90))}\n${stepEnd}\n`, { append: true });
    await recovered(state, async (store, result) => {
      assert.equal(result.applied, 2);
      assert.equal(result.warnings.length, 2, result.warnings.join("\n"));
      assert.match(result.warnings[0], /000001\.ndjson:5: Not JSON/);
      assert.match(result.warnings[1], /000001\.ndjson:6: Field \.fills: found "many", wanted an integer/);
      assert.equal((await store.account())?.fills, 1);
      assert.deepEqual((await store.loadResumeState()).recentTradeIds, ["t9"]);
    });
  }));

Deno.test("a run killed before its first line reached the disk is no trouble", () =>
  withState(async (state) => {
    const directory = join(state, "journal", FIRST_RUN);
    await Deno.mkdir(directory, { recursive: true });
    await Deno.writeTextFile(join(directory, "000001.ndjson"), "");
    await recovered(state, (_, result) => {
      assert.deepEqual(result, { ok: true, applied: 0, repaired: [], warnings: [], newestRun: FIRST_RUN, lost: null });
      return Promise.resolve();
    });
  }));

Deno.test("a store that was removed is built again from the journals", () =>
  withState(async (state) => {
    await writeRun(state, FIRST_RUN, RECORDS);
    await recovered(state, () => Promise.resolve());
    const path = statePaths(state).store;
    for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => undefined);
    await recovered(state, async (store) => assert.deepEqual(await store.loadResumeState(), EXPECTED));
  }));
