/**
 * Recorded events a second, beside a plain parse of the same files.
 * @module
 */

import { join } from "node:path";
import { encodeInput } from "../../src/engine/journal.ts";
import { micros } from "../../src/core/units.ts";
import { openJournal } from "../../src/store/journal_writer.ts";
import { deltaInput, indexInput, loadedInputs, wavering } from "./loaded_engine.ts";
import { median } from "./measure.ts";
import { figuresOf } from "./processes.ts";
import { RECORDING, recordingIsThere, SPOT } from "./sample_frames.ts";
import { type Section, times } from "./table.ts";

const ROUNDS = 5;

interface Figures {
  readonly events: number;
  readonly seconds: number;
  readonly rssMb: number;
}

interface Source {
  readonly name: string;
  readonly backtest: readonly string[];
  readonly files: readonly string[];
}

const rate = ({ events, seconds }: Figures): string => `${(events / seconds / 1e6).toFixed(2)} M/s`;
const middle = (all: readonly Figures[], of: (figures: Figures) => number): number => median(all.map(of));

export async function backtestSpeed(): Promise<Section> {
  const temporary = await Deno.makeTempDir({ prefix: "kbot-bench-" });
  try {
    return await measured(recordingIsThere() ? recorded() : synthetic(temporary));
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

async function measured({ name, backtest, files }: Source): Promise<Section> {
  const tests: Figures[] = [];
  const floors: Figures[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    tests.push(await figuresOf<Figures>("./backtest_process.ts", backtest));
    floors.push(await figuresOf<Figures>("./floor_process.ts", files));
  }
  const summary = (all: readonly Figures[]): Figures => ({
    events: all[0].events,
    seconds: middle(all, ({ seconds }) => seconds),
    rssMb: middle(all, ({ rssMb }) => rssMb),
  });
  const [test, floor] = [summary(tests), summary(floors)];
  const ratio = median(tests.map((each, round) => each.seconds / floors[round].seconds));
  return {
    title: `Backtest of ${name}, ${test.events} events, one process each`,
    rows: [
      {
        what: "events a second",
        figure: rate(test),
        beside: `${times(ratio)} the time of the plain parse`,
        budget: "1.5 M/s per core",
      },
      { what: "  plain gunzip + JSON.parse of the same", figure: rate(floor), beside: "", budget: "" },
      {
        what: "peak resident memory",
        figure: `${test.rssMb} MB`,
        beside: `${times(test.rssMb / floor.rssMb)} the plain parse`,
        budget: "constant",
      },
    ],
  };
}

function recorded(): Source {
  const names = [...Deno.readDirSync(RECORDING)].map(({ name }) => name).filter((name) => name.endsWith(".ndjson.gz"));
  const files = names.sort().map((name) => join(RECORDING, name));
  return { name: "the recorded sessions", backtest: [RECORDING, SPOT], files };
}

/** A journal of made-up inputs: 20 markets, their books changing, the index once a second. */
function synthetic(state: string): Source {
  const SECONDS = 400;
  const CHANGES = 1_000;
  const header = { version: "bench", run: "bench", started: "", config: null };
  const opened = openJournal(state, header, { compress: false, sync: "never" });
  if (!opened.ok) throw new Error(opened.reason);
  const { writer } = opened;
  const { inputs, tickers, bids, at } = loadedInputs(20);
  for (const input of inputs) writer.append(encodeInput(input));
  for (let second = 0; second < SECONDS; second++) {
    for (let change = 0; change < CHANGES; change++) {
      const k = second * CHANGES + change;
      const which = (k >> 1) % tickers.length;
      const now = micros(at + second * 1_000_000 + change * 900);
      const size = k % 2 === 0 ? 700 : -700;
      writer.append(encodeInput(deltaInput(tickers[which], now, bids[which] - (k >> 1) % 5 * 100, size, k + 1)));
    }
    writer.append(encodeInput(indexInput(micros(at + (second + 1) * 1_000_000 - 1_000), wavering(second))));
    writer.flush();
  }
  writer.close();
  const folder = join(state, "journal", "bench");
  const files = [...Deno.readDirSync(folder)].map(({ name }) => join(folder, name));
  return { name: "a synthetic journal (no recordings here)", backtest: [folder], files };
}
