import assert from "node:assert/strict";
import { z } from "zod";
import type { Input } from "../../core/input.ts";
import { after, aMarket } from "../../core/market_fixture.ts";
import { count, type Micros, micros, money, ONE_DOLLAR, price } from "../../core/units.ts";
import { Engine } from "../../engine/engine.ts";
import { engineOptions } from "../../engine/engine_fixture.ts";
import { EVIDENCE } from "../../execution/order_fixture.ts";
import { draws } from "../../models/bootstrap.ts";
import { STANDARD_HOOKS } from "../../strategies/hooks.ts";
import type { Registration } from "../../strategies/registry.ts";
import type { StrategyView } from "../../strategies/view.ts";
import type { SourceBatch } from "../backtest.ts";
import type { Cut } from "./cut_data.ts";
import { checkLookahead, type LookaheadResult } from "./lookahead.ts";

/** One line of a recording: when it was heard, and when the exchange stamped it. */
interface Row {
  readonly heard: number;
  readonly stamped: number;
  readonly ticker: string;
  readonly what:
    | { readonly kind: "listed" }
    | { readonly kind: "strike"; readonly strike: number }
    | { readonly kind: "quote"; readonly bid: number; readonly ask: number }
    | { readonly kind: "ended"; readonly result: "yes" | "no" };
}

const SECOND = 1_000_000;
const OPENS = after(0);
const WINDOW = 120;
const tickerOf = (window: number): string => `KXBTC15M-26NOV20${String(715 + window * 15).padStart(4, "0")}-15`;

/** Six short markets one after the other, their quotes on a random walk, heard late by up to two seconds. */
function recording(seed: number): readonly Row[] {
  const draw = draws(seed);
  const rows: Row[] = [];
  for (let window = 0; window < 6; window++) {
    const ticker = tickerOf(window);
    const from = OPENS + window * WINDOW * SECOND;
    const row = (second: number, late: number, what: Row["what"]): void => {
      const stamped = from + Math.round(second * SECOND);
      rows.push({ stamped, heard: stamped + late, ticker, what });
    };
    row(0, 1_000, { kind: "listed" });
    row(5, 1_000, { kind: "strike", strike: 84_000 + draw(100) });
    let bid = 5_000;
    for (let second = 6; second < WINDOW; second += 1 + draw(2)) {
      bid = Math.min(9_000, Math.max(1_000, bid + 10 * (draw(41) - 20)));
      row(second, draw(2 * SECOND), { kind: "quote", bid, ask: bid + 100 });
    }
    row(WINDOW + 8, 1_000, { kind: "ended", result: bid > 5_000 ? "yes" : "no" });
  }
  return rows.sort((a, b) => a.heard - b.heard);
}

const TURNED = { yes: "no", no: "yes" } as const;

function asOf(rows: readonly Row[], cut: Cut | null): readonly Row[] {
  if (cut === null) return rows;
  if (cut.future === "absent") return rows.filter(({ heard }) => heard <= cut.until);
  return rows.map((row) => {
    const { what } = row;
    if (row.heard <= cut.until) return row;
    if (what.kind === "quote") return { ...row, what: { ...what, bid: 9_900 - what.bid, ask: 10_000 - what.bid } };
    if (what.kind === "ended") return { ...row, what: { ...what, result: TURNED[what.result] } };
    return what.kind === "strike" ? { ...row, what: { ...what, strike: what.strike + 7 } } : row;
  });
}

/** What mutants share between a source and a strategy. */
interface Shared {
  rows: readonly Row[];
}

function inputOf({ heard, ticker, what }: Row, rows: readonly Row[], known?: (row: Row) => boolean): Input {
  const at = micros(heard);
  const first = rows.find((row) => row.ticker === ticker)?.stamped ?? heard;
  const strikeRow = rows.find((row) => row.ticker === ticker && row.what.kind === "strike");
  const strike = strikeRow?.what.kind === "strike" && (known?.(strikeRow) ?? strikeRow.heard <= heard)
    ? strikeRow.what.strike
    : null;
  const market = aMarket({
    ticker,
    openTime: micros(first),
    closeTime: micros(first + WINDOW * SECOND),
    floorStrike: strike,
  });
  switch (what.kind) {
    case "listed":
    case "strike":
      return { type: "market", at, market };
    case "quote":
      return {
        type: "book_snapshot",
        at,
        ticker,
        sequence: null,
        yes: [[price(what.bid), count(10_000)]],
        no: [[price(10_000 - what.ask), count(10_000)]],
        exchangeTime: null,
      };
    case "ended": {
      const value = what.result === "yes" ? ONE_DOLLAR : money(0);
      return { type: "lifecycle", at, ticker, event: "settled", result: what.result, settlementValue: value };
    }
  }
}

const honestSource = (rows: readonly Row[]): Input[] => rows.map((row) => inputOf(row, rows));

/** Wants a contract, on a side and at a price that its word for the market decides. */
function strategy(wants: (view: StrategyView) => boolean): Registration {
  return {
    name: "tested",
    title: "Tested",
    parameters: z.unknown(),
    bind: () => ({
      ...STANDARD_HOOKS,
      name: "tested",
      trades: () => true,
      decide: (view) => {
        const { bid, ask } = view.book;
        const buys = wants(view);
        const at = buys ? bid : ask;
        if (at === null) {
          return { targets: [], refusal: { code: "idle", text: "No quotes" }, edge: null, edgeSide: null };
        }
        return {
          targets: [{
            side: buys ? "bid" : "ask",
            price: at,
            count: count(100),
            timeInForce: "good_till_canceled",
            postOnly: true,
            signal: "test",
            kelly: 0.1,
            depth: count(10_000),
            evidence: EVIDENCE,
          }],
          refusal: null,
          edge: 0.05,
          edgeSide: "yes",
        };
      },
    }),
  };
}

/** By what is known: the parity of the strike, and the side of a half. */
const honest = (view: StrategyView): boolean => ((view.market.floorStrike ?? 0) + (view.book.bid ?? 0) / 10) % 2 === 0;

interface Case {
  readonly name: string;
  readonly source?: (rows: readonly Row[]) => Input[];
  readonly wants?: (view: StrategyView, shared: Shared) => boolean;
}

function check(
  { source = honestSource, wants = honest }: Case,
  moments: number,
  seed: number,
): Promise<LookaheadResult> {
  const rows = recording(seed);
  const shared: Shared = { rows };
  return checkLookahead({
    open: (cut) => {
      shared.rows = asOf(rows, cut);
      const inputs = source(shared.rows);
      async function* batches(): AsyncGenerator<SourceBatch> {
        for (let at = 0; at < inputs.length; at += 100) {
          const part = inputs.slice(at, at + 100);
          yield { file: "rows", inputs: part, lines: part.map(() => 0) };
        }
      }
      return Promise.resolve({ batches: batches(), close: () => Promise.resolve() });
    },
    engine: (startedAt: Micros) =>
      new Engine(engineOptions({ startedAt, strategies: [{ name: "tested", enabled: true, parameters: {} }] }), [
        strategy((view) => wants(view, shared)),
      ]),
    moments,
    seed,
  });
}

Deno.test("a strategy that goes by what it heard, on a source that tells what it heard, decides the same without the future", async () => {
  for (const seed of [1, 2, 3]) {
    const { faults, moments, decided, inputs } = await check({ name: "honest" }, 10, seed);
    assert.deepEqual(faults, [], `seed ${seed}`);
    assert.deepEqual(
      [moments.length >= 10, inputs > 400, decided > 100],
      [true, true, true],
      `${decided} of ${inputs}`,
    );
  }
});

const nextQuote = (view: StrategyView, { rows }: Shared): number | null => {
  const next = rows.find(({ heard, ticker, what }) =>
    ticker === view.market.ticker && what.kind === "quote" && heard > view.at
  );
  return next?.what.kind === "quote" ? next.what.bid : null;
};

const MUTANTS: readonly Case[] = [
  {
    name: "a strategy that knows how markets settle",
    wants: (view, { rows }) =>
      rows.some(({ ticker, what }) => ticker === view.market.ticker && what.kind === "ended" && what.result === "yes"),
  },
  {
    name: "a strategy that reads the next book through an object it shares with the source",
    wants: (view, shared) => (nextQuote(view, shared) ?? 0) > (view.book.bid ?? 0),
  },
  {
    name: "a strategy that looks a minute ahead, and only now and then",
    wants: (view, { rows }) =>
      view.at % 7 !== 0
        ? honest(view)
        : rows.some(({ heard, what }) =>
          heard > view.at && heard < view.at + 60 * SECOND && what.kind === "quote" && what.bid > 5_500
        ),
  },
  {
    name: "a strategy that measures prices by the mean of the whole recording",
    wants: (view, { rows }) => {
      const bids = rows.flatMap(({ what }) => what.kind === "quote" ? [what.bid] : []);
      return (view.book.bid ?? 0) > bids.reduce((sum, bid) => sum + bid, 0) / bids.length;
    },
  },
  {
    name: "a source that lists markets with a strike that comes later",
    source: (rows) => rows.map((row) => inputOf(row, rows, () => true)),
  },
  {
    name: "a source that tells how a market ended at its close, before anybody said so",
    source: (rows) =>
      rows.map((row) => row.what.kind === "ended" ? { ...row, heard: row.stamped - 8 * SECOND } : row)
        .sort((a, b) => a.heard - b.heard).map((row) => inputOf(row, rows)),
  },
  {
    name: "a source that lists markets with their result",
    source: (rows) =>
      honestSource(rows).map((input) => {
        if (input.type !== "market") return input;
        const end = rows.find(({ ticker, what }) => ticker === input.market.ticker && what.kind === "ended");
        const strike = end?.what.kind === "ended" && end.what.result === "yes" ? 84_000 : 84_001;
        return { ...input, market: { ...input.market, floorStrike: strike } };
      }),
  },
  {
    name: "a source that goes by the exchange's stamps as if they had been heard then",
    source: (rows) =>
      rows.map((row) => ({ ...row, heard: row.stamped })).sort((a, b) => a.heard - b.heard)
        .map((row) => inputOf(row, rows)),
  },
  {
    name: "a source that does not bring its lines into order",
    source: (rows) => {
      const inputs = honestSource(rows);
      return inputs.map((_, k) => inputs[Math.min(k ^ 3, inputs.length - 1)]);
    },
  },
  {
    name: "a source that fills quotes in between two that it has",
    source: (rows) =>
      rows.map((row, k) => {
        const { what } = row;
        const next = rows.slice(k + 1).find((other) => other.ticker === row.ticker)?.what;
        if (what.kind !== "quote" || next?.kind !== "quote") return row;
        const bid = Math.round((what.bid + next.bid) / 20) * 10;
        return { ...row, what: { ...what, bid, ask: bid + 100 } };
      }).map((row) => inputOf(row, rows)),
  },
];

for (const mutant of MUTANTS) {
  Deno.test(`caught: ${mutant.name}`, async () => {
    for (const seed of [1, 2]) {
      const { faults } = await check(mutant, 6, seed);
      assert.ok(faults.length > 0, `not caught with seed ${seed}`);
    }
  });
}
