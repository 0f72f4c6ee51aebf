/**
 * Why a request failed. What is really wrong stands at the end of the chain of causes ("Connection refused").
 * @module
 */

import { messageOf } from "../../store/message.ts";

const DEPTH_MAX = 8;

export function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return "No answer in time";
  let current = error;
  for (let depth = 0; depth < DEPTH_MAX && current instanceof Error && current.cause instanceof Error; depth++) {
    current = current.cause;
  }
  // Without a cause the chain stands in the words themselves.
  return messageOf(current).split(/: (?=[A-Z])/).at(-1) ?? "";
}
