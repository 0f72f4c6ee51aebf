import assert from "node:assert/strict";
import { join } from "node:path";
import { withState, writeJournal, writeTrail } from "../store/audit/audit_fixture.ts";
import { audit } from "./audit.ts";

const COMMON = { config: undefined, json: true };

Deno.test("audit verify ends with 0 for a whole trail, with 1 for a broken one, and names the place", () =>
  withState(async (state) => {
    await writeJournal(state, 3);
    await writeTrail(state);
    const command = { ...COMMON, kind: "audit_verify", journals: true, state } as const;
    const whole = await audit(command, {});
    assert.equal(whole.exitCode, 0, whole.problems.join("\n"));
    assert.match(
      whole.text ?? "",
      /^OK: 6 entries, 1 to 6, unbroken, and as the journals tell\n {2}newest {2}[0-9a-f]{64}$/,
    );
    const file = join(state, "audit", "000001.ndjson");
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace("too wide", "just fine"));
    const broken = await audit(command, {});
    assert.equal(broken.exitCode, 1);
    assert.match(broken.problems[0], /^000001\.ndjson:3: Entry 3 was changed/);
    assert.match(broken.text ?? "", /^BROKEN/);
  }));

Deno.test("audit export writes every entry with its hash, and says so where one was changed", () =>
  withState(async (state) => {
    await writeJournal(state, 3);
    await writeTrail(state);
    const out = join(state, "trail.csv");
    const command = { ...COMMON, kind: "audit_export", format: "csv", out, state } as const;
    const reply = await audit(command, {});
    assert.equal(reply.exitCode, 0, reply.problems.join("\n"));
    const lines = (await Deno.readTextFile(out)).trimEnd().split(/\r?\n/);
    assert.equal(lines[0], "number,at,run,line,kind,what,previous,hash");
    assert.equal(lines.length, 7);
    assert.match(lines[1], /^1,2026-11-20T04:02:11\.000000Z,20261120T040211Z-0001,1,run_start,/);
    const file = join(state, "audit", "000001.ndjson");
    await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replace("too wide", "just fine"));
    const changed = await audit(command, {});
    assert.equal(changed.exitCode, 1);
    assert.match(changed.problems[0], /Entry 3 was changed/);
  }));

Deno.test("a state without a trail is refused in words", () =>
  withState(async (state) => {
    const reply = await audit({ ...COMMON, kind: "audit_verify", journals: false, state }, {});
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems[0], /^There is no audit trail at .*audit$/);
  }));
