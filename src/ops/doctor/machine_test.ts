import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeEnd, encodeHeader } from "../../engine/journal.ts";
import { lockStateDirectory } from "../../store/lock.ts";
import type { CheckReport } from "./doctor.ts";
import { writeJournal } from "./machine_problems_fixture.ts";
import { namesWith, withPatient } from "./patient_fixture.ts";
import { HEADER, NOWHERE, RUN } from "./planted_fixture.ts";

Deno.test("a run that said goodbye passes, and its reason is told", () =>
  withPatient(async (patient) => {
    await writeJournal(patient, [encodeHeader(HEADER), encodeEnd({ inputs: 0, hash: "00", reason: "Ctrl-C" })]);
    [patient.venue, patient.venueWs] = [NOWHERE.rest, NOWHERE.ws];
    const reports = await patient.examine();
    assert.equal(reports.get("last run")?.detail, `Run ${RUN} ended in order: Ctrl-C`);
    assert.equal(reports.get("last run")?.status, "PASS");
  }));

Deno.test("the run of a bot that is still there has not ended, and is no problem", () =>
  withPatient(async (patient) => {
    await writeJournal(patient, [encodeHeader(HEADER)]);
    [patient.venue, patient.venueWs] = [NOWHERE.rest, NOWHERE.ws];
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
    // Who listens here takes connections and says nothing.
    patient.answerMs = 100;
    [patient.venue, patient.venueWs] = [NOWHERE.rest, NOWHERE.ws];
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

const runJson = (port: number): string =>
  JSON.stringify({ pid: 4_711, url: `http://127.0.0.1:${port}`, run: RUN, startedAt: "2026-11-20T04:02:11Z" });

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
    [patient.venue, patient.venueWs] = [NOWHERE.rest, NOWHERE.ws];
    const state = join(patient.root, "a", "b");
    const reports = await patient.examine({ state });
    assert.deepEqual(namesWith(reports, "FAIL"), ["rest"]);
    assert.deepEqual([...Deno.readDirSync(patient.root)].map(({ name }) => name), ["state"]);
    assert.deepEqual([...Deno.readDirSync(patient.state)], []);
  }));
