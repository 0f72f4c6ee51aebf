/**
 * What a request costs in tokens (KALSHI.md 3.3): the documented costs at first, the exchange's own table once it was read.
 * @module
 */

import type { BodyReader } from "./body_reader.ts";
import { isObject } from "./fields.ts";

/** One line of the table: `:order_id` and the like stand for any one part of a path. */
export interface EndpointCost {
  readonly method: string;
  /** Below `/trade-api/v2`. */
  readonly path: string;
  readonly cost: number;
}

/** `GET /account/endpoint_costs`. */
export interface CostsBody {
  readonly defaultCost: number;
  readonly costs: readonly EndpointCost[];
}

const BASE = "/trade-api/v2";
const ROWS_MAX = 1_000;
const COST_MAX = 100_000;

/** What is documented, for the time before the table was read, and where it cannot be. */
const DOCUMENTED: CostsBody = {
  defaultCost: 10,
  costs: [
    { method: "DELETE", path: "/portfolio/events/orders/:order_id", cost: 2 },
    { method: "DELETE", path: "/portfolio/events/orders/batched", cost: 2 },
    { method: "GET", path: "/portfolio/orders/:order_id", cost: 2 },
    { method: "GET", path: "/cfbenchmarks/values", cost: 50 },
    { method: "GET", path: "/cfbenchmarks/history/values", cost: 50 },
    { method: "POST", path: "/account/api_usage_level/upgrade", cost: 30 },
  ],
};

export const readCosts: BodyReader<CostsBody> = (read, body, path) => {
  const cost = (holder: Readonly<Record<string, unknown>>, key: string, at: string): number => {
    const value = read.integer(holder, key, at);
    if (value < 0 || value > COST_MAX) read.refuse(at + key, value, `a number of 0 to ${COST_MAX}`);
    return value;
  };
  const costs: EndpointCost[] = [];
  read.list(body, "endpoint_costs", path, ROWS_MAX).forEach((row, index) => {
    const at = `${path}endpoint_costs[${index}]`;
    if (!isObject(row)) return read.refuse(at, row, "an object");
    const full = read.text(row, "path", `${at}.`);
    costs.push({
      method: read.text(row, "method", `${at}.`).toUpperCase(),
      path: full.startsWith(BASE) ? full.slice(BASE.length) : full,
      cost: cost(row, "cost", `${at}.`),
    });
  });
  return { defaultCost: cost(body, "default_cost", path), costs };
};

/** The table in force. */
export class EndpointCosts {
  #table = DOCUMENTED;

  /** Takes the exchange's own table. */
  learn(table: CostsBody): void {
    this.#table = table;
  }

  /** Tokens for one request. @param path below the base; a query is ignored */
  of(method: string, path: string): number {
    const parts = path.split("?", 1)[0].split("/");
    let found: EndpointCost | null = null;
    for (const row of this.#table.costs) {
      if (row.method !== method || !matches(row.path.split("/"), parts)) continue;
      // A path in full letters says more than one with a placeholder.
      if (found === null || /[:*]/.test(found.path)) found = row;
    }
    return found?.cost ?? this.#table.defaultCost;
  }
}

/** Parts that stand where an id could, and are none. */
const WORDS: ReadonlySet<string> = new Set(["batched", "queue_positions"]);

/** `:name` stands for one part, `*name` for whatever follows. */
function matches(pattern: readonly string[], parts: readonly string[]): boolean {
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at].startsWith("*")) return parts.length > at;
    if (at >= parts.length) return false;
    if (pattern[at].startsWith(":") ? WORDS.has(parts[at]) : pattern[at] !== parts[at]) return false;
  }
  return pattern.length === parts.length;
}
