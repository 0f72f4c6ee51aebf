/**
 * What servers are asked for is asked again while they elect a leader, restart or cannot be reached: that takes seconds after the
 * loss of one, and as long as it takes after the loss of more.
 * @module
 */

import { JetStreamApiError } from "@nats-io/jetstream";
import { ClosedConnectionError, PermissionViolationError } from "@nats-io/nats-core";
import { messageOf } from "../store/message.ts";

/** For so long a sweep waits for its servers; its results until then are kept. */
const PATIENCE_MS = 600_000;
const WAIT_MS = { least: 100, most: 2_000 } as const;
/** An outage as short as an election is not worth a word. */
const TOLD_AFTER_MS = 15_000;
/** From here on a server's code says that it could not, not that it would not. */
const SERVER_FAULT = 500;
/** One server alone is asked to keep things more than once, and calls that a fault of its own. */
const REPLICAS_NOT_SUPPORTED = 10_074;
const ALONE = "One NATS server alone keeps each thing once: set cluster.replicas = 1, or make a cluster of three";

/** At the first question, where it is likelier that something is set up wrongly. */
export const FIRST_PATIENCE_MS = 20_000;

/** Servers could not be asked, in words. */
export class ServersLost extends Error {}

export interface Asking {
  /** Nobody wants the answer any more. */
  isOver(): boolean;
  /** How long is asked on; ten minutes where absent. */
  readonly patienceMs?: number;
  /** Told once in an outage that is long. */
  onTrouble(text: string): void;
}

/** That there is no JetStream is also said by a server that has just started, and passes. */
const isFinal = (error: unknown): boolean =>
  error instanceof JetStreamApiError
    ? error.status < SERVER_FAULT
    : error instanceof ClosedConnectionError || error instanceof PermissionViolationError;

/** @throws what says that asking again is in vain; ServersLost after the patience, or once nobody wants the answer */
export async function served<Result>(
  { isOver, onTrouble, patienceMs = PATIENCE_MS }: Asking,
  ask: () => Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  let isTold = false;
  for (let wait: number = WAIT_MS.least;; wait = Math.min(WAIT_MS.most, 2 * wait)) {
    try {
      return await ask();
    } catch (error) {
      if (isFinal(error)) throw error;
      if (error instanceof JetStreamApiError && error.code === REPLICAS_NOT_SUPPORTED) throw new ServersLost(ALONE);
      const waited = performance.now() - started;
      const lost = `The NATS servers have not answered for ${Math.round(waited / 1_000)} s: ${messageOf(error)}`;
      if (isOver() || waited > patienceMs) throw new ServersLost(lost);
      if (!isTold && waited > TOLD_AFTER_MS) {
        isTold = true;
        onTrouble(`${lost}; they are asked on`);
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
