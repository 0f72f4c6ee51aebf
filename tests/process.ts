/**
 * Starts kbot as its own process, as a user would, for whole-system tests.
 * @module
 */

import { fileURLToPath } from "node:url";

/** Decodes a stream line by line. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = new URL("..", import.meta.url);
/** Output kept of a process; a test that needs more is wrong. */
const OUTPUT_MAX = 4_000_000;
/** How long anything may take that comes at once on a calm machine: a bound, not a claim. */
const PATIENCE_MS = 300_000;

/** Variables that would lead a test to a person's own state or credentials. */
function cleanEnvironment(extra: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(Deno.env.toObject())) {
    if (!name.startsWith("KBOT_") && name !== "STATE_DIRECTORY" && name !== "CREDENTIALS_DIRECTORY") kept[name] = value;
  }
  return { ...kept, NO_COLOR: "1", ...extra };
}

/** Somebody waits for what it is to say. */
interface Waiting {
  readonly wanted: RegExp;
  readonly found: (match: RegExpExecArray) => void;
  /** @param why in words, without what was wanted */
  readonly fail: (why: string) => void;
}

/** A running kbot. Whoever starts one ends it. */
export class Kbot implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #out: Promise<void>;
  readonly #err: Promise<void>;
  #stdout = "";
  #stderr = "";
  #waiting: Waiting[] = [];
  /** Nothing more will be said. */
  #isSilent = false;
  #ended = false;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "-A", "src/main.ts", ...args],
      cwd: fileURLToPath(ROOT),
      env: cleanEnvironment(env),
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#out = this.#read(this.#child.stdout, (line) => this.#stdout += line + "\n");
    this.#err = this.#read(this.#child.stderr, (line) => this.#stderr += line + "\n");
    // What went wrong with the reading itself is told at the end.
    Promise.allSettled([this.#out, this.#err]).then(() => {
      this.#isSilent = true;
      this.#look();
    });
  }

  get stdout(): string {
    return this.#stdout;
  }
  get stderr(): string {
    return this.#stderr;
  }
  get pid(): number {
    return this.#child.pid;
  }

  async #read(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
    for await (const line of linesOf(stream)) {
      if (this.#stdout.length + this.#stderr.length < OUTPUT_MAX) take(line);
      this.#look();
    }
  }

  #look(): void {
    this.#waiting = this.#waiting.filter(({ wanted, found, fail }) => {
      const match = wanted.exec(this.#stdout + this.#stderr);
      if (match !== null) found(match);
      else if (this.#isSilent) fail("It ended");
      else return true;
      return false;
    });
  }

  /** Resolves once its output fulfils the wish; fails after `ms`, or when it has ended, with all that it said. */
  async until(wanted: RegExp, ms = PATIENCE_MS): Promise<RegExpExecArray> {
    const { promise, resolve: found, reject } = Promise.withResolvers<RegExpExecArray>();
    const fail = (why: string) =>
      reject(new Error(`${why} without ${wanted}; it said:\n${this.#stdout}${this.#stderr}`));
    const timer = setTimeout(() => fail(`${ms} ms passed`), ms);
    this.#waiting.push({ wanted, found, fail });
    this.#look();
    return await promise.finally(() => clearTimeout(timer));
  }

  signal(name: Deno.Signal): void {
    if (!this.#ended) this.#child.kill(name);
  }

  async end(): Promise<Ended> {
    const { code } = await this.#child.status;
    this.#ended = true;
    await Promise.all([this.#out, this.#err]);
    return { code, stdout: this.#stdout, stderr: this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.signal("SIGKILL");
    } catch {
      // It ended by itself.
    }
    await this.end();
  }
}

/** Runs kbot to its end. */
export async function runKbot(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const kbot = new Kbot(args, env);
  return await kbot.end();
}

/** An empty directory that is gone afterwards. */
export async function temporaryDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "kbot-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
