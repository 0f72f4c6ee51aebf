/**
 * `kbot store check|versions|rebuild|compact|backup|restore|rollback`.
 * @module
 */

import { loadConfig, type LoadedConfig } from "../config/load.ts";
import { statePath } from "../config/state_path.ts";
import { MICROS_PER_MILLISECOND } from "../core/units.ts";
import { startsOver } from "../runner/identity.ts";
import { retentionOf } from "../runner/store_retention.ts";
import { backUp } from "../store/backup.ts";
import { checkStore } from "../store/check.ts";
import { compactStore } from "../store/compact.ts";
import { lockStateDirectory } from "../store/lock.ts";
import { rebuildDatabase } from "../store/rebuild.ts";
import type { SchemaCopy } from "../store/kept_copies.ts";
import { restore } from "../store/restore.ts";
import { rollBack } from "../store/rollback.ts";
import type { Retention } from "../store/store.ts";
import { storeVersions } from "../store/versions.ts";
import { EXIT, type StoreBackupCommand, type StoreCommand } from "./command.ts";
import { done, refused, type Reply } from "./output.ts";
import { VERSION } from "./version.ts";
import { wrongConfig } from "./wrong_config.ts";

type Loaded = Extract<LoadedConfig, { readonly ok: true }>;

export async function store(
  command: StoreCommand,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<Reply> {
  const chosen = statePath(command.state, env);
  if (!chosen.ok) return refused(EXIT.usage, chosen.reason);
  const state = chosen.path;
  const loaded = await loadConfig({ env, file: command.config });
  if (!loaded.ok) return wrongConfig(loaded.errors);
  if (command.kind === "store_restore") return await restored(command.from, state);
  const here = await Deno.stat(state).then((info) => info.isDirectory, () => false);
  if (!here) return refused(EXIT.failed, `There is no state at ${state}`);
  switch (command.kind) {
    case "store_check":
      return await check(state, retentionOf(loaded.config.store));
    case "store_rebuild":
      return await locked(state, () => rebuild(state));
    case "store_compact":
      return await locked(state, () => compact(state, retentionOf(loaded.config.store)));
    case "store_versions":
      return await versions(state);
    case "store_rollback":
      return await locked(state, () => rollback(state, command.to ?? null));
    case "store_backup":
      return await backup(state, command, loaded);
  }
}

/** What was asked for did not work. */
const failed = (reason: string): Reply => refused(EXIT.failed, reason, { ok: false, reason });

/** What changes the database under a bot's feet waits until it has stopped. */
async function locked(state: string, task: () => Promise<Reply>): Promise<Reply> {
  const lock = await lockStateDirectory(state);
  if (!lock.ok) return refused(EXIT.failed, lock.reason);
  try {
    return await task();
  } finally {
    lock.lock.release();
  }
}

async function check(state: string, retention: Retention): Promise<Reply> {
  const report = await checkStore(state, { startsOver: await startsOver(state), retention });
  const rows = Object.entries(report.rows).map(([table, count]) => `${table} ${count}`).join(", ");
  const text = [
    report.ok ? "OK: the database can be read, and says what the journals say" : "WRONG: see above; kbot store rebuild",
    `  schema  ${report.schema ?? "none"}`,
    ...(report.mark === null ? [] : [`  up to   line ${report.mark.line} of run ${report.mark.run}`]),
    ...(rows === "" ? [] : [`  rows    ${rows}`]),
    ...report.notices.map((notice) => `  note    ${notice}`),
  ].join("\n");
  return { exitCode: report.ok ? EXIT.done : EXIT.failed, text, json: report, problems: report.faults };
}

const keptText = ({ path, schema, stamp }: SchemaCopy): string =>
  `  kept      schema ${schema}${
    stamp === null ? "" : `, put aside ${stamp}`
  }: ${path}; kbot store rollback --to ${schema}`;

async function versions(state: string): Promise<Reply> {
  const result = await storeVersions(state);
  if (!result.ok) return failed(result.reason);
  const { writes, database, journal, kept } = result.versions;
  const by = (version: string | null): string => version === null ? "" : `, written last by kbot ${version}`;
  const text = [
    `This is kbot ${VERSION}: it writes schema ${writes.schema} of the database, format ${writes.journal} of journals, ` +
    `format ${writes.backup} of backups`,
    database === null
      ? "  database  none yet"
      : `  database  schema ${database.schema ?? "none"}${by(database.writer)}`,
    journal === null
      ? "  journal   none that can be read"
      : `  journal   format ${journal.format}, run ${journal.run} by kbot ${journal.version}`,
    ...kept.map(keptText),
  ].join("\n");
  return done(text, { kbot: VERSION, ...result.versions });
}

async function rollback(state: string, to: number | null): Promise<Reply> {
  const result = await rollBack(state, { to, now: new Date() });
  if (!result.ok) return failed(result.reason);
  const { from, copy, kept, runs } = result;
  const text = [
    `The database has schema ${result.to} again, from ${copy}; that of schema ${from} is kept as ${kept}`,
    `  the next start of the kbot that knows schema ${result.to} takes up what came after it from the journals of ${runs} ` +
    `${runs === 1 ? "run" : "runs"}; a newer kbot would bring it up to date again`,
  ].join("\n");
  return done(text, result);
}

async function rebuild(state: string): Promise<Reply> {
  const result = await rebuildDatabase(state, { startsOver: await startsOver(state), now: new Date() });
  if (!result.ok) return failed(result.reason);
  const { runs, records, kept, warnings } = result;
  const text = `Made the database anew from ${records} records of ${runs} runs` +
    (kept === null ? "" : `; the old one is kept as ${kept}`);
  return { exitCode: EXIT.done, text, json: { ok: true, runs, records, kept, warnings }, problems: warnings };
}

async function compact(state: string, retention: Retention): Promise<Reply> {
  const result = await compactStore(state, Date.now() * MICROS_PER_MILLISECOND, retention);
  if (!result.ok) return failed(result.reason);
  const { removedRows, removedAuditFiles, bytesBefore, bytesAfter } = result;
  return done(
    `Deleted ${removedRows} rows and ${removedAuditFiles} files of the audit trail; the database took ${bytesBefore} ` +
      `bytes and takes ${bytesAfter}`,
    result,
  );
}

async function backup(state: string, { out, allJournals }: StoreBackupCommand, { file }: Loaded): Promise<Reply> {
  const result = await backUp(state, out, { version: VERSION, now: new Date(), config: file, allJournals });
  if (!result.ok) return failed(result.reason);
  const { files, bytes, run, entries, redacted } = result;
  const text = [
    `Backed up ${files} files, ${bytes} bytes, to ${out}, and read all of it again`,
    `  database up to run ${run ?? "none"}, ${entries} entries of the audit trail`,
    ...(redacted
      ? ["  what looks like a secret in the configuration was left out: [redacted] stands in its place"]
      : []),
  ].join("\n");
  return done(text, result);
}

async function restored(from: string, state: string): Promise<Reply> {
  const result = await restore(from, state);
  if (!result.ok) return failed(result.reason);
  const { files, bytes, config } = result;
  const text = [
    `Restored ${files} files, ${bytes} bytes, to ${state}`,
    ...(config === null ? [] : [`  the configuration of the backup lies in ${config}: name it with --config`]),
    "  never run the state that was backed up beside this one: their orders would bear the same ids",
  ].join("\n");
  return done(text, { ...result, path: state });
}
