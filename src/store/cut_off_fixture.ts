/**
 * Migrates a state's database, makes it anew or goes back to schema 4, and dies by SIGKILL before its nth change to the disk,
 * for tests. Arguments: `migrate`, `rebuild` or `rollback`, the state directory, n.
 * @module
 */

import { openKvStore } from "./kv_store.ts";
import { rebuildDatabase } from "./rebuild.ts";
import { rollBack } from "./rollback.ts";
import { statePaths } from "./state_directory.ts";

const [what, state, wanted] = Deno.args;
let changes = 0;

function change(): void {
  if (++changes === Number(wanted)) Deno.kill(Deno.pid, "SIGKILL");
}

const { rename, copyFileSync, remove, removeSync, link } = Deno;
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
Deno.removeSync = (target, options) => {
  change();
  removeSync(target, options);
};
Deno.link = (from, to) => {
  change();
  return link(from, to);
};
const { set, atomic } = Deno.Kv.prototype;
Deno.Kv.prototype.set = function (key, value) {
  change();
  return set.call(this, key, value);
};
Deno.Kv.prototype.atomic = function () {
  change();
  return atomic.call(this);
};

if (what === "rebuild") {
  const rebuilt = await rebuildDatabase(state, { startsOver: false, now: new Date() });
  if (!rebuilt.ok) throw new Error(rebuilt.reason);
} else if (what === "rollback") {
  const returned = await rollBack(state, { to: 4, now: new Date() });
  if (!returned.ok) throw new Error(returned.reason);
} else {
  const opened = await openKvStore(statePaths(state).store, { writer: "0.1.0" });
  if (!opened.ok) throw new Error(opened.reason);
  await opened.store.close();
}
