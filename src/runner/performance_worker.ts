/**
 * The thread that works out what trading came to: it reads the database by a connection of its own, so that neither the reading
 * nor the resampling behind the intervals takes a moment of the engine's.
 * @module
 */

import { StoredReading } from "../backtest/figures/stored_figures.ts";
import { verdicts } from "../backtest/figures/verdicts.ts";
import { warningsOf } from "../backtest/figures/warnings.ts";
import { type Micros, micros, MICROS_PER_DAY, parseTime } from "../core/units.ts";
import { openToRead } from "../store/export/export.ts";
import { messageOf } from "../store/message.ts";
import type { PerformanceAsked, PerformanceSaid } from "./performance_question.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<PerformanceAsked>) => void;
  postMessage(said: PerformanceSaid): void;
};

const startOf = (day: string | undefined): Micros | null => day === undefined ? null : parseTime(`${day}T00:00:00Z`);

async function answerTo({ path, of, query }: PerformanceAsked): Promise<PerformanceSaid> {
  const opened = await openToRead(path);
  if (!opened.ok) return opened;
  try {
    const to = startOf(query.to);
    const range = {
      from: startOf(query.from),
      // The day is included.
      to: to === null ? null : micros(to + MICROS_PER_DAY),
      strategy: query.strategy ?? null,
    };
    const { gathered, warnings } = await new StoredReading(opened.kv, range).read();
    const { summary, attribution, by, edge, calibration, equity, days } = gathered;
    const title = [
      `${of.execution} at ${of.venue}`,
      ...(query.strategy === undefined ? [] : [query.strategy]),
      ...(query.from === undefined ? [] : [`from ${query.from}`]),
      ...(query.to === undefined ? [] : [`to ${query.to}`]),
    ].join(", ");
    return {
      ok: true,
      performance: {
        kind: of.execution,
        title,
        simulated_fills: of.execution === "paper",
        simulated_market: of.simulated,
        summary,
        attribution,
        by,
        edge,
        calibration,
        equity,
        days,
        warnings: [
          ...verdicts(summary),
          ...warningsOf(gathered, { simulatedMarket: of.simulated, halts: [] }),
          ...warnings,
        ],
        computed_at: new Date().toISOString(),
      },
    };
  } finally {
    opened.kv.close();
  }
}

scope.onmessage = ({ data }) => {
  answerTo(data).then(
    (said) => scope.postMessage(said),
    (error) => scope.postMessage({ ok: false, reason: messageOf(error) }),
  );
};
