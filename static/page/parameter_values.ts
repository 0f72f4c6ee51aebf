/** A parameter's value as it stands in a field, and back. */

import type { ParameterValue } from "../../src/server/sources.ts";

export type ParameterKind = "number" | "choice" | "list" | "text";

/** By what it is now: a declaration does not change its kind. */
export function kindOf(value: unknown): ParameterKind {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "choice";
  return Array.isArray(value) ? "list" : "text";
}

/** A list is separated by commas. */
export function fieldText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((item) => fieldText(item)).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `null` for what is none of that kind. */
export function fieldValue(kind: ParameterKind, text: string): ParameterValue | null {
  const trimmed = text.trim();
  switch (kind) {
    case "number":
      return trimmed !== "" && Number.isFinite(Number(trimmed)) ? Number(trimmed) : null;
    case "choice":
      return trimmed === "true";
    case "list":
      return trimmed.split(",").map((item) => item.trim()).filter((item) => item !== "");
    case "text":
      return trimmed;
  }
}
