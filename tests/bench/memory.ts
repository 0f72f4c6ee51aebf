/**
 * Resident memory, empty and with live markets.
 * @module
 */

import { figuresOf } from "./processes.ts";
import type { Row, Section } from "./table.ts";

interface Figures {
  readonly rssMb: number;
  readonly heapMb: number;
}

const MARKETS = [0, 100, 1_000] as const;

export async function memory(): Promise<Section> {
  const rows: Row[] = [];
  let idle = 0;
  for (const markets of MARKETS) {
    const { rssMb, heapMb } = await figuresOf<Figures>("./memory_process.ts", [String(markets)]);
    if (markets === 0) idle = rssMb;
    const perMarket = markets === 0 ? "" : `, ${((rssMb - idle) * 1024 / markets).toFixed(0)} kB a market`;
    rows.push({
      what: markets === 0 ? "idle, everything loaded" : `${markets} markets, 30 levels a side`,
      figure: `${rssMb.toFixed(0)} MB`,
      beside: `heap ${heapMb.toFixed(0)} MB${perMarket}`,
      budget: markets === 1_000 ? "150 MB" : "",
    });
  }
  return { title: "Resident memory of one process", rows };
}
