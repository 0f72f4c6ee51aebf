import assert from "node:assert/strict";
import { doctorLine, doctorTally, hinderedLines } from "./doctor_text.ts";

const REPORT = {
  name: "page port",
  status: "FAIL",
  detail: "8080 on 127.0.0.1 is in use",
  remedy: "Stop who serves there, or choose another with --port",
  blocked_by: null,
  ms: 1.2,
} as const;

Deno.test("details stand in one column, remedies below them, without colours where there is no terminal", () => {
  const look = { colors: false, width: null };
  assert.equal(
    [
      doctorLine(REPORT, 16, look),
      doctorLine({ ...REPORT, name: "settlement index", status: "PASS", detail: "fine", remedy: null }, 16, look),
    ].join("\n"),
    `FAIL  page port         8080 on 127.0.0.1 is in use
                        -> Stop who serves there, or choose another with --port
PASS  settlement index  fine`,
  );
});

Deno.test("on a terminal the status has its colour and long lines are folded in their column", () => {
  assert.equal(
    doctorLine(REPORT, 9, { colors: true, width: 60 }),
    "\x1b[31mFAIL\x1b[0m  page port  8080 on 127.0.0.1 is in use\n" +
      "                 -> Stop who serves there, or choose another\n" +
      "                 with --port",
  );
});

Deno.test("the last line counts", () => {
  const checks = [REPORT, REPORT, { ...REPORT, status: "SKIP" as const }];
  assert.equal(doctorTally({ ok: false, checks }), "0 passed, 2 failed, 1 skipped");
});

Deno.test("what could not be looked at is told together, by what hinders it", () => {
  const skipped = (name: string, blocked_by: string) => ({ ...REPORT, name, status: "SKIP" as const, blocked_by });
  const checks = [
    { ...REPORT, name: "dns" },
    ...["rest", "clock", "series", "markets", "trading", "signature", "feeds"].map((name) => skipped(name, "dns")),
    { ...REPORT, name: "credentials", status: "SKIP" as const },
    skipped("key file", "credentials"),
  ];
  assert.deepEqual(hinderedLines({ ok: false, checks }, 11, { colors: false, width: null }), [
    "SKIP  7 checks     Need dns, which failed: rest, clock, series, markets, trading and 2 more",
    "SKIP  1 check      Needs credentials, which was skipped: key file",
  ]);
});
