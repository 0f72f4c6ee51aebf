/**
 * A run as its service manager hears of it.
 * @module
 */

import { NotifySocket, watchdogMicros } from "../ops/systemd/notify_socket.ts";
import { ServiceWatch } from "../ops/systemd/service_watch.ts";
import type { Run } from "../runner/run.ts";

/** What of a run it is told by; one that stands by at times is another run then. */
type WatchedRun = Pick<Run, "engine" | "url"> & { readonly pump: Pick<Run["pump"], "onChange"> };

type Env = Readonly<Record<string, string | undefined>>;

/** One line: how it trades, on what, and what keeps it. */
function statusOf(run: WatchedRun, title: string): string {
  const halts = run.engine.desk.halts.list().map(({ name }) => name);
  const halted = halts.length === 0 ? "" : `; halted: ${halts.join(", ")}`;
  return `${title}, ${run.engine.markets.size} markets${halted}; page ${run.url}`;
}

/**
 * Tells the service manager that a run is ready and how it fares, where one has started this process and can be told.
 *
 * @param title `PAPER trading on the market data of kalshi`
 * @param say told why it cannot be
 */
export function tellServiceManager(
  run: WatchedRun,
  stateDirectory: string,
  title: string,
  say: (text: string) => void,
  env: Env = Deno.env.toObject(),
): ServiceWatch | null {
  const opened = NotifySocket.open(env, stateDirectory);
  if (opened.kind === "none") return null;
  if (opened.kind === "failed") {
    say(opened.reason);
    return null;
  }
  return new ServiceWatch({
    run: {
      onTurn: (listener) => run.pump.onChange((what) => what === "view" && listener()),
      status: () => statusOf(run, title),
    },
    socket: opened.socket,
    watchdogMicros: watchdogMicros(env),
    onTrouble: (reason) => say(`The service manager cannot be told: ${reason}`),
  });
}
