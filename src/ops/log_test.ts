import assert from "node:assert/strict";
import { getLogger, type LogRecord } from "@logtape/logtape";
import { Secret } from "../config/secret.ts";
import { CONCERNS, type LogOptions, personLine, type RunningLog, startLog } from "./log.ts";

const PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nBAQEFAASCBKcwggSj\n-----END PRIVATE KEY-----\n";

async function withLog(
  options: Partial<LogOptions>,
  body: (log: RunningLog, directory: string) => void | Promise<void>,
): Promise<string[]> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-log-" });
  try {
    const log = await startLog({ level: "info", stateDirectory: directory, stderr: false, ...options });
    try {
      await body(log, directory);
    } finally {
      await log.close();
    }
    return log.file === null ? [] : (await Deno.readTextFile(log.file)).trimEnd().split("\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a log line is one JSON object in the file and a numbered line in the ring", async () => {
  const lines = await withLog({}, (log) => {
    getLogger(["kbot", "venues", "kalshi"]).warn("Connection lost, trying again in {seconds} s", { seconds: 2 });
    assert.equal(log.trouble, null);
    const [line] = log.ring.after(0, 10);
    assert.deepEqual({ ...line, at: "" }, {
      number: 1,
      at: "",
      level: "warning",
      logger: "venues.kalshi",
      text: "Connection lost, trying again in 2 s",
    });
    assert.match(line.at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });
  assert.equal(lines.length, 1);
  const record = JSON.parse(lines[0]);
  assert.equal(record.message, "Connection lost, trying again in 2 s");
  assert.equal(record.logger, "kbot.venues.kalshi");
  assert.deepEqual(record.properties, { seconds: 2 });
});

Deno.test("what lies below the level is not logged", async () => {
  await withLog({ level: "warning" }, (log) => {
    getLogger(["kbot", "engine"]).info("Not seen");
    getLogger(["kbot", "engine"]).error("Seen");
    assert.deepEqual(log.ring.after(0, 10).map((line) => line.text), ["Seen"]);
  });
});

Deno.test("no secret reaches the file or the ring, however it is logged", async () => {
  let ring = "";
  const lines = await withLog({}, (log) => {
    const logger = getLogger(["kbot", "config"]);
    logger.info("Key {key}", { key: new Secret("hunter2-hunter2") });
    logger.info(`Read ${PEM}`);
    logger.info("Read {pem}", { pem: PEM, nested: { pem: PEM, deep: [{ token: "hunter2-hunter2" }] } });
    logger.info("GET /api?token=hunter2-hunter2");
    logger.info("Authorization: Bearer hunter2-hunter2");
    logger.error("Failed: {error}", { error: new Error(`bad key ${PEM}`) });
    logger.info("Long {pem}", { pem: PEM.repeat(1) + "x".repeat(20_000) + PEM });
    ring = JSON.stringify(log.ring.after(0, 100));
  });
  for (const [index, text] of [...lines, ring].entries()) {
    assert.doesNotMatch(text, /hunter2|MIIEvQ|BAQEFA/, `line ${index}`);
  }
  assert.equal(lines.length, 7);
  for (const line of lines) assert.ok(typeof JSON.parse(line).message === "string", line);
});

Deno.test("a text cannot forge a second line or drive the terminal", async () => {
  const lines = await withLog({}, (log) => {
    getLogger(["kbot"]).info("Frame {frame}", { frame: 'x\n{"level":"FATAL"}\u001b[2J' });
    const [line] = log.ring.after(0, 10);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(line.text, /[\u0000-\u001f]/);
  });
  assert.equal(lines.length, 1);
});

Deno.test("a line for people has the level's colour on a terminal only, and none of its own", () => {
  const record: LogRecord = {
    category: ["kbot", "venues", "kalshi"],
    level: "warning",
    message: ["Lost \u001b[31mred ", "token=planted-secret", ""],
    rawMessage: "",
    timestamp: Date.UTC(2026, 10, 20, 12),
    properties: {},
  };
  const plain = personLine(record, false);
  assert.match(plain, /^12:00:00\.000 WARNING venues\.kalshi: Lost .*red .*token=\[redacted\]"?\n$/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(plain.trimEnd(), /[\u0000-\u001f]/);
  const colored = personLine(record, true);
  assert.equal(colored.replace("\u001b[33m", "").replace("\u001b[0m", ""), plain);
});

Deno.test("an overlong line is cut and stays JSON", async () => {
  const lines = await withLog({}, () => getLogger(["kbot"]).info("x".repeat(100_000)));
  assert.equal(lines.length, 1);
  const record = JSON.parse(lines[0]);
  assert.ok(record.message.length < 10_000 && record.message.endsWith("(cut)"), record.message.slice(-20));
});

Deno.test("a full file is rotated and at most ten are kept", async () => {
  await withLog({ fileBytesMax: 4_096 }, async (log, directory) => {
    for (let batch = 0; batch < 60; batch++) {
      for (let line = 0; line < 30; line++) {
        for (const category of [["kbot"], ["kbot", "trades"]]) {
          getLogger(category).info(`Line ${batch}.${line} ${"x".repeat(200)}`);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await log.close();
    const files = [...Deno.readDirSync(`${directory}/logs`)].map((entry) => entry.name);
    for (const name of ["main", "trades"]) {
      const own = files.filter((file) => file.startsWith(`${name}.ndjson`)).sort();
      const wanted = ["", ...Array.from({ length: 10 }, (_, index) => `.${index + 1}`)].map((end) =>
        `${name}.ndjson${end}`
      );
      assert.deepEqual(own, wanted.sort());
    }
    assert.ok(files.includes("signals.ndjson") && !files.includes("signals.ndjson.1"), files.join(" "));
  });
});

Deno.test("every log file is ended after a day, each by its own first line", async () => {
  let nowMs = Date.now();
  const directory = await Deno.makeTempDir({ prefix: "kbot-log-" });
  try {
    const process = async (hours: number, ...names: readonly string[]): Promise<number[]> => {
      nowMs += hours * 3_600_000;
      const log = await startLog({ level: "info", stateDirectory: directory, stderr: false, now: () => nowMs });
      for (const name of names) getLogger(name === "main" ? ["kbot"] : ["kbot", name]).info("Line");
      await log.close();
      const files = [...Deno.readDirSync(`${directory}/logs`)].map((entry) => entry.name);
      return ["main", ...CONCERNS].map((name) => files.filter((file) => file.startsWith(`${name}.`)).length);
    };
    assert.deepEqual(await process(0, "main", "trades"), [1, 1, 1, 1]);
    assert.deepEqual(await process(23, "main", "trades"), [1, 1, 1, 1]);
    assert.deepEqual(await process(2, "main", ...CONCERNS), [2, 2, 1, 1]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("each concern has a file of its own, whatever the level, and none of it in the main file or on the page", async () => {
  await withLog({ level: "error" }, async (log, directory) => {
    for (const name of CONCERNS) getLogger(["kbot", name]).info("About {what}", { what: name, price: "0.5000" });
    getLogger(["kbot", "engine"]).error("Main");
    assert.deepEqual(log.ring.after(0, 10).map(({ text }) => text), ["Main"]);
    await log.close();
    for (const name of CONCERNS) {
      const [line, ...more] = (await Deno.readTextFile(`${directory}/logs/${name}.ndjson`)).trimEnd().split("\n");
      const { message, logger, properties } = JSON.parse(line);
      assert.deepEqual([message, logger, properties, more], [
        `About "${name}"`,
        `kbot.${name}`,
        { what: name, price: "0.5000" },
        [],
      ]);
    }
  });
});

Deno.test("no secret reaches the files of the concerns either", async () => {
  await withLog({}, async (log, directory) => {
    for (const name of CONCERNS) {
      const logger = getLogger(["kbot", name]);
      logger.info("{a}", { a: new Secret("planted-secret"), reason: "token=planted-secret", deep: [{ pem: PEM }] });
      logger.info("{a}", {
        a: "https://api.telegram.org/bot123456789:planted-secret-abcdefghijklmnopqrst/sendMessage",
      });
      logger.info(`Long ${"x".repeat(20_000)} Authorization: Bearer planted-secret`);
    }
    await log.close();
    for (const name of CONCERNS) {
      const text = await Deno.readTextFile(`${directory}/logs/${name}.ndjson`);
      assert.doesNotMatch(text, /planted|MIIEvQ|BAQEFA/);
      assert.equal(text.trimEnd().split("\n").length, 3);
    }
  });
});

Deno.test("a log file that cannot be opened is trouble, and the ring works on", async () => {
  const file = await Deno.makeTempFile();
  try {
    await withLog({ stateDirectory: file }, (log) => {
      assert.equal(log.file, null);
      assert.match(log.trouble ?? "", /^No log file at /);
      getLogger(["kbot"]).info("Still here");
      assert.equal(log.ring.newest, 1);
    });
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("another level counts from the moment it is set, up and down, and the files of their own keep all", async () => {
  let trades = "";
  await withLog({ level: "warning" }, async (log, directory) => {
    const logger = getLogger(["kbot", "engine"]);
    logger.info("Before");
    getLogger(["kbot", "trades"]).info("A trade");
    log.setLevel("debug");
    logger.debug("Meanwhile");
    log.setLevel("error");
    logger.warn("After");
    assert.deepEqual(log.ring.after(0, 10).map((line) => line.text), ["Meanwhile"]);
    await log.close();
    trades = await Deno.readTextFile(`${directory}/logs/trades.ndjson`);
  });
  assert.match(trades, /A trade/);
});
