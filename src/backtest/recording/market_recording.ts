/**
 * Recordings that are no frames: rows of books, quotes, trades and prices from several files, merged in order of time. What
 * the exchange would have told beside them is added.
 *
 * | what | when |
 * | --- | --- |
 * | a market | before the first row about it |
 * | its book is stale | when nothing newer came for as long as a book is believed (catalog.ts) |
 * | its close | at its time, as a clock: nothing is traded after it |
 * | its result, and that it was paid | when the recording says, else as long after the close as such markets take |
 *
 * A row about a market of which nothing is known is left out and counted.
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { Market } from "../../core/market.ts";
import { type Micros, micros } from "../../core/units.ts";
import { Agenda } from "./agenda.ts";
import { Beliefs } from "./beliefs.ts";
import type { Catalog, CataloguedMarket, Ending } from "./catalog.ts";
import type { BookCheckpoints } from "./checkpoints.ts";
import { BatchBuilder, type RecordedBatch } from "./input_batch.ts";
import { mergedFiles, type RecordedFile } from "./recorded_file.ts";
import type { Recording, RecordingCounts, RecordingKind } from "./recording.ts";
import { RecordingError } from "./recording_error.ts";
import type { Refusals } from "./refusals.ts";
import { lifecycleInputs, type RecordedSettlement } from "./settlements.ts";
import type { SpotTape } from "./spot_tape.ts";

/** Later than anything recorded. */
const END = micros(Number.MAX_SAFE_INTEGER);

export interface MarketRecordingParts {
  readonly kind: RecordingKind;
  readonly files: readonly RecordedFile[];
  readonly catalog: Catalog;
  /** How a market ended; `null` where that is not recorded. */
  readonly endingOf: (market: Market) => Ending | null;
  readonly spot: SpotTape | null;
  readonly refusals: Refusals;
  /** What must be known of such a recording to read its results, in words; asked for when it was read. */
  readonly notes: () => readonly string[];
}

export class MarketRecording implements Recording {
  readonly kind: RecordingKind;
  readonly settlements = new Map<string, RecordedSettlement>();
  readonly checkpoints: BookCheckpoints = new Map();
  readonly #parts: MarketRecordingParts;
  readonly #agenda = new Agenda();
  readonly #beliefs = new Beliefs();
  /** Markets that were told, and are open or were. */
  readonly #told = new Map<string, CataloguedMarket>();
  #lines = 0;
  #withoutStrike = 0;
  #withoutResult = 0;
  #begun = false;

  constructor(parts: MarketRecordingParts) {
    this.kind = parts.kind;
    this.#parts = parts;
  }

  get files(): readonly string[] {
    return this.#parts.files.map(({ name }) => name);
  }

  get counts(): RecordingCounts {
    const { refusals, notes } = this.#parts;
    return {
      lines: this.#lines,
      refused: refusals.count,
      problems: this.#told.size === 0
        ? [...refusals.problems, "No row is about a market that is known"]
        : refusals.problems,
      notes: [...notes(), ...this.#unknown()],
    };
  }

  async *batches(): AsyncGenerator<RecordedBatch> {
    if (this.#begun) throw new Error("A recording is read once: open it again");
    this.#begun = true;
    const { files, spot } = this.#parts;
    const all = spot === null ? files : [...files, spotFile(spot)];
    for await (const batch of mergedFiles(all)) {
      const told = this.#tell(batch);
      if (told.inputs.length > 0) yield told;
    }
    const rest = new BatchBuilder();
    this.#until(Infinity, rest);
    if (rest.inputs.length > 0) yield rest.finish("");
  }

  #unknown(): string[] {
    const markets = this.#told.size;
    return [
      ...(this.#withoutStrike === 0
        ? []
        : [`${this.#withoutStrike} of ${markets} markets have no recorded strike: no model prices them`]),
      ...(this.#withoutResult === 0
        ? []
        : [`${this.#withoutResult} of ${markets} markets have no recorded outcome: what is held there stays open`]),
    ];
  }

  #tell({ file, inputs, lines }: RecordedBatch): RecordedBatch {
    const out = new BatchBuilder();
    for (let at = 0; at < inputs.length; at++) {
      const input = inputs[at];
      if (lines[at] !== 0) this.#lines++;
      if (this.#agenda.next <= input.at || this.#beliefs.next < input.at) this.#until(input.at, out);
      if (input.type !== "book_snapshot" && input.type !== "trade") {
        out.push(input, lines[at]);
        continue;
      }
      const known = this.#told.get(input.ticker) ?? this.#announce(input.ticker, input.at, out);
      if (known === null) {
        const found = `a row about ${input.ticker}`;
        const wanted = "one about a market that the recording tells of";
        this.#parts.refusals.add(new RecordingError(file, lines[at], found, wanted).message, "unknown market");
        continue;
      }
      out.push(input, lines[at]);
      if (input.type === "book_snapshot") this.#beliefs.renew(known.market, known.belief, input.at);
    }
    return out.finish(file);
  }

  /** What happens by itself before a row of this time is read, in order of time. */
  #until(time: number, out: BatchBuilder): void {
    const stale = this.#beliefs.next < time ? this.#beliefs.end(time) : [];
    let next = 0;
    while (next < stale.length || this.#agenda.next <= time) {
      const agenda = this.#agenda.next;
      if (next < stale.length && stale[next].at <= agenda) {
        out.push(stale[next++], 0);
        continue;
      }
      if (agenda > time) break;
      const input = this.#agenda.take();
      if (input === undefined) break;
      out.push(input, 0);
    }
  }

  #announce(ticker: string, at: Micros, out: BatchBuilder): CataloguedMarket | null {
    const known = this.#parts.catalog.get(ticker);
    if (known === undefined) return null;
    const market = at < known.market.openTime ? { ...known.market, openTime: at } : known.market;
    this.#told.set(ticker, known);
    out.push({ type: "market", at, market }, 0);
    if (market.floorStrike === null && market.capStrike === null) this.#withoutStrike++;
    for (const input of this.#endOf(market)) this.#agenda.add({ ...input, at: micros(Math.max(input.at, at)) });
    return known;
  }

  #endOf(market: Market): readonly Input[] {
    const { ticker, openTime, closeTime, strikeType, floorStrike, capStrike } = market;
    const close: Input = { type: "clock", at: closeTime };
    const ending = this.#parts.endingOf(market);
    if (ending === null) {
      this.#withoutResult++;
      return [close];
    }
    const settlement: RecordedSettlement = {
      ticker,
      openTime,
      closeTime,
      strikeType: strikeType ?? "custom",
      floorStrike,
      capStrike,
      priceStructure: null,
      ...ending,
    };
    this.settlements.set(ticker, settlement);
    return [close, ...lifecycleInputs(settlement)];
  }
}

/** Index values of another file than the recording's own. */
const spotFile = (spot: SpotTape): RecordedFile => ({
  name: "",
  start: -Infinity,
  async *batches() {
    try {
      for (let more = true; more;) {
        const piece = await spot.until(END);
        more = piece.more;
        const { values } = piece;
        if (values.length > 0) yield { file: "", inputs: values, lines: values.map(() => 0) };
      }
    } finally {
      await spot.close();
    }
  },
});
