import assert from "node:assert/strict";
import { join } from "node:path";
import { disk, type JournalDisk, type JournalFile } from "../journal_disk.ts";
import type { AuditItem } from "./audit_entry.ts";
import { openTrail, RUN, START, withState } from "./audit_fixture.ts";
import { verifyAudit } from "./audit_verify.ts";

const item = (line: number, at = START): AuditItem => ({ at, run: RUN, line, kind: "audit", what: `{"n":${line}}` });

/** A disk with room for so many bytes; more room can come. */
function smallDisk(bytes: number): { readonly on: JournalDisk; room: number } {
  const state = { room: bytes, on: disk };
  const limited = (file: JournalFile): JournalFile => ({
    writeSync: (data) => {
      if (state.room <= 0) throw new Error("No space left on device (os error 28)");
      const part = data.subarray(0, state.room);
      const written = file.writeSync(part);
      state.room -= written;
      return written;
    },
    statSync: () => file.statSync(),
    truncateSync: (length) => file.truncateSync(length),
    syncData: () => file.syncData(),
    syncDataSync: () => file.syncDataSync(),
    close: () => file.close(),
  });
  state.on = {
    ...disk,
    createFile: (path) => limited(disk.createFile(path)),
    appendTo: (path) => limited(disk.appendTo(path)),
  };
  return state;
}

Deno.test("entries wait while the disk is full, and are all there in order once it has room again", () =>
  withState(async (state) => {
    const full = smallDisk(700);
    const trail = await openTrail(state, {}, full.on);
    for (let line = 1; line <= 20; line++) {
      trail.take([item(line)]);
      trail.flush();
    }
    assert.match(trail.trouble ?? "", /^Audit trail .* cannot be written: No space left on device/);
    full.room = Infinity;
    assert.deepEqual(trail.flush(), { ok: true });
    assert.equal(trail.trouble, null);
    trail.take([item(21)]);
    assert.deepEqual(await trail.close(), { ok: true });
    const report = await verifyAudit(state, { journals: false });
    assert.deepEqual([report.faults, report.entries], [[], 21]);
  }));

Deno.test("beyond memory's bound entries are refused aloud, and none is left out between others", () =>
  withState(async (state) => {
    const full = smallDisk(0);
    const trail = await openTrail(state, { unwrittenBytesMax: 2_000 }, full.on);
    for (let line = 1; line <= 40; line++) trail.take([item(line)]);
    assert.match(trail.trouble ?? "", /memory for it is full.*the next start catches up from the journal$/);
    full.room = Infinity;
    assert.equal((await trail.close()).ok, false);
    const report = await verifyAudit(state, { journals: false });
    assert.deepEqual(report.faults, []);
    assert.ok(report.entries > 0 && report.entries < 40);
  }));

Deno.test("files end at their size, a start goes on in the last one, and the chain runs through all of them", () =>
  withState(async (state) => {
    for (let start = 0; start < 3; start++) {
      const trail = await openTrail(state, { rotateBytes: 1_200 });
      for (let k = 1; k <= 7; k++) trail.take([item(start * 7 + k)]);
      assert.deepEqual(await trail.close(), { ok: true });
    }
    const names = [...Deno.readDirSync(join(state, "audit"))].map(({ name }) => name).sort();
    assert.deepEqual(names, [
      ...Array.from({ length: names.length - 1 }, (_, k) => `00000${k + 1}.ndjson`),
      "head.json",
    ]);
    assert.ok(names.length > 3);
    const report = await verifyAudit(state, { journals: false });
    assert.deepEqual([report.faults, report.entries], [[], 21]);
    assert.equal(Deno.statSync(join(state, "audit", names[0])).mode! & 0o777, 0o600);
  }));

Deno.test("the head names an entry only once it was forced to the disk", () =>
  withState(async (state) => {
    const order: string[] = [];
    const spied: JournalDisk = {
      ...disk,
      createFile: (path) => {
        const file = disk.createFile(path);
        return {
          writeSync: (data) => file.writeSync(data),
          statSync: () => file.statSync(),
          truncateSync: (length) => file.truncateSync(length),
          syncData: async () => {
            await file.syncData();
            order.push(`synced, head ${await Deno.readTextFile(join(state, "audit/head.json")).catch(() => "none")}`);
          },
          syncDataSync: () => file.syncDataSync(),
          close: () => file.close(),
        };
      },
    };
    const trail = await openTrail(state, {}, spied);
    trail.take([item(1)]);
    await trail.keepHead();
    assert.deepEqual(order, [], "nothing is named that was not written");
    trail.flush();
    await trail.keepHead();
    assert.deepEqual(order, ["synced, head none"]);
    assert.equal(JSON.parse(await Deno.readTextFile(join(state, "audit/head.json"))).number, 1);
    await trail.close();
  }));

Deno.test("a closed trail takes nothing more, and says so where it matters", () =>
  withState(async (state) => {
    const trail = await openTrail(state);
    await trail.close();
    trail.take([item(1)]);
    assert.equal(trail.end, null);
    assert.equal(trail.note("removed", {}, START).ok, false);
    assert.deepEqual(await trail.close(), { ok: true });
  }));
