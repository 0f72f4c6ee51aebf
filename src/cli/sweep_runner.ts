/**
 * Who runs the trials of a sweep: threads of this process, or workers on other machines.
 * @module
 */

import { SweepPool } from "../backtest/search/sweep_pool.ts";
import type { TrialSettings } from "../backtest/search/trial.ts";
import type { TrialRunner } from "../backtest/search/trial_book.ts";
import type { SweepData } from "./sweep_data.ts";
import type { SweepAsked } from "./sweep_request.ts";

export interface RunnerAsked {
  readonly asked: SweepAsked;
  readonly data: SweepData;
  readonly settings: TrialSettings;
  readonly basis: string;
  /** Told how many inputs were taken since, all trials together. */
  onProgress(inputs: number): void;
  /** Told in words what went wrong, and what is done about it. */
  onTrouble(text: string): void;
}

export interface SweepRunner extends TrialRunner {
  /** Ends it at once; trials without an answer get one that says so. */
  close(): void;
  /** After the last trial. @param isDone whether there is nothing to go on with another time */
  leave(isDone: boolean): Promise<void>;
  /** Workers that take part at this moment; `null` where they are threads, which always do. */
  workersNow(): number | null;
  workersEver(): number;
}

export async function runnerOf(given: RunnerAsked): Promise<SweepRunner> {
  const { asked: { command } } = given;
  // Only then is the library loaded.
  return command.cluster ? await (await import("./sweep_cluster.ts")).clusterRunner(given) : threads(given);
}

function threads({ asked: { command, loaded }, settings, onProgress, onTrouble }: RunnerAsked): SweepRunner {
  const workers = command.workers ?? navigator.hardwareConcurrency;
  const pool = new SweepPool({
    workers,
    setup: {
      path: command.path,
      spot: command.spot ?? null,
      settings,
      packs: loaded.packs.map(({ file, bytes }) => ({ file, bytes })),
    },
    onProgress,
    onTrouble,
  });
  return {
    run: (pass, onRan) => pool.run(pass, onRan),
    close: () => pool.close(),
    leave: () => Promise.resolve(pool.close()),
    workersNow: () => null,
    workersEver: () => workers,
  };
}
