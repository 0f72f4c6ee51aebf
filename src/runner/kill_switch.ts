/**
 * The kill switch of a run: whatever pulls it, nothing new is sent, everything that rests is cancelled, and it stays so over
 * a restart until a person lifts it.
 *
 * | pulled by | how |
 * | --- | --- |
 * | the page, `kbot kill` | a request with the token |
 * | Telegram | `/kill`, confirmed, by who may command (telegram_commands.ts) |
 * | a signal | SIGUSR1; Windows has none, the other ways work there |
 * | another bot that shares the account and stands by | whatever it was killed by there (cluster/leadership.ts) |
 * | a file | `KILL` in the state directory, looked for four times a second |
 *
 * Where the engine cannot be told, because its journal takes nothing more, the orders are cancelled without it and the file
 * is left, so that it is told as soon as it can be, in this run or the next.
 * @module
 */

import type { Engine } from "../engine/engine.ts";
import type { Clock } from "../ops/clock.ts";
import { hasKillFile, writeKillFile } from "../store/kill_file.ts";
import type { SweepStatus, Venue } from "../venues/venue.ts";
import type { Pump } from "./pump.ts";

/** Between two looks for the file: orders are to be cancelled within a second of it. */
export const KILL_FILE_LOOK_MS = 250;

const KILL = "kill";

export interface KillSwitchParts {
  readonly engine: Engine;
  readonly pump: Pick<Pump, "accept">;
  readonly venue: Pick<Venue, "perform">;
  readonly clock: Clock;
  readonly stateDirectory: string;
}

export class KillSwitch {
  readonly #parts: KillSwitchParts;

  constructor(parts: KillSwitchParts) {
    this.#parts = parts;
  }

  /** The run begins: one that was killed before cancels what an earlier one may have left at the exchange. */
  begin(): void {
    if (this.pulled) this.#cancelWithoutEngine("Killed before this run began");
    else this.look();
  }

  get pulled(): boolean {
    return this.#parts.engine.desk.halts.has(KILL);
  }

  /** Looks for the file. */
  look(): void {
    if (!this.pulled && hasKillFile(this.#parts.stateDirectory)) this.#tellEngine("file");
  }

  /** Kills. What is to be said where the engine could not be told; `null` where all is well. */
  async pull(via: "page" | "cli" | "signal" | "telegram" | "cluster"): Promise<string | null> {
    this.#tellEngine(via);
    if (this.pulled) return null;
    this.#cancelWithoutEngine(`Kill switch, by ${via}`);
    const written = await writeKillFile(this.#parts.stateDirectory, new Date());
    const cannot = "The journal takes nothing more, so that nothing new is sent; what rests is being cancelled";
    return written.ok ? `${cannot}, and the kill file is left for when it works again` : `${cannot}. ${written.reason}`;
  }

  #tellEngine(via: string): void {
    const { pump, clock } = this.#parts;
    pump.accept({ type: "operator", at: clock.now(), command: KILL, subject: null, via });
  }

  #cancelWithoutEngine(reason: string): void {
    const { engine, venue } = this.#parts;
    if (engine.options.execution === "live") venue.perform({ type: "cancel_all", execution: "live", reason });
  }
}

/** That orders may still rest, for people; `null` where none may, as far as anybody was asked. */
export function describeSweep(sweep: SweepStatus | null): string | null {
  if (sweep === null || sweep.confirmed !== null) return null;
  const { reason, since, tries, resting, trouble } = sweep;
  const listed = resting === null ? "" : `, ${resting} in its list`;
  const why = trouble === null ? "" : `: ${trouble}`;
  return `Orders may still rest: cancelling them since ${since} (${reason}), tried ${tries} times${listed}, not yet ` +
    `confirmed by the exchange${why}`;
}
