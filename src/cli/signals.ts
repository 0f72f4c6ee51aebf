/**
 * Signals that end a command in order: Ctrl-C, systemd's stop, a closed terminal.
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
