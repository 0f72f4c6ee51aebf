/**
 * What a demo recorded is enough to work everything out again: the journal gives the same decisions, and the messages on
 * the tape, through the same adapters, the same prices and index values.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Input } from "../src/core/input.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "../src/core/units.ts";
import { defaultConfig } from "../src/config/schema.ts";
import type { SpotProtocol } from "../src/feeds/spot/protocol.ts";
import { SPOT_PROTOCOLS } from "../src/feeds/spot/registry.ts";
import type { SpotSource } from "../src/feeds/spot/source.ts";
import { SpotDesk } from "../src/feeds/spot/spot_desk.ts";
import { SpotListener } from "../src/feeds/spot/spot_listener.ts";
import { SteppedClock } from "../src/ops/clock.ts";
import { readJournal } from "../src/store/journal_reader.ts";
import { statePaths } from "../src/store/state_directory.ts";
import type { TapeMessage } from "../src/store/tape_lines.ts";
import { listTapes } from "../src/store/tape_retention.ts";
import { readTape } from "../src/store/tape_reader.ts";
import { DEFAULT_START } from "../src/venues/exchange/exchange.ts";
import { runKbot, temporaryDirectory } from "./process.ts";

const SEED = 7;
const CONFIG = defaultConfig();
const ASSETS = ["BTC", "ETH"];
/** Simulated. */
const SECONDS = 120;
/** A run in lockstep looks at its exchanges ten times a second. */
const QUANTUM = MICROS_PER_SECOND / 10;
/** Its connections open within the first of these steps. */
const OPENED = micros(DEFAULT_START + QUANTUM);

interface Demo {
  readonly journal: string;
  readonly decision_hash: string;
  readonly simulated: boolean;
}

async function demo(state: string, speed: number, env: Readonly<Record<string, string>> = {}): Promise<Demo> {
  const pace = ["--for", `${SECONDS / speed}s`, "--speed", `${speed}`, "--seed", `${SEED}`];
  const ended = await runKbot(["demo", ...pace, "--json", "--port", "0", "--state", state], env);
  assert.equal(ended.code, 0, ended.stderr);
  return JSON.parse(ended.stdout) as Demo;
}

type Told = Extract<Input, { type: "spot" | "index" }>;

/** What the spot exchanges and the index that is made of them came to, in the journal's order. */
async function toldIn(journal: string): Promise<Told[]> {
  const told: Told[] = [];
  for await (const event of readJournal(journal)) {
    assert.equal(event.kind, "entries", JSON.stringify(event));
    if (event.kind !== "entries") continue;
    for (const entry of event.entries) {
      if (entry.kind !== "input") continue;
      const { input } = entry;
      if (input.type === "spot" || input.type === "index" && input.source !== "official") told.push(input);
    }
  }
  return told;
}

async function messagesOn(state: string): Promise<TapeMessage[]> {
  const { tapes: directory } = statePaths(state);
  const [tape, ...others] = await listTapes(directory);
  assert.deepEqual(others, []);
  const messages: TapeMessage[] = [];
  for await (const event of readTape(join(directory, tape))) {
    assert.ok(event.kind === "lines" || event.kind === "header", JSON.stringify(event));
    if (event.kind !== "lines") continue;
    for (const line of event.lines) {
      assert.notEqual(line.kind, "gap", JSON.stringify(line));
      if (line.kind === "message") messages.push(line);
    }
  }
  return messages;
}

/** An exchange whose socket is the tape. */
class TapedSource implements SpotSource {
  readonly exchange: string;
  readonly constituent: boolean;
  readonly assets: readonly string[];
  readonly #listener: SpotListener;
  readonly up = true;

  constructor(protocol: SpotProtocol, now: Micros) {
    this.exchange = protocol.exchange;
    this.constituent = protocol.constituent;
    this.assets = ASSETS.filter((asset) => protocol.symbol(asset) !== null);
    this.#listener = new SpotListener({
      protocol,
      assets: this.assets,
      window: CONFIG.feeds.vwap_seconds * MICROS_PER_SECOND,
      now,
      log: () => {},
      reply: () => {},
      request: () => {},
      drop: (reason) => assert.fail(`${protocol.title}: ${reason}`),
    });
    this.#listener.opened(now);
  }

  heard({ raw, at }: TapeMessage): void {
    this.#listener.heard(raw, at);
  }

  readonly #of = (asset: string) => this.#listener.states.get(asset);
  book = (asset: string) => this.#of(asset)?.book ?? null;
  bookAt = (asset: string) => this.#of(asset)?.bookAt ?? null;
  quote = (asset: string) => this.#of(asset)?.quote ?? null;
  last = (asset: string) => this.#of(asset)?.last ?? null;
  vwap = (asset: string, now: Micros) => this.#of(asset)?.vwap(now) ?? null;
  latency = (asset: string) => this.#of(asset)?.latency ?? null;
  onChange = (listener: (asset: string) => void) => this.#listener.onChange(listener);

  age(asset: string, now: Micros): number | null {
    const heardAt = this.#of(asset)?.heardAt ?? null;
    return heardAt === null ? null : now - heardAt;
  }
}

/** Plays the tape at the run's pace, quantum by quantum. */
function playedAgain(messages: readonly TapeMessage[]): Told[] {
  const clock = new SteppedClock(DEFAULT_START);
  const told: Told[] = [];
  const sources = SPOT_PROTOCOLS.map((protocol) => new TapedSource(protocol, OPENED));
  const byName = new Map(sources.map((source) => [source.exchange, source]));
  const { composite_min: constituentsMin, live_ms: liveMs } = CONFIG.index;
  const sink = (input: Input) => void (input.type === "spot" || input.type === "index" ? told.push(input) : undefined);
  const desk = new SpotDesk({ clock, sink, log: () => {}, lockstep: true }, {
    sources,
    assets: ASSETS,
    constituentsMin,
    liveMs,
  });
  desk.start();
  let next = 0;
  for (let step = 1; step <= SECONDS * MICROS_PER_SECOND / QUANTUM; step++) {
    clock.advanceTo(micros(DEFAULT_START + step * QUANTUM));
    for (; next < messages.length && messages[next].at <= clock.now(); next++) {
      byName.get(messages[next].source)?.heard(messages[next]);
    }
    desk.flush();
  }
  desk.stop();
  return told;
}

Deno.test("a recorded demo comes to the same prices, index values and decisions again", async () => {
  await using state = await temporaryDirectory();
  const { journal, simulated } = await demo(state.path, 40, { KBOT_RECORD__RAW: "true" });
  assert.equal(simulated, true);
  const verified = await runKbot(["replay", journal, "--verify", "--json"]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);

  const told = await toldIn(journal);
  const seconds = told.filter((input) => input.type === "index" && input.source === "composite" && input.live !== true);
  assert.ok(seconds.length > SECONDS, `${seconds.length} composite values of two indices`);
  const messages = await messagesOn(state.path);
  for (const { exchange } of SPOT_PROTOCOLS) {
    assert.ok(messages.some(({ source }) => source === exchange), `${exchange} is on the tape`);
  }
  const again = playedAgain(messages);
  const upTo = told.filter(({ at }) => at <= DEFAULT_START + SECONDS * MICROS_PER_SECOND);
  assert.equal(again.length, upTo.length);
  again.forEach((input, at) => assert.deepEqual(input, upTo[at], `input ${at} of ${again.length}, seed ${SEED}`));
});

Deno.test("speed changes no price, no index value and no decision, with all feeds on", async () => {
  await using slow = await temporaryDirectory();
  await using fast = await temporaryDirectory();
  const [a, b] = await Promise.all([demo(slow.path, 15), demo(fast.path, 60)]);
  assert.equal(a.decision_hash, b.decision_hash, `seed ${SEED}`);
  const [ofA, ofB] = [await toldIn(a.journal), await toldIn(b.journal)];
  assert.ok(ofA.length > SECONDS * ASSETS.length * SPOT_PROTOCOLS.length / 2);
  assert.deepEqual(ofA, ofB);
});
