/**
 * A value that must not be seen. Whatever prints it, by accident or on purpose, prints `[redacted]`.
 * @module
 */

/** What stands in a secret's place wherever text is made of it. */
export const REDACTED = "[redacted]";

/**
 * Holds a secret text; only {@link Secret.reveal} gives it out, so that every use can be found by that name.
 *
 * @example
 * ```ts
 * import { Secret } from "./secret.ts";
 * import assert from "node:assert/strict";
 * const token = new Secret("hunter2");
 * assert.equal(`${token}`, "[redacted]");
 * assert.equal(JSON.stringify({ token }), '{"token":"[redacted]"}');
 * assert.equal(token.reveal(), "hunter2");
 * ```
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The secret itself: for the one call that needs it, never for a message. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [Symbol.for("Deno.customInspect")](): string {
    return REDACTED;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return REDACTED;
  }
}
