import assert from "node:assert/strict";
import fc from "fast-check";
import { alertOf, batchOf, SENDER } from "./alert_fixture.ts";
import { senderOf } from "./alert.ts";
import { textOf, titleOf } from "./message.ts";

Deno.test("every message says whose money it is about", () => {
  const of = (execution: "paper" | "live", simulated: boolean, venue: string) =>
    titleOf({ ...batchOf(), sender: senderOf({ execution, simulated, venue, run: "r" }) });
  assert.equal(of("live", false, "Kalshi"), "kbot LIVE at Kalshi: warning");
  assert.equal(of("paper", false, "Kalshi"), "kbot PAPER at Kalshi: warning");
  assert.equal(of("live", true, "Simulated exchange"), "kbot SIMULATED EXCHANGE: warning");
  assert.equal(of("paper", true, "Simulated exchange"), "kbot SIMULATED EXCHANGE, PAPER: warning");
  assert.equal(of("live", true, "http://x"), "kbot SIMULATED EXCHANGE at http://x: warning");
});

Deno.test("a message tells each alert with its time, its severity and how often, the worst of them in its title", () => {
  const alerts = [
    alertOf({ text: "The account differed" }),
    alertOf({ text: "KILLED", severity: "critical" }),
    alertOf({ text: "Halted on BRTI", count: 7 }),
  ];
  assert.equal(
    textOf(batchOf(alerts, 2), 4_096),
    [
      "kbot PAPER at Kalshi: critical, 3 alerts",
      "2026-11-20T12:00:00Z WARNING: The account differed",
      "2026-11-20T12:00:00Z CRITICAL: KILLED",
      "2026-11-20T12:00:00Z WARNING: Halted on BRTI (7 times since this was said last)",
      "2 more alerts were left out: too many came. The log has them",
    ].join("\n"),
  );
});

Deno.test("a message is never longer than its channel takes, and always says whose it is", () =>
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 600, unit: "grapheme" }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 100, max: 5_000 }),
      fc.nat(50),
      (texts, lengthMax, omitted) => {
        const batch = batchOf(texts.map((text) => alertOf({ text })), omitted);
        const text = textOf(batch, lengthMax);
        assert.ok(text.length <= lengthMax, `${text.length} > ${lengthMax}`);
        assert.ok(text.startsWith(`kbot ${SENDER.mode} at ${SENDER.venue}`));
        assert.ok(text.isWellFormed() || texts.some((each) => !each.isWellFormed()));
      },
    ),
    { seed: 5 },
  ));
