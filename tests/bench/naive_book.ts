/**
 * What a book from frames costs written the ordinary way: JSON.parse, a zod schema, and a Map per side. The reference
 * that kbot's own path is measured against; nothing trades on it.
 * @module
 */

import { z } from "zod";

const deltaFrame = z.object({
  type: z.literal("orderbook_delta"),
  sid: z.number().int(),
  seq: z.number().int(),
  msg: z.object({
    market_ticker: z.string().min(1),
    market_id: z.string(),
    price_dollars: z.string(),
    delta_fp: z.string(),
    side: z.enum(["yes", "no"]),
    ts: z.string(),
    ts_ms: z.number().int(),
  }),
});

const levels = z.array(z.tuple([z.string(), z.string()])).optional();
const snapshotFrame = z.object({ msg: z.object({ yes_dollars_fp: levels, no_dollars_fp: levels }) });

export class NaiveBook {
  readonly #yes = new Map<number, number>();
  readonly #no = new Map<number, number>();

  /** Levels on both sides. */
  get levels(): number {
    return this.#yes.size + this.#no.size;
  }

  replace(text: string): void {
    const { msg } = snapshotFrame.parse(JSON.parse(text));
    this.#yes.clear();
    this.#no.clear();
    for (const [price, size] of msg.yes_dollars_fp ?? []) this.#yes.set(Number(price), Number(size));
    for (const [price, size] of msg.no_dollars_fp ?? []) this.#no.set(Number(price), Number(size));
  }

  change(text: string): void {
    const { msg } = deltaFrame.parse(JSON.parse(text));
    const side = msg.side === "yes" ? this.#yes : this.#no;
    const price = Number(msg.price_dollars);
    const size = Math.round(((side.get(price) ?? 0) + Number(msg.delta_fp)) * 100) / 100;
    if (size === 0) side.delete(price);
    else side.set(price, size);
  }
}
