/**
 * What the shapes of the API are made of. Each is a zod schema: the document at `/api/v1/openapi.json` is made from them, the
 * compiler holds them against the types of what is shown, and tests parse real answers with them.
 * @module
 */

import { z } from "zod";

/** The same, and nothing of it can be written to. */
export type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** The schema of exactly that type: the compiler refuses one that lacks something, adds something or says it differently. */
export const exactly = <Wanted>() =>
<Schema extends z.ZodType<Wanted>>(
  schema: Schema & (Wanted extends DeepReadonly<z.output<Schema>> ? unknown : never),
): Schema => schema;

/** Shapes with a name of their own in the document. */
export const SHAPES = new Map<string, z.ZodType>();

/** Gives a shape its name in the document. */
export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  SHAPES.set(id, schema);
  return schema;
}

const EXACT = /^-?\d+(\.\d{1,6})?$/;

/** Dollars. */
export const dollars = z.string().regex(EXACT).describe("Dollars, an exact decimal text");
export const contractPrice = z.string().regex(/^\d+\.\d{4}$/).describe("Dollars for one contract of YES, exact");
export const contracts = z.string().regex(/^-?\d+\.\d{2}$/).describe("Contracts, in hundredths, exact");
/** As `2026-11-20T12:00:00.000000Z`. */
export const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/).describe("RFC 3339, UTC");
export const ticker = z.string().min(1).max(200).describe("A market's ticker");
export const dollarsAsNumber = z.number().describe("Dollars, a float: nothing that money is counted with");
export const probability = z.number().min(0).max(1).describe("From 0 to 1, of YES");
export const share = z.number().describe("A fraction of 1");
export const milliseconds = z.number().describe("Milliseconds");
export const count = z.int().min(0);
export const counts = z.record(z.string(), count);
export const words = z.string().describe("In words, for people");
export const orderSide = z.enum(["bid", "ask"]).describe("bid buys YES, ask sells YES, which is to buy NO");
export const outcomeSide = z.enum(["yes", "no"]);
export const tradingState = z.enum(["active", "reducing", "halted"]).describe(
  "What may be sent: all, what closes, or cancels alone",
);
/** The run's clock, at the moment that is shown. */
export const at = time.describe("The moment that is shown, by the run's clock");
/** Many things happen within one tick of a clock: this tells their moments apart. */
export const inputs = count.describe(
  "Heard by the engine by then: answers with the same number are of the same moment",
);
