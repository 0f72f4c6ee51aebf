import assert from "node:assert/strict";
import { startExchange } from "../../venues/exchange/server.ts";
import { ALL_CHECKS } from "./all_checks.ts";
import type { Check } from "./check.ts";
import { MACHINE_PROBLEMS } from "./machine_problems_fixture.ts";
import { namesWith, type Patient, withPatient } from "./patient_fixture.ts";
import { type MachineProblem, NOWHERE, type Planting, type VenueProblem } from "./planted_fixture.ts";
import { OPTIONS, VENUE_PROBLEMS } from "./venue_problems_fixture.ts";

/** How many different problems are planted below. */
const PROBLEMS = 53;

/** Examines, and holds the answer to what it should be: the problem alone, by name, with what to do. */
async function examinePlanted(
  planted: MachineProblem | VenueProblem,
  planting: Planting,
  patient: Patient,
  base: readonly string[],
  checks: readonly Check[] = ALL_CHECKS,
) {
  const { found, status = "FAIL", detail, remedy, alsoFails = [], cannot } = planted;
  try {
    const reports = await patient.examine(planting.request, checks);
    const report = reports.get(found);
    assert.equal(report?.status, status, JSON.stringify([...reports.values()], null, 1));
    assert.match(report.detail, detail);
    assert.match(report.remedy ?? "", remedy);
    const failing = new Set([...base, ...alsoFails, ...(status === "FAIL" ? [found] : [])]);
    assert.deepEqual(namesWith(reports, "FAIL").sort(), [...failing].sort());
    if (cannot === undefined) return;
    const needing = [...reports.values()].filter((each) => each.status === "SKIP" && each.detail.startsWith("Needs "));
    const names = needing.map(({ name }) => name).filter((name) => !name.startsWith("feed "));
    assert.deepEqual(names.sort(), [...cannot].sort());
  } finally {
    await planting.undo?.();
  }
}

Deno.test(`${PROBLEMS} different problems are planted, and every check but those of single feeds finds one`, () => {
  const all = [...MACHINE_PROBLEMS, ...VENUE_PROBLEMS];
  assert.equal(new Set(all.map(({ problem }) => problem)).size, PROBLEMS);
  assert.equal(all.length, PROBLEMS);
  const finding = new Set(all.map(({ found }) => found));
  const finders = ALL_CHECKS.map(({ name }) => name).filter((name) => !name.startsWith("feed "));
  assert.deepEqual(finders.filter((name) => !finding.has(name)), []);
});

for (const planted of MACHINE_PROBLEMS) {
  Deno.test(`${planted.problem} is found by name: ${planted.found}`, async () => {
    await withPatient(async (patient) => {
      [patient.venue, patient.venueWs] = [NOWHERE.rest, NOWHERE.ws];
      // Without a configuration nobody knows which venue to ask.
      const base = planted.found === "configuration" ? [] : ["rest"];
      await examinePlanted(planted, await planted.plant(patient) ?? {}, patient, base);
    });
  });
}

/** What only works the processor was asked often enough by then. */
const CHECKS_OF_VENUE = ALL_CHECKS.filter(({ name }) => !["wasm", "eastern time", "open files"].includes(name));
/** Examined at the same time: they wait more than they work. With more of them the exchange asks for patience. */
const TOGETHER = 3;

Deno.test("problems of the venue, the account and the feeds are each found by name", async (t) => {
  const exchange = await startExchange(OPTIONS);
  const examined = (planted: VenueProblem) =>
    withPatient(async (patient) => {
      await patient.visit(exchange.info, exchange.privateKeyPem);
      await examinePlanted(planted, await planted.plant(patient, exchange) ?? {}, patient, [], CHECKS_OF_VENUE);
    });
  try {
    for (let at = 0; at < VENUE_PROBLEMS.length; at += TOGETHER) {
      const some = VENUE_PROBLEMS.slice(at, at + TOGETHER);
      const outcomes = await Promise.allSettled(some.map(examined));
      for (const [n, { problem, found }] of some.entries()) {
        const outcome = outcomes[n];
        await t.step(`${problem}: ${found}`, () => {
          if (outcome.status === "rejected") throw outcome.reason;
        });
      }
    }
  } finally {
    await exchange.stop();
  }
});

Deno.test("where no feed can be reached, each is found by its name", async () => {
  const exchange = await startExchange({ ...OPTIONS, faults: ["feed-outage"] });
  try {
    await withPatient(async (patient) => {
      await patient.visit(exchange.info, exchange.privateKeyPem);
      for (const name of Object.keys(patient.env)) if (name.startsWith("KBOT_FEEDS__")) delete patient.env[name];
      const reports = await patient.examine({ feedMs: 1_000 });
      const feeds = ALL_CHECKS.map(({ name }) => name).filter((name) => name.startsWith("feed "));
      assert.deepEqual(namesWith(reports, "FAIL"), feeds.filter((name) => name !== "feed weather_index"));
      for (const name of namesWith(reports, "FAIL")) {
        assert.match(reports.get(name)?.remedy ?? "", /^Check the way there/);
      }
    });
  } finally {
    await exchange.stop();
  }
});
