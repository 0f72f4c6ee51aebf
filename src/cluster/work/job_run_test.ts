import assert from "node:assert/strict";
import type { TrialRan } from "../../backtest/search/sweep_pool.ts";
import type { PassAsked, TrialAsked } from "../../backtest/search/trial.ts";
import { type Answer, decodeAnswer, encodeAnswer } from "./answer.ts";
import { decodeJob, encodeJob, trialKey } from "./job.ts";
import { JobRun } from "./job_run.ts";
import { Quiet } from "./quiet.ts";

const worked = (number: number): TrialRan => ({
  ok: true,
  result: { profits: Float64Array.of(number), orders: 1, fills: 1, through: null, stoppedEarly: false },
});
const passOf = (count: number): PassAsked => ({
  trials: Array.from({ length: count }, (_, k) => ({ number: k + 1, parameters: { a: k + 1 } })),
  until: null,
  tickers: null,
  borders: [],
});

interface Played {
  readonly trials: number;
  readonly delivery: number;
  /** Trials that fail when they are run. */
  readonly fail?: readonly number[];
  /** What is kept before. */
  readonly kept?: Readonly<Record<number, Answer>>;
  readonly stopped?: boolean;
  readonly bytes?: Uint8Array;
}

/** Runs one job at servers that are made up; what was done, in words. */
async function play({ trials, delivery, fail = [], kept = {}, stopped = false, bytes }: Played): Promise<string[]> {
  const pass = passOf(trials);
  const did: string[] = [];
  const numberOf = (key: string) => pass.trials.find((trial) => trialKey(trial, pass) === key)?.number ?? 0;
  const answers = new Map<number, Uint8Array>(
    Object.entries(kept).map(([number, answer]) => [Number(number), encodeAnswer(answer)]),
  );
  const words = (answer: Uint8Array): string => {
    const read = decodeAnswer(answer);
    assert.ok(read.ok);
    return read.value.ran.ok ? "well" : `failed: ${read.value.ran.reason}`;
  };
  const servers = {
    answered: (_: string, key: string) => Promise.resolve(answers.get(numberOf(key)) ?? null),
    answer: (_: string, key: string, given: Uint8Array) => {
      const before = answers.get(numberOf(key)) ?? null;
      if (before === null) {
        answers.set(numberOf(key), given);
        did.push(`answer ${numberOf(key)} ${words(given)}`);
      }
      return Promise.resolve(before);
    },
    forgetAnswer: (_: string, key: string) => {
      answers.delete(numberOf(key));
      did.push(`forget ${numberOf(key)}`);
      return Promise.resolve();
    },
    put: ({ id, bytes: put }: { readonly id: string; readonly bytes: Uint8Array }) => {
      const job = decodeJob(put);
      assert.ok(job.ok);
      did.push(`put ${id} of ${job.value.pass.trials.map(({ number }) => number)}`);
      return Promise.resolve();
    },
  };
  const pool = {
    run: (asked: PassAsked, onRan: (trial: TrialAsked, ran: TrialRan) => void = () => {}) => {
      did.push(`run ${asked.trials.map(({ number }) => number)}`);
      const rans = asked.trials.map(({ number }) =>
        fail.includes(number) ? { ok: false as const, reason: "planted" } : worked(number)
      );
      asked.trials.forEach((trial, k) => onRan(trial, rans[k]));
      return Promise.resolve(rans);
    },
  };
  const message = {
    data: bytes ?? encodeJob({ id: "job", pass }),
    info: { deliveryCount: delivery },
    working: () => {},
    nak: (ms?: number) => did.push(ms === undefined ? "give back" : "give back for later"),
    term: () => did.push("throw away"),
    ackAck: () => {
      did.push("done");
      return Promise.resolve(true);
    },
  };
  await new JobRun({
    servers,
    sweep: "5eed",
    worker: "w",
    ackWaitMs: 60_000,
    quiet: new Quiet(),
    pool,
    onTrouble: (text) => did.push(text),
    isStopped: () => stopped,
  }, message).run();
  return did;
}

const LEFT_OUT = "It was given to 5 workers, and each was gone before it was done";

Deno.test("every row of what is done with a job", async () => {
  const other: Answer = { worker: "v", ran: worked(1) };
  const failed: Answer = { worker: "v", ran: { ok: false, reason: "r" } };
  const cases: [string, Played, readonly string[]][] = [
    ["the first time all are run side by side", { trials: 2, delivery: 1 }, [
      "run 1,2",
      "answer 1 well",
      "answer 2 well",
      "done",
    ]],
    ["trials that are answered are left out", { trials: 2, delivery: 1, kept: { 1: other } }, [
      "run 2",
      "answer 2 well",
      "done",
    ]],
    ["where all are, nothing is run", { trials: 1, delivery: 4, kept: { 1: failed } }, ["done"]],
    ["the second time each becomes a job of its own", { trials: 3, delivery: 2, kept: { 2: other } }, [
      "put job.1 of 1",
      "put job.3 of 3",
      "done",
    ]],
    ["one alone is run again", { trials: 1, delivery: 5 }, ["run 1", "answer 1 well", "done"]],
    ["but not for ever", { trials: 1, delivery: 6 }, [
      `answer 1 failed: ${LEFT_OUT}`,
      `Trial 1 is left out: ${LEFT_OUT}`,
      "done",
    ]],
    ["what fails is given to others, what does not is answered", { trials: 2, delivery: 1, fail: [1] }, [
      "run 1,2",
      "answer 2 well",
      "give back for later",
    ]],
    ["and answered as failed the third time", { trials: 1, delivery: 3, fail: [1] }, [
      "run 1",
      "answer 1 failed: w: planted",
      "done",
    ]],
    ["a worker that is stopped gives back what it could not do", { trials: 1, delivery: 3, fail: [1], stopped: true }, [
      "run 1",
      "give back",
    ]],
    ["what is no job is thrown away", { trials: 1, delivery: 1, bytes: Uint8Array.of(1) }, [
      "A job is thrown away, and its trials come again: Job of 1 bytes cannot be unpacked: unexpected end of file",
      "throw away",
    ]],
  ];
  for (const [name, played, wanted] of cases) assert.deepEqual(await play(played), wanted, name);
});
