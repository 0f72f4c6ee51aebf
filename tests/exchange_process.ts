/**
 * The simulated exchange as a process of its own, for tests of what trades at it.
 *
 * ```ts
 * await using exchange = await ExchangeProcess.start("--seed", "7", "--speed", "2");
 * await using bot = new Kbot(["run", "--live", ...exchange.venue], exchange.env);
 * ```
 * @module
 */

import { Kbot, temporaryDirectory } from "./process.ts";

/** Until it tells its addresses, on a machine that others use, too. */
const START_MS = 300_000;
/** Twice what a start takes on a machine that has nothing else to do. */
const CALM_START_MS = 1_500;

/** What it prints at its start. */
interface Addresses {
  readonly rest: string;
  readonly ws: string;
  readonly key_id: string;
  readonly private_key_file: string;
  readonly clock: { readonly speed: number };
}

export class ExchangeProcess implements AsyncDisposable {
  readonly rest: string;
  readonly ws: string;
  /** The flags by which kbot finds it. */
  readonly venue: readonly string[];
  /** The key that it takes orders by. */
  readonly env: Readonly<Record<string, string>>;
  /** Simulated seconds a second. */
  readonly speed: number;
  readonly #process: Kbot;
  readonly #parts: AsyncDisposableStack;

  private constructor(process: Kbot, parts: AsyncDisposableStack, addresses: Addresses) {
    const { rest, ws, key_id, private_key_file, clock } = addresses;
    this.rest = rest;
    this.ws = ws;
    this.venue = ["--venue", rest, "--venue-ws", ws];
    this.env = { KBOT_KALSHI_KEY_ID: key_id, KBOT_KALSHI_PRIVATE_KEY_FILE: private_key_file };
    this.speed = clock.speed;
    this.#process = process;
    this.#parts = parts;
  }

  /** @param flags what it is to be like: its seed, its speed, its faults */
  static async start(...flags: readonly string[]): Promise<ExchangeProcess> {
    await using parts = new AsyncDisposableStack();
    const keys = parts.use(await temporaryDirectory());
    const process = parts.use(new Kbot(["exchange", ...flags, "--port", "0", "--json", "--state", keys.path]));
    const [line] = await process.until(/^\{.*\}$/m, START_MS);
    return new ExchangeProcess(process, parts.move(), JSON.parse(line) as Addresses);
  }

  /**
   * One that goes no faster than a bot on this machine can follow, as judged by how long a start takes: who falls behind sees
   * old prices alone, and sends no order.
   *
   * @param speed on a machine that has nothing else to do
   */
  static async startInStep(speed: number, ...flags: readonly string[]): Promise<ExchangeProcess> {
    const began = performance.now();
    const started = await ExchangeProcess.start("--speed", `${speed}`, ...flags);
    const slower = Math.max(1, Math.floor(speed * CALM_START_MS / (performance.now() - began)));
    if (slower >= speed) return started;
    await started[Symbol.asyncDispose]();
    return await ExchangeProcess.start("--speed", `${slower}`, ...flags);
  }

  /** What it itself says happened, with as much of it as a test reads. */
  async ledger<Ledger>(): Promise<Ledger> {
    return await (await fetch(new URL("/sim/ledger", this.rest))).json();
  }

  signal(name: Deno.Signal): void {
    this.#process.signal(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}
