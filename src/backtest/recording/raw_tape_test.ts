import assert from "node:assert/strict";
import { join } from "node:path";
import type { Input } from "../../core/input.ts";
import type { Micros } from "../../core/units.ts";
import { Recorder } from "../../runner/recorder.ts";
import { VERSION } from "../../cli/version.ts";
import { WallClock } from "../../ops/clock.ts";
import { startEmbeddedExchange } from "../../venues/exchange/embedded.ts";
import { createSigner } from "../../venues/kalshi/signer.ts";
import type { Frames } from "../../venues/kalshi/frames.ts";
import { KalshiVenue } from "../../venues/kalshi/venue.ts";
import { RawTape } from "./raw_tape.ts";

/** The first market ends two simulated minutes from the start. */
const SPEED = 40;

interface Recorded {
  readonly live: readonly Input[];
  readonly tape: string;
}

/** Everything that a venue tells of an exchange at many times speed, and the tape of it. */
async function recorded(directory: string, frames: Frames, faults: readonly string[]): Promise<Recorded> {
  const exchange = await startEmbeddedExchange({
    port: 0,
    seed: 7,
    speed: SPEED,
    faults: ["no-index-history", ...faults],
    mode: "free",
    keyDirectory: null,
  });
  const recorder = await Recorder.start({
    directory,
    version: VERSION,
    venue: "test",
    simulated: true,
    hasSocket: true,
    retention: { days: 1, bytes: 1e9 },
    rotateBytes: 100_000,
  });
  const live: Input[] = [];
  const venue = new KalshiVenue({
    name: "sim",
    rest: exchange.info.rest,
    ws: exchange.info.ws,
    signer: await createSigner(exchange.info.key_id, exchange.privateKeyPem),
    series: ["KXBTC15M", "KXETH15M"],
    simulated: true,
    clock: new WallClock(exchange.info.clock.now_us, SPEED),
    sink: (input) => {
      live.push(input);
      recorder.input(input);
    },
    log: () => {},
    lockstep: false,
    trade: false,
    frames,
    onRaw: recorder.frame,
  });
  venue.start();
  const enough = () => live.some(({ type }) => type === "lifecycle") && live.length > 3_000;
  for (let look = 0; look < 6_000 && !enough(); look++) await new Promise((resolve) => setTimeout(resolve, 20));
  await venue.stop();
  await exchange.stop();
  await recorder.close();
  return { live, tape: recorder.status().directory };
}

async function inputsOf(tape: RawTape): Promise<Input[]> {
  const inputs: Input[] = [];
  for await (const batch of tape.batches()) inputs.push(...batch.inputs);
  return inputs;
}

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-raw-tape-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const CASES: readonly (readonly [name: string, frames: Frames, faults: readonly string[]])[] = [
  ["of ws", "json", []],
  ["of our own", "bytes", []],
  ["that breaks again and again", "bytes", ["socket-drop"]],
  ["that loses, doubles and reorders frames", "bytes", [
    "seq-gap",
    "duplicate-delta",
    "reorder-delta",
    "channel-error",
  ]],
];

for (const [name, frames, faults] of CASES) {
  Deno.test(`a tape of a socket ${name} gives the very inputs that were heard live, in their order`, () =>
    withDirectory(async (directory) => {
      const { live, tape } = await recorded(directory, frames, faults);
      const kinds = new Set(live.map(({ type }) => type));
      for (const kind of ["market", "link", "book_snapshot", "book_delta", "trade", "index", "lifecycle"]) {
        assert.ok(kinds.has(kind as Input["type"]), `${kind} was heard`);
      }
      const reader = new RawTape(tape);
      const again = await inputsOf(reader);
      assert.deepEqual(reader.problems, []);
      assert.equal(again.length, live.length);
      again.forEach((input, at) => assert.deepEqual(input, live[at], `input ${at}`));
    }));
}

const LINE = (at: number, source: string, raw: unknown): string =>
  JSON.stringify({ at, source, raw: typeof raw === "string" ? raw : JSON.stringify(raw) });

Deno.test("gaps, nonsense and a torn end make every book stale and are told", () =>
  withDirectory(async (directory) => {
    const link = { type: "link", at: 5, link: "kalshi", up: true, detail: "Connection 3" };
    const lines = [
      '{"kbot_tape":1,"part":1,"run":"x","version":"t","started":"s","venue":"v","simulated":true}',
      LINE(5, "kalshi/input", link),
      JSON.stringify({ at: 6, gap: { messages: 12, reason: "The disk was full" } }),
      LINE(7, "kalshi/input", { type: "link", at: 7 }),
      LINE(8, "kalshi/input", "{"),
      "nonsense",
      LINE(9, "coinbase", "not looked at"),
      '{"at":10,"source":"kal',
    ];
    await Deno.writeTextFile(join(directory, "000001.ndjson"), lines.join("\n"));
    const tape = new RawTape(directory);
    const inputs = await inputsOf(tape);
    assert.deepEqual(inputs.map(({ type }) => type).sort(), [
      "book_stale",
      "book_stale",
      "book_stale",
      "book_stale",
      "book_stale",
      "link",
    ]);
    assert.equal(tape.problems.length, 5);
    assert.ok(inputs.every(({ at }, k) => k === 0 || at >= (inputs[k - 1].at as Micros)));
  }));
