/**
 * Signals that end a command in order: Ctrl-C, systemd's stop, a closed terminal; and the one that kills the trading.
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

/** Calls `kill` at every SIGUSR1. Windows has no such signal: there the page, `kbot kill` and the kill file do the same. */
export function onKillSignal(kill: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  Deno.addSignalListener("SIGUSR1", kill);
  return () => Deno.removeSignalListener("SIGUSR1", kill);
}
