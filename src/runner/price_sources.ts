/**
 * The price history of a run as the server shows it: statistics from the engine, minutes from the store, which reaches back
 * further.
 * @module
 */

import { formatTime, micros } from "../core/units.ts";
import type { Engine } from "../engine/engine.ts";
import type { WindowStatistics } from "../engine/price_history_statistics.ts";
import { volatilityChoiceView } from "../engine/index_shown.ts";
import type { PriceSources, SelectionView, WindowView } from "../server/volatility.ts";
import type { StateStore } from "../store/store.ts";

export function priceSources(
  engine: Pick<Engine, "prices" | "volatility" | "options" | "now">,
  store: Pick<StateStore, "priceMinutes">,
): PriceSources {
  return {
    assets: () => [...engine.prices.keys()].sort(),
    volatility(asset) {
      const history = engine.prices.get(asset);
      if (history === undefined) return null;
      const { latest } = history;
      return {
        asset,
        at: formatTime(engine.now),
        source: latest?.source ?? null,
        latest: latest === null
          ? null
          : { ...latest, sourceTime: formatTime(latest.sourceTime), at: formatTime(latest.at) },
        windows: history.windows(engine.now).map(windowView),
        selection: selectionView(engine, asset),
      };
    },
    async minutes(asset, limit, before) {
      const query = before === undefined ? { asset, limit } : { asset, limit, before: micros(before) };
      const minutes = await store.priceMinutes(query);
      return minutes.map(({ start, open, high, low, close, source }) => ({
        start: formatTime(start),
        open,
        high,
        low,
        close,
        source,
      }));
    },
  };
}

function selectionView(engine: Pick<Engine, "volatility" | "options" | "now">, asset: string): SelectionView | null {
  const view = volatilityChoiceView(engine, asset);
  const choice = engine.volatility.get(asset);
  return view === null || choice === undefined ? null : { ...view, forecasts: choice.forecasts, scores: choice.scores };
}

function windowView(window: WindowStatistics): WindowView {
  const { from, to, largestMove } = window;
  return {
    ...window,
    from: formatTime(from),
    to: formatTime(to),
    largestMove: largestMove === null ? null : { ...largestMove, minute: formatTime(largestMove.minute) },
  };
}
