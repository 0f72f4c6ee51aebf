import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeInput } from "../engine/journal.ts";
import type { Input } from "../core/input.ts";
import { disk, type JournalDisk, type JournalFile } from "./journal_disk.ts";
import { type JournalSettings, type JournalWriter, openJournal } from "./journal_writer.ts";
import { readJournal } from "./journal_reader.ts";
import { repairTornTail } from "./journal_repair.ts";
import { compressEndedFiles, compressPastRuns } from "./journal_compress.ts";

const HEADER = { version: "0.1.0", run: "20261120T040211Z-0001", started: "2026-11-20T04:02:11Z", config: null };

const clock = (at: number): string => encodeInput({ type: "clock", at } as Input);

function open(state: string, settings: Partial<JournalSettings> = {}, on: JournalDisk = disk): JournalWriter {
  const opened = openJournal(state, HEADER, { compress: false, ...settings }, on);
  assert.ok(opened.ok, JSON.stringify(opened));
  return opened.writer;
}

async function withState(test: (state: string) => Promise<void>): Promise<void> {
  const state = await Deno.makeTempDir({ prefix: "kbot-journal-" });
  try {
    await test(state);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

/** The times of all clock inputs in a run, and a check that nothing else is wrong with it. */
async function timesIn(directory: string): Promise<number[]> {
  const times: number[] = [];
  let next = 1;
  for await (const event of readJournal(directory)) {
    assert.equal(event.kind, "entries", JSON.stringify(event));
    if (event.kind !== "entries") continue;
    assert.equal(event.runLine, next);
    next += event.entries.length;
    for (const entry of event.entries) if (entry.kind === "input") times.push(entry.input.at);
  }
  return times;
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, k) => k + 1);

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map((entry) => entry.name).sort();
}

Deno.test("nothing is in the file before a flush, and every line after it", () =>
  withState(async (state) => {
    const writer = open(state);
    writer.append(clock(1));
    assert.equal(Deno.statSync(writer.path).size, 0);
    assert.deepEqual(writer.flush(), { ok: true });
    const lines = Deno.readTextFileSync(writer.path).split("\n");
    assert.equal(lines[0], JSON.stringify({ kbot_journal: 1, ...HEADER }));
    assert.deepEqual(lines.slice(1), [clock(1), ""]);
    assert.equal(writer.line, 2);
    assert.equal(Deno.statSync(writer.path).mode! & 0o777, 0o600);
    await writer.close();
  }));

Deno.test("a full buffer goes to the file by itself", () =>
  withState(async (state) => {
    const writer = open(state, { bufferBytes: 200 });
    for (let at = 1; at <= 10; at++) writer.append(clock(at));
    assert.ok(Deno.statSync(writer.path).size > 200);
    await writer.close();
    assert.deepEqual(await timesIn(writer.directory), upTo(10));
  }));

for (const sync of ["never", "second", "every"] as const) {
  Deno.test(`what is written under sync policy ${sync} reads back, over many files`, () =>
    withState(async (state) => {
      const writer = open(state, { rotateBytes: 300, sync });
      for (let at = 1; at <= 50; at++) {
        assert.deepEqual(writer.append(clock(at)), { ok: true });
        if (at % 3 === 0) assert.deepEqual(writer.flush(), { ok: true });
        if (at % 7 === 0) assert.deepEqual(await writer.sync(), { ok: true });
      }
      assert.deepEqual(await writer.close(), { ok: true });
      assert.ok(namesIn(writer.directory).length > 3);
      assert.deepEqual(await timesIn(writer.directory), upTo(50));
    }));
}

Deno.test("a rotated file is compressed, the open one is not, and all of them read as one run", () =>
  withState(async (state) => {
    const writer = open(state, { rotateBytes: 300, compress: true });
    let files = 0;
    for (let at = 1; at <= 30; at++) {
      writer.append(clock(at));
      writer.flush();
      // Gives the background its time, as an event loop would.
      while (namesIn(writer.directory).filter((name) => name.endsWith(".gz")).length < files) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      files = Number(writer.path.slice(-13, -7)) - 1;
    }
    await writer.close();
    const names = namesIn(writer.directory);
    assert.ok(names.includes("000001.ndjson.gz") && !names.includes("000001.ndjson"), names.join());
    assert.ok(!names.at(-1)!.endsWith(".gz"), names.join());
    assert.ok(!names.some((name) => name.endsWith(".tmp")), names.join());
    assert.equal(writer.compressTrouble, null);
    assert.deepEqual(await timesIn(writer.directory), upTo(30));
  }));

Deno.test("what a stop or crash left uncompressed is finished later, and half a compressed file removed", () =>
  withState(async (state) => {
    const writer = open(state, { rotateBytes: 300 });
    for (let at = 1; at <= 30; at++) {
      writer.append(clock(at));
      writer.flush();
    }
    await writer.close();
    const before = namesIn(writer.directory);
    Deno.writeTextFileSync(join(writer.directory, "000001.ndjson.gz.tmp"), "half");
    assert.deepEqual(await compressEndedFiles(writer.directory), []);
    const last = before.at(-1)!;
    assert.deepEqual(namesIn(writer.directory), before.map((name) => name === last ? name : `${name}.gz`));
    // A crash between the rename and the removal leaves both.
    Deno.writeTextFileSync(join(writer.directory, "000001.ndjson"), "would be the same");
    assert.deepEqual(await compressEndedFiles(writer.directory), []);
    assert.deepEqual(await timesIn(writer.directory), upTo(30));
  }));

const wrapping = (file: JournalFile): JournalFile => ({
  writeSync: (bytes) => file.writeSync(bytes),
  statSync: () => file.statSync(),
  truncateSync: (length) => file.truncateSync(length),
  syncData: () => file.syncData(),
  syncDataSync: () => file.syncDataSync(),
  close: () => file.close(),
});

/** A disk that takes `room` bytes and then refuses, a few bytes at a time, until more room is given. */
function smallDisk(room: number, most = 7) {
  const state = { room, creates: true, leak: 0, syncs: 0, syncFails: false };
  const on: JournalDisk = {
    ...disk,
    createFile(path) {
      if (!state.creates) throw new Error("No space left on device (os error 28)");
      const file = disk.createFile(path);
      const wrapped: JournalFile = {
        ...wrapping(file),
        writeSync(bytes) {
          if (state.room <= 0) {
            // Some bytes reached the file although the write was refused.
            if (state.leak > 0) file.writeSync(bytes.subarray(0, state.leak));
            throw new Error("No space left on device (os error 28)");
          }
          const written = file.writeSync(bytes.subarray(0, Math.min(most, state.room)));
          state.room -= written;
          return written;
        },
        async syncData() {
          state.syncs++;
          if (state.syncFails) throw new Error("Input/output error (os error 5)");
          await file.syncData();
        },
      };
      return wrapped;
    },
  };
  return { on, state };
}

Deno.test("a full disk is a reason, tears no line, and all lines are there once it has room again", () =>
  withState(async (state) => {
    for (let room = 0; room < 260; room += 13) {
      for (const leak of [0, 5]) {
        const small = smallDisk(room);
        small.state.leak = leak;
        const under = join(state, `${room}-${leak}`);
        const writer = open(under, {}, small.on);
        let failed = 0;
        for (let at = 1; at <= 5; at++) {
          assert.ok(writer.append(clock(at)).ok);
          const result = writer.flush();
          if (result.ok) continue;
          failed++;
          assert.match(result.reason, /^Journal .*000001\.ndjson cannot be written: No space left on device/);
          assert.equal(writer.trouble, result.reason);
        }
        assert.ok(failed > 0, "the disk was meant to be too small");
        small.state.room = 1_000_000;
        assert.deepEqual(writer.flush(), { ok: true });
        assert.equal(writer.trouble, null);
        writer.append(clock(6));
        assert.deepEqual(await writer.close(), { ok: true });
        assert.deepEqual(await timesIn(writer.directory), upTo(6));
      }
    }
  }));

Deno.test("while the disk refuses, memory is bounded: lines beyond it are refused and not counted", () =>
  withState(async (state) => {
    const small = smallDisk(0);
    const writer = open(state, { unwrittenBytesMax: 1_000 }, small.on);
    writer.append(clock(1));
    assert.ok(!writer.flush().ok);
    let accepted = 1;
    for (let at = 2; at <= 100; at++) {
      const before = writer.line;
      const result = writer.append(clock(at));
      if (result.ok) accepted++;
      else {
        assert.match(result.reason, /memory for lines not written is full \(1000 bytes\)/);
        assert.equal(writer.line, before);
      }
    }
    assert.ok(accepted > 5 && accepted < 50, `${accepted}`);
    small.state.room = 1_000_000;
    await writer.close();
    assert.deepEqual(await timesIn(writer.directory), upTo(accepted));
  }));

Deno.test("a next file that cannot be made is a reason, loses nothing, and is made later", () =>
  withState(async (state) => {
    const small = smallDisk(1_000_000, 1_000);
    const writer = open(state, { rotateBytes: 300 }, small.on);
    small.state.creates = false;
    let failed = 0;
    for (let at = 1; at <= 20; at++) {
      writer.append(clock(at));
      if (!writer.flush().ok) failed++;
    }
    assert.ok(failed > 0);
    small.state.creates = true;
    assert.deepEqual(writer.flush(), { ok: true });
    writer.append(clock(21));
    await writer.close();
    assert.deepEqual(namesIn(writer.directory), ["000001.ndjson", "000002.ndjson"]);
    assert.deepEqual(await timesIn(writer.directory), upTo(21));
  }));

Deno.test("a file that someone cut short is not written on", () =>
  withState(async (state) => {
    const small = smallDisk(10_000, 1_000);
    const writer = open(state, {}, small.on);
    writer.flush();
    small.state.room = 0;
    writer.append(clock(1));
    writer.flush();
    Deno.truncateSync(writer.path, 10);
    small.state.room = 1_000;
    const result = writer.flush();
    assert.ok(!result.ok);
    assert.match(result.reason, /The file has lost data: it holds 10 bytes of the \d+ written/);
    await writer.close();
  }));

Deno.test("a failed sync is told until one succeeds; under never there is none", () =>
  withState(async (state) => {
    const small = smallDisk(1_000_000, 1_000);
    const writer = open(state, {}, small.on);
    writer.flush();
    small.state.syncFails = true;
    const result = await writer.sync();
    assert.ok(!result.ok);
    assert.match(result.reason, /cannot be forced to the disk: Input\/output error/);
    assert.equal(writer.trouble, result.reason);
    small.state.syncFails = false;
    assert.deepEqual(await writer.sync(), { ok: true });
    assert.equal(writer.trouble, null);
    await writer.close();
    const lazy = smallDisk(1_000_000, 1_000);
    const never = open(join(state, "never"), { sync: "never" }, lazy.on);
    await never.sync();
    await never.close();
    assert.equal(lazy.state.syncs, 0);
  }));

Deno.test("a journal cannot be begun where one is already, nor under a file", () =>
  withState(async (state) => {
    const writer = open(state);
    const twice = openJournal(state, HEADER);
    assert.ok(!twice.ok);
    assert.match(twice.reason, /^Journal .* cannot be begun: .*exists/);
    const under = openJournal(writer.path, HEADER);
    assert.ok(!under.ok);
    assert.match(under.reason, /^Journal .* cannot be begun: Not a directory/);
    await writer.close();
  }));

Deno.test("after the close nothing is taken, and closing again is harmless", () =>
  withState(async (state) => {
    const writer = open(state);
    writer.append(clock(1));
    assert.deepEqual(await writer.close(), { ok: true });
    assert.deepEqual(await writer.close(), { ok: true });
    assert.ok(!writer.append(clock(2)).ok);
    assert.deepEqual(await timesIn(writer.directory), [1]);
  }));

Deno.test("a close does not wait for a compression: the file stays plain, and is compressed at a later start", () =>
  withState(async (state) => {
    // The close itself takes longer than the compression would.
    const slow: JournalDisk = {
      ...disk,
      createFile: (path) => {
        const file = disk.createFile(path);
        if (!path.endsWith("000002.ndjson")) return file;
        const syncData = () => new Promise<void>((resolve) => setTimeout(resolve, 300));
        return { ...wrapping(file), syncData };
      },
    };
    const writer = open(state, { rotateBytes: 500_000, compress: true }, slow);
    let at = 0;
    while (writer.path.endsWith("000001.ndjson")) {
      writer.append(clock(++at));
      if (at % 100 === 0) writer.flush();
    }
    await writer.close();
    assert.deepEqual(namesIn(writer.directory), ["000001.ndjson", "000002.ndjson"]);
    assert.equal(writer.compressTrouble, null);
    assert.deepEqual(await compressPastRuns(state, HEADER.run), []);
    assert.deepEqual(namesIn(writer.directory), ["000001.ndjson", "000002.ndjson"]);
    assert.deepEqual(await compressPastRuns(state, "20261120T040212Z-0001"), []);
    assert.deepEqual(namesIn(writer.directory), ["000001.ndjson.gz", "000002.ndjson"]);
    assert.deepEqual(await timesIn(writer.directory), upTo(at));
  }));

Deno.test("what was flushed survives a kill -9 of the process, whenever it comes", () =>
  withState(async (state) => {
    const program = `
      import { openJournal } from ${JSON.stringify(import.meta.resolve("./journal_writer.ts"))};
      const header = ${JSON.stringify(HEADER)};
      const opened = openJournal(${JSON.stringify(state)}, header, { rotateBytes: 2000, compress: true });
      for (let at = 1;; at++) {
        opened.writer.append('{"i":{"type":"clock","at":' + at + "}}");
        if (at % 5 === 0) {
          opened.writer.flush();
          console.log(at);
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
      }
    `;
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-lock", "--allow-read", "--allow-write", "--ext=ts", "-"],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const input = process.stdin.getWriter();
    await input.write(new TextEncoder().encode(program));
    await input.close();
    let said = "";
    for await (const piece of process.stdout.pipeThrough(new TextDecoderStream())) {
      said += piece;
      if (said.length > 2_000) break;
    }
    process.kill("SIGKILL");
    await process.status;
    const promised = Number(said.split("\n").at(-2));
    const directory = join(state, "journal", HEADER.run);
    assert.ok((await repairTornTail(directory)).ok);
    const found = await timesIn(directory);
    assert.ok(promised > 100 && found.length >= promised, `${found.length} of ${promised}`);
    assert.deepEqual(found, upTo(found.length));
    assert.ok(namesIn(directory).length > 1);
  }));
