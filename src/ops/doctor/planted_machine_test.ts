import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeEnd, encodeHeader } from "../../engine/journal.ts";
import { claimIdentity } from "../../runner/identity.ts";
import { journalDirectory } from "../../store/journal_files.ts";
import { SCHEMA_KEY } from "../../store/kv_rows.ts";
import { lockStateDirectory } from "../../store/lock.ts";
import { statePaths } from "../../store/state_directory.ts";
import type { DoctorRequest } from "./context.ts";
import type { CheckReport } from "./doctor.ts";
import { namesWith, type Patient, withPatient } from "./patient_fixture.ts";

/** Problems of the machine itself: the venue cannot be reached in all of them, which must not hide them. */
interface Planted {
  readonly problem: string;
  readonly found: string;
  readonly detail: RegExp;
  readonly remedy: RegExp;
  /** Returns what to change in the request, and what to undo afterwards. */
  plant(patient: Patient): Promise<{ request?: Partial<DoctorRequest>; undo?: () => void }>;
}

const RUN = "20261120T040211Z-0001";
const HEADER = { version: "0.1.0", run: RUN, started: "2026-11-20T04:02:11Z", config: null };
/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:4/trade-api/v2";

async function writeJournal(patient: Patient, lines: readonly string[]): Promise<void> {
  const directory = join(journalDirectory(patient.state), RUN);
  await Deno.mkdir(directory, { recursive: true });
  await Deno.writeTextFile(join(directory, "000001.ndjson"), lines.map((line) => `${line}\n`).join(""));
}

const PLANTED: readonly Planted[] = [
  {
    problem: "a wrong value in the configuration",
    found: "configuration",
    detail: /kbot\.toml:2: risk\.max_order_usd: Found 600, allowed: .*500/,
    remedy: /Correct it where the message says/,
    plant: async (patient) => ({ request: { configFile: await patient.writeConfig("[risk]\nmax_order_usd = 600\n") } }),
  },
  {
    problem: "a state directory that cannot be made",
    found: "state directory",
    detail: /nowhere cannot be (made|looked at)/,
    remedy: /another directory with --state/,
    // A plain file in the way: permissions alone would not stop root.
    plant: async (patient) => {
      const file = join(patient.root, "file");
      await Deno.writeTextFile(file, "");
      return { request: { state: join(file, "nowhere") } };
    },
  },
  {
    problem: "a state directory behind a symbolic link",
    found: "state directory",
    detail: /link is a symbolic link/,
    remedy: /Name its target/,
    plant: async (patient) => {
      await Deno.symlink(patient.state, join(patient.root, "link"));
      return { request: { state: join(patient.root, "link") } };
    },
  },
  {
    problem: "a directory of others as state directory",
    found: "state directory",
    detail: /is open to others \(mode 755\) and holds photos, not ours/,
    remedy: /another directory with --state/,
    plant: async (patient) => {
      await Deno.chmod(patient.state, 0o755);
      await Deno.writeTextFile(join(patient.state, "photos"), "");
      return {};
    },
  },
  {
    problem: "another process in the state directory",
    found: "state lock",
    detail: /is in use by process 4711/,
    remedy: /If that is your bot, all is well/,
    plant: async (patient) => {
      const locked = await lockStateDirectory(patient.state, 4_711);
      assert.ok(locked.ok);
      return { undo: () => locked.lock.release() };
    },
  },
  {
    problem: "a token that others can read",
    found: "page token",
    detail: /token can be read by others \(mode 644\)/,
    remedy: /Remove .*token: the next start makes a new one/,
    plant: async (patient) => {
      const { token } = statePaths(patient.state);
      await Deno.writeTextFile(token, "x".repeat(43));
      await Deno.chmod(token, 0o644);
      return {};
    },
  },
  {
    problem: "a database of a newer kbot",
    found: "store",
    detail: /written by a newer kbot \(schema 99, this one knows \d+\)/,
    remedy: /Use that kbot, or another directory/,
    plant: async (patient) => {
      const kv = await Deno.openKv(statePaths(patient.state).store);
      await kv.set(SCHEMA_KEY, 99);
      kv.close();
      return {};
    },
  },
  {
    problem: "a database that is none",
    found: "store",
    detail: /state\.kv cannot be read: /,
    remedy: /Move it away/,
    plant: async (patient) => {
      await Deno.writeTextFile(statePaths(patient.state).store, "no database at all, but long enough to look like one");
      return {};
    },
  },
  {
    problem: "the state of another venue",
    found: "state identity",
    detail: /belongs to live trading at demo, not to http:\/\/127\.0\.0\.1:4\/trade-api\/v2/,
    remedy: /another directory with --state/,
    plant: async (patient) => {
      const identity = await claimIdentity(patient.state, { venue: "demo", execution: "live", instance: "k00000001" });
      assert.ok(identity.ok);
      return {};
    },
  },
  {
    problem: "a damaged journal",
    found: "journal",
    detail: /000001\.ndjson:2: /,
    remedy: /Keep the file/,
    plant: async (patient) => {
      await writeJournal(patient, [encodeHeader(HEADER), "no JSON", encodeEnd({ inputs: 0, hash: "00", reason: "" })]);
      return {};
    },
  },
  {
    problem: "a run without a goodbye",
    found: "last run",
    detail: new RegExp(`Run ${RUN} ended without a goodbye`),
    remedy: /The next start takes up what it left/,
    plant: async (patient) => {
      await writeJournal(patient, [encodeHeader(HEADER)]);
      return {};
    },
  },
  {
    problem: "somebody else on the page's port",
    found: "page port",
    detail: /^\d+ on 127\.0\.0\.1 is in use$/,
    remedy: /--port or server\.port/,
    plant: (patient) => {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      patient.env.KBOT_SERVER__PORT = String(listener.addr.port);
      return Promise.resolve({ undo: () => listener.close() });
    },
  },
  {
    problem: "a page open to other machines",
    found: "page port",
    detail: /0\.0\.0\.0 would open the page to other machines/,
    remedy: /Set server\.host to 127\.0\.0\.1 and use ssh -N -L/,
    plant: (patient) => {
      patient.env.KBOT_SERVER__HOST = "0.0.0.0";
      return Promise.resolve({});
    },
  },
];

for (const { problem, found, detail, remedy, plant } of PLANTED) {
  Deno.test(`${problem} is found by name: ${found}`, () =>
    withPatient(async (patient) => {
      patient.venue = NOWHERE;
      patient.venueWs = "ws://127.0.0.1:4/trade-api/ws/v2";
      const { request, undo } = await plant(patient);
      try {
        const reports = await patient.examine(request);
        const report = reports.get(found);
        assert.equal(report?.status, "FAIL", JSON.stringify(report));
        assert.match(report.detail, detail);
        assert.match(report.remedy ?? "", remedy);
        const others = namesWith(reports, "FAIL").filter((name) => name !== found);
        // Without a configuration nobody knows which venue to ask.
        assert.deepEqual(others.sort(), found === "configuration" ? [] : ["rest"]);
        assert.equal(reports.get("eastern time")?.status, "PASS");
        assert.equal(reports.get("wasm")?.status, "PASS");
      } finally {
        undo?.();
      }
    }));
}

Deno.test("a run that said goodbye passes, and its reason is told", () =>
  withPatient(async (patient) => {
    await writeJournal(patient, [encodeHeader(HEADER), encodeEnd({ inputs: 0, hash: "00", reason: "Ctrl-C" })]);
    patient.venue = NOWHERE;
    patient.venueWs = "ws://127.0.0.1:4/trade-api/ws/v2";
    const reports = await patient.examine();
    assert.equal(reports.get("last run")?.detail, `Run ${RUN} ended in order: Ctrl-C`);
    assert.equal(reports.get("last run")?.status, "PASS");
  }));

Deno.test("the run of a bot that is still there has not ended, and is no problem", () =>
  withPatient(async (patient) => {
    await writeJournal(patient, [encodeHeader(HEADER)]);
    patient.venue = NOWHERE;
    patient.venueWs = "ws://127.0.0.1:4/trade-api/ws/v2";
    const locked = await lockStateDirectory(patient.state);
    assert.ok(locked.ok);
    try {
      const reports = await patient.examine();
      assert.equal(reports.get("last run")?.status, "SKIP");
      assert.match(reports.get("store")?.detail ?? "", /Needs state lock, which failed/);
    } finally {
      locked.lock.release();
    }
  }));

/** Somebody listens on the page's port, and the state directory says it is its own bot, listening on this one. */
async function portTaken(held: boolean, said: (port: number) => string) {
  let report: CheckReport | undefined;
  await withPatient(async (patient) => {
    patient.venue = NOWHERE;
    patient.venueWs = "ws://127.0.0.1:4/trade-api/ws/v2";
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    patient.env.KBOT_SERVER__PORT = String(port);
    await Deno.writeTextFile(join(patient.state, "run.json"), said(port));
    const locked = await lockStateDirectory(patient.state);
    assert.ok(locked.ok);
    if (!held) locked.lock.release();
    try {
      report = (await patient.examine()).get("page port");
    } finally {
      locked.lock.release();
      listener.close();
    }
  });
  return report ?? assert.fail("The port was not looked at");
}

const runJson = (port: number): string => JSON.stringify({ pid: 4_711, url: `http://127.0.0.1:${port}`, run: RUN });

Deno.test("the page's port is in good hands where this directory's own bot serves there", async () => {
  const report = await portTaken(true, runJson);
  assert.equal(report.status, "PASS", report.detail);
  assert.match(
    report.detail,
    /^\d+ on 127\.0\.0\.1 is served by the bot that runs on this state directory \(process 4711\)$/,
  );
});

Deno.test("a killed bot's file, another port's and a damaged one make no bot of who holds the port", async () => {
  for (
    const report of [
      await portTaken(false, runJson),
      await portTaken(true, (port) => runJson(port === 1_024 ? 1_025 : port - 1)),
      await portTaken(true, () => "no JSON"),
    ]
  ) {
    assert.equal(report.status, "FAIL", report.detail);
    assert.match(report.detail, /is in use$/);
  }
});

Deno.test("nothing is made in a state directory that is not there yet", () =>
  withPatient(async (patient) => {
    patient.venue = NOWHERE;
    patient.venueWs = "ws://127.0.0.1:4/trade-api/ws/v2";
    const state = join(patient.root, "a", "b");
    const reports = await patient.examine({ state });
    assert.deepEqual(namesWith(reports, "FAIL"), ["rest"]);
    assert.deepEqual([...Deno.readDirSync(patient.root)].map(({ name }) => name), ["state"]);
    assert.deepEqual([...Deno.readDirSync(patient.state)], []);
  }));
