import assert from "node:assert/strict";
import { money } from "../core/units.ts";
import { calcEventKelly, type CalcEventKellyResult, eventKellyOf, parseOutcomes } from "./calc_event_kelly.ts";

const FILE = {
  probabilities: [0.5, 0.3, 0.2],
  bets: [
    { name: "low", cost: 0.4, payoffs: [1, 0, 0] },
    { name: "middle", cost: 0.25, payoffs: [0, 1, 0] },
  ],
};

const OPTIONS = {
  outcomes: "",
  bankroll: money(1_000_000_000),
  fraction: 1,
  mode: "scale",
  leastEdge: 0.02,
  targetEdge: undefined,
} as const;

async function withFile(text: string, test: (file: string) => void): Promise<void> {
  const file = await Deno.makeTempFile({ prefix: "kbot-outcomes-" });
  try {
    await Deno.writeTextFile(file, text);
    test(file);
  } finally {
    await Deno.remove(file);
  }
}

function sized(result: CalcEventKellyResult | { readonly error: string }): CalcEventKellyResult {
  assert.ok("stakes" in result, JSON.stringify(result));
  return result;
}

Deno.test("the bets of a file are sized together, by the closed form where each pays on one outcome", () =>
  withFile(JSON.stringify(FILE), (file) => {
    const result = sized(eventKellyOf({ ...OPTIONS, outcomes: file }));
    // What is kept back is 0.2 / 0.35 of the bankroll; each is staked p - that x cost.
    assert.deepEqual(result, {
      stakes: [
        { name: "low", edge: 0.1, fraction: 0.271429, stake: "271.428571", contracts: "678.57" },
        { name: "middle", edge: 0.05, fraction: 0.157143, stake: "157.142857", contracts: "628.57" },
      ],
      staked: "428.571428",
    });
  }));

Deno.test("fraction, sizing, least edge, caps and position are heeded", () => {
  const stakes = (options: Partial<typeof OPTIONS> | object, file: object = {}) =>
    sized(calcEventKelly({ ...FILE, ...file }, { ...OPTIONS, ...options })).stakes.map(({ stake }) => stake);
  assert.deepEqual(stakes({ fraction: 0.25 }), ["67.857142", "39.285714"]);
  assert.deepEqual(stakes({ leastEdge: 0.06 })[1], "0.000000");
  const capped = sized(calcEventKelly(FILE, { ...OPTIONS, mode: "cap", fraction: 0.1 }));
  assert.ok(capped.staked === "100.000000" || capped.staked === "99.999999", capped.staked);
  const [low, middle] = FILE.bets;
  assert.equal(stakes({}, { bets: [{ ...low, cap: 10 }, { ...middle, depth: 8 }] }).join(), "10.000000,2.000000");
  assert.deepEqual(stakes({}, { position: { payoffs: [3_000, 3_000, 0], cost: 1_000 } }), ["0.000000", "0.000000"]);
});

Deno.test("a file that is no such file is refused with the place", async () => {
  const cases: [string, RegExp][] = [
    ["{", /is no JSON: it begins with "\{"/],
    ["[]", /the whole: /],
    [JSON.stringify({ ...FILE, bets: [{ name: "low", cost: "0.4", payoffs: [1, 0, 0] }] }), /: bets\.0\.cost: /],
    [JSON.stringify({ ...FILE, bet: 1 }), /the whole: .*bet/],
    [JSON.stringify({ ...FILE, probabilities: [0.5, 0.2, 0.2] }), /must add up to 1, found 0\.89/],
    [JSON.stringify({ ...FILE, probabilities: [0.5, 0.5] }), /low pays 0 to 1000 in each of 2 states, found 1, 0, 0/],
  ];
  for (const [text, expected] of cases) {
    await withFile(text, (file) => {
      const result = eventKellyOf({ ...OPTIONS, outcomes: file });
      assert.ok("error" in result, text);
      assert.match(result.error, expected);
    });
  }
  const missing = eventKellyOf({ ...OPTIONS, outcomes: "/does/not/exist.json" });
  assert.ok("error" in missing);
  assert.match(missing.error, /^Cannot read \/does\/not\/exist\.json: /);
  assert.ok("error" in parseOutcomes("null", "here"));
});
