/**
 * `deno task bench:models`: the Monte Carlo beside C with AVX2 and plain Numba, job by job, and what each estimator takes
 * to a standard error. Every contender runs once a round, in rotating order; ratios are taken within a round.
 *
 *     deno run -A tests/bench/monte_carlo_bench.ts [ROUNDS]
 *
 * @module
 */

import { fitsInPlace } from "../../src/models/monte_carlo.ts";
import {
  ESTIMATORS,
  type MonteCarloRequest,
  type PriceModel,
  requestError,
  usualMode,
} from "../../src/models/monte_carlo_request.ts";
import { MonteCarloPool } from "../../src/ops/monte_carlo_pool/pool.ts";
import { median } from "./measure.ts";
import { hasRelaxed, REFERENCE_JOB, timed, TIMED_MODELS, timedScalar } from "./monte_carlo_jobs.ts";
import { type Peer, startPeers } from "./monte_carlo_peers.ts";
import { duration, renderTable, type Row, type Section, times } from "./table.ts";

const ROUNDS = 11;
const WARM_UP = 3;
const POOL_WORKERS = 2;
/** Paths up to which the time to a standard error is measured; beyond it is worked out from there. */
const PATHS_MEASURED_MAX = 1 << 20;
const PATHS_MEASURED_MIN = 64;

interface Contender {
  readonly name: string;
  /** What DESIGN.md 7 wants. */
  readonly budget: string;
  run(): number | Promise<number>;
}

type Figures = ReadonlyMap<string, readonly number[]>;

async function race(contenders: readonly Contender[], rounds: number): Promise<Figures> {
  const figures = new Map(contenders.map(({ name }): [string, number[]] => [name, []]));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const { name, run } = contenders[(turn + round + WARM_UP) % contenders.length];
      const ms = await run();
      if (round >= 0) figures.get(name)?.push(ms);
    }
  }
  return figures;
}

function ours(model: PriceModel, pool: MonteCarloPool): Contender[] {
  const job: MonteCarloRequest = { ...REFERENCE_JOB, model };
  const plain = model.name === "gbm";
  const contenders: Contender[] = [
    { name: "strict", budget: plain ? ">= 14 x Numba, <= 3.4 x C" : "", run: () => timed(job).ms },
  ];
  if (hasRelaxed) {
    const run = () => timed({ ...job, kernel: "relaxed" }).ms;
    contenders.push({ name: "relaxed", budget: plain ? ">= 19 x Numba, <= 2.5 x C" : "", run });
  }
  contenders.push({
    name: `strict, pool of ${POOL_WORKERS} Workers`,
    budget: "",
    run: async () => {
      const begun = performance.now();
      await pool.ask({ id: 1, request: job });
      return performance.now() - begun;
    },
  });
  contenders.push({ name: "plain TypeScript, where there is no SIMD", budget: "", run: () => timedScalar(job) });
  return contenders;
}

const PLAIN_NUMBA = "Numba, plain loop";
const LOG_NUMBA = "Numba, exponentials only where averaged";

function theirs(model: string, peers: readonly Peer[]): Contender[] {
  return peers.flatMap((peer) =>
    peer.jobs.filter((job) => job === model || job === `${model}_log`).map((job): Contender => {
      const numba = job === model ? PLAIN_NUMBA : LOG_NUMBA;
      return { name: peer.name === "Numba" ? numba : peer.name, budget: "", run: () => peer.run(job) };
    })
  );
}

/** The median over the rounds of one's time over another's; "" where there is no other. */
function ratio(over: readonly number[] | undefined, under: readonly number[] | undefined, to: string): string {
  if (over === undefined || under === undefined) return "";
  return `${times(median(over.map((ms, round) => ms / under[round])))} ${to}`;
}

/** Of each round, the faster C. */
function fastestC(figures: Figures): readonly number[] | undefined {
  const all = [...figures].filter(([name]) => name.startsWith("C ")).map(([, ms]) => ms);
  return all.length === 0 ? undefined : all[0].map((_, round) => Math.min(...all.map((ms) => ms[round])));
}

function rowsOf(contenders: readonly Contender[], figures: Figures): Row[] {
  const c = fastestC(figures);
  return contenders.map(({ name, budget }): Row => {
    const ms = figures.get(name) ?? [];
    const isPeer = name.startsWith("C ") || name.startsWith("Numba");
    const beside = [
      name === PLAIN_NUMBA ? "" : ratio(figures.get(PLAIN_NUMBA), ms, "faster than Numba"),
      isPeer ? "" : ratio(ms, c, "the time of C"),
    ];
    const figure = `${duration(median(ms) * 1e6)}, best ${duration(Math.min(...ms) * 1e6)}`;
    return { what: name, figure, beside: beside.filter((part) => part !== "").join(", "), budget };
  });
}

async function jobs(rounds: number): Promise<Section[]> {
  const folder = await Deno.makeTempDir();
  const peers = await startPeers(folder);
  const pool = new MonteCarloPool({ workers: POOL_WORKERS });
  try {
    const sections: Section[] = [];
    for (const model of TIMED_MODELS) {
      const contenders = [...ours(model, pool), ...theirs(model.name, peers)];
      const rows = rowsOf(contenders, await race(contenders, rounds));
      sections.push({ title: `${model.name}: 10,000 paths x 900 steps`, rows });
    }
    return sections;
  } finally {
    pool.close();
    for (const peer of peers) await peer.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Paths, a power of two, whose standard error is within the wanted one, and their milliseconds. */
function timeTo(request: MonteCarloRequest, wanted: number): string {
  for (let paths = PATHS_MEASURED_MIN; paths <= PATHS_MEASURED_MAX; paths *= 2) {
    const { standardError } = timed({ ...request, paths });
    if (standardError <= wanted) {
      const ms = median(Array.from({ length: 7 }, () => timed({ ...request, paths }).ms));
      return `${duration(ms * 1e6)}, ${paths} paths`;
    }
    // Far from it: the rest follows from the square root, and would take minutes to show.
    if (paths >= 65_536 && standardError > 4 * wanted) {
      const factor = (standardError / wanted) ** 2;
      const { ms } = timed({ ...request, paths });
      return `about ${duration(ms * factor * 1e6)}, ${(paths * factor).toExponential(1)} paths`;
    }
  }
  return "not reached";
}

function estimators(): Section[] {
  return TIMED_MODELS.map((model): Section => {
    const rows = ESTIMATORS.flatMap((estimator) =>
      (["every_second", "exact_jump"] as const).flatMap((mode): Row[] => {
        const request: MonteCarloRequest = { ...REFERENCE_JOB, model, estimator, mode, paths: 64 };
        if (requestError(request) !== null) return [];
        const figure = timeTo(request, 1e-3);
        return [{ what: `${estimator}, ${mode}`, figure, beside: timeTo(request, 1e-4), budget: "" }];
      })
    );
    return { title: `${model.name}: time to a standard error of 1e-3, and of 1e-4`, rows };
  });
}

/** The longest simulation of every kind that may run on the thread that trades. */
function inPlace(): Section {
  const rows = TIMED_MODELS.flatMap((model) =>
    ESTIMATORS.flatMap((estimator): Row[] => {
      const request: MonteCarloRequest = { ...REFERENCE_JOB, model, estimator, mode: usualMode(model.name), paths: 64 };
      if (requestError(request) !== null || estimator === "sobol") return [];
      let paths = 32;
      while (fitsInPlace({ ...request, paths: paths + 32 })) paths += 32;
      const all = Array.from({ length: 200 }, () => timed({ ...request, paths }).ms).sort((a, b) => a - b);
      const figure = `${duration(all[100] * 1e6)}, 99 of 100 within ${duration(all[197] * 1e6)}`;
      return [{ what: `${model.name}, ${estimator}: ${paths} paths`, figure, beside: "", budget: "1 ms" }];
    })
  );
  return { title: "The longest simulations that run in place", rows };
}

const rounds = Deno.args[0] === undefined ? ROUNDS : Number(Deno.args[0]);
if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1_000) {
  console.error(`Rounds must be a whole number from 1 to 1000, found ${Deno.args[0]}`);
  Deno.exit(2);
}
// In place first: that is also how a run begins, before the compiler has seen much.
const sections = [inPlace(), ...await jobs(rounds), ...estimators()];
const { version: { deno, v8 }, build: { target } } = { version: Deno.version, build: Deno.build };
console.log(`Deno ${deno}, V8 ${v8}, ${target}, ${navigator.hardwareConcurrency} cores`);
console.log(renderTable(sections));
