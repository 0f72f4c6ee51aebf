import assert from "node:assert/strict";
import { join } from "node:path";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { type LogFileSettings, logFileSink } from "./log_file.ts";

const START = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const lineOf = ({ timestamp, message }: LogRecord): string =>
  JSON.stringify({ "@timestamp": new Date(timestamp).toISOString(), message: String(message[0]) }) + "\n";

/** A log file on a clock that is set by hand; {@link Stage.restart} is another process. */
class Stage {
  readonly path: string;
  nowMs = START;
  readonly #settings: Partial<LogFileSettings>;
  #sink: ReturnType<typeof logFileSink>;

  constructor(directory: string, settings: Partial<LogFileSettings> = {}) {
    this.path = join(directory, "main.ndjson");
    this.#settings = settings;
    this.#sink = this.#open();
  }

  #open() {
    return logFileSink(this.path, {
      ...{ bytesMax: 1_000_000, ageMaxMs: DAY, kept: 10, lineOf, now: () => this.nowMs },
      ...this.#settings,
    });
  }

  /** Says something at some time, and has it written. */
  say(text: string, atMs = this.nowMs): this {
    this.nowMs = atMs;
    this.#sink({
      category: ["kbot"],
      level: "info",
      message: [text],
      rawMessage: text,
      properties: {},
      timestamp: atMs,
    });
    return this.restart();
  }

  /** Many lines between which nothing is written. */
  sayAll(texts: readonly string[]): this {
    for (const text of texts) {
      const record = { category: ["kbot"], level: "info", message: [text], rawMessage: text, properties: {} } as const;
      this.#sink({ ...record, timestamp: this.nowMs });
    }
    return this.restart();
  }

  restart(): this {
    this.#sink[Symbol.dispose]();
    this.#sink = this.#open();
    return this;
  }

  close(): void {
    this.#sink[Symbol.dispose]();
  }

  /** Messages of the file of a number; 0 for the one that is written. */
  texts(number = 0): readonly string[] {
    const path = number === 0 ? this.path : `${this.path}.${number}`;
    const text = Deno.readTextFileSync(path);
    return text === "" ? [] : text.trimEnd().split("\n").map((line) => JSON.parse(line).message as string);
  }

  get files(): number {
    return [...Deno.readDirSync(join(this.path, ".."))].filter(({ name }) => name.startsWith("main.ndjson")).length;
  }
}

async function staged(
  body: (stage: Stage, directory: string) => void | Promise<void>,
  settings: Partial<LogFileSettings> = {},
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-log-file-" });
  const stage = new Stage(directory, settings);
  try {
    await body(stage, directory);
  } finally {
    stage.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a file of a day is ended before the next line, however small it is", () =>
  staged((stage) => {
    stage.say("one").say("two", START + DAY - 1).say("three", START + DAY);
    assert.deepEqual([stage.texts(), stage.texts(1), stage.files], [["three"], ["one", "two"], 2]);
    stage.say("four", START + 2 * DAY - 1).say("five", START + 2 * DAY);
    assert.deepEqual([stage.texts(), stage.texts(1), stage.texts(2)], [["five"], ["three", "four"], ["one", "two"]]);
  }));

Deno.test("nothing is ended while nothing is said, and an empty file is never ended", () =>
  staged((stage) => {
    stage.nowMs = START + 30 * DAY;
    stage.restart();
    assert.equal(stage.files, 1);
    stage.say("first").say("second", START + 30 * DAY + HOUR);
    assert.deepEqual([stage.texts(), stage.files], [["first", "second"], 1]);
  }));

Deno.test("a process that goes on counts from the file's first line, and not from its own start", () =>
  staged((stage) => {
    stage.say("one");
    for (let hour = 1; hour < 24; hour++) stage.say(`hour ${hour}`, START + hour * HOUR);
    assert.equal(stage.files, 1);
    stage.say("a day", START + DAY);
    assert.deepEqual([stage.texts(), stage.texts(1).length], [["a day"], 24]);
  }));

Deno.test("a clock that is set back behind the first line begins the day anew, one set forth ends the file once", () =>
  staged((stage) => {
    stage.say("one").say("back", START - 10 * DAY);
    assert.equal(stage.files, 1);
    stage.say("later", START - 9 * DAY - 1);
    assert.equal(stage.files, 1, "each process counts from its own start");
    stage.say("forth", START + 40 * DAY).say("again", START + 40 * DAY + 1);
    assert.deepEqual([stage.texts(), stage.files], [["forth", "again"], 2]);
  }));

Deno.test("one process that meets the clock behind the first line ends its file a day after that", async () => {
  const directory = await Deno.makeTempDir({ prefix: "kbot-log-file-" });
  const path = join(directory, "main.ndjson");
  try {
    let nowMs = START;
    // Every line is longer than what is gathered: each is written at once.
    const text = "x".repeat(70_000);
    const sink = logFileSink(path, { bytesMax: 1e9, ageMaxMs: DAY, kept: 10, lineOf, now: () => nowMs });
    const say = (atMs: number): number => {
      nowMs = atMs;
      sink({ category: ["kbot"], level: "info", message: [text], rawMessage: text, properties: {}, timestamp: atMs });
      return [...Deno.readDirSync(directory)].length;
    };
    assert.deepEqual([START, START - 5 * DAY, START - 4 * DAY - 1, START - 4 * DAY].map(say), [1, 1, 1, 2]);
    sink[Symbol.dispose]();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a file is ended before lines that would make it too big, and only so many are kept", () =>
  staged((stage) => {
    for (let k = 0; k < 30; k++) stage.say(`${k} ${"x".repeat(400)}`);
    assert.equal(stage.files, 1 + 3);
    for (let number = 0; number <= 3; number++) {
      assert.deepEqual(stage.texts(number).map((text) => Number(text.split(" ")[0])), [
        28 - 2 * number,
        29 - 2 * number,
      ]);
      assert.ok(Deno.statSync(number === 0 ? stage.path : `${stage.path}.${number}`).size <= 1_000);
    }
  }, { bytesMax: 1_000, kept: 3 }));

Deno.test("after a process that died in the middle of a line the next begins a line of its own", () =>
  staged((stage) => {
    stage.say("one").close();
    Deno.writeTextFileSync(stage.path, '{"@timestamp":"2026-11-20T12:00:00.000Z","mess', { append: true });
    stage.restart().say("two");
    const lines = Deno.readTextFileSync(stage.path).trimEnd().split("\n");
    assert.deepEqual([lines.length, JSON.parse(lines[0]).message, JSON.parse(lines[2]).message], [3, "one", "two"]);
  }));

Deno.test("a file whose first line says no time counts from where it is taken up", () =>
  staged((stage) => {
    stage.close();
    Deno.writeTextFileSync(stage.path, "something else\n");
    stage.restart().say("one", START + HOUR);
    assert.equal(stage.files, 1);
  }));

async function withTroubles(body: () => void | Promise<void>): Promise<string[]> {
  const troubles: string[] = [];
  const sink = ({ properties }: LogRecord): void => {
    const { error } = properties;
    troubles.push(error instanceof Error ? error.message : String(error));
  };
  const loggers = [{ category: ["logtape", "meta"], sinks: ["sink" as const], lowestLevel: "warning" as const }];
  await configure({ sinks: { sink }, loggers, reset: true });
  try {
    await body();
  } finally {
    await reset();
  }
  return troubles;
}

Deno.test("what cannot be put aside is written on, and that is said", async () => {
  const troubles = await withTroubles(() =>
    staged((stage) => {
      Deno.mkdirSync(`${stage.path}.1/in the way`, { recursive: true });
      stage.say("one").say("two", START + DAY);
      assert.deepEqual(stage.texts(), ["one", "two"]);
    }, { kept: 1 })
  );
  assert.equal(troubles.length, 1);
  assert.match(troubles[0], /directory/i);
});

Deno.test("while the next file cannot be opened the ended ones stay, and it is opened once it can be", async () => {
  const directory = await Deno.makeTempDir({ prefix: "kbot-log-file-" });
  const path = join(directory, "main.ndjson");
  const { openSync } = Deno;
  try {
    for (let number = 1; number <= 3; number++) Deno.writeTextFileSync(`${path}.${number}`, `${number}\n`);
    // As long as what is gathered: each line is written at once.
    const settings = { bytesMax: 10, ageMaxMs: DAY, kept: 10, lineOf, now: () => START };
    const sink = logFileSink(path, settings);
    const say = (text: string): void =>
      sink({ category: ["kbot"], level: "info", message: [text], rawMessage: text, properties: {}, timestamp: START });
    say("first");
    const troubles = await withTroubles(() => {
      Deno.openSync = () => {
        throw new Error("Too many open files");
      };
      for (let k = 0; k < 20; k++) say(`lost ${k}`);
      Deno.openSync = openSync;
    });
    say("later");
    sink[Symbol.dispose]();
    assert.deepEqual(troubles, Array(20).fill("Too many open files"));
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["main.ndjson", ...[1, 2, 3, 4].map((number) => `main.ndjson.${number}`)]);
    assert.match(Deno.readTextFileSync(path), /later/);
    assert.match(Deno.readTextFileSync(`${path}.1`), /first/);
    assert.equal(Deno.readTextFileSync(`${path}.4`), "3\n");
  } finally {
    Deno.openSync = openSync;
    await Deno.remove(directory, { recursive: true });
  }
});

async function run(...[command, ...args]: readonly string[]): Promise<boolean> {
  return await new Deno.Command(command, { args, stderr: "null" }).output().then((end) => end.success, () => false);
}

Deno.test("a full disk loses lines and says so, leaves no half of one, and what comes after it is written", async () => {
  const directory = await Deno.makeTempDir({ prefix: "kbot-log-file-" });
  if (Deno.build.os !== "linux" || !await run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", directory)) {
    await Deno.remove(directory);
    return console.log("SKIPPED: a full disk needs the right to mount a small one (root)");
  }
  const stage = new Stage(directory);
  try {
    const ballast = join(directory, "ballast");
    const troubles = await withTroubles(() => {
      stage.say("before");
      Deno.writeFileSync(ballast, new Uint8Array(40_000));
      stage.sayAll(Array.from({ length: 50 }, (_, k) => `${k} ${"x".repeat(1_000)}`));
      assert.deepEqual(stage.texts(), ["before"]);
      Deno.removeSync(ballast);
      stage.say("after");
    });
    assert.equal(troubles.length, 1);
    assert.match(troubles[0], /No space left/);
    assert.deepEqual(stage.texts(), ["before", "after"]);
  } finally {
    stage.close();
    await run("umount", directory);
    await Deno.remove(directory);
  }
});
