/**
 * What the journal costs per book delta: encoding the line, remembering it, and handing it to the kernel, each timed
 * over 1,000 deltas with one flush per batch; and reading it back. The file goes to the system's temporary directory.
 */

import { decodeLine, encodeInput } from "../../src/engine/journal.ts";
import { DecisionHash } from "../../src/engine/decision_hash.ts";
import type { BookDeltaInput } from "../../src/core/input.ts";
import { openJournal } from "../../src/store/journal_writer.ts";

const DELTAS = 1_000;

const deltas = Array.from({ length: DELTAS }, (_, k) => ({
  type: "book_delta",
  at: 1_790_000_000_000_000 + k * 137,
  ticker: `KXBTC15M-26SEP251500-0${k % 8}`,
  sequence: { connection: 1, sid: 3, seq: k + 1 },
  side: k % 3 === 0 ? "no" : "yes",
  price: (k * 7_919) % 9_900 + 50,
  delta: (k * 31) % 1_000 * 100 - 30_000,
  exchangeTime: 1_790_000_000_000_000 + k * 137 - 4_000,
} as BookDeltaInput));

const lines = deltas.map(encodeInput);
/** Results go here, so that no call can be left out. */
let kept = 0;

const state = Deno.makeTempDirSync({ prefix: "kbot-bench-" });
globalThis.addEventListener("unload", () => Deno.removeSync(state, { recursive: true }));

function journal(run: string) {
  const header = { version: "bench", run, started: "", config: null };
  const opened = openJournal(state, header, { compress: false, sync: "never" });
  if (!opened.ok) throw new Error(opened.reason);
  return opened.writer;
}

Deno.bench("encode, 1,000 deltas", { group: "encode", baseline: true }, () => {
  for (const delta of deltas) kept += encodeInput(delta).length;
});

Deno.bench("the same by JSON.stringify", { group: "encode" }, () => {
  for (const delta of deltas) kept += JSON.stringify({ i: delta }).length;
});

const batched = journal("batched");

Deno.bench("encode and append, 1,000 deltas, one flush", { group: "append" }, () => {
  for (const delta of deltas) batched.append(encodeInput(delta));
  batched.flush();
});

const single = journal("single");

Deno.bench("encode, append and flush each of 1,000 deltas", { group: "append" }, () => {
  for (const delta of deltas) {
    single.append(encodeInput(delta));
    single.flush();
  }
});

Deno.bench("decode and check, 1,000 deltas", { group: "decode" }, () => {
  for (const line of lines) if (decodeLine(line).ok) kept++;
});

Deno.bench("JSON.parse alone, 1,000 deltas", { group: "decode" }, () => {
  for (const line of lines) if (JSON.parse(line) !== null) kept++;
});

const hash = new DecisionHash();

Deno.bench("decision hash, 1,000 times a ticker and four numbers", { group: "hash" }, () => {
  for (const delta of deltas) {
    hash.add(delta.ticker);
    hash.addNumber(delta.at);
    hash.addNumber(delta.price);
    hash.addNumber(delta.delta);
    hash.addNumber(0.5613);
  }
  kept += hash.digest().length;
});
