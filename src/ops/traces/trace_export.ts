/**
 * Where traces go: to a collector by OTLP over HTTP, some at a time, in the background. What the collector does not take is
 * dropped; nothing here is ever waited for while a run trades.
 *
 * Deno has OpenTelemetry built in. It is not used: it is switched on by the environment alone, and it tells of every request
 * that the process makes, with its address, among which are some that hold a secret (those of Telegram), and of all that is
 * printed. The packages below tell of the spans that are made here and of nothing else. They take a while to load: whoever
 * wants traces imports this module then, and not before.
 * @module
 */

import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { OrderTraces } from "./order_traces.ts";

/** Spans that wait for the collector; more are dropped. */
const WAITING_MAX = 4_096;
const TOGETHER_MAX = 512;
const EVERY_MS = 1_000;
const TIMEOUT_MS = 5_000;

export interface TraceSettings {
  /** Of the collector, as `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  /** What tells this run from others. */
  readonly resource: Readonly<Record<string, string | boolean>>;
  /** Told when the collector takes nothing any more or too many orders are under way, and when that is over. */
  readonly log: (level: "info" | "warn", text: string) => void;
  /** What one sending may take with its retries, milliseconds; 5 s where absent. */
  readonly timeoutMs?: number;
}

export interface TraceExport {
  readonly orders: OrderTraces;
  /** Sends what waits, as long as one sending may take, and ends. Never rejects. */
  close(): Promise<void>;
}

/** The address that the spans go to: OTLP's own path below a bare one, else as it is. */
export function tracesAddress(endpoint: string): string {
  const url = new URL(endpoint);
  return url.pathname === "/" ? new URL("/v1/traces", url).href : url.href;
}

export function openTraceExport(
  { endpoint, resource, log, timeoutMs = TIMEOUT_MS }: TraceSettings,
): TraceExport {
  const url = tracesAddress(endpoint);
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: timeoutMs });
  let works = true;
  let underWay = 0;
  const lost = (why: string): void =>
    log("warn", `Traces are lost, not trading: ${url} does not take them: ${why.slice(0, 200)}`);
  const processor = new BatchSpanProcessor({
    export(spans, done) {
      underWay++;
      exporter.export(spans, (result) => {
        underWay--;
        const worked = result.code === 0;
        if (worked !== works) {
          works = worked;
          if (worked) log("info", `Traces are taken again by ${url}`);
          else lost(result.error?.message ?? "it refused them");
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  }, {
    maxQueueSize: WAITING_MAX,
    maxExportBatchSize: TOGETHER_MAX,
    scheduledDelayMillis: EVERY_MS,
    exportTimeoutMillis: timeoutMs,
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "kbot", ...resource }),
    spanProcessors: [processor],
  });
  const orders = new OrderTraces({
    tracer: provider.getTracer("kbot"),
    within: (span) => trace.setSpan(ROOT_CONTEXT, span),
    nowMs: () => performance.timeOrigin + performance.now(),
    log,
  });
  return {
    orders,
    async close() {
      orders.close();
      // Why the last ones were not taken was said when they were sent.
      await provider.shutdown().catch(() => {});
      if (underWay === 0 || !works) return;
      works = false;
      lost("it does not answer");
    },
  };
}
