/**
 * Signals that end a command in order: Ctrl-C, systemd's stop, a closed terminal; the one that kills the trading, and the one
 * that has the configuration read again.
 * @module
 */

const STOPPING: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Calls `stop` at the first of them. Returns what ends the listening. */
export function onStopSignal(stop: () => void): () => void {
  for (const signal of STOPPING) Deno.addSignalListener(signal, stop);
  return () => {
    for (const signal of STOPPING) Deno.removeSignalListener(signal, stop);
  };
}

/** Whoever closes a terminal may signal first and close then. */
const CLOSING_MS = 300;

const onTerminal = (): boolean => [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());

export interface HangUp {
  /** The signal of old for "read your configuration again". */
  readonly reload: () => void;
  /** The terminal that the process was started on is closed. */
  readonly closed: () => void;
}

/**
 * Calls one of them at every SIGHUP, which means both. Windows knows none: there a restart reads the configuration again.
 */
export function onHangUp({ reload, closed }: HangUp): () => void {
  if (Deno.build.os === "windows") return () => {};
  const began = onTerminal();
  const handler = () => {
    if (!began) return reload();
    setTimeout(() => onTerminal() ? reload() : closed(), CLOSING_MS);
  };
  Deno.addSignalListener("SIGHUP", handler);
  return () => Deno.removeSignalListener("SIGHUP", handler);
}

/** Calls `kill` at every SIGUSR1. Windows has no such signal: there the page, `kbot kill` and the kill file do the same. */
export function onKillSignal(kill: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  Deno.addSignalListener("SIGUSR1", kill);
  return () => Deno.removeSignalListener("SIGUSR1", kill);
}
