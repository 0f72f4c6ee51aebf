import assert from "node:assert/strict";
import { readJournal } from "../src/store/journal_reader.ts";
import { ExchangeProcess } from "./exchange_process.ts";
import { Kbot, temporaryDirectory } from "./process.ts";

interface Seen {
  /** `pause` and `resume` as the exchange told them, `placed`, `refused`, in order. */
  readonly events: readonly string[];
  readonly orders: number;
}

async function seenIn(journal: string): Promise<Seen> {
  const events: string[] = [];
  for await (const event of readJournal(journal)) {
    assert.equal(event.kind, "entries", JSON.stringify(event));
    if (event.kind !== "entries") continue;
    for (const entry of event.entries) {
      if (entry.kind === "action" && entry.action.type === "place") events.push("placed");
      if (entry.kind !== "input") continue;
      const { input } = entry;
      if (input.type === "order_rejected" && input.code === "trading_is_paused") events.push("refused");
      if (input.type === "exchange_status") events.push(input.others === "none" ? "resume" : "pause");
    }
  }
  return { events, orders: events.filter((each) => each === "placed").length };
}

/** How long a simulated pause may take to come, on a machine that goes through time slowly; a bound, not a claim. */
const PAUSE_WITHIN_MS = 900_000;

/** One minute of pause in every four. */
Deno.test("while the exchange pauses a live run sends nothing, says why, and goes on by itself", async () => {
  await using state = await temporaryDirectory();
  await using exchange = await ExchangeProcess.startInStep(20, "--seed", "7", "--fault", "trading-pause");
  const flags = [...exchange.venue, "--port", "0", "--json", "--state", state.path];
  await using bot = new Kbot(["run", "--live", ...flags], exchange.env);
  await bot.until(
    /Paused by the exchange: it takes no orders on shards? [\d, ]*2[\d, ]*, only cancels/,
    PAUSE_WITHIN_MS,
  );
  await bot.until(/The exchange takes orders on shards? [\d, ]*2[^]*: sent \(/, PAUSE_WITHIN_MS);
  bot.signal("SIGTERM");
  const run = await bot.end();
  assert.equal(run.code, 0, run.stderr);
  const { journal } = JSON.parse(run.stdout) as { journal: string };
  const { events, orders } = await seenIn(journal);
  const [pause, resume] = [events.indexOf("pause"), events.indexOf("resume")];
  // On a slow machine the run may begin within the pause.
  assert.ok(pause >= 0 && resume > pause, events.join(" "));
  assert.ok(!events.slice(pause, resume).includes("placed"), "an order was sent into the pause");
  assert.ok(events.slice(resume).includes("placed"), `nothing was sent after the pause; ${orders} orders in all`);
  // Until it is asked, a refusal is how a pause is learnt of: one for each market, and no more.
  const refused = events.slice(0, resume).filter((each) => each === "refused");
  assert.ok(refused.length <= 4, events.join(" "));
});
