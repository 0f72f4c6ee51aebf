/**
 * Finds an order in the journals of a state by its own id, the exchange's, or the beginning of one of them. Only lines
 * that could tell are read as JSON: a journal of a day has millions.
 * @module
 */

import { decodeLine } from "../../engine/journal.ts";
import { listJournalFiles } from "../../store/journal_files.ts";
import { readLines } from "../../store/journal_lines.ts";
import { openPlain } from "../../store/journal_reader.ts";
import { messageOf } from "../../store/message.ts";
import { isPlace, isRecordOf } from "./recorded_actions.ts";

/** Where an order was sent. */
export interface PlacedOrder {
  readonly clientOrderId: string;
  /** The directory of the run. */
  readonly run: string;
  /** Of its `place` action, and of the input that it followed from, within the run. */
  readonly line: number;
  readonly inputLine: number;
}

export type OrderSearch =
  | { readonly kind: "found"; readonly order: PlacedOrder }
  | { readonly kind: "ambiguous"; readonly ids: readonly string[] }
  /** @param newest ids of orders that there are, the newest last */
  | { readonly kind: "unknown"; readonly newest: readonly string[] };

/** Orders named where several begin alike. */
const AMBIGUOUS_MAX = 10;
/** Orders among which a near id is looked for. */
const NEWEST_MAX = 1_000;

const INPUT = '{"i":';
const PLACE = '{"a":{"type":"place"';
const ORDER_RECORD = '{"a":{"type":"record","record":{"kind":"order"';

/**
 * Looks through the runs, the newest first, until one has sent exactly this order; for the beginning of an id through all.
 *
 * @param runs directories, oldest first
 * @param onTrouble told what could not be read
 */
export async function searchOrder(
  runs: readonly string[],
  id: string,
  onTrouble: (reason: string) => void,
): Promise<OrderSearch> {
  const begun = new Map<string, PlacedOrder>();
  const newest: string[] = [];
  for (const run of runs.toReversed()) {
    const scan = new RunScan(run, id);
    await readRun(run, (line) => scan.take(line), onTrouble);
    const exact = scan.exact;
    if (exact !== null) return { kind: "found", order: exact };
    for (const order of scan.begun) begun.set(order.clientOrderId, order);
    if (newest.length < NEWEST_MAX) newest.unshift(...scan.placed.slice(-(NEWEST_MAX - newest.length)));
  }
  const [only] = begun.values();
  if (begun.size > 1) return { kind: "ambiguous", ids: [...begun.keys()].slice(0, AMBIGUOUS_MAX) };
  return only === undefined ? { kind: "unknown", newest } : { kind: "found", order: only };
}

/** Hands over every complete line of a run; the last one of a running bot may be torn and is left out. */
async function readRun(
  run: string,
  take: (line: string) => void,
  onTrouble: (reason: string) => void,
): Promise<void> {
  const list = await listJournalFiles(run);
  if (!list.ok) return onTrouble(list.reason);
  for (const file of list.files) {
    try {
      for await (const batch of readLines(await openPlain(file))) {
        if (batch.kind === "lines") { for (const line of batch.lines) take(line ?? ""); }
        else if (batch.kind === "oversized") onTrouble(`${file.path}:${batch.line}: Line is too long`);
      }
    } catch (error) {
      onTrouble(`${file.path}: ${messageOf(error)}`);
    }
  }
}

/** One run, line by line. */
class RunScan {
  /** Orders of this run whose id, or the exchange's, begins as asked; bounded. */
  readonly begun: PlacedOrder[] = [];
  /** Ids in the order in which they were sent, the newest {@link NEWEST_MAX} at least. */
  placed: string[] = [];
  readonly #run: string;
  readonly #id: string;
  /** Where each of the newest orders was sent: the exchange's id comes later. */
  readonly #places = new Map<string, PlacedOrder>();
  #exact: string | null = null;
  #line = 0;
  #inputLine = 0;

  constructor(run: string, id: string) {
    this.#run = run;
    this.#id = id;
  }

  get exact(): PlacedOrder | null {
    return this.begun.find(({ clientOrderId }) => clientOrderId === this.#exact) ?? null;
  }

  take(line: string): void {
    this.#line++;
    if (line.startsWith(INPUT)) this.#inputLine = this.#line;
    else if (line.startsWith(PLACE)) this.#placed(line);
    else if (line.startsWith(ORDER_RECORD) && line.includes(this.#id)) this.#recorded(line);
  }

  #placed(line: string): void {
    const decoded = decodeLine(line);
    if (!decoded.ok || decoded.entry.kind !== "action" || !isPlace(decoded.entry.action)) return;
    const { clientOrderId } = decoded.entry.action.intent;
    const order = { clientOrderId, run: this.#run, line: this.#line, inputLine: this.#inputLine };
    this.placed.push(clientOrderId);
    if (this.placed.length > 2 * NEWEST_MAX) this.placed = this.placed.slice(-NEWEST_MAX);
    this.#places.set(clientOrderId, order);
    if (this.#places.size > NEWEST_MAX) this.#forgetOldest();
    if (clientOrderId.startsWith(this.#id)) this.#add(order, clientOrderId);
  }

  #recorded(line: string): void {
    const decoded = decodeLine(line);
    if (!decoded.ok || decoded.entry.kind !== "action" || !isRecordOf(decoded.entry.action, "order")) return;
    const { clientOrderId, orderId } = decoded.entry.action.record;
    const order = this.#places.get(clientOrderId);
    if (order !== undefined && orderId?.startsWith(this.#id) === true) this.#add(order, orderId);
  }

  #add(order: PlacedOrder, asked: string): void {
    if (asked === this.#id) this.#exact = order.clientOrderId;
    if (this.begun.some(({ clientOrderId }) => clientOrderId === order.clientOrderId)) return;
    if (asked === this.#id) this.begun.unshift(order);
    else if (this.begun.length <= AMBIGUOUS_MAX) this.begun.push(order);
  }

  #forgetOldest(): void {
    const [oldest] = this.#places.keys();
    this.#places.delete(oldest);
  }
}
