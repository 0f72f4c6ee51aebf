import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { encodeHeader, encodeInput, encodePart } from "../engine/journal.ts";
import { anyInput } from "../engine/journal_arbitraries_test.ts";
import type { Input } from "../core/input.ts";
import { anyText } from "../ops/terminal/text_fixture.ts";
import { newRunId } from "./journal_files.ts";
import { readLines } from "./journal_lines.ts";
import { type JournalEvent, readJournal, type ReadOptions } from "./journal_reader.ts";
import { repairTornTail } from "./journal_repair.ts";

const RUN = "20261120T040211Z-0001";
const HEADER = encodeHeader({ version: "0.1.0", run: RUN, started: "2026-11-20T04:02:11Z", config: null });
const part = (number: number, line: number, run = RUN): string => encodePart({ part: number, run, line });
const clock = (at: number): string => encodeInput({ type: "clock", at } as Input);
const text = (...lines: string[]): string => lines.map((line) => line + "\n").join("");
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

type Files = Readonly<Record<string, string | Uint8Array>>;

async function withRun(files: Files, test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-run-" });
  try {
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeFile(join(directory, name), typeof content === "string" ? bytes(content) : content);
    }
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What a read told, in short: times of clock inputs, `fault ...`, `torn ...`. */
async function told(path: string, options: ReadOptions = {}): Promise<(number | string)[]> {
  const all: (number | string)[] = [];
  for await (const event of readJournal(path, options)) all.push(...inShort(event));
  return all;
}

function inShort(event: JournalEvent): (number | string)[] {
  switch (event.kind) {
    case "entries":
      return event.entries.flatMap((entry) => entry.kind === "input" ? [entry.input.at] : []);
    case "torn_tail":
      return [`torn ${event.file.slice(-13)}:${event.fileLine} ${event.bytes} ${event.text}`];
    case "fault":
      return [`fault ${event.reason.replace(/^[^:]*\//, "")}`];
  }
}

const FIRST = text(HEADER, clock(1), clock(2));
const SECOND = text(part(2, 4), clock(3), clock(4));
const NOT_UTF8 = new Uint8Array([...bytes(FIRST), 0x7b, 0xff, 10, ...bytes(text(clock(3)))]);

const CASES: readonly (readonly [string, Files, readonly (number | string | RegExp)[]])[] = [
  ["two plain files", { "000001.ndjson": FIRST, "000002.ndjson": SECOND }, [1, 2, 3, 4]],
  ["a compressed and a plain one", { "000001.ndjson.gz": gzipSync(FIRST), "000002.ndjson": SECOND }, [1, 2, 3, 4]],
  ["both forms of one file", { "000001.ndjson.gz": gzipSync(FIRST), "000001.ndjson": FIRST }, [1, 2]],
  ["files that are none of ours", { "000001.ndjson": FIRST, "notes.txt": "x", "000002.ndjson.gz.tmp": "x" }, [1, 2]],
  ["nothing", {}, [/^fault .*Holds no journal files/]],
  ["an empty file", { "000001.ndjson": "" }, []],
  ["an empty last file", { "000001.ndjson": FIRST, "000002.ndjson": "" }, [1, 2]],
  ["a torn last line", { "000001.ndjson": FIRST + '{"i":{"ty' }, [1, 2, 'torn 000001.ndjson:4 9 "{\\"i\\":{\\"ty"']],
  ["a last line of zeros", { "000001.ndjson": FIRST + "\0\0\0" }, [1, 2, /^torn 000001\.ndjson:4 3 /]],
  ["a last line without its end", { "000001.ndjson": FIRST + clock(3) }, [1, 2, 3]],
  ["only half a header", { "000001.ndjson": HEADER.slice(0, 20) }, [/^torn 000001\.ndjson:1 20/]],
  [
    "a torn line in a file that is not the last",
    { "000001.ndjson": FIRST + "{", "000002.ndjson": SECOND },
    [1, 2, /^fault 000001\.ndjson:4: File ends within a line and is not the run's last/],
  ],
  [
    "garbage in the middle",
    { "000001.ndjson": text(HEADER, clock(1), "garbage", clock(2)) },
    [1, /^fault 000001\.ndjson:3: Not JSON: /],
  ],
  [
    "garbage in the second file",
    { "000001.ndjson": FIRST, "000002.ndjson": text(part(2, 4), '{"i":{"type":"clock","at":"x"}}') },
    [1, 2, /^fault 000002\.ndjson:2: Not an input: Field \.at: found "x"/],
  ],
  ["garbage that ends a line at the end", { "000001.ndjson": FIRST + "{\n" }, [1, 2, /^fault 000001\.ndjson:4/]],
  ["an empty line", { "000001.ndjson": text(HEADER, "", clock(1)) }, [/^fault 000001\.ndjson:2: Not JSON/]],
  ["bytes that are not UTF-8", { "000001.ndjson": NOT_UTF8 }, [1, 2, /^fault 000001\.ndjson:4: Not UTF-8 text/]],
  [
    "a truncated gzip",
    { "000001.ndjson.gz": gzipSync(FIRST).subarray(0, -12), "000002.ndjson": SECOND },
    [/^fault 000001\.ndjson\.gz: Truncated or damaged gzip/],
  ],
  [
    "something else under a compressed name",
    { "000001.ndjson.gz": FIRST },
    [/^fault 000001\.ndjson\.gz: Truncated or damaged gzip/],
  ],
  ["no header", { "000001.ndjson": text(clock(1)) }, [
    /^fault 000001\.ndjson:1: A journal file begins with its header/,
  ]],
  ["a header twice", { "000001.ndjson": text(HEADER, HEADER) }, [/^fault 000001\.ndjson:2: A run's header stands/]],
  [
    "a part's header in the middle",
    { "000001.ndjson": text(HEADER, part(2, 2)) },
    [/^fault 000001\.ndjson:2: A file's header stands in its middle/],
  ],
  [
    "a newer format",
    { "000001.ndjson": text(HEADER.replace(':1,"version"', ':9,"version"')) },
    [/^fault 000001\.ndjson:1: Journal format 9 is not known/],
  ],
  [
    "a missing file",
    { "000001.ndjson": FIRST, "000003.ndjson": text(part(3, 9)) },
    [1, 2, /^fault 000003\.ndjson: Expected file 2 of the run before it/],
  ],
  ["a missing first file", { "000002.ndjson": SECOND }, [
    /^fault .*Begins with file 2: the files before it are missing/,
  ]],
  [
    "a file of another run",
    { "000001.ndjson": FIRST, "000002.ndjson": text(part(2, 4, "other")) },
    [1, 2, /^fault 000002\.ndjson:1: Belongs to run other, not to 2026/],
  ],
  [
    "a file under another's name",
    { "000001.ndjson": FIRST, "000002.ndjson": text(part(3, 4)) },
    [1, 2, /^fault 000002\.ndjson:1: Says it is file 3 of its run, and is named 2/],
  ],
  [
    "lines lost between two files",
    { "000001.ndjson": FIRST, "000002.ndjson": text(part(2, 7)) },
    [1, 2, /^fault 000002\.ndjson:1: Begins at line 7 of the run, expected 4: lines are missing/],
  ],
];

function assertTold(found: readonly (number | string)[], expected: readonly (number | string | RegExp)[]): void {
  const list = JSON.stringify(found);
  assert.equal(found.length, expected.length, list);
  expected.forEach((one, k) => {
    if (one instanceof RegExp) assert.match(String(found[k]), one, list);
    else assert.equal(found[k], one, list);
  });
}

for (const [name, files, expected] of CASES) {
  Deno.test(`a run with ${name} reads as it should`, () =>
    withRun(files, async (directory) => assertTold(await told(directory), expected)));
}

Deno.test("a line longer than the bound is refused without being held in memory", () =>
  withRun({ "000001.ndjson": FIRST + "x".repeat(200_000) }, async (directory) => {
    assertTold(await told(directory, { lineBytesMax: 100_000 }), [
      1,
      2,
      /^fault 000001\.ndjson:4: Line is longer than 100000 bytes/,
    ]);
  }));

Deno.test("a recovery reads on behind what is damaged, with the run's line numbers right", () =>
  withRun({
    "000001.ndjson": text(HEADER, clock(1), "garbage", clock(2)) + "{",
    "000002.ndjson": text(part(2, 5), clock(3)),
  }, async (directory) => {
    const lines: [number, number][] = [];
    let faults = 0;
    for await (const event of readJournal(directory, { onFault: "skip" })) {
      if (event.kind === "fault") faults++;
      if (event.kind !== "entries") continue;
      event.entries.forEach((entry, k) => entry.kind === "input" && lines.push([entry.input.at, event.runLine + k]));
    }
    assert.deepEqual(lines, [[1, 2], [2, 4], [3, 6]]);
    assert.equal(faults, 2);
  }));

Deno.test("files that end before the line asked for are left out, compressed ones too", () =>
  withRun({
    "000001.ndjson.gz": gzipSync(FIRST),
    "000002.ndjson.gz": gzipSync(SECOND),
    "000003.ndjson": text(part(3, 7), clock(5)),
  }, async (directory) => {
    assert.deepEqual(await told(directory, { afterLine: 8 }), [5]);
    assert.deepEqual(await told(directory, { afterLine: 6 }), [5]);
    assert.deepEqual(await told(directory, { afterLine: 5 }), [3, 4, 5]);
    assert.deepEqual(await told(directory, { afterLine: 0 }), [1, 2, 3, 4, 5]);
  }));

Deno.test("one file alone can be read, and may end torn only where it is its run's last", () =>
  withRun({ "000001.ndjson": FIRST + "{", "000002.ndjson": SECOND + "{" }, async (directory) => {
    assertTold(await told(join(directory, "000002.ndjson")), [3, 4, /^torn 000002\.ndjson:4/]);
    assertTold(await told(join(directory, "000001.ndjson")), [1, 2, /^fault 000001\.ndjson:4: File ends within/]);
  }));

Deno.test("of a truncated gzip the lines before the cut are read, and a damaged byte within it is noticed", async () => {
  const times = Array.from({ length: 50_000 }, (_, k) => (k * 7919) % 1_000_003);
  const packed = gzipSync(text(HEADER, ...times.map(clock)));
  const flipped = packed.slice();
  flipped[flipped.length >> 1] ^= 0x10;
  for (const content of [packed.subarray(0, packed.length >> 1), flipped]) {
    await withRun({ "000001.ndjson.gz": content }, async (directory) => {
      const found = await told(directory);
      assert.match(String(found.at(-1)), /^fault 000001\.ndjson\.gz/);
      const read = found.slice(0, -1);
      assert.ok(read.length > 1_000 && read.length < times.length, `${read.length} lines`);
      assert.deepEqual(read.slice(0, 1_000), times.slice(0, 1_000));
    });
  }
});

Deno.test("a path that is not there is a fault, not an exception", async () => {
  assertTold(await told("/nowhere/at/all"), [/^fault all: Cannot be read: No such file/]);
});

Deno.test("a reader that stops early leaves no file open", () =>
  withRun(
    { "000001.ndjson": text(HEADER, ...Array.from({ length: 5_000 }, (_, k) => clock(k))) },
    async (directory) => {
      for await (const event of readJournal(directory)) {
        assert.equal(event.kind, "entries");
        break;
      }
    },
  ));

Deno.test("lines come out the same however the bytes are cut into pieces", async () => {
  const content = fc.array(anyText(12).map((line) => line.replaceAll("\n", "")), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(content, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (lines, cuts) => {
      const whole = bytes(lines.map((line) => line.toWellFormed() + "\n").join(""));
      const pieces: Uint8Array[] = [];
      for (let at = 0, k = 0; at < whole.length; k++) {
        const end = at + cuts[k % cuts.length];
        pieces.push(whole.subarray(at, end));
        at = end;
      }
      const found: (string | null)[] = [];
      for await (const batch of readLines(ReadableStream.from(pieces))) {
        assert.equal(batch.kind, "lines");
        if (batch.kind !== "lines") continue;
        assert.equal(batch.firstLine, found.length + 1);
        found.push(...batch.lines);
      }
      assert.deepEqual(found, lines.map((line) => line.toWellFormed()));
    }),
    { seed: 5, numRuns: 300 },
  );
});

Deno.test("any inputs written to a file come back from it exactly", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyInput, { maxLength: 20 }), fc.boolean(), async (inputs, compressed) => {
      const content = text(HEADER, ...inputs.map(encodeInput));
      const files: Files = compressed ? { "000001.ndjson.gz": gzipSync(content) } : { "000001.ndjson": content };
      await withRun(files, async (directory) => {
        const found: Input[] = [];
        for await (const event of readJournal(directory)) {
          assert.equal(event.kind, "entries", JSON.stringify(event));
          if (event.kind !== "entries") continue;
          for (const entry of event.entries) if (entry.kind === "input") found.push(entry.input);
        }
        assert.deepStrictEqual(found, inputs);
      });
    }),
    { seed: 11, numRuns: 60 },
  );
});

Deno.test("a journal cut off at any byte reads as its whole lines, and the repair leaves just those", async () => {
  const whole = bytes(text(HEADER, clock(1), clock(2)));
  for (let cut = 0; cut <= whole.length; cut++) {
    await withRun({ "000001.ndjson": whole.subarray(0, cut) }, async (directory) => {
      const before = (await told(directory)).filter((one) => typeof one === "number");
      const repair = await repairTornTail(directory);
      assert.ok(repair.ok);
      const after = await told(directory);
      assert.deepEqual(after, before, `cut at ${cut}`);
      const content = Deno.readFileSync(join(directory, "000001.ndjson"));
      const clean = content.length === 0 || content.at(-1) === 10;
      assert.ok(clean, `cut at ${cut}`);
      assert.equal(repair.repaired.length, cut === 0 || whole[cut - 1] === 10 ? 0 : 1, `cut at ${cut}`);
      assert.deepEqual(await repairTornTail(directory), { ok: true, repaired: [] });
    });
  }
});

Deno.test("the repair says what it removed, from which file", () =>
  withRun({ "000001.ndjson": FIRST, "000002.ndjson": SECOND + '{"i":{"type":"clo' }, async (directory) => {
    const repair = await repairTornTail(directory);
    assert.ok(repair.ok);
    assert.equal(repair.repaired.length, 1);
    assert.match(repair.repaired[0], /000002\.ndjson: removed an unfinished last line of 17 bytes: "\{\\"i\\"/);
    assert.deepEqual(await told(directory), [1, 2, 3, 4]);
  }));

Deno.test("a file that a power loss left empty goes, and the one before it is repaired", () =>
  withRun({ "000001.ndjson": FIRST + "{", "000002.ndjson": "\0\0\0\0" }, async (directory) => {
    const repair = await repairTornTail(directory);
    assert.ok(repair.ok);
    assert.equal(repair.repaired.length, 3, repair.repaired.join("\n"));
    assert.deepEqual([...Deno.readDirSync(directory)].map((entry) => entry.name), ["000001.ndjson"]);
    assert.deepEqual(await told(directory), [1, 2]);
  }));

Deno.test("a run id is later as text than every one before it, even where the wall clock went back", () => {
  let newest: string | null = null;
  const now = Date.UTC(2026, 10, 20, 4, 2, 11);
  assert.equal(newRunId(now, null), "20261120T040211Z-0001");
  for (const wall of [now, now, now - 86_400_000, now + 1_000, now, now + 999]) {
    const next: string = newRunId(wall, newest);
    assert.ok(newest === null || next > newest, `${next} after ${newest}`);
    newest = next;
  }
  assert.equal(newRunId(now - 5_000, "20261120T040211Z-9999"), "20261121T000000Z-0001");
});
