import assert from "node:assert/strict";
import { ALL_CHECKS } from "./all_checks.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import { type CheckReport, examine } from "./doctor.ts";
import type { DoctorRequest } from "./context.ts";

const REQUEST: DoctorRequest = {
  configFile: undefined,
  state: undefined,
  venue: undefined,
  venueWs: undefined,
  order: false,
  env: {},
};

const always = (name: string, check: Partial<Check> = {}): Check => ({
  name,
  run: () => Promise.resolve(pass("fine")),
  ...check,
});

async function statuses(checks: readonly Check[]): Promise<Record<string, string>> {
  const { checks: reports } = await examine(checks, REQUEST);
  return Object.fromEntries(reports.map(({ name, status, detail }) => [name, `${status} ${detail}`]));
}

Deno.test("a check that throws, one that hangs and one that fails do not stop those after them", async () => {
  assert.deepEqual(
    await statuses([
      always("throws", {
        run: () => {
          throw new TypeError("x is undefined");
        },
      }),
      always("rejects", { run: () => Promise.reject(new Error("broken")) }),
      always("hangs", { seconds: 0.05, run: () => new Promise(() => {}) }),
      always("fails", { run: () => Promise.resolve(fail("is wrong", "put it right")) }),
      always("last"),
    ]),
    {
      throws: "FAIL The check itself failed: x is undefined",
      rejects: "FAIL The check itself failed: broken",
      hangs: "FAIL No result within 0.05 s",
      fails: "FAIL is wrong",
      last: "PASS fine",
    },
  );
});

Deno.test("what depends on a check that did not pass is skipped with the reason, down the whole chain", async () => {
  assert.deepEqual(
    await statuses([
      always("root", { run: () => Promise.resolve(fail("is wrong", "put it right")) }),
      always("child", { needs: ["root"] }),
      always("grandchild", { needs: ["other", "child"] }),
      always("other"),
      always("stranger", { needs: ["other", "nobody"] }),
      always("free", { needs: ["other"] }),
    ]),
    {
      root: "FAIL is wrong",
      child: "SKIP Needs root, which failed",
      grandchild: "SKIP Needs other, which was not made",
      other: "PASS fine",
      stranger: "SKIP Needs nobody, which was not made",
      free: "PASS fine",
    },
  );
});

Deno.test("a check that could not be made names the one at the root of it", async () => {
  const { checks } = await examine([
    always("root", { run: () => Promise.resolve(fail("is wrong", "put it right")) }),
    always("child", { needs: ["root"] }),
    always("grandchild", { needs: ["child"] }),
    always("other", { run: () => Promise.resolve(skip("not here")) }),
    always("friend", { needs: ["other"] }),
    always("unwanted", { needs: ["root"], unwanted: () => skip("Not asked for") }),
  ], REQUEST);
  assert.deepEqual(checks.map(({ blocked_by }) => blocked_by), [null, "root", "root", null, "other", null]);
});

Deno.test("a check that is not wanted says so before it looks at what it needs", async () => {
  const check = always("order", { needs: ["nobody"], unwanted: () => skip("Not asked for") });
  assert.deepEqual(await statuses([check]), { order: "SKIP Not asked for" });
});

Deno.test("everything opened is closed at the end, the last first, also where closing fails", async () => {
  const closed: string[] = [];
  const opening = (name: string, ending: () => unknown): Check =>
    always(name, {
      run(context) {
        context.atEnd(ending);
        return Promise.reject(new Error("after opening"));
      },
    });
  await examine([
    opening("first", () => closed.push("first")),
    opening("second", () => Promise.reject(new Error("cannot be closed"))),
    opening("third", () => closed.push("third")),
  ], REQUEST);
  assert.deepEqual(closed, ["third", "first"]);
});

Deno.test("reports come one by one, carry their time, and no secret", async () => {
  const told: CheckReport[] = [];
  const secret = "-----BEGIN PRIVATE KEY-----\nMIIEabc\n-----END PRIVATE KEY-----";
  const report = await examine(
    [always("leaks", { run: () => Promise.resolve(fail(`found ${secret}`, `token=abcdef123456 in ${secret}`)) })],
    REQUEST,
    (each) => told.push(each),
  );
  assert.deepEqual(report.checks, told);
  assert.equal(report.ok, false);
  assert.ok(told[0].ms >= 0);
  assert.ok(!JSON.stringify(report).includes("MIIEabc"));
  assert.ok(!JSON.stringify(report).includes("abcdef123456"));
});

Deno.test("every check has a name of its own and stands behind what it needs", () => {
  const before = new Set<string>();
  for (const { name, needs = [] } of ALL_CHECKS) {
    assert.ok(!before.has(name), name);
    for (const need of needs) assert.ok(before.has(need), `${name} needs ${need}`);
    before.add(name);
  }
});

Deno.test("all checks together end in time: the one under way fails, those behind it are skipped", async () => {
  const hangs = always("hangs", { run: () => new Promise(() => {}) });
  const never = always("closes", {
    run(context) {
      context.atEnd(() => Promise.resolve());
      return Promise.resolve(pass("fine"));
    },
  });
  const { checks } = await examine([never, hangs, always("late")], { ...REQUEST, totalMs: 400 });
  assert.deepEqual(checks.map(({ status }) => status), ["PASS", "FAIL", "SKIP"]);
  assert.match(checks[1].detail, /^No result within 0\.\d+ s$/);
  assert.match(checks[2].detail, /^No time is left/);
});
