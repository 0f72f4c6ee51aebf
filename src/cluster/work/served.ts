/**
 * What servers are asked for is asked again while they elect a leader, restart or cannot be reached: that takes seconds after the
 * loss of one, and as long as it takes after the loss of more.
 * @module
 */

import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import { ClosedConnectionError, PermissionViolationError } from "@nats-io/transport-node";
import { messageOf } from "../../store/message.ts";

/** For so long a sweep waits for its servers; its results until then are kept. */
const PATIENCE_MS = 600_000;
const WAIT_MS = { least: 100, most: 2_000 } as const;
/** An outage as short as an election is not worth a word. */
const TOLD_AFTER_MS = 15_000;
/** From here on a server's code says that it could not, not that it would not. */
const SERVER_FAULT = 500;

/** Servers could not be asked, in words. */
export class ServersLost extends Error {}

export interface Asking {
  /** Nobody wants the answer any more. */
  isOver(): boolean;
  /** Told once in an outage that is long. */
  onTrouble(text: string): void;
}

/** The library does not export the class by which it says this. */
const hasNoJetStream = (error: unknown): boolean =>
  error instanceof Error && (error.name === "JetStreamNotEnabled" ||
    (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.JetStreamNotEnabledForAccount));

function isFinal(error: unknown): boolean {
  if (hasNoJetStream(error)) return true;
  if (error instanceof JetStreamApiError) return error.status < SERVER_FAULT;
  return error instanceof ClosedConnectionError || error instanceof PermissionViolationError;
}

/** @throws what says that asking again is in vain; ServersLost after ten minutes, or once nobody wants the answer */
export async function served<Result>({ isOver, onTrouble }: Asking, ask: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  let isTold = false;
  for (let wait: number = WAIT_MS.least;; wait = Math.min(WAIT_MS.most, 2 * wait)) {
    try {
      return await ask();
    } catch (error) {
      if (isFinal(error)) throw error;
      const waited = performance.now() - started;
      const lost = `The NATS servers have not answered for ${Math.round(waited / 1_000)} s: ${messageOf(error)}`;
      if (isOver() || waited > PATIENCE_MS) throw new ServersLost(lost);
      if (!isTold && waited > TOLD_AFTER_MS) {
        isTold = true;
        onTrouble(`${lost}; they are asked on`);
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
