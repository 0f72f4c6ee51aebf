/**
 * Where the client's words go.
 * @module
 */

export type Log = (level: "debug" | "info" | "warn" | "error", text: string) => void;
