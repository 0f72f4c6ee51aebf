import assert from "node:assert/strict";
import { join } from "node:path";
import { lockStateDirectory } from "../../store/lock.ts";
import { type Patient, withPatient } from "./patient_fixture.ts";
import { NOWHERE, RUN, serve } from "./planted_fixture.ts";
import { reasonOf } from "./reason_of.ts";
import { timeZone } from "./time_zone.ts";
import { examine } from "./doctor.ts";
import type { DoctorRequest } from "./context.ts";

async function report(
  name: string,
  request: Partial<DoctorRequest>,
  prepare: (patient: Patient) => unknown = () => {},
) {
  let found: { readonly status: string; readonly detail: string; readonly remedy: string | null } | undefined;
  await withPatient(async (patient) => {
    [patient.venue, patient.venueWs] = [NOWHERE.rest, NOWHERE.ws];
    await prepare(patient);
    found = (await patient.examine(request)).get(name);
  });
  return found ?? assert.fail(`No check is called ${name}`);
}

Deno.test("what a machine does not tell is skipped, not failed", async () => {
  const refuse = () => {
    throw new Error("not told");
  };
  const machine = { user: refuse, memory: refuse, disk: refuse, openFile: refuse };
  for (const name of ["user", "memory", "disk space", "open files"]) {
    const { status, detail } = await report(name, { machine });
    assert.equal(status, "SKIP", name);
    assert.match(detail, /not told$/);
  }
});

Deno.test("users that are not root and systems without numbers of users are no finding", async () => {
  assert.deepEqual((await report("user", { machine: { user: () => 1_000 } })).detail, "User 1000, not root");
  assert.equal((await report("user", { machine: { user: () => null } })).status, "SKIP");
});

Deno.test("little memory passes with a word, and much without", async () => {
  assert.match((await report("memory", { machine: { memory: () => 500_000_000 } })).remedy ?? "", /larger machine/);
  assert.equal((await report("memory", { machine: { memory: () => 4_000_000_000 } })).remedy, null);
});

for (
  const [setting, status] of [
    [undefined, "PASS"],
    ["", "PASS"],
    ["UTC", "PASS"],
    [":Europe/Berlin", "PASS"],
    ["/usr/share/zoneinfo/America/New_York", "PASS"],
    [":/etc/localtime", "PASS"],
    ["EST5EDT,M3.2.0,M11.1.0", "PASS"],
    ["<+03>-3", "PASS"],
    ["Mars/Base", "FAIL"],
    ["new york", "FAIL"],
    ["/usr/share/zoneinfo/Nowhere", "FAIL"],
  ] as const
) {
  Deno.test(`TZ=${setting ?? "not set"} ends as ${status}`, async () => {
    const env: Record<string, string> = setting === undefined ? {} : { TZ: setting };
    const request = {
      configFile: undefined,
      state: undefined,
      venue: undefined,
      venueWs: undefined,
      order: false,
      env,
    };
    const { checks } = await examine([timeZone], request);
    assert.equal(checks[0].status, status, checks[0].detail);
  });
}

Deno.test("a page that its own bot serves passes, with the process", async () => {
  const server = serve(() => Response.json({ alive: true }));
  let release = () => {};
  try {
    const { status, detail } = await report("page", {}, async (patient) => {
      patient.env.KBOT_SERVER__PORT = String(server.port);
      const run = { pid: 4_711, url: server.origin, run: RUN, startedAt: "2026-11-20T04:02:11Z" };
      await Deno.writeTextFile(join(patient.state, "run.json"), JSON.stringify(run));
      const locked = await lockStateDirectory(patient.state);
      assert.ok(locked.ok);
      release = () => locked.lock.release();
    });
    assert.equal(status, "PASS", detail);
    assert.equal(detail, `Served by process 4711 at ${server.origin}`);
  } finally {
    release();
    await server.close();
  }
});

for (const [status, outcome] of [[200, "PASS"], [404, "FAIL"], [307, "FAIL"]] as const) {
  Deno.test(`a collector of traces that answers ${status} ends as ${outcome}`, async () => {
    const asked: string[] = [];
    const server = serve(async (request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);
      return new Response("{}", { status, headers: { location: "http://127.0.0.1:4/" } });
    });
    try {
      const found = await report("trace endpoint", {}, (patient) => {
        patient.env.KBOT_TRACE__ENDPOINT = server.origin;
      });
      assert.equal(found.status, outcome, found.detail);
      assert.deepEqual(asked, ['POST /v1/traces {"resourceSpans":[]}']);
    } finally {
      await server.close();
    }
  });
}

Deno.test("a collector of traces that wants a header is asked with those that a run sends, and they are not told", async () => {
  const secret = "Bearer s3cret=";
  const server = serve(({ headers }) =>
    new Response("{}", { status: headers.get("authorization") === secret && headers.has("x-team") ? 200 : 401 })
  );
  try {
    const asked = (headers: Readonly<Record<string, string>>) =>
      report(
        "trace endpoint",
        {},
        ({ env }) => Object.assign(env, { KBOT_TRACE__ENDPOINT: server.origin, ...headers }),
      );
    const right = { OTEL_EXPORTER_OTLP_HEADERS: `x-team=kbot, authorization=${encodeURIComponent(secret)}` };
    assert.deepEqual((await asked(right)).detail, `${server.origin}/v1/traces takes traces`);
    assert.equal((await asked({})).status, "FAIL");
    const wrong = await asked({ OTEL_EXPORTER_OTLP_HEADERS: "x-team=a, authorization=s3cret%0a,=,%" });
    assert.equal(wrong.status, "FAIL");
    assert.doesNotMatch(JSON.stringify(wrong), /s3cret/);
  } finally {
    await server.close();
  }
});

Deno.test("logs that are there and can be written pass, and nothing of them changes", () =>
  withPatient(async (patient) => {
    [patient.venue, patient.venueWs] = [NOWHERE.rest, NOWHERE.ws];
    await Deno.mkdir(join(patient.state, "logs"));
    await Deno.writeTextFile(join(patient.state, "logs", "main.ndjson"), "{}\n");
    assert.equal((await patient.examine()).get("log directory")?.status, "PASS");
    assert.equal(await Deno.readTextFile(join(patient.state, "logs", "main.ndjson")), "{}\n");
    assert.deepEqual([...Deno.readDirSync(join(patient.state, "logs"))].map(({ name }) => name), ["main.ndjson"]);
  }));

Deno.test("of a chain of causes the innermost is told", () => {
  const inner = new Error("Connection refused");
  assert.equal(
    reasonOf(new TypeError("fetch failed", { cause: new Error("connect", { cause: inner }) })),
    inner.message,
  );
  const flat = "error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)";
  assert.equal(reasonOf(new TypeError(flat)), "Connection refused (os error 111)");
  assert.equal(reasonOf("broken"), "broken");
  assert.equal(reasonOf(new DOMException("Signal timed out.", "TimeoutError")), "No answer in time");
});

Deno.test("a state directory that its own bot holds is no failure, and one that another process holds is", async () => {
  for (const [holder, status] of [[4_711, "SKIP"], [4_712, "FAIL"]] as const) {
    let release = () => {};
    try {
      const found = await report("state lock", {}, async (patient) => {
        const run = { pid: 4_711, url: "http://127.0.0.1:1/", run: RUN, startedAt: "2026-11-20T04:02:11Z" };
        await Deno.writeTextFile(join(patient.state, "run.json"), JSON.stringify(run));
        const locked = await lockStateDirectory(patient.state, holder);
        assert.ok(locked.ok);
        release = () => locked.lock.release();
      });
      assert.equal(found.status, status, found.detail);
    } finally {
      release();
    }
  }
});
