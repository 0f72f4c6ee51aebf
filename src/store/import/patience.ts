/**
 * Asks again what could not be answered: an import that takes hours must not end because the network did for a minute.
 * @module
 */

import {
  type ApiFailure,
  type ApiResult,
  describeFailure,
  isTooMany,
  isUnreachable,
} from "../../venues/kalshi/failure.ts";

/** What ends an import: in words, for the person who goes on with it later. */
export class ImportStopped extends Error {}

/** Seconds between tries: about two minutes in all. */
const PAUSES_S = [1, 2, 4, 8, 16, 32, 60] as const;

export interface Patience {
  readonly stop: AbortSignal;
  /** Waits for so many seconds; replaced in tests. */
  readonly wait: (seconds: number) => Promise<void>;
  readonly onRetry: (text: string) => void;
}

export const mayPass = (failure: ApiFailure): boolean => isUnreachable(failure) || isTooMany(failure);

/** @throws ImportStopped when somebody wants the import to end */
export function goOn({ stop }: Patience): void {
  if (stop.aborted) throw new ImportStopped("Import was stopped; the same command goes on from here");
}

/**
 * An answer, or a failure that will not pass.
 * @throws ImportStopped when it did not pass in all this time
 */
export async function patiently<T>(patience: Patience, ask: () => Promise<ApiResult<T>>): Promise<ApiResult<T>> {
  for (let tries = 0;; tries++) {
    goOn(patience);
    const result = await ask();
    if (result.ok || !mayPass(result.failure)) return result;
    const reason = describeFailure(result.failure);
    if (tries >= PAUSES_S.length) throw new ImportStopped(`${reason}; the same command goes on from here`);
    patience.onRetry(`${reason}: asking again in ${PAUSES_S[tries]} s`);
    await patience.wait(PAUSES_S[tries]);
  }
}
