/**
 * The arbitrage scan beside C with AVX2, NumPy and plain TypeScript, on one board in one run. The programs beside are those
 * of the reference folder next to the project; what is not there, and what cannot be compiled, is said in its row.
 *
 *     deno run -A tests/bench/arbitrage_bench_native.ts [ROUNDS]
 *
 * C and NumPy charge the older fee, a whole cent up; they find about the same pairs, not the very same.
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SCAN, SCAN_DEFAULTS } from "../../src/models/arbitrage.ts";
import { referenceScan } from "../../src/models/arbitrage_fixture.ts";
import {
  encodeFigures,
  makeBoard,
  makeFigures,
  makeGroups,
  MARKETS,
  openScanner,
  PAIRS,
  SETTINGS,
} from "./arbitrage_bench_board.ts";
import { median } from "./measure.ts";
import { duration, renderTable, type Row, type Section, times } from "./table.ts";

const REFERENCE = fileURLToPath(new URL("../../../shared/reference/", import.meta.url));
const PROGRAM_TIMEOUT_MS = 120_000;
const ROUNDS = 7;

/** Microseconds of each task of a program in one round. */
type Times = Record<string, number>;

interface Program {
  readonly name: string;
  run(): Promise<Times>;
}

async function output(command: string, args: readonly string[], cwd: string): Promise<string> {
  const signal = AbortSignal.timeout(PROGRAM_TIMEOUT_MS);
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], cwd, signal }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr).trim().split("\n").at(-1));
  return decoder.decode(stdout);
}

/** Reads lines such as `RESULT c_avx2_cross 0.304 hits=1 profit=2 total_us=6.1`. */
function readTimes(text: string): Times {
  const rows = [...text.matchAll(/^RESULT (?:c_avx2|np)_(\w+) .*total_us=([\d.]+)/gm)];
  return Object.fromEntries(rows.map(([, task, total]) => [task, Number(total)]));
}

async function nativeC(folder: string): Promise<Program> {
  const source = join(REFERENCE, "arbitrage_native.c");
  const flags = ["-O3", "-march=haswell", "-w", "-o", "native", source, "-lm"];
  await output("gcc", flags, folder);
  return { name: "C, gcc -O3, AVX2", run: async () => readTimes(await output("./native", ["101"], folder)) };
}

async function numpy(folder: string): Promise<Program> {
  const source = join(REFERENCE, "arbitrage_numpy.py");
  await Deno.stat(source);
  await output("python3", ["-c", "import numpy"], folder);
  return { name: "NumPy", run: async () => readTimes(await output("python3", [source, "5"], folder)) };
}

const SCANS = 301;

/** Microseconds of one call: the median of single ones, as the programs beside take it. */
function timed(call: () => void, calls: number): number {
  const figures = Array.from({ length: calls }, () => {
    const started = performance.now();
    call();
    return (performance.now() - started) * 1_000;
  });
  return median(figures);
}

const TASKS = [
  { what: "strike pairs, all 495,000", ours: "strikes", theirs: "pairs_suffix", units: PAIRS },
  { what: "cross-venue pairs, both directions", ours: "venues", theirs: "cross", units: 2 * MARKETS },
  { what: "sums of events (ours: YES and NO)", ours: "sums", theirs: "events", units: MARKETS },
  { what: "all three", ours: "all", theirs: "all", units: MARKETS },
] as const;

const whole = (of: Times): Times => ({ ...of, all: of.pairs_suffix + of.cross + of.events });

/** The programs beside that can be run, and rows that say why others cannot. */
async function findPrograms(folder: string): Promise<{ programs: Program[]; skipped: Row[] }> {
  const programs: Program[] = [];
  const skipped: Row[] = [];
  for (const [name, find] of [["C", nativeC], ["NumPy", numpy]] as const) {
    try {
      programs.push(await find(folder));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      skipped.push({
        what: `${name}: skipped, because it cannot be run: ${reason}`,
        figure: "",
        beside: "",
        budget: "",
      });
    }
  }
  return { programs, skipped };
}

export async function arbitragePath(rounds = ROUNDS): Promise<Section> {
  const folder = await Deno.makeTempDir();
  try {
    const figures = makeFigures();
    await Deno.writeFile(join(folder, "data.bin"), encodeFigures(figures));
    const groups = makeGroups(figures);
    const board = makeBoard(figures);
    using scanner = openScanner(groups, board);
    const { programs, skipped } = await findPrograms(folder);
    const own = (): Times =>
      Object.fromEntries(TASKS.map(({ ours }) => [ours, timed(() => scanner.scan(SCAN[ours]), SCANS)]));
    const plain = timed(() => referenceScan(groups, board, { ...SCAN_DEFAULTS, ...SETTINGS }), 1);
    own();
    const mine: Times[] = [];
    const theirs = programs.map((): Times[] => []);
    for (let round = 0; round < rounds; round++) {
      // In rotating order, so that no program always follows the same one.
      for (let turn = 0; turn <= programs.length; turn++) {
        const which = (turn + round) % (programs.length + 1);
        if (which === programs.length) mine.push(own());
        else theirs[which].push(whole(await programs[which].run()));
      }
    }
    const rows = TASKS.flatMap((task) => taskRows(task, mine, programs, theirs));
    const found = scanner.scan();
    // Written to be read and not to be fast: no ratio is made of it.
    rows.push({
      what: "  plain TypeScript, the tests' own search",
      figure: duration(plain * 1_000),
      beside: "",
      budget: "",
    });
    return { title: `Arbitrage scan, 10,000 markets in ladders of 100, ${found} found`, rows: [...rows, ...skipped] };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function taskRows(
  { what, ours, theirs: task, units }: typeof TASKS[number],
  mine: readonly Times[],
  programs: readonly Program[],
  theirs: readonly (readonly Times[])[],
): Row[] {
  const microseconds = median(mine.map((one) => one[ours]));
  const budget = ours === "all" ? "50 us" : "";
  const per = `${(microseconds * 1_000 / units).toFixed(3)} ns each`;
  const own: Row = { what: `${what}: kbot`, figure: duration(microseconds * 1_000), beside: per, budget };
  return [
    own,
    ...programs.map(({ name }, which): Row => {
      const figure = duration(median(theirs[which].map((one) => one[task])) * 1_000);
      const ratio = median(theirs[which].map((one, round) => one[task] / mine[round][ours]));
      return { what: `  ${name}`, figure, beside: `${times(ratio)} kbot's`, budget: "" };
    }),
  ];
}

if (import.meta.main) {
  console.log(renderTable([await arbitragePath(Number(Deno.args[0] ?? ROUNDS))]));
}
