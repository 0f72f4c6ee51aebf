/** What the board of exchanges shows beside what they say: how far each lies from the index. */

import { assetOf } from "../../src/core/index_parameters.ts";
import type { IndexView, SpotView } from "../../src/engine/view.ts";
import { isNumber } from "./format.ts";

/** States in which something is heard of an exchange now. */
const HEARD: ReadonlySet<string> = new Set(["live", "one_sided", "crossed", "outlier"]);

/** A row of the board: an exchange, and how far its mid lies from the index. */
export interface PriceRow extends SpotView {
  /** A fraction of the index; `null` where one of the two is not known now. */
  readonly offIndex: number | null;
}

/** @param indices beside which the exchanges stand */
export function priceRows(prices: readonly SpotView[], indices: readonly IndexView[]): readonly PriceRow[] {
  const values = new Map(indices.map(({ index, value }) => [assetOf(index), value]));
  return prices.map((row) => {
    const index = values.get(row.asset) ?? null;
    const mid = row.bid === null || row.ask === null ? null : (row.bid + row.ask) / 2;
    const known = HEARD.has(row.state) && isNumber(mid) && isNumber(index) && index > 0;
    return { ...row, offIndex: known ? mid / index - 1 : null };
  });
}
