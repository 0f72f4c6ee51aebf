/**
 * Opens a database and dies by SIGKILL before its nth change to the disk: a migration that is cut off anywhere, for tests.
 * Arguments: the database, n.
 * @module
 */

import { openKvStore } from "./kv_store.ts";

const [path, wanted] = Deno.args;
let changes = 0;

function change(): void {
  if (++changes === Number(wanted)) Deno.kill(Deno.pid, "SIGKILL");
}

const { rename, copyFileSync, remove } = Deno;
Deno.rename = (from, to) => {
  change();
  return rename(from, to);
};
Deno.copyFileSync = (from, to) => {
  change();
  copyFileSync(from, to);
};
Deno.remove = (target, options) => {
  change();
  return remove(target, options);
};

async function openKv(file: string): Promise<Deno.Kv> {
  const kv = await Deno.openKv(file);
  const set = kv.set.bind(kv);
  kv.set = (key, value) => {
    change();
    return set(key, value);
  };
  const atomic = kv.atomic.bind(kv);
  kv.atomic = () => {
    change();
    return atomic();
  };
  return kv;
}

const opened = await openKvStore(path, { openKv, writer: "0.1.0" });
if (!opened.ok) throw new Error(opened.reason);
await opened.store.close();
