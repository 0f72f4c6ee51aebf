/**
 * From a real WebSocket on this machine to synced books: how many frames a second, and how long one frame takes.
 * @module
 */

import { fileURLToPath } from "node:url";
import { median } from "./measure.ts";
import { figuresOf, ROOT } from "./processes.ts";
import type { SocketFigures } from "./socket_client_process.ts";
import { SOCKET_MARKETS, tickerStem } from "./socket_frames.ts";
import { duration, type Row, type Section, times } from "./table.ts";

const CHANGES = 200_000;
const PASSES = 6;
const PACED_PER_SECOND = 3_000;
/** As in the server's process; the first two warm the compiler up. */
const PACED_SECONDS = 6;
const WARM_SECONDS = 2;
const ROUNDS = 5;
const PACED_ROUNDS = 3;

const NAMES: Readonly<Record<string, string>> = {
  wasm: "own framing, parser in WASM, books, those in WASM compared",
  alone: "own framing, parser and books in WASM alone",
  bytes: "own framing, parser in TypeScript, books",
  ws: "ws, JSON.parse, checks, books",
  builtin: "built-in WebSocket, JSON.parse, checks, books",
  json: "built-in WebSocket, JSON.parse alone",
  decision: "own framing, parser in WASM, journal, engine",
};

interface Server extends AsyncDisposable {
  readonly url: string;
}

async function startServer(passes: number, perSecond: number, secure: boolean): Promise<Server> {
  const program = fileURLToPath(new URL("./socket_server_process.ts", import.meta.url));
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-A",
      "--no-check",
      program,
      `${CHANGES}`,
      `${passes}`,
      `${perSecond}`,
      ...(secure ? ["tls"] : []),
    ],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  const { port } = JSON.parse(value ?? "{}") as { port: number };
  return {
    url: `${secure ? "wss" : "ws"}://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      await process.stdin.close();
      await process.status;
      await reader.cancel();
    },
  };
}

/** Every client once in every round, in rotating order. */
async function raced(
  server: Server,
  clients: readonly string[],
  changes: number,
  passes: number,
  warm: number,
  rounds: number,
): Promise<SocketFigures[][]> {
  const figures = clients.map((): SocketFigures[] => []);
  const stem = await tickerStem();
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < clients.length; turn++) {
      const which = (turn + round) % clients.length;
      const args = [clients[which], server.url, `${changes}`, `${passes}`, `${warm}`, stem];
      figures[which].push(await figuresOf<SocketFigures>("./socket_client_process.ts", args));
    }
  }
  return figures;
}

const middle = (all: readonly SocketFigures[], of: (figures: SocketFigures) => number): number => median(all.map(of));
const millions = (perSecond: number): string => `${(perSecond / 1e6).toFixed(2)} M/s`;

async function throughput(secure: boolean): Promise<Row[]> {
  await using server = await startServer(PASSES, 0, secure);
  // The built-in client cannot be told of the test's own authority.
  const clients = secure ? ["wasm", "alone", "bytes", "ws"] : ["wasm", "alone", "bytes", "ws", "builtin", "json"];
  const figures = await raced(server, clients, CHANGES, PASSES, CHANGES + SOCKET_MARKETS, ROUNDS);
  const levels = figures.filter((_, k) => clients[k] !== "json").flat().map((each) => each.levels);
  if (new Set(levels).size !== 1) throw new Error(`The clients' books differ: ${levels}`);
  return figures.map((all, k): Row => {
    const ratio = median(all.map((each, round) => figures[0][round].framesPerSecond / each.framesPerSecond));
    return {
      what: NAMES[clients[k]] + (secure ? ", TLS" : ""),
      figure: millions(middle(all, (each) => each.framesPerSecond)),
      beside: k === 0 ? "" : `${times(1 / ratio)} the first`,
      budget: k === 0 ? "1 M/s" : "",
      inRun: k === 0,
    };
  });
}

async function latency(): Promise<Row[]> {
  await using server = await startServer(1, PACED_PER_SECOND, false);
  const clients = ["decision", "wasm", "bytes", "ws", "builtin"];
  const warm = SOCKET_MARKETS + PACED_PER_SECOND * WARM_SECONDS;
  const figures = await raced(server, clients, PACED_PER_SECOND * PACED_SECONDS, 1, warm, PACED_ROUNDS);
  return figures.map((all, k): Row => {
    const of = (pick: (figures: SocketFigures) => number) => duration(middle(all, pick));
    const ratio = median(all.map((each, round) => each.p50 / figures[0][round].p50));
    return {
      what: `${PACED_PER_SECOND} a second: ${NAMES[clients[k]]}`,
      figure: `${of((each) => each.p50)} / ${of((each) => each.p99)} / ${of((each) => each.p999)}`,
      beside: k === 0 ? "p50 / p99 / p99.9, handler" : `${times(ratio)} the p50 of the first`,
      budget: k === 0 ? "p50 2 us, p99 6 us" : "",
      inRun: k === 0,
    };
  });
}

export async function socketPath(): Promise<Section> {
  const rows = [...await throughput(false), ...await throughput(true), ...await latency()];
  return {
    title: `Loopback WebSocket to synced books, ${SOCKET_MARKETS} markets, ${CHANGES * (PASSES - 1)} changes`,
    rows,
  };
}
