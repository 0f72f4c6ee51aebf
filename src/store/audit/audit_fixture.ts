/**
 * A state directory with journals and the trail that belongs to them, for tests.
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Action } from "../../core/action.ts";
import type { Input } from "../../core/input.ts";
import type { StateRecord } from "../../core/record.ts";
import { micros } from "../../core/units.ts";
import { encodeAction, encodeCheckpoint, encodeEnd, encodeInput } from "../../engine/journal.ts";
import { openJournal } from "../journal_writer.ts";
import { disk, type JournalDisk } from "../journal_disk.ts";
import { catchUpAudit } from "./audit_catch_up.ts";
import { type AuditSettings, type AuditTrail, openAuditTrail } from "./audit_trail.ts";

export const RUN = "20261120T040211Z-0001";
/** 2026-11-20T04:02:11Z. */
export const START = 1_795_147_331_000_000;

export async function withState(test: (state: string) => Promise<void>): Promise<void> {
  const state = await Deno.makeTempDir({ prefix: "kbot-audit-" });
  try {
    await test(state);
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

/** A step that refuses something, as the journal has it. */
export function refusal(number: number, at: number): { input: Input; action: Action } {
  const record: StateRecord = {
    kind: "audit",
    at: micros(at),
    number,
    event: "refused",
    ticker: "KXBTC15M-26NOV200415-15",
    text: `spread: "too wide" ${number} \u2013 by a lot`,
  };
  return { input: { type: "clock", at: micros(at) }, action: { type: "record", record } };
}

/** Writes a run's journal with so many refusals a day apart by `step`, and one act of an operator before them. */
export async function writeJournal(
  state: string,
  refusals: number,
  { run = RUN, step = 1_000_000, ended = true, from = START }: {
    readonly run?: string;
    readonly step?: number;
    readonly ended?: boolean;
    readonly from?: number;
  } = {},
): Promise<string> {
  const opened = openJournal(state, { version: "0.1.0", run, started: "2026-11-20T04:02:11Z", config: null }, {
    compress: false,
    sync: "never",
  });
  assert.ok(opened.ok);
  const { writer } = opened;
  const act: Input = { type: "operator", at: micros(from), command: "stop_strategy", subject: "hourly_no", via: "cli" };
  writer.append(encodeInput(act));
  for (let k = 1; k <= refusals; k++) {
    const { input, action } = refusal(k, from + k * step);
    writer.append(encodeInput(input));
    writer.append(encodeAction(action));
    writer.append(encodeCheckpoint({ inputs: k + 1, hash: "0123456789abcdef" }));
  }
  if (ended) writer.append(encodeEnd({ inputs: refusals + 1, hash: "0123456789abcdef", reason: "over" }));
  await writer.close();
  return join(writer.directory, "000001.ndjson");
}

export async function openTrail(
  state: string,
  settings: Partial<AuditSettings> = {},
  on: JournalDisk = disk,
): Promise<AuditTrail> {
  const opened = await openAuditTrail(state, settings, on);
  assert.ok(opened.ok, JSON.stringify(opened));
  return opened.trail;
}

/** The trail as a start and an orderly end leave it. */
export async function writeTrail(state: string, settings: Partial<AuditSettings> = {}): Promise<void> {
  const trail = await openTrail(state, settings);
  assert.deepEqual(await catchUpAudit(state, trail).then(({ ok }) => ok), true);
  assert.deepEqual(await trail.close(), { ok: true });
}
