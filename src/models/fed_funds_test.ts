import assert from "node:assert/strict";
import fc from "fast-check";
import { formatTime, type Micros, parseTime } from "../core/units.ts";
import {
  decisionProbability,
  FED_FUNDS_DEFAULTS,
  type FedFundsOptions,
  type FedOutlook,
  fedOutlook,
  type FedRates,
  upperBoundAbove,
} from "./fed_funds.ts";
import { FOMC_MEETINGS, fomcMeeting } from "./fomc_meetings.ts";

function time(text: string): Micros {
  const at = parseTime(text);
  assert.ok(at !== null, text);
  return at;
}

const NOVEMBER = time("2026-11-20T15:00:00Z");
const OUTCOMES = [["cut", 26], ["cut", 25], ["hold", 0], ["hike", 25], ["hike", 26]] as const;

/** Prices of contracts from December 2026 on. */
function rates(prices: readonly number[], change: Partial<FedRates> = {}): FedRates {
  const futures = prices.map((price, k) => {
    const month = new Date(Date.UTC(2026, 11 + k, 1)).toISOString().slice(0, 7);
    return { month, price };
  });
  return {
    effective: { day: "2026-11-19", rate: 3.63 },
    target: { lower: 3.5, upper: 3.75 },
    futures,
    sourceTime: time("2026-11-20T14:55:00Z"),
    ...change,
  };
}

function outlookOf(input: FedRates, now = NOVEMBER, options: FedFundsOptions = FED_FUNDS_DEFAULTS): FedOutlook {
  const outlook = fedOutlook(input, now, options);
  assert.ok(outlook.ok, JSON.stringify(outlook));
  return outlook.value;
}

function near(actual: number | null, expected: number): void {
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
}

Deno.test("a month is split at its meeting: December 2026, worked by hand", () => {
  // Nine days at the old rate, 22 at the new one: (31 x 3.559 - 9 x 3.63) / 22 = 77.659 / 22.
  const outlook = outlookOf(rates([96.441, 96.48, 96.52]));
  const [december, january] = outlook.meetings;
  assert.deepEqual([december.meeting.day, december.method], ["2026-12-09", "split"]);
  near(december.before, 3.63);
  near(december.after, 77.659 / 22);
  const cut = (3.63 - 77.659 / 22) / 0.25;
  near(cut, 0.40018181818181815);
  near(decisionProbability(outlook, 2026, 12, "cut", 25), cut);
  near(decisionProbability(outlook, 2026, 12, "hold", 0), 1 - cut);
  near(upperBoundAbove(outlook, 2026, 12, 3.5), 1 - cut);
  near(upperBoundAbove(outlook, 2026, 12, 3.25), 1);
  near(upperBoundAbove(outlook, 2026, 12, 3.75), 0);
  // 27 January leaves four days: February, which has no meeting, gives the rate after it.
  assert.deepEqual([january.meeting.day, january.method], ["2027-01-27", "next_month"]);
  near(january.after, 3.48);
  const again = (77.659 / 22 - 3.48) / 0.25;
  near(decisionProbability(outlook, 2027, 1, "cut", 25), again);
  assert.deepEqual(january.upperBounds.map(({ basisPoints }) => basisPoints), [325, 350, 375]);
  near(january.upperBounds[0].probability, cut * again);
  near(january.upperBounds[1].probability, cut * (1 - again) + (1 - cut) * again);
  near(january.upperBounds[2].probability, (1 - cut) * (1 - again));
});

Deno.test("the day of the decision may count at the new rate: December 2026, worked by hand", () => {
  // Eight days at the old rate, 23 at the new one: (31 x 3.559 - 8 x 3.63) / 23 = 81.289 / 23.
  const outlook = outlookOf(rates([96.441]), NOVEMBER, { ...FED_FUNDS_DEFAULTS, decisionDay: "new_rate" });
  near(outlook.meetings[0].after, 81.289 / 23);
  near(decisionProbability(outlook, 2026, 12, "cut", 25), (3.63 - 81.289 / 23) / 0.25);
});

Deno.test("a month without a meeting gives the rate before the next one", () => {
  const november = { month: "2026-11", price: 96.375 };
  const futures = [november, { month: "2026-12", price: 96.375 }];
  const [december] = outlookOf(rates([], { futures })).meetings;
  near(december.before, 3.625);
  near(december.after, 3.625);
});

Deno.test("where the next month has no meeting its average is the rate after: April 2026, worked by hand", () => {
  const futures = [{ month: "2026-05", price: 96.185 }];
  const input = rates([], { effective: { day: "2026-03-24", rate: 3.88 }, target: { lower: 3.75, upper: 4 }, futures });
  const outlook = outlookOf(input, time("2026-03-25T12:00:00Z"));
  assert.deepEqual(outlook.meetings.map(({ meeting, method }) => [meeting.day, method]), [[
    "2026-04-29",
    "next_month",
  ]]);
  near(decisionProbability(outlook, 2026, 4, "cut", 25), 0.065 / 0.25);
  assert.match(outlook.endsBecause ?? "", /meeting of 2026-06-17/);
});

Deno.test("a late meeting before a month with another is solved back from the anchor behind: worked by hand", () => {
  const meetings = [fomcMeeting("2026-09-28"), fomcMeeting("2026-10-21")];
  const futures = [{ month: "2026-09", price: 96.4 }, { month: "2026-10", price: 96.5 }, {
    month: "2026-11",
    price: 96.6,
  }];
  const input = rates([], { effective: { day: "2026-09-10", rate: 3.63 }, futures });
  const outlook = outlookOf(input, time("2026-09-11T12:00:00Z"), { ...FED_FUNDS_DEFAULTS, meetings });
  // October: 21 days before, 10 after at November's 3.40: (31 x 3.50 - 10 x 3.40) / 21 = 74.5 / 21.
  assert.deepEqual(outlook.meetings.map(({ method }) => method), ["back", "next_month"]);
  near(outlook.meetings[0].after, 74.5 / 21);
  near(outlook.meetings[1].before, 74.5 / 21);
  near(outlook.meetings[1].after, 3.4);
  assert.equal(outlook.endsBecause, null);
});

Deno.test("a move of more than 25 basis points is split between adjacent steps", () => {
  // February's 3.23 is 1.6 steps below 3.63.
  const meetings = [fomcMeeting("2027-01-27")];
  const outlook = outlookOf(rates([96.37, 96.37, 96.77]), NOVEMBER, { ...FED_FUNDS_DEFAULTS, meetings });
  near(decisionProbability(outlook, 2027, 1, "cut", 26), 0.6);
  near(decisionProbability(outlook, 2027, 1, "cut", 25), 0.4);
  near(decisionProbability(outlook, 2027, 1, "hold", 0), 0);
  near(upperBoundAbove(outlook, 2027, 1, 3.25), 0.4);
  near(upperBoundAbove(outlook, 2027, 1, 3.24), 1);
});

Deno.test("a hike is counted as one", () => {
  const meetings = [fomcMeeting("2027-01-27")];
  const outlook = outlookOf(rates([96.37, 96.37, 96.07]), NOVEMBER, { ...FED_FUNDS_DEFAULTS, meetings });
  near(decisionProbability(outlook, 2027, 1, "hike", 25), 0.8);
  near(decisionProbability(outlook, 2027, 1, "hike", 26), 0.2);
  near(upperBoundAbove(outlook, 2027, 1, 4), 0.2);
});

/** In the afternoon after the decision of 9 December 2026: the newest effective rate is of the day before it. */
const DECIDED = time("2026-12-09T21:00:00Z");
const decided = (prices: readonly number[], change: Partial<FedRates> = {}): FedRates =>
  rates(prices, { effective: { day: "2026-12-08", rate: 3.63 }, sourceTime: time("2026-12-09T20:55:00Z"), ...change });

Deno.test("after a decision the contracts tell what it was before the rates do: December 2026, worked by hand", () => {
  // Nine days at 3.63 and 22 after a cut at 3.38: 107.03 / 31 = 3.45258, in quarter basis points 3.4525.
  // From that (31 x 3.4525 - 9 x 3.63) / 22 = 3.37989 after the meeting: 1.0005 steps down, so it was one.
  const outlook = outlookOf(decided([96.5475, 96.62, 96.645]), DECIDED);
  const [january] = outlook.meetings;
  assert.deepEqual([january.meeting.day, january.method], ["2027-01-27", "next_month"]);
  near(january.before, 3.38);
  near(january.after, 3.355);
  near(decisionProbability(outlook, 2027, 1, "cut", 25), 0.025 / 0.25);
  near(upperBoundAbove(outlook, 2027, 1, 3.25), 0.9);
  near(upperBoundAbove(outlook, 2027, 1, 3.5), 0);
  assert.equal(decisionProbability(outlook, 2026, 12, "cut", 25), null, "what is decided is no outlook");
});

Deno.test("a late decision is told by the next month's contract: October 2026, worked by hand", () => {
  // November has no meeting: its 3.88 is one step above 3.63. December: (31 x 3.88 - 9 x 3.88) / 22 = 3.88.
  const futures = [["2026-10", 96.345], ["2026-11", 96.12], ["2026-12", 96.12]] as const;
  const input = rates([], {
    effective: { day: "2026-10-28", rate: 3.63 },
    futures: futures.map(([month, price]) => ({ month, price })),
    sourceTime: time("2026-10-29T20:00:00Z"),
  });
  const [december] = outlookOf(input, time("2026-10-29T20:05:00Z")).meetings;
  near(december.before, 3.88);
  assert.deepEqual(december.upperBounds.map(({ basisPoints }) => basisPoints), [400]);
});

Deno.test("what was decided is the same whether contracts or the effective rate tell it", () => {
  for (const [steps, rate, upper] of [[-2, 3.13, 3.25], [-1, 3.38, 3.5], [0, 3.63, 3.75], [1, 3.88, 4]] as const) {
    const prices = [100 - (9 * 3.63 + 22 * rate) / 31, 100 - rate, 100 - rate + 0.1, 100 - rate + 0.1];
    const told = decided(prices, {
      effective: { day: "2026-12-10", rate },
      target: { lower: upper - 0.25, upper },
      sourceTime: time("2026-12-11T14:55:00Z"),
    });
    const [contracts, effective] = [outlookOf(decided(prices), DECIDED), outlookOf(told, time("2026-12-11T15:00:00Z"))];
    assert.equal(contracts.meetings.length, effective.meetings.length);
    for (const [k, meeting] of contracts.meetings.entries()) {
      near(meeting.before, effective.meetings[k].before);
      const bounds = meeting.upperBounds.map(({ basisPoints }) => basisPoints);
      assert.deepEqual(bounds, effective.meetings[k].upperBounds.map(({ basisPoints }) => basisPoints), `${steps}`);
    }
  }
});

const YEAR = 14;

Deno.test("prices that do not move mean a hold for certain at every meeting, by both counts of days", () => {
  for (const decisionDay of ["old_rate", "new_rate"] as const) {
    for (const [rate, upper] of [[3.63, 3.75], [0.08, 0.25], [5.33, 5.5]]) {
      const input = rates(Array(YEAR).fill(100 - rate), {
        effective: { day: "2026-11-19", rate },
        target: { lower: upper - 0.25, upper },
      });
      const outlook = outlookOf(input, NOVEMBER, { ...FED_FUNDS_DEFAULTS, decisionDay });
      assert.equal(outlook.meetings.length, 9);
      for (const { moves, upperBounds, meeting } of outlook.meetings) {
        assert.deepEqual(moves, [{ steps: 0, probability: 1 }], meeting.day);
        assert.deepEqual(upperBounds, [{ basisPoints: upper * 100, probability: 1 }]);
      }
    }
  }
});

/** Effective rates that each meeting leaves, as prices of the months after and in between. */
const PRICES = fc.array(fc.integer({ min: 9_550, max: 9_740 }), { minLength: YEAR, maxLength: YEAR })
  .map((hundredths) => hundredths.map((value) => value / 100));

Deno.test("outcomes of a meeting sum to one, bounds too, and a higher threshold is never more probable", () => {
  fc.assert(fc.property(PRICES, fc.constantFrom("old_rate" as const, "new_rate" as const), (prices, decisionDay) => {
    const outlook = outlookOf(rates(prices), NOVEMBER, { ...FED_FUNDS_DEFAULTS, decisionDay });
    for (const { meeting, upperBounds } of outlook.meetings) {
      const [year, month] = meeting.month.split("-").map(Number);
      const outcomes = OUTCOMES.map(([move, points]) => decisionProbability(outlook, year, month, move, points) ?? NaN);
      assert.ok(outcomes.every((each) => each >= 0 && each <= 1), JSON.stringify(outcomes));
      near(outcomes.reduce((sum, each) => sum + each, 0), 1);
      near(upperBounds.reduce((sum, { probability }) => sum + probability, 0), 1);
      let last = 1;
      for (let threshold = -3; threshold <= 9; threshold += 0.25) {
        const above = upperBoundAbove(outlook, year, month, threshold) ?? NaN;
        assert.ok(above >= 0 && above <= last, `${above} after ${last}`);
        last = above;
      }
    }
  }));
});

Deno.test("the expected bound moves by what the futures imply", () => {
  fc.assert(fc.property(PRICES, (prices) => {
    const outlook = outlookOf(rates(prices));
    for (const { upperBounds, after } of outlook.meetings) {
      const mean = upperBounds.reduce((sum, bound) => sum + bound.basisPoints * bound.probability, 0);
      assert.ok(Math.abs(mean - (375 + (after - 3.63) * 100)) < 1e-3, `${mean} for a rate of ${after}`);
    }
  }));
});

Deno.test("a lower price after a meeting never makes a higher bound less probable", () => {
  const meetings = [fomcMeeting("2027-01-27")];
  let last = 0;
  for (let price = 97; price > 95.7; price -= 0.005) {
    const outlook = outlookOf(rates([96.37, 96.37, price]), NOVEMBER, { ...FED_FUNDS_DEFAULTS, meetings });
    const above = upperBoundAbove(outlook, 2027, 1, 3.5) ?? NaN;
    assert.ok(above >= last - 1e-12);
    last = above;
  }
});

const REFUSED: readonly (readonly [claim: string, input: FedRates, now: string, reason: RegExp])[] = [
  ["no effective rate", rates([96.4], { effective: null }), "2026-11-20", /Effective rate unknown/],
  ["no target range", rates([96.4], { target: null }), "2026-11-20", /Target range unknown/],
  ["a range off the steps", rates([96.4], { target: { lower: 3.5, upper: 3.7 } }), "2026-11-20", /not on a step/],
  ["no contract", rates([]), "2026-11-20", /do not tell the rate after the meeting of 2026-12-09/],
  ["a price that is no number", rates([NaN]), "2026-11-20", /contract for 2026-12 is no number/],
  ["an old effective rate", rates([96.4]), "2026-12-01", /too old/],
  [
    "a rate and prices from before a decision",
    decided([96.5475, 96.62, 96.645], { sourceTime: time("2026-12-09T19:14:59Z") }),
    "2026-12-10",
    /Effective rate is of 2026-12-08, prices are of 2026-12-09T19:14:59.*: from before the decision of 2026-12-09/,
  ],
  // 3.405 after the meeting, nine tenths of a step below 3.63: (9 x 3.63 + 22 x 3.405) / 31 = 3.4703.
  [
    "prices after a decision that leave open what it was",
    decided([96.525, 96.595]),
    "2026-12-10",
    /imply a rate of 3.41 % after 3.63 % on 2026-12-09, which is no decision in steps of 0.25 %/,
  ],
  ["a decision, but no contract", decided([]), "2026-12-10", /do not tell the rate after the meeting of 2026-12-09/],
  ["a decision that nobody takes", decided([94]), "2026-12-10", /imply a rate of 6.97 % after 3.63 % on 2026-12-09/],
  ["a jump that nobody expects", rates([90]), "2026-11-20", /imply a rate of 12.61 % after 3.63 % on 2026-12-09/],
  [
    "no coming meeting",
    rates([96.4], { effective: { day: "2029-01-01", rate: 3.6 } }),
    "2029-01-02",
    /No coming meeting/,
  ],
  ["a day that is none", rates([96.4], { effective: { day: "soon", rate: 3.6 } }), "2026-11-20", /too old/],
];

for (const [claim, input, day, reason] of REFUSED) {
  Deno.test(`outlook refused: ${claim}`, () => {
    const outlook = fedOutlook(input, time(`${day}T15:00:00Z`));
    assert.ok(!outlook.ok);
    assert.match(outlook.reason, reason);
  });
}

Deno.test("two meetings in one month cannot be told apart", () => {
  const meetings = [fomcMeeting("2026-12-09"), fomcMeeting("2026-12-22")];
  const outlook = fedOutlook(rates([96.4]), NOVEMBER, { ...FED_FUNDS_DEFAULTS, meetings });
  assert.match(JSON.stringify(outlook), /Two meetings in 2026-12/);
  const between = fedOutlook(decided([96.4, 96.4]), DECIDED, { ...FED_FUNDS_DEFAULTS, meetings });
  assert.match(JSON.stringify(between), /Two meetings in 2026-12/);
});

Deno.test("a meeting counts until its statement is out", () => {
  const input = rates([96.4, 96.4, 96.4], { effective: { day: "2026-12-08", rate: 3.63 } });
  assert.equal(outlookOf(input, time("2026-12-09T18:59:59Z")).meetings[0].meeting.day, "2026-12-09");
  assert.match(JSON.stringify(fedOutlook(input, time("2026-12-09T19:00:00Z"))), /before the decision/);
  const after = rates([96.4, 96.4, 96.4], { effective: { day: "2026-12-10", rate: 3.63 } });
  assert.equal(outlookOf(after, time("2026-12-11T15:00:00Z")).meetings[0].meeting.day, "2027-01-27");
});

Deno.test("months without a meeting and outcomes that no market is on have no probability", () => {
  const outlook = outlookOf(rates([96.441]));
  assert.equal(upperBoundAbove(outlook, 2026, 11, 3.5), null);
  assert.equal(upperBoundAbove(outlook, 2027, 1, 3.5), null);
  assert.equal(upperBoundAbove(outlook, 2026, 12, NaN), null);
  assert.equal(decisionProbability(outlook, 2026, 12, "cut", 50), null);
  assert.equal(decisionProbability(outlook, 2026, 12, "hold", 25), null);
  assert.equal(decisionProbability(outlook, 2027, 2, "hold", 0), null);
});

Deno.test("the published meetings end on Wednesdays, eight a year, decided at 2 PM Eastern time", () => {
  for (const year of ["2026", "2027"]) {
    assert.equal(FOMC_MEETINGS.filter(({ day }) => day.startsWith(year)).length, 8);
  }
  for (const { day, decidedAt } of FOMC_MEETINGS) {
    assert.equal(new Date(`${day}T00:00:00Z`).getUTCDay(), 3, day);
    assert.match(formatTime(decidedAt), new RegExp(`^${day}T1[89]:00:00`));
  }
  const months = FOMC_MEETINGS.map(({ month }) => month);
  assert.equal(new Set(months).size, months.length);
  assert.equal(formatTime(fomcMeeting("2026-12-09").decidedAt), "2026-12-09T19:00:00.000000Z");
  assert.throws(() => fomcMeeting("2026-02-30"), /Not a day: 2026-02-30/);
});
