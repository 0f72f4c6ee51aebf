import assert from "node:assert/strict";
import { getLogger, type LogRecord } from "@logtape/logtape";
import { startLog } from "./log.ts";
import { logTroubleSink } from "./log_trouble.ts";

const START = 1_791_295_080_000;

const failed = (timestamp: number, error: unknown, path: unknown = "/state/main.ndjson"): LogRecord => ({
  category: ["logtape", "meta"],
  level: "fatal",
  message: ["Flush failed: ", error, ""],
  rawMessage: "Flush failed: {error}",
  timestamp,
  properties: { error, path },
});

Deno.test("a log that fails is told once a minute, in one line without a stack", () => {
  const told: string[] = [];
  const sink = logTroubleSink([(record) => told.push(record.message.join(""))]);
  for (let ms = 0; ms <= 150_000; ms += 500) sink(failed(START + ms, new Error("No space left on device\n at x")));
  const text =
    "The log file /state/main.ndjson cannot be written: No space left on device; what is logged meanwhile is lost there";
  assert.deepEqual(told, [text, text, text]);
});

Deno.test("each file that fails is told on its own", () => {
  const told: string[] = [];
  const sink = logTroubleSink([(record) => told.push(record.message.join(""))]);
  for (const name of ["main", "trades", "main", "trades"]) {
    sink(failed(START, new Error("full"), `/state/${name}.ndjson`));
  }
  assert.deepEqual(told.map((text) => text.split(" ")[3]), ["/state/main.ndjson", "/state/trades.ndjson"]);
});

Deno.test("what is thrown that is no error, and a log without a file, are told as well", () => {
  const told: LogRecord[] = [];
  logTroubleSink([(record) => told.push(record)])(failed(START, "odd", null));
  assert.equal(
    told[0].message.join(""),
    "The log cannot be written: unknown reason; what is logged meanwhile is lost there",
  );
  assert.deepEqual([told[0].level, told[0].category, told[0].properties], ["warning", ["kbot", "log"], {}]);
});

Deno.test("on a full disk a busy log says one line about it, and the ring still gets every line", async () => {
  const exists = await Deno.stat("/dev/full").then(() => true, () => false);
  if (!exists) return console.log("SKIPPED: needs /dev/full");
  const directory = await Deno.makeTempDir({ prefix: "kbot-log-" });
  try {
    await Deno.mkdir(`${directory}/logs`);
    await Deno.symlink("/dev/full", `${directory}/logs/main.ndjson`);
    const log = await startLog({ level: "info", stateDirectory: directory, stderr: false });
    const logger = getLogger(["kbot", "engine"]);
    // Each larger than the file's buffer, so that each is written at once.
    for (let turn = 0; turn < 20; turn++) {
      for (let line = 0; line < 20; line++) logger.info("{text}", { text: "x".repeat(8_000) });
      await new Promise((resolve) => setTimeout(resolve));
    }
    await log.close();
    const lines = log.ring.after(0, 1_000);
    const about = lines.filter(({ logger }) => logger === "log");
    assert.equal(about.length, 1);
    assert.match(about[0].text, /^The log file .*main\.ndjson cannot be written: No space left on device[^\n]*$/);
    assert.equal(lines.length, 401);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
