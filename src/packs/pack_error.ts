/**
 * What is wrong with a pack, for the person who wrote it or uses it.
 * @module
 */

/** A pack that cannot be used, or that failed while it was asked. A strategy that throws this is stopped by the engine. */
export class PackError extends Error {
  override readonly name = "PackError";

  /** @param message may hold words of the pack: what could steer a terminal or break a line is taken out */
  constructor(message: string) {
    super(message.replace(/\p{C}+/gu, " "));
  }
}
