import assert from "node:assert/strict";
import { join } from "node:path";
import { openState } from "../src/runner/opened_state.ts";
import { identityFile } from "../src/runner/identity.ts";
import { verifyAudit } from "../src/store/audit/audit_verify.ts";
import { checkStore } from "../src/store/check.ts";
import { SCHEMA_VERSION } from "../src/store/kv_schema.ts";
import { openKvStore } from "../src/store/kv_store.ts";
import { recover } from "../src/store/recover.ts";
import { rollBack } from "../src/store/rollback.ts";
import { statePaths } from "../src/store/state_directory.ts";
import { DEFAULT_RETENTION } from "../src/store/store.ts";
import { oldJournal, oldState, unpack } from "./old_states/old_state.ts";
import { ExchangeProcess } from "./exchange_process.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";

const VERSIONS = [3, 4] as const;
const CHECK = { startsOver: false, retention: DEFAULT_RETENTION };

for (const schema of VERSIONS) {
  Deno.test(`a state of schema ${schema} goes on with the positions, money and halts that its own kbot would have`, async () => {
    await using place = await temporaryDirectory();
    const state = join(place.path, "state");
    const old = await oldState(schema);
    await unpack(old, state);
    assert.ok(old.resume.positions.length > 0 && old.resume.halts.length > 0, "there is something to lose");
    const opened = await openState(state, false, "0.1.0");
    assert.ok(opened.ok, JSON.stringify(opened));
    const { resume, store } = opened.state;
    assert.deepEqual({ ...resume, strategies: resume.strategies ?? [] }, {
      ...old.resume,
      strategies: old.resume.strategies ?? [],
    });
    const history = await store.listHaltChanges({ limit: 1_000 });
    assert.deepEqual(history, old.halts.toReversed(), "what the old version did not keep is there from its trail");
    assert.deepEqual(await store.close(), { ok: true });
    const report = await checkStore(state, CHECK);
    assert.deepEqual([report.schema, report.faults], [SCHEMA_VERSION, []]);
    assert.deepEqual((await verifyAudit(state, { journals: false })).faults, []);
  });

  Deno.test(`a state of schema ${schema} that went on can go back, and its own kbot finds what it would have`, async () => {
    await using place = await temporaryDirectory();
    const state = join(place.path, "state");
    const old = await oldState(schema);
    await unpack(old, state);
    const opened = await openState(state, false, "0.1.0");
    assert.ok(opened.ok, JSON.stringify(opened));
    await opened.state.store.close();
    const back = await rollBack(state, { to: schema, now: new Date() });
    assert.ok(back.ok, JSON.stringify(back));
    // As a kbot does that knows no newer one.
    const again = await openKvStore(statePaths(state).store, { schema: { version: schema, migrations: new Map() } });
    assert.ok(again.ok, JSON.stringify(again));
    assert.equal(again.migratedFrom, null);
    assert.ok((await recover(state, again.store)).ok);
    const { strategies = [], ...resume } = await again.store.loadResumeState();
    await again.store.close();
    assert.deepEqual({ ...resume, strategies }, { ...old.resume, strategies: old.resume.strategies ?? [] });
  });
}

Deno.test("the journal of a run of schema 3 replays to the decisions that were taken then", async () => {
  await using place = await temporaryDirectory();
  const run = join(place.path, "000001.ndjson");
  await Deno.writeFile(run, await oldJournal());
  const replayed = await runKbot(["replay", run, "--verify"]);
  assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
  assert.match(replayed.stdout, /^Same decisions: cc43b80c31e703b9 after 7371 inputs\n32 orders, 7 fills/);
});

interface Page {
  readonly account: { readonly cash: string; readonly fills: number };
  readonly positions: readonly { readonly ticker: string; readonly cost: string }[];
  readonly halts: readonly { readonly name: string; readonly reason: string }[];
}

Deno.test("a new kbot starts with an old state: the page shows what was there, and the halt still stands", async () => {
  await using place = await temporaryDirectory();
  await using exchange = await ExchangeProcess.start("--seed", "5");
  const state = join(place.path, "state");
  const old = await oldState(4);
  await unpack(old, state);
  // The exchange of then is gone; its address is all that the state knows of it.
  const identity = JSON.parse(await Deno.readTextFile(identityFile(state))) as Record<string, unknown>;
  await Deno.writeTextFile(identityFile(state), JSON.stringify({ ...identity, venue: exchange.rest }));
  await using bot = new Kbot(["--paper", ...exchange.venue, "--port", "0", "--state", state], exchange.env);
  const [, url] = await bot.until(/Status page: (http\S+)/);
  assert.match(bot.stderr, /brought up to date from schema 4.*kbot store rollback --to 4/);
  const json = async (path: string): Promise<Page> => await (await fetch(new URL(`/api/v1/${path}`, url))).json();
  const { positions, account } = old.resume;
  assert.equal((await json("account")).account.fills, account?.fills);
  assert.deepEqual(
    (await json("positions")).positions.map(({ ticker }) => ticker).sort(),
    positions.filter(({ position }) => position !== 0).map(({ ticker }) => ticker).sort(),
  );
  const names = new Set(old.resume.halts.map(({ name }) => name));
  assert.deepEqual(
    // A machine that is slow may meet a new one: that prices are old.
    (await json("risk")).halts.filter(({ name }) => names.has(name)).map(({ name, reason }) => [name, reason]),
    old.resume.halts.map(({ name, reason }) => [name, reason]),
  );
  bot.signal("SIGTERM");
  const end = await bot.end();
  assert.equal(end.code, 0, end.stderr);
  const checked = await runKbot(["store", "check", "--state", state]);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  const versions = await runKbot(["store", "versions", "--json", "--state", state]);
  const shown = JSON.parse(versions.stdout) as {
    database: { schema: number; writer: string };
    kept: { schema: number }[];
  };
  assert.equal(shown.database.schema, SCHEMA_VERSION);
  assert.deepEqual(shown.kept.map(({ schema }) => schema), [4]);
});
