/**
 * Writes a database anew, row by row, which gives the room of deleted rows back to the disk.
 * @module
 */

import { removeDatabase, replaceDatabase } from "./database_file.ts";
import { messageOf } from "./message.ts";

/** Rows that one commit takes: a row is 64 KiB at most and far less as a rule, a commit 800 KiB. */
const ROWS_PER_COMMIT = 10;

/** Nobody else may have it open. Until the new one is whole the old one stays. */
export async function rewriteDatabase(path: string): Promise<{ ok: true } | { ok: false; reason: string }> {
  const fresh = `${path}.new`;
  try {
    await removeDatabase(fresh);
    await copyRows(path, fresh);
    await replaceDatabase(fresh, path);
    return { ok: true };
  } catch (error) {
    // On a full disk it would keep what room there is.
    await removeDatabase(fresh).catch(() => {});
    return { ok: false, reason: `State in ${path} cannot be written anew: ${messageOf(error)}` };
  }
}

async function copyRows(from: string, to: string): Promise<void> {
  const source = await Deno.openKv(from);
  try {
    const target = await Deno.openKv(to);
    try {
      let operation = target.atomic();
      let rows = 0;
      for await (const { key, value } of source.list({ prefix: [] }, { batchSize: 500 })) {
        operation = operation.set(key, value);
        if (++rows % ROWS_PER_COMMIT !== 0) continue;
        await operation.commit();
        operation = target.atomic();
      }
      await operation.commit();
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
}
