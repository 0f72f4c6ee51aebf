import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import type { Micros } from "../core/units.ts";
import { anyText } from "../ops/terminal/text_fixture.ts";
import { type TapeDisk, tapeDisk } from "./tape_disk.ts";
import { decodeTapeLine, encodeGap, encodeMessage, encodeTapeHeader, type TapeHeader } from "./tape_lines.ts";
import { isTape, readTape, type TapeEvent } from "./tape_reader.ts";
import { listTapes, pruneTapes } from "./tape_retention.ts";
import { type TapeSettings, TapeWriter } from "./tape_writer.ts";

const RUN = "20261120T040211Z-0001";
const HEADER: TapeHeader = {
  run: RUN,
  version: "test",
  started: "2026-11-20T04:02:11Z",
  venue: "Simulated exchange",
  simulated: true,
};
const at = (micros: number): Micros => micros as Micros;

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-tape-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A real disk that can be told to be full after so many bytes, or to be slow. */
class TestDisk implements TapeDisk {
  room = Infinity;
  hold: Promise<void> | null = null;
  readonly made: string[] = [];

  makeDirectory(path: string): Promise<void> {
    return tapeDisk.makeDirectory(path);
  }

  async createFile(path: string) {
    const file = await tapeDisk.createFile(path);
    this.made.push(path);
    return {
      write: async (bytes: Uint8Array): Promise<number> => {
        if (this.hold !== null) await this.hold;
        if (this.room <= 0) throw new Error("No space left on device (os error 28)");
        const written = await file.write(bytes.subarray(0, Math.min(bytes.length, this.room)));
        this.room -= written;
        return written;
      },
      close: () => file.close(),
    };
  }

  remove(path: string): Promise<void> {
    return tapeDisk.remove(path);
  }
}

interface Stage {
  readonly directory: string;
  readonly disk: TestDisk;
  readonly writer: TapeWriter;
  readonly told: string[];
}

/** A writer that flushes when it is told to. */
function withWriter(settings: Partial<TapeSettings>, test: (stage: Stage) => Promise<void>): Promise<void> {
  return withDirectory(async (directory) => {
    const disk = new TestDisk();
    const told: string[] = [];
    const writer = new TapeWriter({
      directory,
      header: HEADER,
      settings: { flushMs: 3_600_000, retryFirstMs: 0, ...settings },
      onTrouble: (text) => told.push(text),
      disk,
    });
    try {
      await test({ directory, disk, writer, told });
    } finally {
      await writer.close();
    }
  });
}

async function read(path: string): Promise<TapeEvent[]> {
  const events: TapeEvent[] = [];
  for await (const event of readTape(path)) events.push(event);
  return events;
}

/** Texts of messages, and gaps as `-3`. */
async function textsOf(path: string): Promise<string[]> {
  return (await read(path)).flatMap((event) =>
    event.kind === "lines" ? event.lines.map((line) => line.kind === "gap" ? `-${line.messages}` : line.raw) : []
  );
}

const troublesOf = async (path: string): Promise<string[]> =>
  (await read(path)).flatMap((event) => event.kind === "torn" || event.kind === "fault" ? [event.reason] : []);

Deno.test("what was recorded is read back word for word, compressed", () =>
  withWriter({}, async ({ writer }) => {
    const raws = ['{"type":"ticker","price":"84000.01"}', "line\nfeed", "\u0000\ud83d\ude00 text", ""];
    raws.forEach((raw, k) => writer.record(k % 2 === 0 ? "coinbase" : "kalshi", raw, at(1_000 + k)));
    await writer.close();
    assert.deepEqual(await textsOf(writer.directory), raws);
    assert.ok(await isTape(writer.directory));
    const names = [...Deno.readDirSync(writer.directory)].map(({ name }) => name);
    assert.deepEqual(names, ["000001.ndjson.gz"]);
    const { messages, bySource, lost, gaps, recording } = writer.status();
    assert.deepEqual({ messages, bySource, lost, gaps, recording }, {
      messages: 4,
      bySource: { coinbase: 2, kalshi: 2 },
      lost: 0,
      gaps: 0,
      recording: false,
    });
  }));

Deno.test("any message survives its line", () => {
  fc.assert(
    fc.property(anyText(10), anyText(10), fc.nat(), (source, raw, time) => {
      const line = encodeMessage(source, raw, at(time));
      assert.ok(!line.includes("\n"));
      assert.deepEqual(decodeTapeLine(line), { ok: true, line: { kind: "message", at: time, source, raw } });
    }),
    { seed: 18 },
  );
});

Deno.test("a line that is none is told with what was found and wanted, and never throws", () => {
  const runs = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
  const good = [
    encodeTapeHeader(HEADER, 1),
    encodeMessage("a", "b", at(1)),
    encodeGap({ at: at(1), messages: 1, reason: "x" }),
  ];
  const spoiled = fc.tuple(fc.constantFrom(...good), fc.nat(200), fc.string({ maxLength: 3 })).map(
    ([line, place, other]) => line.slice(0, place) + other + line.slice(place + other.length),
  );
  fc.assert(
    fc.property(fc.oneof(spoiled, fc.json(), fc.string()), (text) => {
      const read = decodeTapeLine(text);
      assert.ok(read.ok || /^Found .*, wanted /s.test(read.reason));
    }),
    { seed: 16, numRuns: runs },
  );
});

Deno.test("a file is ended by size, the next goes on, and nothing is lost between", () =>
  withWriter({ rotateBytes: 300 }, async ({ writer, disk }) => {
    const raws = Array.from({ length: 20 }, (_, k) => `message ${k}`);
    for (const [k, raw] of raws.entries()) {
      writer.record("kalshi", raw, at(k));
      await writer.flush();
    }
    await writer.close();
    assert.ok(disk.made.length > 3, `${disk.made.length} files`);
    assert.deepEqual(await textsOf(writer.directory), raws);
    assert.deepEqual(await troublesOf(writer.directory), []);
  }));

Deno.test("a tape without a message makes no file", () =>
  withWriter({}, async ({ writer, disk, directory }) => {
    await writer.flush();
    await writer.close();
    assert.deepEqual(disk.made, []);
    assert.deepEqual(await listTapes(directory), []);
  }));

Deno.test("a full disk stops the recording with one word; once there is room it goes on and tells what is missing", () =>
  withWriter({}, async ({ writer, disk, told }) => {
    writer.record("kalshi", "kept", at(1));
    await writer.flush();
    disk.room = 20;
    writer.record("kalshi", "torn", at(2));
    writer.record("kalshi", "never begun", at(3));
    await writer.flush();
    assert.equal(writer.status().recording, false);
    assert.match(writer.status().trouble ?? "", /No space left on device/);
    writer.record("kalshi", "while it is full", at(4));
    await writer.flush();
    writer.record("kalshi", "while it is still full", at(5));
    await writer.flush();
    assert.equal(told.length, 1, "one word, however often it is tried");
    disk.room = Infinity;
    writer.record("kalshi", "before the next try", at(6));
    await writer.flush();
    writer.record("kalshi", "again", at(7));
    await writer.close();
    assert.deepEqual(await textsOf(writer.directory), ["kept", "-5", "again"]);
    const [torn] = await troublesOf(writer.directory);
    assert.match(torn, /^000001\.ndjson:3: Unfinished last line: \{"at":2/);
    assert.equal(writer.status().lost, 5);
    assert.equal(writer.status().gaps, 1);
    assert.match(told[1], /is written again: 5 messages are missing/);
    const [gap] = (await read(writer.directory)).flatMap((event) =>
      event.kind === "lines" ? event.lines.filter((line) => line.kind === "gap") : []
    );
    assert.equal(gap.at, 2, "from the first message that is missing");
  }));

Deno.test("tries that fail leave no files behind", () =>
  withWriter({}, async ({ writer, disk }) => {
    writer.record("kalshi", "kept", at(1));
    await writer.flush();
    disk.room = 0;
    for (let k = 0; k < 5; k++) {
      writer.record("kalshi", "x", at(k + 2));
      await writer.flush();
    }
    const names = [...Deno.readDirSync(writer.directory)].map(({ name }) => name);
    assert.deepEqual(names, ["000001.ndjson"]);
    assert.equal(disk.made.length, 5);
    disk.room = Infinity;
  }));

Deno.test("a disk that is too slow costs messages, not memory, and a gap tells how many", () =>
  withWriter({ bufferMax: 400 }, async ({ writer, disk }) => {
    let release = () => {};
    disk.hold = new Promise((resolve) => (release = resolve));
    writer.record("kalshi", "first", at(0));
    const flushed = writer.flush();
    for (let k = 1; k <= 100; k++) writer.record("kalshi", `message ${k}`, at(k));
    const { lost } = writer.status();
    assert.ok(lost > 80 && lost < 100, `${lost}`);
    disk.hold = null;
    release();
    await flushed;
    await writer.flush();
    writer.record("kalshi", "last", at(101));
    await writer.close();
    const texts = await textsOf(writer.directory);
    assert.equal(texts.length, 101 - lost + 2);
    assert.deepEqual(texts.slice(-2), [`-${lost}`, "last"]);
  }));

Deno.test("a message too long to be read back is lost alone, and a gap tells why", () =>
  withWriter({}, async ({ writer }) => {
    // Each quote is two characters on the tape, each euro sign three bytes.
    const long = ['"'.repeat(9 * 1024 * 1024), "\u20ac".repeat(6 * 1024 * 1024)];
    ["before", long[0], "between", long[1], "after"].forEach((raw, k) => writer.record("coinbase", raw, at(k)));
    await writer.close();
    assert.deepEqual(await textsOf(writer.directory), ["before", "-1", "between", "-1", "after"]);
    assert.deepEqual(await troublesOf(writer.directory), []);
    const { lost, gaps, messages } = writer.status();
    assert.deepEqual([lost, gaps, messages], [2, 2, 5]);
  }));

Deno.test("however the disk behaves, every message is on the tape in order or counted as missing", async () => {
  const step = fc.record({
    messages: fc.nat(5),
    room: fc.option(fc.integer({ min: 0, max: 600 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      (steps) =>
        withWriter({ rotateBytes: 500 }, async ({ writer, disk }) => {
          let number = 0;
          for (const { messages, room } of steps) {
            disk.room = room ?? Infinity;
            for (let k = 0; k < messages; k++) writer.record("kalshi", `${++number}`, at(number));
            await writer.flush();
          }
          disk.room = Infinity;
          await writer.flush();
          await writer.close();
          if (number === 0) return;
          const texts = await textsOf(writer.directory);
          const kept = texts.filter((text) => !text.startsWith("-")).map(Number);
          const missing = texts.filter((text) => text.startsWith("-")).reduce((sum, text) => sum - Number(text), 0);
          assert.deepEqual(kept, [...new Set(kept)].sort((a, b) => a - b));
          assert.equal(missing, writer.status().lost);
          assert.equal(kept.length + missing, number);
        }),
    ),
    { seed: 17, numRuns: 60 },
  );
});

Deno.test("a tape torn anywhere is read up to the tear, and the files after it go on", () =>
  withWriter({ rotateBytes: 1 }, async ({ writer }) => {
    for (let k = 1; k <= 3; k++) {
      writer.record("kalshi", `message ${k}`, at(k));
      await writer.flush();
    }
    await writer.close();
    const second = join(writer.directory, "000002.ndjson.gz");
    const bytes = await Deno.readFile(second);
    for (const length of [0, 5, 20, bytes.length - 9, bytes.length - 1]) {
      await Deno.writeFile(second, bytes.subarray(0, length));
      const texts = await textsOf(writer.directory);
      assert.deepEqual(texts.filter((text) => text !== "message 2"), ["message 1", "message 3"]);
    }
    await Deno.remove(second);
    assert.deepEqual(await troublesOf(writer.directory), [
      `000003.ndjson.gz: files are missing before it in ${writer.directory}`,
    ]);
  }));

Deno.test("no tape is told in words", () =>
  withDirectory(async (directory) => {
    for (
      const [path, words] of [
        [directory, /found no file like 000001/],
        [join(directory, "x"), /nothing is there/],
      ] as const
    ) {
      assert.equal(await isTape(path), false);
      await assert.rejects(read(path), words);
    }
    const other = join(directory, "000001.ndjson");
    await Deno.writeTextFile(other, '{"recv_ns":1,"frame":{}}\n');
    assert.equal(await isTape(directory), false);
  }));

Deno.test("old tapes go by age, then the oldest by size, and the one being written stays", () =>
  withDirectory(async (root) => {
    const day = 86_400;
    const now = 2_000_000_000;
    const files: [run: string, part: number, ageDays: number][] = [
      ["20261101T000000Z-0001", 1, 19],
      ["20261110T000000Z-0001", 1, 9],
      ["20261110T000000Z-0001", 2, 8],
      [RUN, 1, 2],
      [RUN, 2, 30],
    ];
    for (const [run, part, age] of files) {
      await Deno.mkdir(join(root, run), { recursive: true });
      const path = join(root, run, `00000${part}.ndjson`);
      await Deno.writeTextFile(path, "x".repeat(100));
      await Deno.utime(path, now - age * day, now - age * day);
    }
    await Deno.writeTextFile(join(root, "notes.txt"), "mine");
    const left = async () => {
      const runs = await listTapes(root);
      return runs.flatMap((run) =>
        [...Deno.readDirSync(join(root, run))].map(({ name }) => `${run.slice(4, 8)}/${name[5]}`)
      )
        .sort();
    };
    assert.deepEqual(await pruneTapes(root, { days: 14, bytes: 1e9 }, now * 1_000, RUN), { removed: 1, trouble: null });
    assert.deepEqual(await left(), ["1110/1", "1110/2", "1120/1", "1120/2"]);
    assert.deepEqual(await pruneTapes(root, { days: 14, bytes: 300 }, now * 1_000, RUN), { removed: 1, trouble: null });
    assert.deepEqual(await left(), ["1110/2", "1120/1", "1120/2"]);
    assert.deepEqual(await pruneTapes(root, { days: 14, bytes: 0 }, now * 1_000, RUN), { removed: 2, trouble: null });
    assert.deepEqual(await left(), ["1120/2"]);
    assert.equal(await Deno.readTextFile(join(root, "notes.txt")), "mine");
    assert.deepEqual(await pruneTapes(join(root, "none"), { days: 1, bytes: 1 }, now, null), {
      removed: 0,
      trouble: null,
    });
  }));
