import assert from "node:assert/strict";
import fc from "fast-check";
import { count, price } from "../core/units.ts";
import { viewOf } from "../strategies/view_fixture.ts";
import { opinionOf } from "./answer.ts";
import { PackError } from "./pack_error.ts";

const TARGET = {
  side: "bid",
  price: 5_100,
  count: 500,
  timeInForce: "immediate_or_cancel",
  signal: "late",
  kelly: 0.1,
};

/** Prices of a tenth of a cent, YES bid 0.49, asked 0.51. */
const VIEW = viewOf({ view: { probability: 0.6 } });
const read = (answer: unknown) => opinionOf(JSON.stringify(answer), VIEW);

Deno.test("a target becomes an order with the evidence that kbot itself works out", () => {
  const { targets, refusal, edge, edgeSide } = read({ targets: [TARGET], edge: 0.07, edgeSide: "yes" });
  assert.deepEqual([refusal, edge, edgeSide], [null, 0.07, "yes"]);
  const [{ evidence, ...order }] = targets;
  assert.deepEqual(order, { ...TARGET, postOnly: false, reduceOnly: false, depth: 10_000 });
  assert.deepEqual([evidence.spot, evidence.strike, evidence.modelProbability], [84_000, 84_000, 0.6]);
  // 0.60 less 0.51 less the fee of a taker at 0.51, 0.0175.
  assert.deepEqual([evidence.edge?.toFixed(4), evidence.kellyFraction], ["0.0725", 0.1]);
});

Deno.test("a probability of the pack's own stands in the evidence, and none where it says so", () => {
  const own = read({ targets: [{ ...TARGET, probability: 0.7 }] }).targets[0].evidence;
  assert.deepEqual([own.modelProbability, own.edge?.toFixed(4)], [0.7, "0.1725"]);
  const none = read({ targets: [{ ...TARGET, probability: null }] }).targets[0].evidence;
  assert.deepEqual([none.modelProbability, none.edge], [null, 0]);
  const said = read({ targets: [{ ...TARGET, probability: null, edge: 0.01 }] }).targets[0].evidence;
  assert.deepEqual([said.modelProbability, said.edge], [null, 0.01]);
});

Deno.test("a pack that wants nothing says why, or kbot says it for the pack", () => {
  assert.equal(read({}).refusal?.code, "nothing_wanted");
  assert.deepEqual(read({ refusal: { code: "no_edge", text: "No edge" } }).refusal, {
    code: "no_edge",
    text: "No edge",
  });
  assert.equal(read({ targets: [TARGET], refusal: { code: "no_edge", text: "No edge" } }).refusal, null);
});

Deno.test("every answer that is not as it must be is refused with its place, what was found and what is allowed", () => {
  const target = (change: Record<string, unknown>) => ({ targets: [TARGET, { ...TARGET, ...change }] });
  const wholePrice = "a whole number of ten-thousandths of a dollar from 1 to 9999, on the market's grid";
  const wholeCount = "a whole number of hundredths of a contract from 1 to 1000000000";
  const cases: readonly (readonly [answer: unknown, words: string])[] = [
    [null, "answer: Found null, allowed: an object with targets, refusal, edge and edgeSide"],
    [[], "answer: Found [], allowed: an object with targets, refusal, edge and edgeSide"],
    ["buy", 'answer: Found "buy", allowed: an object with targets, refusal, edge and edgeSide'],
    [{ target: [] }, 'answer: Found the unknown "target", allowed: targets, refusal, edge, edgeSide'],
    [{ targets: {} }, "answer.targets: Found {}, allowed: a list of at most 16 targets"],
    [{ targets: Array(17).fill(1) }, "answer.targets: Found a list of 17, allowed: a list of at most 16 targets"],
    [{ targets: [1] }, "answer.targets.0: Found 1, allowed: a list of at most 16 targets"],
    [{ targets: Array(17).fill(TARGET) }, "answer.targets: Found a list of 17, allowed: a list of at most 16 targets"],
    [target({ price: 5_100.5 }), `answer.targets.1.price: Found 5100.5, allowed: ${wholePrice}`],
    [target({ price: 0.51 }), `answer.targets.1.price: Found 0.51, allowed: ${wholePrice}`],
    [target({ price: NaN }), `answer.targets.1.price: Found null, allowed: ${wholePrice}`],
    [target({ price: Infinity }), `answer.targets.1.price: Found null, allowed: ${wholePrice}`],
    [target({ price: "5100" }), `answer.targets.1.price: Found "5100", allowed: ${wholePrice}`],
    [target({ price: -100 }), `answer.targets.1.price: Found -100, allowed: ${wholePrice}`],
    [target({ price: 0 }), `answer.targets.1.price: Found 0, allowed: ${wholePrice}`],
    [target({ price: 10_000 }), `answer.targets.1.price: Found 10000, allowed: ${wholePrice}`],
    [
      target({ price: 5_105 }),
      "answer.targets.1.price: Found 5105, which KXBTC15M-26NOV200715-15 does not take, allowed: 5100 or 5110",
    ],
    [target({ count: 0 }), `answer.targets.1.count: Found 0, allowed: ${wholeCount}`],
    [target({ count: -100 }), `answer.targets.1.count: Found -100, allowed: ${wholeCount}`],
    [target({ count: 1e15 }), `answer.targets.1.count: Found 1000000000000000, allowed: ${wholeCount}`],
    [target({ count: 1.5 }), `answer.targets.1.count: Found 1.5, allowed: ${wholeCount}`],
    [target({ side: "yes" }), 'answer.targets.1.side: Found "yes", allowed: bid (buys YES) or ask (buys NO)'],
    [
      target({ timeInForce: "for_ever" }),
      'answer.targets.1.timeInForce: Found "for_ever", allowed: good_till_canceled, immediate_or_cancel or fill_or_kill',
    ],
    [target({ postOnly: 1 }), "answer.targets.1.postOnly: Found 1, allowed: true or false"],
    [
      target({ postOnly: true }),
      "answer.targets.1.postOnly: Found true beside immediate_or_cancel, allowed: true where an order may rest",
    ],
    [target({ kelly: 1.5 }), "answer.targets.1.kelly: Found 1.5, allowed: a number from 0 to 1"],
    [target({ kelly: NaN }), "answer.targets.1.kelly: Found null, allowed: a number from 0 to 1"],
    [target({ probability: 2 }), "answer.targets.1.probability: Found 2, allowed: a number from 0 to 1, or null"],
    [
      target({ signal: "a line\nand another" }),
      'answer.targets.1.signal: Found "a line\\nand another", allowed: a word of at most 40 small letters, digits and _',
    ],
    [
      target({ signal: undefined }),
      "answer.targets.1.signal: Found nothing, allowed: a word of at most 40 small letters, digits and _",
    ],
    [target({ evidence: {} }), 'answer.targets.1: Found the unknown "evidence"'],
    [{ edge: 7 }, "answer.edge: Found 7, allowed: a number from -1 to 1, or null"],
    [{ edgeSide: "bid" }, 'answer.edgeSide: Found "bid", allowed: yes, no or null'],
    [{ refusal: "no" }, 'answer.refusal: Found "no", allowed: an object with code and text, or null'],
    [
      { refusal: { code: "no", text: "\u001b[2J" } },
      'answer.refusal.text: Found "\\u001b[2J", allowed: a text of 1 to 200 characters in one line',
    ],
  ];
  for (const [answer, words] of cases) {
    assert.throws(() => read(answer), (error) => {
      assert.ok(error instanceof PackError);
      assert.equal(error.message, words);
      return true;
    });
  }
});

Deno.test("a name of every object's own in an answer is an unknown key, and changes nothing", () => {
  assert.throws(() => opinionOf('{"__proto__": {"targets": []}}', VIEW), { name: "PackError" });
  assert.throws(() => opinionOf('{"targets": [{"__proto__": null}]}', VIEW), { name: "PackError" });
  assert.throws(() => opinionOf('{"constructor": 1}', VIEW), { name: "PackError" });
});

Deno.test("whatever a pack answers, it is an opinion that kbot can act on or a PackError", () => {
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.integer(),
    fc.constantFrom("bid", "ask", "good_till_canceled", "immediate_or_cancel", "late", null, true),
  );
  const mostly = (right: fc.Arbitrary<unknown>) =>
    fc.oneof({ arbitrary: right, weight: 19 }, { arbitrary: odd, weight: 1 });
  const answers = fc.oneof(
    fc.jsonValue(),
    fc.record({
      targets: fc.array(
        fc.record({
          side: mostly(fc.constantFrom("bid", "ask")),
          price: mostly(fc.integer({ min: -1, max: 1_001 }).map((tenths) => tenths * 10)),
          count: mostly(fc.integer({ min: 0, max: 10_000 })),
          timeInForce: mostly(fc.constantFrom("good_till_canceled", "immediate_or_cancel")),
          signal: mostly(fc.constant("late")),
          kelly: mostly(fc.double({ min: 0, max: 1, noNaN: true })),
          postOnly: mostly(fc.boolean()),
          probability: mostly(fc.double({ min: 0, max: 1 })),
        }, { requiredKeys: ["side", "price", "count", "timeInForce", "signal", "kelly"] }),
        { maxLength: 3 },
      ),
      edge: mostly(fc.constant(0.01)),
    }, { requiredKeys: ["targets"] }),
  );
  let accepted = 0;
  fc.assert(
    fc.property(answers, (answer) => {
      try {
        const { targets, refusal } = read(answer);
        assert.equal(targets.length === 0, refusal !== null);
        for (const target of targets) {
          accepted++;
          assert.ok(VIEW.grid.has(price(target.price)) && count(target.count) > 0);
          assert.ok(target.kelly >= 0 && target.kelly <= 1);
          for (const figure of Object.values(target.evidence)) assert.ok(figure === null || Number.isFinite(figure));
        }
      } catch (error) {
        assert.ok(error instanceof PackError, String(error));
      }
    }),
    { numRuns: Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000 },
  );
  assert.ok(accepted > 0, "no answer was ever accepted");
});
