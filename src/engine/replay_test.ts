import assert from "node:assert/strict";
import type { Action } from "../core/action.ts";
import type { Input } from "../core/input.ts";
import { count, money, price } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { Engine } from "./engine.ts";
import { accept, engineOptions, liveRig, RESTING, Rig, settlementEdge, TICKER } from "./engine_fixture.ts";
import { decodeLine, encodeAction, encodeCheckpoint, encodeEnd, encodeHeader, encodeInput } from "./journal.ts";
import type { EngineOptions } from "./options.ts";
import { Replay } from "./replay.ts";
import { SAFETY } from "./safety_fixture.ts";

/** A story with fills, a gap, a cancel, a kill and a settlement, on paper. */
function paperStory(): Rig {
  const rig = new Rig({ strategies: settlementEdge({ min_edge: 0.43, baseline_extra_edge: 0, rest_edge: 0.01 }) });
  rig.warmUp();
  for (let second = 301; second <= 330; second++) {
    rig.index(second, 84_200 + (second % 7) * 3.25);
    rig.delta(second + 0.25, "no", 4_900 + (second % 3) * 100, 1_000, second - 299);
    rig.step({
      type: "trade",
      at: after(second + 0.5),
      ticker: TICKER,
      tradeId: `x-${second}`,
      price: price(4_910),
      count: count(777),
      takerSide: "ask",
      exchangeTime: after(second),
    });
  }
  rig.delta(331, "no", 4_900, 100, 99);
  rig.book(332, [[4_900, 10_000]], [[4_900, 10_000]], 100);
  rig.operator(333, "kill");
  rig.settled(901, "yes");
  return rig;
}

function liveStory(): Rig {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, 5_000);
  rig.fill(301.5, { orderId: "o-bot-1", price: price(4_910), count: count(1_234) });
  rig.delta(302, "yes", 4_950, 1_000);
  const [{ terms }] = rig.all("amend");
  rig.step({
    type: "order_changed",
    at: after(302.5),
    clientOrderId: "bot-1",
    orderId: "o-bot-1",
    terms,
    fillCount: count(1_234),
    remainingCount: count(terms.count - 1_234),
  });
  rig.step({
    type: "order_cancelled",
    at: after(303),
    clientOrderId: "bot-1",
    reducedBy: count(terms.count - 1_234),
  });
  for (let second = 304; second < 320; second++) rig.index(second, 84_200);
  rig.step({ type: "order_unknown", at: after(321), clientOrderId: "bot-2", reason: "Time-out" });
  rig.account(322, 900_000_000, [[TICKER, 1_234]]);
  rig.clock(330);
  return rig;
}

/** The same on paper with every halt switched on: errors, a clock that is off, a silent index, a person who reduces. */
function guardedStory(): Rig {
  const rig = new Rig({
    strategies: settlementEdge({ min_edge: 0.43, baseline_extra_edge: 0, rest_edge: 0.01 }),
    safety: SAFETY,
  });
  const heard = (second: number, failed: number, offset: number) => {
    const clock = { low: offset - 1_000, high: offset + 1_000 };
    rig.step({ type: "venue_health", at: after(second), calls: 30, failed, clock });
  };
  rig.warmUp();
  for (let second = 301; second <= 420; second++) {
    if (second < 380 || second > 395) rig.index(second, 84_200 + (second % 7) * 3.25);
    rig.delta(second + 0.25, "no", 4_900 + (second % 3) * 100, 1_000, second - 299);
    rig.step({
      ...{ type: "trade", at: after(second + 0.5), ticker: TICKER, tradeId: `x-${second}`, price: price(4_910) },
      ...{ count: count(777), takerSide: "ask", exchangeTime: after(second) },
    });
    if (second === 310) rig.operator(second + 0.6, "reduce");
    if (second === 315) rig.operator(second + 0.6, "resume");
    if (second === 320) heard(second + 0.6, 20, 0);
    if (second === 410) heard(second + 0.6, 0, 1_500_000);
    if (second === 412) rig.operator(second + 0.6, "stop_strategy", "settlement_edge");
  }
  rig.settled(901, "no");
  const begun = rig.records("halt").filter(({ active }) => active).map(({ name }) => name);
  assert.deepEqual(begun, ["reduce", "api_errors", "feed_stale BRTI", "clock_offset", "feed_stale BRTI"]);
  return rig;
}

/** As a run writes them; `end` tells how it ended. */
function journalOf(inputs: readonly Input[], options: EngineOptions, end: "in order" | "killed"): string[] {
  const engine = new Engine(options);
  const lines = [encodeHeader({ version: "test", run: options.run, started: "2026-11-20T12:00:00Z", config: options })];
  inputs.forEach((input, number) => {
    lines.push(encodeInput(input));
    for (const action of engine.step(input)) if (action.type !== "log") lines.push(encodeAction(action));
    if (number % 10 === 9) lines.push(encodeCheckpoint({ inputs: engine.inputs, hash: engine.decisionHash }));
  });
  const { inputs: taken, decisionHash: hash } = engine;
  if (end === "in order") lines.push(encodeEnd({ inputs: taken, hash, reason: "over" }));
  return lines;
}

function replay(lines: readonly string[]): { run: Replay; reason: string | null; actions: Action[] } {
  const actions: Action[] = [];
  const run = new Replay((taken) => actions.push(...taken));
  let reason: string | null = null;
  lines.forEach((line, at) => {
    const decoded = decodeLine(line);
    assert.ok(decoded.ok, line);
    reason ??= run.take(decoded.entry, at + 1);
  });
  return { run, reason, actions };
}

for (const [name, story] of [["paper", paperStory], ["live", liveStory], ["guarded", guardedStory]] as const) {
  Deno.test(`${name}: the same inputs give the same actions and the same hash`, () => {
    const first = story();
    const again = new Engine(first.engine.options);
    const actions = first.inputs.flatMap((input) => again.step(input));
    assert.deepEqual(actions, first.actions);
    assert.equal(again.decisionHash, first.engine.decisionHash);
    assert.ok(first.placed.length >= 2 && first.records("trade").length >= 1, "the story decides something");
  });

  Deno.test(`${name}: one index value that differs in its last bit gives another hash`, () => {
    const { inputs, engine } = story();
    const changed = new Engine(engine.options);
    const at = inputs.findLastIndex((input) => input.type === "index");
    inputs.forEach((input, number) => {
      const value = input.type === "index" && number === at ? input.value * (1 + 2 ** -50) : null;
      changed.step(input.type === "index" && value !== null ? { ...input, value } : input);
    });
    assert.notEqual(changed.decisionHash, engine.decisionHash);
  });

  Deno.test(`${name}: a journal replays to the same hash, through its text and its options' text`, () => {
    const { inputs, engine, actions } = story();
    const lines = journalOf(inputs, engine.options, "in order");
    const { run, reason, actions: again } = replay(lines);
    assert.equal(reason, null);
    assert.equal(run.difference, null);
    assert.equal(run.ended, true);
    assert.equal(run.engine?.decisionHash, engine.decisionHash);
    assert.deepEqual(again, actions);
  });

  Deno.test(`${name}: a journal that was killed anywhere is no difference`, () => {
    const { inputs, engine } = story();
    const lines = journalOf(inputs, engine.options, "killed");
    // A long story at fewer of its places: each is a replay of its own.
    const stride = Math.ceil(lines.length / 150);
    for (let length = 1; length <= lines.length; length += stride) {
      const { run, reason } = replay(lines.slice(0, length));
      assert.equal(reason, null);
      assert.equal(run.difference, null, `after ${length} lines`);
      assert.equal(run.ended, false);
    }
  });

  Deno.test(`${name}: an action that was changed, left out, added or moved is found at its line`, () => {
    const { inputs, engine } = story();
    const lines = journalOf(inputs, engine.options, "in order");
    const places = lines.map((line, at) => line.startsWith('{"a":{"type":"place"') ? at : -1).filter((at) => at >= 0);
    assert.ok(places.length > 0);
    for (const at of places) {
      const changed = lines.with(at, lines[at].replace(/"count":\d+/, '"count":123456'));
      assert.equal(replay(changed).run.difference?.line, at + 1);
      assert.match(replay(changed).run.difference?.expected ?? "", /123456/);
      assert.notEqual(replay(lines.toSpliced(at, 1)).run.difference, null);
      assert.equal(replay(lines.toSpliced(at, 0, lines[at])).run.difference?.line, at + 2);
      assert.notEqual(replay(lines.toSpliced(at, 2, lines[at + 1], lines[at])).run.difference, null);
    }
  });
}

Deno.test("a hash that was changed is found, in a checkpoint and at the end", () => {
  const { inputs, engine } = paperStory();
  const lines = journalOf(inputs, engine.options, "in order");
  lines.forEach((line, at) => {
    if (!line.includes('"hash"')) return;
    const changed = lines.with(
      at,
      line.replace(/"hash":"./, (start) => start.slice(0, -1) + (start.endsWith("0") ? 1 : 0)),
    );
    assert.equal(replay(changed).run.difference?.line, at + 1);
  });
});

const UNREADABLE: readonly (readonly [claim: string, lines: string[], reason: RegExp])[] = [
  [
    "no options",
    [encodeHeader({ version: "1", run: "r", started: "s", config: { run: 1 } })],
    /holds no engine options/,
  ],
  ["no header", [encodeInput({ type: "clock", at: after(1) })], /before the first line/],
  [
    "a strategy of another version",
    [encodeHeader({
      version: "1",
      run: "r",
      started: "s",
      config: engineOptions({ strategies: [{ name: "gone", enabled: true, parameters: {} }] }),
    })],
    /No strategy is called gone/,
  ],
  [
    "a parameter of another version",
    [encodeHeader({
      version: "1",
      run: "r",
      started: "s",
      config: engineOptions({ strategies: settlementEdge({ old: 1 }) }),
    })],
    /Unrecognized key/,
  ],
  [
    "limits that its version did not have",
    [
      encodeHeader({ version: "1", run: "r", started: "s", config: engineOptions() })
        .replace(/"(trade|correlatedPercent)":\d+,/g, ""),
    ],
    /^The first line lacks the risk limits trade, correlatedPercent: kbot test did not have them yet$/,
  ],
  [
    "two headers",
    Array(2).fill(encodeHeader({ version: "1", run: "r", started: "s", config: engineOptions() })),
    /second first line/,
  ],
];

for (const [claim, lines, expected] of UNREADABLE) {
  Deno.test(`a journal that cannot be replayed says why: ${claim}`, () => {
    assert.match(replay(lines).reason ?? "", expected);
  });
}

Deno.test("money in options is compared as written: no capital is not no money", () => {
  const live = engineOptions({ execution: "live", capital: null });
  const none = engineOptions({ capital: money(0) });
  for (const options of [live, none]) assert.equal(replay(journalOf([], options, "killed")).reason, null);
});
