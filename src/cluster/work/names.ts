/**
 * Where at the NATS servers the work of sweeps lies.
 *
 * | stream | subject | holds |
 * | --- | --- | --- |
 * | `KBOT_SWEEP_OFFERS` | `kbot.sweep.offer.SWEEP.head`, and `.0`, `.1`, ... | what a worker has to know, once for each sweep |
 * | `KBOT_SWEEP_JOBS` | `kbot.sweep.job.SWEEP` | trials that nobody has done yet; each is taken away once it is answered |
 * | `KBOT_SWEEP_ANSWERS` | `kbot.sweep.answer.SWEEP.TRIAL` | what came of a trial, the first answer alone |
 *
 * What workers say of themselves goes over `kbot.sweep.worker.SWEEP` and is kept nowhere.
 * @module
 */

import type { WantedStream } from "../streams.ts";

export const OFFERS = "KBOT_SWEEP_OFFERS";
export const JOBS = "KBOT_SWEEP_JOBS";
export const ANSWERS = "KBOT_SWEEP_ANSWERS";

const ROOT = "kbot.sweep";
const HEAD = "head";

/** Of every sweep where it is left out. */
export const headSubject = (sweep = "*"): string => `${ROOT}.offer.${sweep}.${HEAD}`;
export const pieceSubject = (sweep: string, piece: number): string => `${ROOT}.offer.${sweep}.${piece}`;
export const offerSubjects = (sweep: string): string => `${ROOT}.offer.${sweep}.>`;
export const jobSubject = (sweep: string): string => `${ROOT}.job.${sweep}`;
export const answerSubject = (sweep: string, trial: string): string => `${ROOT}.answer.${sweep}.${trial}`;
export const answerSubjects = (sweep: string): string => `${ROOT}.answer.${sweep}.*`;
export const workerSubject = (sweep: string): string => `${ROOT}.worker.${sweep}`;

/** The consumer by which all workers together take a sweep's jobs. */
export const takerName = (sweep: string): string => `sweep-${sweep}`;

const HOUR_MS = 3_600_000;
export const NANOS_PER_MS = 1_000_000;
const MEBIBYTE = 1 << 20;

/** A sweep that was killed is gone on with within so long, or its jobs are forgotten. */
const JOBS_AGE_HOURS = 48;
/** A sweep that is started again within so long finds what was answered while it was away. */
const ANSWERS_AGE_HOURS = 168;
/** The same message, sent again because nothing was heard of it, is kept once within so long. */
const DUPLICATES_MS = 10 * 60_000;
/** Some hundred thousand trials waiting. */
const JOBS_BYTES_MAX = 64 * MEBIBYTE;
const OFFERS_BYTES_MAX = 64 * MEBIBYTE;
/** A year of quarter-hours takes some 10 kB a trial, packed. A sweep fetches its answers as they come. */
const ANSWERS_BYTES_MAX = 256 * MEBIBYTE;

/** The streams as they have to be. */
export function wantedStreams(replicas: number): readonly WantedStream[] {
  const kept = { storage: "file", num_replicas: replicas, duplicate_window: DUPLICATES_MS * NANOS_PER_MS } as const;
  const age = (hours: number): number => hours * HOUR_MS * NANOS_PER_MS;
  return [
    {
      ...kept,
      name: OFFERS,
      subjects: [`${ROOT}.offer.>`],
      max_msgs_per_subject: 1,
      max_age: age(ANSWERS_AGE_HOURS),
      max_bytes: OFFERS_BYTES_MAX,
      discard: "old",
    },
    {
      ...kept,
      name: JOBS,
      subjects: [`${ROOT}.job.>`],
      retention: "workqueue",
      max_age: age(JOBS_AGE_HOURS),
      max_bytes: JOBS_BYTES_MAX,
      discard: "new",
    },
    {
      ...kept,
      name: ANSWERS,
      subjects: [`${ROOT}.answer.>`],
      max_msgs_per_subject: 1,
      max_age: age(ANSWERS_AGE_HOURS),
      max_bytes: ANSWERS_BYTES_MAX,
      discard: "old",
    },
  ];
}
