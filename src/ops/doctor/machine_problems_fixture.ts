/**
 * For tests: problems of the machine and its settings. No venue can be reached in any of them, which must not hide them.
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeEnd, encodeHeader } from "../../engine/journal.ts";
import { claimIdentity } from "../../runner/identity.ts";
import { journalDirectory } from "../../store/journal_files.ts";
import { SCHEMA_KEY } from "../../store/kv_rows.ts";
import { lockStateDirectory } from "../../store/lock.ts";
import { statePaths } from "../../store/state_directory.ts";
import type { Patient } from "./patient_fixture.ts";
import { HEADER, type MachineProblem, type Planting, RUN, serve } from "./planted_fixture.ts";

export async function writeJournal(patient: Patient, lines: readonly string[]): Promise<void> {
  const directory = join(journalDirectory(patient.state), RUN);
  await Deno.mkdir(directory, { recursive: true });
  await Deno.writeTextFile(join(directory, "000001.ndjson"), lines.map((line) => `${line}\n`).join(""));
}

const configured = async (patient: Patient, toml: string): Promise<Planting> => ({
  request: { configFile: await patient.writeConfig(toml) },
});

/** A bot that holds the state directory and the page's port, and answers like this. */
async function ownBot(patient: Patient, answer: () => Response | Promise<Response>): Promise<Planting> {
  const server = serve(answer);
  patient.env.KBOT_SERVER__PORT = String(server.port);
  await Deno.writeTextFile(
    join(patient.state, "run.json"),
    JSON.stringify({ pid: 4_711, url: server.origin, run: RUN, startedAt: "2026-11-20T04:02:11Z" }),
  );
  const locked = await lockStateDirectory(patient.state, 4_711);
  assert.ok(locked.ok);
  return {
    undo: async () => {
      locked.lock.release();
      await server.close();
    },
  };
}

/** What a browser's time zone data would say where the zones were lost: UTC, always. */
function withoutZones(): Planting {
  const { formatToParts } = Intl.DateTimeFormat.prototype;
  Intl.DateTimeFormat.prototype.formatToParts = function (date) {
    const { timeZone: _, ...options } = this.resolvedOptions();
    const inUtc = new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" } as Intl.DateTimeFormatOptions);
    return formatToParts.call(inUtc, date);
  };
  return { undo: () => Intl.DateTimeFormat.prototype.formatToParts = formatToParts };
}

function withoutSimd(): Planting {
  const { validate } = WebAssembly;
  WebAssembly.validate = () => false;
  return { undo: () => WebAssembly.validate = validate };
}

export const MACHINE_PROBLEMS: readonly MachineProblem[] = [
  {
    problem: "a wrong value in the configuration",
    found: "configuration",
    detail: /kbot\.toml:2: risk\.max_order_usd: Found 600, allowed: .*500/,
    remedy: /Correct it where the message says/,
    plant: (patient) => configured(patient, "[risk]\nmax_order_usd = 600\n"),
  },
  {
    problem: "a key of the configuration that this kbot does not know",
    found: "configuration",
    detail: /kbot\.toml:2: risk\.max_oder_usd: Found an unknown key, allowed: did you mean risk\.max_order_usd\?/,
    remedy: /Correct it where the message says/,
    plant: (patient) => configured(patient, "[risk]\nmax_oder_usd = 5\n"),
  },
  {
    problem: "kbot as root",
    found: "user",
    status: "PASS",
    detail: /^kbot runs as root, which it never needs$/,
    remedy: /Make a user for it/,
    plant: () => ({ request: { machine: { user: () => 0 } } }),
  },
  {
    problem: "an alert channel's secret that others can read",
    found: "secret files",
    detail: /^alerts\.webhook\.secret_file: Readable by others: .*secret has mode 644, allowed is 600$/,
    remedy: /^chmod 600 .*secret; change what others may have read$/,
    alsoFails: ["alerts"],
    async plant(patient) {
      const file = join(patient.root, "secret");
      await Deno.writeTextFile(file, "whsec_c2VjcmV0");
      await Deno.chmod(file, 0o644);
      return configured(patient, `[alerts.webhook]\nurl = "http://127.0.0.1:4/"\nsecret_file = "${file}"\n`);
    },
  },
  {
    problem: "no home and no state directory named",
    found: "state directory",
    detail: /HOME/,
    remedy: /Set HOME, or give --state/,
    plant(patient) {
      delete patient.env.HOME;
      return { request: { state: undefined } };
    },
  },
  {
    problem: "a state directory that cannot be made",
    found: "state directory",
    detail: /nowhere cannot be (made|looked at)/,
    remedy: /another directory with --state/,
    // A plain file in the way: permissions alone would not stop root.
    async plant(patient) {
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
    async plant(patient) {
      await Deno.symlink(patient.state, join(patient.root, "link"));
      return { request: { state: join(patient.root, "link") } };
    },
  },
  {
    problem: "a directory of others as state directory",
    found: "state directory",
    detail: /is open to others \(mode 755\) and holds photos, not ours/,
    remedy: /another directory with --state/,
    async plant(patient) {
      await Deno.chmod(patient.state, 0o755);
      await Deno.writeTextFile(join(patient.state, "photos"), "");
    },
  },
  {
    problem: "another process in the state directory",
    found: "state lock",
    detail: /is in use by process 4711/,
    remedy: /If that is your bot, all is well/,
    async plant(patient) {
      const locked = await lockStateDirectory(patient.state, 4_711);
      assert.ok(locked.ok);
      return { undo: () => locked.lock.release() };
    },
  },
  {
    problem: "a full disk",
    found: "disk space",
    detail: /^0\.1 GB left at .*, at least 0\.5 GB are needed$/,
    remedy: /Make room, or choose a larger disk with --state/,
    plant: () => ({ request: { machine: { disk: () => Promise.resolve(99_000_000) } } }),
  },
  {
    problem: "a file where the logs go",
    found: "log directory",
    detail: /logs is not a directory: nothing would be logged/,
    remedy: /Move .*logs away/,
    plant: (patient) => Deno.writeTextFile(join(patient.state, "logs"), ""),
  },
  {
    problem: "a token that others can read",
    found: "page token",
    detail: /token can be read by others \(mode 644\)/,
    remedy: /Remove .*token: the next start makes a new one/,
    async plant(patient) {
      const { token } = statePaths(patient.state);
      await Deno.writeTextFile(token, "x".repeat(43));
      await Deno.chmod(token, 0o644);
    },
  },
  {
    problem: "a database of a newer kbot",
    found: "store",
    detail: /written by a newer kbot \(schema 99, this one knows \d+\)$/,
    remedy: /^Use that kbot, or another directory with --state$/,
    async plant(patient) {
      const kv = await Deno.openKv(statePaths(patient.state).store);
      await kv.set(SCHEMA_KEY, 99);
      kv.close();
    },
  },
  {
    problem: "a database that is none",
    found: "store",
    detail: /state\.kv cannot be read: /,
    remedy: /Move it away/,
    plant: (patient) =>
      Deno.writeTextFile(statePaths(patient.state).store, "no database at all, but long enough to look like one"),
  },
  {
    problem: "a damaged journal",
    found: "journal",
    detail: /000001\.ndjson:2: /,
    remedy: /Keep the file/,
    plant: (patient) =>
      writeJournal(patient, [encodeHeader(HEADER), "no JSON", encodeEnd({ inputs: 0, hash: "00", reason: "" })]),
  },
  {
    problem: "a journal of a newer kbot",
    found: "journal",
    detail: /^The journal of run .* was written by a newer kbot, version 0\.1\.0 \(format 99, this one knows \d+\)$/,
    remedy: /^Use that kbot, or another directory with --state$/,
    plant: (patient) =>
      writeJournal(patient, [encodeHeader(HEADER).replace(/"kbot_journal":\d+/, '"kbot_journal":99')]),
  },
  {
    problem: "a run without a goodbye",
    found: "last run",
    detail: new RegExp(`Run ${RUN} ended without a goodbye`),
    remedy: /The next start takes up what it left/,
    plant: (patient) => writeJournal(patient, [encodeHeader(HEADER)]),
  },
  {
    problem: "the state of another venue",
    found: "state identity",
    detail: /belongs to live trading at demo, not to http:\/\/127\.0\.0\.1:4\/trade-api\/v2/,
    remedy: /another directory with --state/,
    async plant(patient) {
      const identity = await claimIdentity(patient.state, { venue: "demo", execution: "live", instance: "k00000001" });
      assert.ok(identity.ok);
    },
  },
  {
    problem: "somebody else on the page's port",
    found: "page port",
    detail: /^\d+ on 127\.0\.0\.1 is in use$/,
    remedy: /--port or server\.port/,
    plant(patient) {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      patient.env.KBOT_SERVER__PORT = String(listener.addr.port);
      return { undo: () => listener.close() };
    },
  },
  {
    problem: "a page open to other machines",
    found: "page port",
    detail: /0\.0\.0\.0 would open the page to other machines/,
    remedy: /Set server\.host to 127\.0\.0\.1 and use ssh -N -L/,
    plant(patient) {
      patient.env.KBOT_SERVER__HOST = "0.0.0.0";
    },
  },
  {
    problem: "a bot whose page does not work",
    found: "page",
    detail: /\/healthz answers with status 500: broken$/,
    remedy: /Process 4711 may hang/,
    plant: (patient) => ownBot(patient, () => new Response("broken", { status: 500 })),
  },
  {
    problem: "a machine without memory",
    found: "memory",
    detail: /^200 MB can be had, a run needs 320: it would be killed$/,
    remedy: /larger machine/,
    plant: () => ({ request: { machine: { memory: () => 200_000_000 } } }),
  },
  {
    problem: "a low limit of open files",
    found: "open files",
    detail: /^Only 200 more files can be open at once, 400 are needed: Too many open files/,
    remedy: /ulimit -n 8192 .* LimitNOFILE=8192/,
    plant() {
      let open = 0;
      const openFile = () =>
        ++open > 200
          ? Promise.reject(new Error("Too many open files (os error 24)"))
          : Promise.resolve({ close: () => {} });
      return { request: { machine: { openFile } } };
    },
  },
  {
    problem: "a processor without SIMD",
    found: "wasm",
    detail: /no WASM SIMD/,
    remedy: /Deno 2\.4 or newer/,
    plant: withoutSimd,
  },
  {
    problem: "a time zone with a slip of the pen",
    found: "time zone",
    detail: /^TZ=Amerika\/New_York names no time zone/,
    remedy: /Set TZ to a name such as UTC/,
    plant(patient) {
      patient.env.TZ = "Amerika/New_York";
    },
  },
  {
    problem: "time zone data without zones",
    found: "eastern time",
    detail: /kbot says UTC-[45], this machine's time zone data otherwise$/,
    remedy: /Update Deno/,
    plant: withoutZones,
  },
  {
    problem: "an alert channel that nobody answers",
    found: "alerts",
    detail: /^webhook: No answer from http:\/\/127\.0\.0\.1:4: /,
    remedy: /kbot alert test/,
    plant: (patient) => configured(patient, '[alerts.webhook]\nurl = "http://127.0.0.1:4/"\n'),
  },
  {
    problem: "a collector of traces that is not there",
    found: "trace endpoint",
    detail: /^http:\/\/127\.0\.0\.1:4\/v1\/traces cannot be reached: /,
    remedy: /Start the collector, correct trace\.endpoint, or take it out/,
    plant(patient) {
      patient.env.KBOT_TRACE__ENDPOINT = "http://127.0.0.1:4";
    },
  },
  {
    problem: "a server of the cluster that is not there",
    found: "cluster",
    detail: /^NATS at nats:\/\/127\.0\.0\.1:4 cannot be reached \(/,
    remedy: /^Start the servers, or correct \[cluster\]; without cluster\.servers kbot runs alone$/,
    plant(patient) {
      patient.env.KBOT_CLUSTER__SERVERS = "nats://127.0.0.1:4";
      patient.env.KBOT_CLUSTER__NAME = "one";
    },
  },
  {
    problem: "a password of the cluster that others can read",
    found: "cluster",
    detail: /^Readable by others: .*password has mode 640, allowed is 600/,
    remedy: /chmod 600 those that hold secrets/,
    alsoFails: ["secret files"],
    async plant(patient) {
      const file = join(patient.root, "password");
      await Deno.writeTextFile(file, "a password");
      await Deno.chmod(file, 0o640);
      const to = 'servers = ["nats://127.0.0.1:4"]\nname = "one"';
      return configured(patient, `[cluster]\n${to}\nuser = "kbot"\npassword_file = "${file}"\n`);
    },
  },
];
