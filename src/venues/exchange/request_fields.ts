/**
 * Reads the fields of a JSON request as the real exchange does, down to its words for a wrong type (KALSHI.md 3.1).
 * @module
 */

import { type Count, type Micros, MICROS_PER_SECOND, parseCount, parsePrice, type Price } from "../../core/units.ts";
import { SUBACCOUNT_MAX } from "./members.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** A body that is no such request: the details of the flat 400, or a refusal with a code. */
export type FieldProblem = { readonly badRequest: string } | Refusal;

const TEXT_LENGTH_MAX = 128;
const SECONDS_MAX = 9_000_000_000;

const kindOf = (value: unknown): string =>
  typeof value === "boolean" ? "bool" : Array.isArray(value) ? "array" : typeof value;

/**
 * Takes fields one by one and remembers the first thing wrong; what is read after that means nothing, so ask
 * {@link RequestFields.problem} before using any of it.
 */
export class RequestFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #struct: string;
  #problem: FieldProblem | null = null;

  /** @param struct the request's name in the exchange's messages, such as `CreateOrderV2Request` */
  constructor(body: unknown, struct: string) {
    this.#struct = struct;
    if (typeof body === "object" && body !== null && !Array.isArray(body)) {
      this.#fields = body as Readonly<Record<string, unknown>>;
    } else {
      this.#fields = {};
      this.#problem = { badRequest: `json: cannot unmarshal ${kindOf(body)} into Go value of type ${struct}` };
    }
  }

  get problem(): FieldProblem | null {
    return this.#problem;
  }

  #fail(problem: FieldProblem): void {
    this.#problem ??= problem;
  }

  /** The field's value; `null` where it is absent. */
  #value(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] ?? null : null;
  }

  #wrongType(name: string, value: unknown, goType: string): null {
    const detail = `cannot unmarshal ${kindOf(value)} into Go struct field ${this.#struct}.${name} of type ${goType}`;
    this.#fail({ badRequest: `json: ${detail}` });
    return null;
  }

  has(name: string): boolean {
    return this.#value(name) !== null;
  }

  text(name: string): string | null {
    const value = this.#value(name);
    if (value === null) return null;
    if (typeof value !== "string") return this.#wrongType(name, value, "string");
    if (value.length > TEXT_LENGTH_MAX) this.#fail(refuse("invalid_parameters", `${name} is too long`));
    return value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === null || value === "") this.#fail(refuse("invalid_parameters", `${name} is required`));
    return value ?? "";
  }

  oneOf<Value extends string>(name: string, allowed: readonly Value[]): Value {
    const value = this.requiredText(name);
    const found = allowed.find((each) => each === value);
    if (found === undefined) this.#fail(refuse("invalid_parameters", `${name} must be one of ${allowed.join(", ")}`));
    return found ?? allowed[0];
  }

  flag(name: string): boolean {
    const value = this.#value(name);
    if (value !== null && typeof value !== "boolean") this.#wrongType(name, value, "bool");
    return value === true;
  }

  integer(name: string): number | null {
    const value = this.#value(name);
    if (value === null) return null;
    if (typeof value !== "number") return this.#wrongType(name, value, "int64");
    if (!Number.isSafeInteger(value)) this.#fail({ badRequest: `json: ${this.#struct}.${name} is not an integer` });
    return value;
  }

  /** 0 to 63, 0 where it is absent. */
  subaccount(name: string): number {
    const value = this.integer(name) ?? 0;
    if (value < 0 || value > SUBACCOUNT_MAX) {
      this.#fail(refuse("invalid_parameters", `${name} must be 0 to ${SUBACCOUNT_MAX}`));
    }
    return value;
  }

  /** Whole Unix seconds as a time. */
  time(name: string): Micros | null {
    const value = this.integer(name);
    if (value === null) return null;
    if (value < 0 || value > SECONDS_MAX) this.#fail(refuse("invalid_parameters", `${name} is out of range`));
    return value * MICROS_PER_SECOND as Micros;
  }

  count(name: string): Count | null {
    const value = this.text(name);
    if (value === null) return null;
    const count = parseCount(value);
    if (count === null || count < 0) this.#fail(refuse("invalid_order_size", `${name} must have at most two decimals`));
    return count ?? 0 as Count;
  }

  requiredCount(name: string): Count {
    const count = this.count(name);
    if (count === null) this.#fail(refuse("invalid_parameters", `${name} is required`));
    return count ?? 0 as Count;
  }

  requiredPrice(name: string): Price {
    const text = this.requiredText(name);
    const price = parsePrice(text);
    if (price === null) this.#fail(refuse("invalid_price"));
    return price ?? 0 as Price;
  }
}
