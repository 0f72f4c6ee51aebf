/**
 * Tells the service manager how a run fares: that it is ready, a line of status, that it lives, that it ends.
 *
 * That it lives is said only where the engine has taken an input since it was said last: a clock's tick comes ten times a
 * second, so a run whose engine, source of time or thread hangs falls silent, and the manager starts it anew. One that
 * stands still because its disk is full takes inputs all the same, and is left alone.
 *
 * A reload is told without MONOTONIC_USEC, for a process of Deno cannot read that clock: the unit is one of Type=notify with an
 * ExecReload, which needs none, and not of Type=notify-reload.
 * @module
 */

import type { NotifySocket } from "./notify_socket.ts";

/** What is watched. */
export interface WatchedRun {
  /** Calls after each input that was taken; returns what ends that. */
  onTurn(listener: () => void): () => void;
  /** One line. */
  status(): string;
}

export interface ServiceWatchParts {
  readonly run: WatchedRun;
  readonly socket: Pick<NotifySocket, "send" | "close">;
  /** Of {@link watchdogMicros}. */
  readonly watchdogMicros: number | null;
  /** Told once where the manager cannot be reached any more. */
  readonly onTrouble: (reason: string) => void;
}

/** Said this many times within what the manager allows: one may be lost or late. */
const PER_WATCHDOG = 3;
/** Between two looks at the status, which is sent where it has changed. */
const STATUS_EVERY_MS = 5_000;

export class ServiceWatch {
  readonly #parts: ServiceWatchParts;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  readonly #unlisten: () => void;
  #turned = false;
  #status = "";
  #troubled = false;

  /** Says that the run is ready. */
  constructor(parts: ServiceWatchParts) {
    this.#parts = parts;
    this.#unlisten = parts.run.onTurn(() => this.#turned = true);
    this.#status = parts.run.status();
    this.#send({ READY: "1", STATUS: this.#status, MAINPID: String(Deno.pid) });
    this.#timers.push(setInterval(() => this.#lookAtStatus(), STATUS_EVERY_MS));
    if (parts.watchdogMicros !== null) {
      const everyMs = Math.max(1, Math.floor(parts.watchdogMicros / 1_000 / PER_WATCHDOG));
      this.#timers.push(setInterval(() => this.#lookAtTurns(), everyMs));
    }
  }

  #lookAtTurns(): void {
    if (!this.#turned) return;
    this.#turned = false;
    this.#send({ WATCHDOG: "1" });
  }

  #lookAtStatus(): void {
    const status = this.#parts.run.status();
    if (status === this.#status) return;
    this.#status = status;
    this.#send({ STATUS: status });
  }

  #send(values: Readonly<Record<string, string>>): void {
    void this.#parts.socket.send(values).then((reason) => {
      if (reason === null || this.#troubled) return;
      this.#troubled = true;
      this.#parts.onTrouble(reason);
    });
  }

  /** Says that the configuration is read again, until {@link reloaded}. */
  reloading(): void {
    this.#send({ RELOADING: "1", STATUS: "Reading the configuration again" });
  }

  reloaded(): void {
    this.#status = this.#parts.run.status();
    this.#send({ READY: "1", STATUS: this.#status });
  }

  /** Says that the run ends; it is watched until it has. */
  stopping(): void {
    this.#send({ STOPPING: "1", STATUS: "Cancelling what rests" });
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#unlisten();
    await this.#parts.socket.close();
  }
}
