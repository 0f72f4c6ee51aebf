/**
 * The same jobs in C and in Numba, each in a process of its own that is asked in turn with ours. The C of the plain model is
 * the reference folder's beside the project; what is not there, and what cannot be compiled, is said and left out.
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

const REFERENCE = fileURLToPath(new URL("../../../shared/reference/", import.meta.url));
const NATIVE = fileURLToPath(new URL("./monte_carlo_native.c", import.meta.url));
const NUMBA = fileURLToPath(new URL("./monte_carlo_numba.py", import.meta.url));
const C_FLAGS = ["-O3", "-march=haswell", "-ffp-contract=fast", "-fno-math-errno", "-w", "-DW=8", "-DG=1"];
/** Numba may sit beside any of them. */
const PYTHONS = ["python3", "/usr/bin/python3"];
/** Compiling all of Numba's jobs takes most of it. */
const ANSWER_TIMEOUT_MS = 120_000;

/** A way of doing some jobs elsewhere. */
export interface Peer {
  readonly name: string;
  readonly jobs: readonly string[];
  /** Milliseconds of one run of a job. */
  run(job: string): Promise<number>;
  stop(): Promise<void>;
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], signal }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr).trim().split("\n").at(-1));
  return decoder.decode(stdout);
}

/** A process that answers each line, the name of a job, with its milliseconds. */
class Resident implements Peer {
  readonly name: string;
  readonly jobs: readonly string[];
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(name: string, jobs: readonly string[], command: string, args: readonly string[]) {
    this.name = name;
    this.jobs = jobs;
    this.#child = new Deno.Command(command, { args: [...args], stdin: "piped", stdout: "piped", stderr: "inherit" })
      .spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async run(job: string): Promise<number> {
    await this.#writer.write(new TextEncoder().encode(`${job}\n`));
    for (let end = this.#text.indexOf("\n");; end = this.#text.indexOf("\n")) {
      if (end >= 0) {
        const ms = Number.parseFloat(this.#text.slice(0, end));
        this.#text = this.#text.slice(end + 1);
        return ms;
      }
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`${this.name} ended`);
      this.#text += value;
    }
  }

  async stop(): Promise<void> {
    await this.#writer.close();
    await this.#reader.cancel();
    await this.#child.status;
  }
}

/** The plain model in C: a process for each run, which repeats the job and tells the median. */
function referenceC(compiler: string, program: string): Peer {
  return {
    name: `C with AVX2, ${compiler}`,
    jobs: ["gbm"],
    async run() {
      const found = /^RESULT c_J ([\d.]+)/m.exec(await output(program, ["c", "5"]));
      if (found === null) throw new Error(`${program} says no RESULT`);
      return Number(found[1]);
    },
    stop: () => Promise.resolve(),
  };
}

async function compiled(compiler: string, source: string, program: string): Promise<string> {
  await output(compiler, [...C_FLAGS, `-I${REFERENCE}`, "-o", program, source, "-lm"]);
  return program;
}

async function cWith(compiler: string, folder: string): Promise<Peer[]> {
  const plain = await compiled(compiler, join(REFERENCE, "monte_carlo_native.c"), join(folder, `${compiler}-plain`));
  const others = await compiled(compiler, NATIVE, join(folder, `${compiler}-others`));
  return [
    referenceC(compiler, plain),
    new Resident(`C with AVX2, ${compiler}`, ["jump", "student"], others, []),
  ];
}

async function numba(): Promise<Peer[]> {
  let reason: unknown = new Error("No Python was found");
  for (const python of PYTHONS) {
    try {
      await output(python, ["-c", "import numba"]);
      return [new Resident("Numba", ["gbm", "gbm_log", "jump", "student"], python, [NUMBA])];
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

/** All peers that this machine can run; the others are named on stderr. */
export async function startPeers(folder: string): Promise<Peer[]> {
  const makers: readonly [string, () => Promise<Peer[]>][] = [
    ["C, gcc", () => cWith("gcc", folder)],
    ["C, clang", () => cWith("clang", folder)],
    ["Numba", numba],
  ];
  const peers: Peer[] = [];
  for (const [name, start] of makers) {
    try {
      peers.push(...await start());
    } catch (error) {
      console.error(`Left out: ${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return peers;
}
