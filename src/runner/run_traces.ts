/**
 * The traces of a run's orders: hears what its engine hears.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { VenueAction } from "../core/action.ts";
import type { Input } from "../core/input.ts";
import type { StateRecord } from "../core/record.ts";
import type { TraceExport } from "../ops/traces/trace_export.ts";
import type { RunWatcher } from "./pump.ts";

const logger = getLogger(["kbot", "traces"]);

export class RunTraces implements RunWatcher {
  readonly #export: TraceExport;

  constructor(traces: TraceExport) {
    this.#export = traces;
  }

  /** @param endpoint of the collector; where it is `null`, nothing is traced */
  static async open(
    endpoint: string | null,
    resource: Readonly<Record<string, string | boolean>>,
  ): Promise<RunTraces | null> {
    if (endpoint === null) return null;
    const log = (level: "info" | "warn", text: string): void => logger[level]("{text}", { text });
    const { openTraceExport } = await import("../ops/traces/trace_export.ts");
    return new RunTraces(openTraceExport({ endpoint, resource, log }));
  }

  input(input: Input): void {
    this.#export.orders.input(input);
  }

  record(record: StateRecord): void {
    if (record.kind === "order") this.#export.orders.order(record);
  }

  sent(action: VenueAction): void {
    if (action.type === "place") this.#export.orders.sent(action.intent.clientOrderId);
  }

  trouble(): void {}

  /** Sends what waits and ends. */
  close(): Promise<void> {
    return this.#export.close();
  }
}
