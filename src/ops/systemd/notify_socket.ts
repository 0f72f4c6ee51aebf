/**
 * The service manager's socket (sd_notify): datagrams of `NAME=VALUE` lines to the Unix socket that NOTIFY_SOCKET names.
 *
 * Deno sends such datagrams from a socket that has a path of its own, and only where `--unstable-net` is on; it knows no
 * abstract sockets (`@...`), which containers use. Where it does not work the reason is told, and nothing else changes.
 * @module
 */

import { join } from "node:path";
import { messageOf } from "../../store/message.ts";

type Env = Readonly<Record<string, string | undefined>>;

export type NotifySocketResult =
  | { readonly kind: "open"; readonly socket: NotifySocket }
  /** No service manager has started this process. */
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly reason: string };

/** What a Unix socket's address has room for, its end included (sockaddr_un). */
const PATH_MAX = 107;
/** Messages that wait for the manager: one a second at most, and it reads at once. */
const WAITING_MAX = 16;

export class NotifySocket {
  readonly #socket: Deno.DatagramConn;
  readonly #own: string;
  readonly #to: Deno.UnixAddr;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  private constructor(socket: Deno.DatagramConn, own: string, to: string) {
    this.#socket = socket;
    this.#own = own;
    this.#to = { transport: "unixpacket", path: to };
  }

  /** @param directory ours alone; the socket's own end lies there while it is open */
  static open(env: Env, directory: string): NotifySocketResult {
    const to = env.NOTIFY_SOCKET ?? "";
    if (to === "") return { kind: "none" };
    const failed = (why: string): NotifySocketResult => ({
      kind: "failed",
      reason: `NOTIFY_SOCKET ${to} cannot be written to: ${why}`,
    });
    if (to.startsWith("@")) return failed("Deno knows no abstract sockets; use Type=exec and no WatchdogSec");
    if (!to.startsWith("/")) return failed("it must be a path that begins with /");
    if (typeof Deno.listenDatagram !== "function") return failed("it needs --unstable-net");
    const own = join(directory, `notify-${Deno.pid}`);
    if (new TextEncoder().encode(own).length > PATH_MAX) return failed(`${own} is too long for a socket's path`);
    try {
      // Of a process of this number that was killed.
      Deno.removeSync(own);
    } catch {
      // Nothing lay there.
    }
    try {
      const socket = Deno.listenDatagram({ transport: "unixpacket", path: own });
      return { kind: "open", socket: new NotifySocket(socket, own, to) };
    } catch (error) {
      return failed(messageOf(error));
    }
  }

  /** Sends lines after those before them. Resolves to why that did not work, `null` where it did. */
  send(values: Readonly<Record<string, string>>): Promise<string | null> {
    if (this.#waiting >= WAITING_MAX) return Promise.resolve("The service manager does not read");
    this.#waiting++;
    const text = Object.entries(values).map(([name, value]) => `${name}=${value.replaceAll("\n", " ")}\n`).join("");
    const sent = this.#last.then(() => this.#socket.send(new TextEncoder().encode(text), this.#to))
      .then(() => null, messageOf)
      .finally(() => this.#waiting--);
    this.#last = sent.then(() => {});
    return sent;
  }

  /** Closes it once what was asked for is sent. */
  async close(): Promise<void> {
    await this.#last;
    this.#socket.close();
    await Deno.remove(this.#own).catch(() => {});
  }
}

/**
 * How often the manager wants to hear that we live, in microseconds (sd_watchdog_enabled); `null` where it does not ask
 * this process.
 */
export function watchdogMicros(env: Env, pid: number = Deno.pid): number | null {
  const micros = Number(env.WATCHDOG_USEC ?? "");
  if (!Number.isSafeInteger(micros) || micros <= 0) return null;
  const meant = env.WATCHDOG_PID ?? "";
  return meant === "" || Number(meant) === pid ? micros : null;
}
