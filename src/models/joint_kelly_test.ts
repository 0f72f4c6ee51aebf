import assert from "node:assert/strict";
import fc from "fast-check";
import { type EventInstrument, type JointBet, jointKelly, type JointStakes } from "./joint_kelly.ts";
import { payoffsAbove, payoffsOn, statesOfLadder } from "./joint_kelly_states.ts";
import { feeAdjustedKelly, type KellySizing, sizedKelly } from "./kelly.ts";

/** Full Kelly, whatever the edge. */
const FULL: KellySizing = { fraction: 1, mode: "scale", leastEdge: -1, targetEdge: -1 };

type Sized = Extract<JointStakes, { ok: true }>;

function sized(bet: JointBet, sizing: KellySizing = FULL): Sized {
  const result = jointKelly(bet, sizing);
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

const stakesOf = ({ stakes }: Sized): number[] => stakes.map(({ stake }) => stake);

/** Wealth in each state with these stakes. */
const wealthIn = ({ probabilities, instruments, wealth, position }: JointBet, stakes: readonly number[]): number[] =>
  probabilities.map((_, state) =>
    instruments.reduce(
      (sum, { payoffs, cost }, at) => sum + stakes[at] * (payoffs[state] / cost - 1),
      wealth - (position?.cost ?? 0) + (position?.payoffs[state] ?? 0),
    )
  );

const growthOf = (bet: JointBet, stakes: readonly number[]): number =>
  wealthIn(bet, stakes).reduce((sum, wealth, state) => {
    const probability = bet.probabilities[state];
    return probability === 0 ? sum : sum + probability * (wealth > 0 ? Math.log(wealth) : -Infinity);
  }, 0);

/** Where a concave function of one number is greatest. */
function goldenSection(value: (at: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  for (let k = 0; k < 60; k++) {
    const a = high - ratio * (high - low);
    const b = low + ratio * (high - low);
    if (value(a) < value(b)) low = a;
    else high = b;
  }
  return (low + high) / 2;
}

/** Another way to the best stakes: each alone and every two against each other, over and over. */
function bruteForce(bet: JointBet): number[] {
  const { instruments, wealth, position, budget = Infinity } = bet;
  const total = Math.min(budget, wealth - (position?.cost ?? 0));
  const caps = instruments.map(({ cap = Infinity, depth = Infinity, cost }) => Math.min(cap, depth * cost, total));
  const stakes = instruments.map(() => 0);
  const along = (change: (stakes: number[], by: number) => void, low: number, high: number) => {
    const at = (by: number) => {
      const moved = [...stakes];
      change(moved, by);
      return moved;
    };
    const best = goldenSection((by) => growthOf(bet, at(by)), low, high);
    if (growthOf(bet, at(best)) > growthOf(bet, stakes)) change(stakes, best);
  };
  for (let sweep = 0; sweep < 120; sweep++) {
    const before = growthOf(bet, stakes);
    for (let i = 0; i < stakes.length; i++) {
      const left = total - stakes.reduce((sum, stake) => sum + stake, 0);
      along((moved, by) => moved[i] += by, -stakes[i], Math.min(left, caps[i] - stakes[i]));
      for (let j = 0; j < i; j++) {
        along(
          (moved, by) => {
            moved[i] += by;
            moved[j] -= by;
          },
          -Math.min(stakes[i], caps[j] - stakes[j]),
          Math.min(stakes[j], caps[i] - stakes[i]),
        );
      }
    }
    if (growthOf(bet, stakes) - before < 1e-13) break;
  }
  return stakes;
}

const unit = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const instrument = (states: number): fc.Arbitrary<EventInstrument> =>
  fc.record({
    name: fc.constant("i"),
    cost: unit(0.01, 0.99),
    payoffs: fc.array(fc.constantFrom(0, 1), { minLength: states, maxLength: states }),
    cap: fc.option(unit(0, 400), { nil: undefined }),
    depth: fc.option(unit(0, 400), { nil: undefined }),
  }, { requiredKeys: ["name", "cost", "payoffs"] });

/** An event with prices that are somewhere near its probabilities, or not at all. */
const jointBet = (most: number): fc.Arbitrary<JointBet> =>
  fc.integer({ min: 1, max: most }).chain((states) =>
    fc.record({
      weights: fc.array(fc.oneof({ weight: 5, arbitrary: unit(0.01, 1) }, fc.constantFrom(0, 1e-9)), {
        minLength: states,
        maxLength: states,
      }),
      instruments: fc.array(instrument(states), { maxLength: 2 * most }),
      wealth: unit(100, 1_000),
      budget: fc.option(unit(0, 500), { nil: undefined }),
      position: fc.option(
        fc.record({
          payoffs: fc.array(unit(0, 300), { minLength: states, maxLength: states }),
          cost: unit(0, 90),
        }),
        { nil: undefined },
      ),
    }).filter(({ weights }) => weights.some((weight) => weight > 0.001)).map(({ weights, ...rest }) => {
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return { ...rest, probabilities: weights.map((weight) => weight / sum) };
    })
  );

Deno.test("no state leaves a negative wealth, no cap and no budget is passed", () => {
  fc.assert(
    fc.property(
      jointBet(6),
      unit(0, 1),
      fc.constantFrom("scale", "cap"),
      unit(-1, 0.1),
      (bet, fraction, mode, least) => {
        const result = sized(bet, { fraction, mode, leastEdge: least, targetEdge: 0.2 });
        const stakes = stakesOf(result);
        let spent = 0;
        for (const [at, { cost, cap = Infinity, depth = Infinity }] of bet.instruments.entries()) {
          assert.ok(stakes[at] >= 0 && stakes[at] <= Math.min(cap, depth * cost), `stake ${stakes[at]}`);
          if (stakes[at] > 0) assert.ok(result.stakes[at].edge >= least);
          spent += stakes[at];
        }
        assert.ok(spent <= (bet.budget ?? Infinity) * (1 + 1e-15));
        assert.ok(spent <= fraction * bet.wealth * (1 + 1e-15));
        for (const wealth of wealthIn(bet, stakes)) assert.ok(wealth >= -1e-9, `wealth ${wealth}`);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("the answer proves itself: nothing could gain more than a hundred-billionth", () => {
  fc.assert(
    fc.property(jointBet(8), (bet) => {
      const { gap, steps } = sized(bet);
      // Of a state's wealth the last bit counts one over its probability: where that is small, the proof is coarser.
      const least = Math.min(...bet.probabilities.filter((probability) => probability > 0));
      assert.ok(gap <= 1e-10 + 1e-15 / least, `gap ${gap} after ${steps} steps`);
      assert.ok(steps <= 300, `${steps} steps`);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("no small allowed change is for the better (Karush, Kuhn and Tucker)", () => {
  fc.assert(
    fc.property(jointBet(5), (bet) => {
      const stakes = stakesOf(sized(bet));
      const wealth = wealthIn(bet, stakes);
      const spent = stakes.reduce((sum, stake) => sum + stake, 0);
      const total = Math.min(bet.budget ?? Infinity, bet.wealth - (bet.position?.cost ?? 0));
      const gradient = bet.instruments.map(({ payoffs, cost }) =>
        bet.wealth *
        bet.probabilities.reduce((sum, probability, state) =>
          probability === 0 ? sum : sum + probability * (payoffs[state] / cost - 1) / wealth[state], 0)
      );
      const slack = 1e-6 * bet.wealth;
      const mayRise = bet.instruments.map(({ cap = Infinity, depth = Infinity, cost }, at) =>
        stakes[at] < Math.min(cap, depth * cost) - slack
      );
      for (const [i, rise] of gradient.entries()) {
        if (mayRise[i] && spent < total - slack) assert.ok(rise <= 1e-4, `${i} may still rise by ${rise}`);
        if (stakes[i] > slack) assert.ok(rise >= -1e-4, `${i} should fall by ${rise}`);
        for (const [j, fall] of gradient.entries()) {
          if (mayRise[i] && stakes[j] > slack) assert.ok(rise - fall <= 1e-4, `${i} should replace ${j}`);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("a search by brute force finds nothing better", () => {
  fc.assert(
    fc.property(jointBet(3), (bet) => {
      const found = growthOf(bet, stakesOf(sized(bet)));
      const searched = growthOf(bet, bruteForce(bet));
      assert.ok(found >= searched - 1e-9, `${found} against ${searched}`);
    }),
    { numRuns: 60 },
  );
});

/**
 * The closed form where each state has one bet that pays on it alone (J. Kelly 1956): the best by p / cost are staked
 * p - reserve x cost each, where the reserve is what is not staked.
 */
function exclusiveKelly(probabilities: readonly number[], costs: readonly number[]): number[] {
  const order = costs.map((_, at) => at).sort((a, b) => probabilities[b] / costs[b] - probabilities[a] / costs[a]);
  let reserve = 1;
  let p = 0;
  let c = 0;
  for (const at of order) {
    if (probabilities[at] / costs[at] <= reserve) break;
    p += probabilities[at];
    c += costs[at];
    reserve = (1 - p) / (1 - c);
  }
  return costs.map((cost, at) => Math.max(0, probabilities[at] - reserve * cost));
}

Deno.test("bets on single outcomes are those of the closed form", () => {
  const weights = fc.array(unit(0.02, 1), { minLength: 3, maxLength: 12 });
  fc.assert(
    fc.property(weights, weights, unit(1.02, 1.3), (first, second, overround) => {
      const states = Math.min(first.length, second.length);
      const shares = (values: number[]) => {
        const sum = values.slice(0, states).reduce((total, value) => total + value, 0);
        return values.slice(0, states).map((value) => value / sum);
      };
      const probabilities = shares(first);
      const costs = shares(second).map((share) => share * overround);
      const instruments = costs.map((cost, at) => ({ name: `${at}`, cost, payoffs: payoffsOn(states, at, "yes") }));
      const { stakes } = sized({ probabilities, instruments, wealth: 1_000 });
      for (const [at, expected] of exclusiveKelly(probabilities, costs).entries()) {
        assert.ok(Math.abs(stakes[at].fraction - expected) < 1e-7, `${stakes[at].fraction} against ${expected}`);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("a single bet is sized as it is alone, in both modes and at every edge", () => {
  const sizings = fc.record({
    fraction: unit(0, 1),
    mode: fc.constantFrom("scale" as const, "cap" as const),
    leastEdge: unit(0, 0.05),
    targetEdge: unit(0.05, 0.2),
  });
  fc.assert(
    fc.property(
      unit(0.01, 0.99),
      unit(0.01, 0.95),
      unit(0, 0.02),
      unit(0, 0.02),
      sizings,
      (p, price, fee, last, sizing) => {
        const single = { probability: p, price, fee, settlementFee: last };
        const cost = price + fee;
        const bet = {
          probabilities: [p, 1 - p],
          instruments: [{ name: "yes", cost, payoffs: [1 - last, 0] }],
          wealth: 500,
        };
        const full = sized(bet).stakes[0].fraction;
        assert.ok(Math.abs(full - Math.max(0, feeAdjustedKelly(single))) < 1e-8);
        const [{ fraction, edge }] = sized(bet, sizing).stakes;
        // On the edge's threshold itself, the last bit decides.
        if (Math.abs(edge - sizing.leastEdge) < 1e-12) return;
        assert.ok(Math.abs(fraction - sizedKelly(single, sizing)) < 1e-8);
      },
    ),
    { numRuns: 1_000 },
  );
});

Deno.test("more of a cap never lowers the expected logarithm of wealth", () => {
  fc.assert(
    fc.property(jointBet(5), unit(1, 3), (bet, more) => {
      const wider = {
        ...bet,
        instruments: bet.instruments.map((each) => ({ ...each, cap: (each.cap ?? 100) * more })),
      };
      const narrower = { ...bet, instruments: bet.instruments.map((each) => ({ ...each, cap: each.cap ?? 100 })) };
      assert.ok(growthOf(wider, stakesOf(sized(wider))) >= growthOf(narrower, stakesOf(sized(narrower))) - 1e-9);
    }),
    { numRuns: 500 },
  );
});

/** A weather event: ten buckets, YES and NO of each. */
function buckets(): JointBet {
  const probabilities = [0.01, 0.03, 0.08, 0.17, 0.24, 0.21, 0.14, 0.07, 0.04, 0.01];
  const asks = [0.03, 0.05, 0.06, 0.14, 0.26, 0.24, 0.11, 0.09, 0.05, 0.03];
  const instruments = asks.flatMap((ask, at) => [
    { name: `${at} yes`, cost: ask + 0.01, payoffs: payoffsOn(10, at, "yes") },
    { name: `${at} no`, cost: 1 - ask + 0.03, payoffs: payoffsOn(10, at, "no") },
  ]);
  return { probabilities, instruments, wealth: 1_000 };
}

const isSmall = (value: number): boolean => Math.abs(value) < 1e-4;

Deno.test("asked again with what it bought in the position, it wants nothing more", () => {
  for (const mode of ["scale", "cap"] as const) {
    for (const targetEdge of [0, 0.05]) {
      const sizing: KellySizing = { fraction: 0.25, mode, leastEdge: 0, targetEdge };
      const bet = buckets();
      const bought = stakesOf(sized(bet, sizing));
      assert.ok(bought.filter((stake) => stake > 1).length >= 2, bought.join());
      const position = {
        cost: bought.reduce((sum, stake) => sum + stake, 0),
        payoffs: bet.probabilities.map((_, state) =>
          bet.instruments.reduce((sum, { cost, payoffs }, at) => sum + bought[at] / cost * payoffs[state], 0)
        ),
      };
      const instruments = bet.instruments.map((each, at) => ({ ...each, held: bought[at] }));
      const more = stakesOf(sized({ ...bet, instruments, position }, sizing));
      if (targetEdge === 0) assert.ok(more.every(isSmall), `${mode}: ${more.join()}`);
      // With edges scaled, the rest is worth a little more than the same part of it was.
      else assert.ok(more.reduce((sum, stake) => sum + stake, 0) < 0.15 * position.cost, `${mode}: ${more.join()}`);
    }
  }
});

Deno.test("two bets on one event are together smaller than each alone, where both win on the same state", () => {
  const above = statesOfLadder([0.6, 0.5]);
  assert.ok(above.ok);
  const { probabilities } = above;
  const low = { name: "low", cost: 0.5, payoffs: payoffsAbove(3, 0, "yes") };
  const high = { name: "high", cost: 0.4, payoffs: payoffsAbove(3, 1, "yes") };
  const alone = (only: EventInstrument) => sized({ probabilities, instruments: [only], wealth: 100 }).stakes[0].stake;
  const [one, other] = stakesOf(sized({ probabilities, instruments: [low, high], wealth: 100 }));
  assert.ok(one + other < alone(low) + alone(high) - 5, `${one} and ${other}`);
});

Deno.test("what pays whatever happens takes the whole budget and no more", () => {
  const instruments = [
    { name: "yes", cost: 0.45, payoffs: [1, 0] },
    { name: "no", cost: 0.45, payoffs: [0, 1] },
  ];
  const [yes, no] = stakesOf(sized({ probabilities: [0.5, 0.5], instruments, wealth: 100 }));
  assert.ok(Math.abs(yes - 50) < 1e-6 && Math.abs(no - 50) < 1e-6, `${yes} ${no}`);
  const bound = { probabilities: [1, 0], instruments, wealth: 100 };
  const certain = stakesOf(sized(bound));
  assert.ok(Math.abs(certain[0] - 100) < 1e-9, "a state thought impossible cannot take more than is there");
  assert.ok(wealthIn(bound, certain).every((wealth) => wealth >= 0));
});

Deno.test("more held than the fraction allows: nothing is added", () => {
  const instruments = [{ name: "yes", cost: 0.4, payoffs: [1, 0] }];
  const position = { payoffs: [75, 0], cost: 30 };
  const bet = { probabilities: [0.6, 0.4], instruments, wealth: 100, position };
  assert.deepEqual(stakesOf(sized(bet, { ...FULL, fraction: 0.1 })), [0]);
  assert.deepEqual(stakesOf(sized({ ...bet, position: { payoffs: [300, 0], cost: 120 } })), [0]);
});

Deno.test("as many strikes as a ladder ever has are sized within the bound of steps", () => {
  const strikes = 100;
  const above = Array.from({ length: strikes }, (_, at) => 1 / (1 + Math.exp((at - 50) / 8)));
  const states = statesOfLadder(above);
  assert.ok(states.ok);
  const instruments = above.flatMap((probability, at) => {
    const price = Math.min(0.97, Math.max(0.02, probability + 0.04 * Math.sin(at * 1.7)));
    return [
      { name: `${at} yes`, cost: price + 0.01, payoffs: payoffsAbove(strikes + 1, at, "yes"), cap: 50 },
      { name: `${at} no`, cost: 1 - price + 0.01, payoffs: payoffsAbove(strikes + 1, at, "no"), cap: 50 },
    ];
  });
  const { gap, steps, growth } = sized({ probabilities: states.probabilities, instruments, wealth: 1_000 });
  assert.ok(gap < 1e-10 && growth > 0, `gap ${gap}, growth ${growth}, ${steps} steps`);
});

Deno.test("what is no bet gives a reason, never a number that is none", () => {
  const good: JointBet = {
    probabilities: [0.6, 0.4],
    instruments: [{ name: "T", cost: 0.5, payoffs: [1, 0] }],
    wealth: 100,
  };
  const [only] = good.instruments;
  const cases: [Partial<JointBet>, RegExp][] = [
    [{ probabilities: [] }, /1 to 512 states, found 0/],
    [{ probabilities: [0.6, 0.3] }, /add up to 1, found 0\.89/],
    [{ probabilities: [1.2, -0.2] }, /state 1 must be within 0 and 1, found 1\.2/],
    [{ probabilities: [NaN, 1] }, /state 1 must be within 0 and 1, found NaN/],
    [{ wealth: 0 }, /Wealth must be a micro-dollar or more, found 0/],
    [{ wealth: Infinity }, /Wealth .* found Infinity/],
    [{ budget: NaN }, /Budget must be 0 or more, found NaN/],
    [{ position: { payoffs: [1], cost: 1 } }, /position pays 0 or more in each of 2 states, found 1/],
    [{ position: { payoffs: [1, 1], cost: -1 } }, /position cost must be 0 or more, found -1/],
    [{ instruments: [{ ...only, cost: 0 }] }, /Cost of T must be a micro-dollar or more, found 0/],
    [{ instruments: [{ ...only, payoffs: [1] }] }, /T pays 0 to 1000 in each of 2 states, found 1/],
    [{ instruments: [{ ...only, payoffs: [1, NaN] }] }, /T pays .* found 1, NaN/],
    [{ instruments: [{ ...only, depth: -1 }] }, /Depth of T must be 0 or more, found -1/],
    [{ instruments: [{ ...only, cap: NaN }] }, /Cap of T must be 0 or more, found NaN/],
    [{ instruments: [{ ...only, held: NaN }] }, /staked on T must be 0 or more, found NaN/],
    [{ instruments: Array.from({ length: 1_025 }, () => only) }, /At most 1024 instruments .* found 1025/],
  ];
  for (const [wrong, expected] of cases) {
    const result = jointKelly({ ...good, ...wrong });
    assert.ok(!result.ok, JSON.stringify(wrong));
    assert.match(result.reason, expected);
  }
  for (const wrong of [{ fraction: 2 }, { leastEdge: NaN }, { targetEdge: -0.5 }]) {
    assert.equal(jointKelly(good, { ...FULL, leastEdge: 0, targetEdge: 0, ...wrong }).ok, false, JSON.stringify(wrong));
  }
});

Deno.test("a ladder's states lie between its strikes, and strikes out of order are refused", () => {
  assert.deepEqual(statesOfLadder([0.75, 0.5, 0.5]), { ok: true, probabilities: [0.25, 0.25, 0, 0.5] });
  assert.deepEqual(statesOfLadder([]), { ok: true, probabilities: [1] });
  for (const wrong of [[0.5, 0.6], [1.1], [NaN]]) assert.equal(statesOfLadder(wrong).ok, false, wrong.join());
  assert.deepEqual(payoffsAbove(3, 0, "yes"), [0, 1, 1]);
  assert.deepEqual(payoffsAbove(3, 1, "no", 0.99), [0.99, 0.99, 0]);
});

Deno.test("whatever numbers it is given, it answers with stakes that are numbers or with a reason", () => {
  const wild = fc.oneof(
    fc.double(),
    fc.constantFrom(0, -0, 1, NaN, Infinity, -Infinity, 1e-6, 1e-300, 5e-324, 2 ** 53 - 1, 1e300),
    unit(0, 1),
  );
  const anyOf = <T>(sane: fc.Arbitrary<T>, other: fc.Arbitrary<T>) => fc.oneof({ weight: 9, arbitrary: sane }, other);
  const payoffs = fc.array(anyOf(fc.constantFrom(0, 1, 1_000), wild), { minLength: 3, maxLength: 3 });
  const bets = fc.record({
    probabilities: anyOf(
      fc.constantFrom<readonly number[]>([0.2, 0.3, 0.5], [1, 0, 0], [1e-300, 0, 1], [1 / 3, 1 / 3, 1 / 3]),
      fc.array(wild, { minLength: 3, maxLength: 3 }),
    ),
    instruments: fc.array(
      fc.record({
        name: fc.constant("T"),
        cost: anyOf(fc.oneof(unit(0.01, 0.99), fc.constantFrom(1e-6, 1, 2 ** 53 - 1)), wild),
        payoffs,
        cap: anyOf(unit(0, 1e6), wild),
        depth: anyOf(unit(0, 1e6), wild),
        held: anyOf(unit(0, 100), wild),
      }, { requiredKeys: ["name", "cost", "payoffs"] }),
      { maxLength: 6 },
    ),
    wealth: anyOf(fc.oneof(unit(1, 1e6), fc.constantFrom(1e-6, 2 ** 53 - 1)), wild),
    budget: anyOf(unit(0, 1e6), wild),
    position: fc.record({ payoffs, cost: anyOf(unit(0, 1), wild) }),
  }, { requiredKeys: ["probabilities", "instruments", "wealth"] });
  const sizings = fc.record({
    fraction: anyOf(unit(0, 1), wild),
    mode: fc.constantFrom("scale" as const, "cap" as const),
    leastEdge: anyOf(unit(-1, 0), wild),
    targetEdge: anyOf(unit(0, 1), wild),
  });
  let answered = 0;
  fc.assert(
    fc.property(bets, sizings, (bet, sizing) => {
      const result = jointKelly(bet, sizing);
      if (!result.ok) return assert.match(result.reason, /^[A-Z].*[^.]$/s);
      answered++;
      const { growth, gap } = result;
      for (const { stake, fraction, contracts, edge } of result.stakes) {
        assert.ok([stake, fraction, contracts, edge].every(Number.isFinite), JSON.stringify(result));
        assert.ok(stake >= 0 && stake <= bet.wealth);
      }
      assert.ok(growth >= 0 && gap >= 0, `growth ${growth}, gap ${gap}`);
    }),
    { numRuns: Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000 },
  );
  assert.ok(answered > 1_000, `only ${answered} could be sized`);
});
