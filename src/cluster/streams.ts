/**
 * A stream at the NATS servers as whoever writes into it finds it, and what servers answer about one.
 * @module
 */

import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from "@nats-io/jetstream";

/** A stream as it is made where it is not there yet. */
export type WantedStream = Partial<StreamConfig> & { readonly name: string };

const hasCode = (error: unknown, ...codes: readonly number[]): boolean =>
  error instanceof JetStreamApiError && codes.includes(error.code);

const isNotThere = (error: unknown): boolean => hasCode(error, JetStreamApiCodes.StreamNotFound);

/** The stream or its consumer is not there. */
export const isGone = (error: unknown): boolean =>
  isNotThere(error) || hasCode(error, JetStreamApiCodes.ConsumerNotFound);

/** Somebody wrote before: nothing was kept. */
export const cameBetween = (error: unknown): boolean =>
  hasCode(error, JetStreamApiCodes.StreamWrongLastSequence, JetStreamApiCodes.StreamWrongLastSequenceUnknown);

/** As it is there, or else made as it has to be. @throws what the servers say, where they will not */
export async function openStream({ streams }: JetStreamManager, wanted: WantedStream): Promise<StreamInfo> {
  try {
    return await streams.info(wanted.name);
  } catch (error) {
    if (!isNotThere(error)) throw error;
    return await streams.add(wanted);
  }
}
