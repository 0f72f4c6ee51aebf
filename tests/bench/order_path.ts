/**
 * From a decision to the order's bytes on the socket, and to the exchange's answer, over TLS on this machine.
 * @module
 */

import { fileURLToPath } from "node:url";
import type { OrderIntent } from "../../src/core/order.ts";
import type { Count, Price } from "../../src/core/units.ts";
import { createBody } from "../../src/venues/kalshi/bodies_orders.ts";
import { OrderLine } from "../../src/venues/kalshi/fast/order_line.ts";
import { RequestWriter } from "../../src/venues/kalshi/fast/http_request.ts";
import { openStream, targetOf } from "../../src/venues/kalshi/fast/stream.ts";
import { TEST_AUTHORITY } from "../../src/venues/kalshi/fast/certificate_fixture.ts";
import { createSigner, type Signer } from "../../src/venues/kalshi/signer.ts";
import type { SigningAhead } from "../../src/venues/kalshi/signing/signing_ahead.ts";
import { median } from "./measure.ts";
import { ROOT } from "./processes.ts";
import { duration, type Row, type Section, times } from "./table.ts";

const ORDERS = 150;
const ROUNDS = 7;
const TARGET = "/trade-api/v2/portfolio/events/orders";
const TIMEOUT_MS = 5_000;
/** The first so many ways are those of a run with default settings, for each kind of key. */
const IN_RUN = 2;
/** Between two orders: long enough for timers and the signing Worker to have their turn. */
const PAUSE_MS = 1;

const INTENT: OrderIntent = {
  clientOrderId: "kbot-0123456789abcdef-000001",
  ticker: "KXBTC15M-26NOV200400-00",
  side: "bid",
  price: 5_600 as Price,
  count: 1_000 as Count,
  timeInForce: "good_till_canceled",
  postOnly: true,
  reduceOnly: false,
  expiresAt: null,
  shard: 2,
  strategy: "bench",
  signal: "bench",
};

/** Nanoseconds of each order; `write` is empty where nobody can see the write. */
interface Timings {
  readonly write: number[];
  readonly answer: number[];
}

interface Way {
  readonly name: string;
  send(timings: Timings): Promise<void>;
}

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN;

async function rsaSigner(): Promise<Signer> {
  const algorithm = {
    name: "RSA-PSS",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  };
  return await createSigner("bench", await pem(await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])));
}

async function edSigner(): Promise<Signer> {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
  return await createSigner("bench", await pem(pair as CryptoKeyPair));
}

async function pem(pair: CryptoKeyPair): Promise<string> {
  const der = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  return `-----BEGIN PRIVATE KEY-----\n${btoa(String.fromCharCode(...der))}\n-----END PRIVATE KEY-----\n`;
}

/** Sends by a connection of our own whose writes can be seen. */
function byLine(name: string, origin: string, signer: Signer, ahead: SigningAhead | null): Way & { line: OrderLine } {
  let decided = 0;
  let timings: Timings = { write: [], answer: [] };
  const line = new OrderLine({
    origin,
    bodyBytesMax: 1_000_000,
    probe: null,
    onTrouble: (reason) => {
      throw new Error(reason);
    },
    caCerts: [TEST_AUTHORITY],
    open: async (target, signal) => {
      const stream = await openStream(target, signal);
      return {
        read: (into) => stream.read(into),
        close: () => stream.close(),
        async write(bytes) {
          const writing = stream.write(bytes);
          // The call itself hands them to the kernel; what follows is our own waiting to hear of it.
          timings.write.push((performance.now() - decided) * 1e6);
          return await writing;
        },
      };
    },
  });
  line.start();
  return {
    name,
    line,
    async send(into) {
      timings = into;
      decided = performance.now();
      const body = JSON.stringify(createBody(INTENT));
      const now = Date.now();
      const signed = ahead?.ready("POST", TARGET, now) ?? await signer.headers("POST", TARGET, now);
      const headers = { "content-type": "application/json", ...signed };
      const outcome = await line.send({ method: "POST", target: TARGET, headers, body }, TIMEOUT_MS);
      into.answer.push((performance.now() - decided) * 1e6);
      if (outcome.kind !== "answered") throw new Error(`No answer: ${outcome.reason}`);
    },
  };
}

/** The same bytes made before and handed to the socket: what no client can save. */
async function bareWrite(name: string, origin: string, signer: Signer): Promise<Way & { close(): void }> {
  const url = new URL(origin);
  const stream = await openStream(targetOf(url, [TEST_AUTHORITY]), new AbortController().signal);
  const headers = { "content-type": "application/json", ...await signer.headers("POST", TARGET, Date.now()) };
  const request = { method: "POST", target: TARGET, headers, body: JSON.stringify(createBody(INTENT)) };
  const bytes = new RequestWriter(url.host).encode(request);
  const room = new Uint8Array(16_384);
  return {
    name,
    close: () => stream.close(),
    async send(into) {
      const decided = performance.now();
      const writing = stream.write(bytes);
      into.write.push((performance.now() - decided) * 1e6);
      await writing;
      await stream.read(room);
      into.answer.push((performance.now() - decided) * 1e6);
    },
  };
}

function byFetch(
  name: string,
  origin: string,
  signer: Signer,
  ahead: SigningAhead | null,
  client: Deno.HttpClient,
): Way {
  return {
    name,
    async send(into) {
      const decided = performance.now();
      const body = JSON.stringify(createBody(INTENT));
      const now = Date.now();
      const signed = ahead?.ready("POST", TARGET, now) ?? await signer.headers("POST", TARGET, now);
      const headers = { "content-type": "application/json", ...signed };
      const response = await fetch(origin + TARGET, { method: "POST", headers, body, client });
      await response.text();
      into.answer.push((performance.now() - decided) * 1e6);
    },
  };
}

async function measured(ways: readonly Way[]): Promise<Timings[][]> {
  const all = ways.map((): Timings[] => []);
  for (let round = -1; round < ROUNDS; round++) {
    for (let turn = 0; turn < ways.length; turn++) {
      const which = (turn + round + 1) % ways.length;
      const timings: Timings = { write: [], answer: [] };
      for (let order = 0; order < ORDERS; order++) {
        await ways[which].send(timings);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      // The first round warms everything up.
      if (round >= 0) all[which].push(timings);
    }
  }
  return all;
}

/** p50 and p99 of all rounds together. */
const figure = (rounds: readonly Timings[], of: keyof Timings): string => {
  const values = rounds.flatMap((timings) => timings[of]);
  return `${duration(quantile(values, 0.5))} / ${duration(quantile(values, 0.99))}`;
};

const ratio = (rounds: readonly Timings[], first: readonly Timings[], of: keyof Timings): number =>
  median(rounds.map((timings, round) => quantile(timings[of], 0.5) / quantile(first[round][of], 0.5)));

function rows(ways: readonly Way[], all: readonly Timings[][]): Row[] {
  const written = ways.map((_, k) => k).filter((k) => all[k][0].write.length > 0);
  const row = (of: keyof Timings) => (k: number): Row => ({
    what: `decision -> ${of === "write" ? "bytes on the socket" : "answer"}, ${ways[k].name}`,
    figure: figure(all[k], of),
    beside: k === 0 ? "p50 / p99" : `${times(ratio(all[k], all[0], of))} the p50 of the first`,
    budget: k === 0 && of === "write" ? "p50 20 us, p99 130 us" : "",
    inRun: k < IN_RUN,
  });
  return [...written.map(row("write")), ...ways.map((_, k) => row("answer")(k))];
}

export async function orderPath(): Promise<Section> {
  const program = fileURLToPath(new URL("./order_server_process.ts", import.meta.url));
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--no-check", program],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { port } = JSON.parse((await reader.read()).value ?? "{}") as { port: number };
  const origin = `https://127.0.0.1:${port}`;
  const client = Deno.createHttpClient({ caCerts: [TEST_AUTHORITY] });
  const [rsa, ed] = [await rsaSigner(), await edSigner()];
  const [ahead, edAhead] = [rsa, ed].map((signer) => signer.ahead?.({ maxAgeMs: 1_000, onTrouble: () => {} }) ?? null);
  for (const each of [ahead, edAhead]) each?.always("POST", TARGET);
  const bare = await bareWrite("a bare write of the same bytes", origin, rsa);
  const lines = [
    byLine("signed ahead (RSA), own connection", origin, rsa, ahead),
    byLine("signed ahead (Ed25519), own connection", origin, ed, edAhead),
    byLine("Ed25519 in place, own connection", origin, ed, null),
    byLine("RSA in place, own connection", origin, rsa, null),
  ];
  const ways: Way[] = [
    ...lines,
    bare,
    byFetch("signed ahead (RSA), fetch", origin, rsa, ahead, client),
    byFetch("RSA in place, fetch", origin, rsa, null, client),
  ];
  try {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { title: "Order path over TLS on this machine", rows: rows(ways, await measured(ways)) };
  } finally {
    for (const { line } of lines) line.stop();
    for (const each of [ahead, edAhead]) each?.stop();
    bare.close();
    client.close();
    await server.stdin.close();
    await server.status;
    await reader.cancel();
  }
}
