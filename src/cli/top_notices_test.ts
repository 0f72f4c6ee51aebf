import assert from "node:assert/strict";
import { FakeSources } from "../server/fake_sources.ts";
import type { AlertView } from "../server/status.ts";
import { pictureOf } from "./top_fixture.ts";
import { TopNotices } from "./top_notices.ts";
import type { TopStatus } from "./top_shapes.ts";

const alert = (number: number, changes: Partial<AlertView> = {}): AlertView => ({
  number,
  at: "2026-09-25T19:00:00.000000Z",
  severity: "critical",
  event: "halted",
  text: `Alert ${number}`,
  count: 1,
  ...changes,
});

function statusWith(recent: readonly AlertView[], run = "one"): TopStatus {
  const sources = new FakeSources();
  sources.changeStatus({ run, simulated: false, venue: "Kalshi", alerts: { ...sources.run.alerts, recent } });
  const { status } = pictureOf(sources);
  assert.ok(status !== null);
  return status;
}

Deno.test("a terminal is told once of what came since, never of what was known before, and not of what is only news", () => {
  const notices = new TopNotices();
  assert.equal(notices.take(statusWith([alert(1), alert(2)])), "", "what was told before");
  const told = notices.take(statusWith([alert(1), alert(2), alert(3, { text: "KILLED" })]));
  assert.ok(told.startsWith("\x1b]9;kbot PAPER at Kalshi: critical: ") && told.endsWith("\x07"));
  assert.ok(told.includes("KILLED") && told.includes("\x1b]777;notify;"));
  assert.equal(notices.take(statusWith([alert(2), alert(3)])), "", "once");
  assert.equal(notices.take(statusWith([alert(4, { severity: "info" })])), "");
  assert.ok(notices.take(statusWith([alert(5, { severity: "warning" }), alert(6)])).includes("critical, 2 alerts"));
});

Deno.test("of another run that began meanwhile all is news, and its numbers begin anew", () => {
  const notices = new TopNotices();
  notices.take(statusWith([alert(7)]));
  assert.ok(
    notices.take(statusWith([alert(1, { text: "A kill of before stands" })], "two")).includes("A kill of before"),
  );
});

Deno.test("an alert's words end no sequence and begin none", () => {
  const notices = new TopNotices();
  notices.take(statusWith([]));
  const told = notices.take(statusWith([alert(1, { text: "a\x07\x1b]0;title\x07;b\x9c" })]));
  const controls = [...told].filter((character) => character < " " || (character >= "\x7f" && character <= "\x9f"));
  assert.deepEqual(controls, ["\x1b", "\x07", "\x1b", "\x07", "\x07"]);
  assert.equal(told.split(";").length, 5, "what parts a notification's title from its text");
});
