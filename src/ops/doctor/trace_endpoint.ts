/**
 * Does the collector of traces take them? Asked with an export of nothing, which OTLP allows, and with the headers that a run
 * sends.
 * @module
 */

import { type Check, fail, pass, skip } from "./check.ts";
import { CONFIGURATION } from "./configuration.ts";
import { reasonOf } from "./reason_of.ts";

const ANSWER_MS = 5_000;
const NOTHING = JSON.stringify({ resourceSpans: [] });
const REMEDY = "Start the collector, correct trace.endpoint, or take it out: a run trades without traces";
/** What the exporter of a run reads, the later one above the one before: `name=value,...`, in percent encoding. */
const HEADER_VARIABLES = ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"];

/** Often a secret among them: what is wrong with one is not told, and it is left out. */
function headersOf(env: Readonly<Record<string, string>>): Headers {
  const headers = new Headers();
  for (const pair of HEADER_VARIABLES.flatMap((name) => (env[name] ?? "").split(","))) {
    const [name, ...value] = pair.split("=");
    try {
      headers.set(decodeURIComponent(name.trim()), decodeURIComponent(value.join("=").trim()));
    } catch {
      // No name, or nothing that a header can hold.
    }
  }
  headers.set("content-type", "application/json");
  return headers;
}

export const traceEndpoint: Check = {
  name: "trace endpoint",
  needs: [CONFIGURATION],
  async run(context) {
    const { endpoint } = context.found("config").trace;
    if (endpoint === null) return skip("Traces are off: trace.endpoint is not set");
    // Its packages take a while to load, and most have no collector.
    const { tracesAddress } = await import("../traces/trace_export.ts");
    const url = tracesAddress(endpoint);
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: headersOf(context.request.env),
        body: NOTHING,
        signal: AbortSignal.timeout(context.request.answerMs ?? ANSWER_MS),
        redirect: "manual",
      });
      await answer.body?.cancel();
      if (answer.ok) return pass(`${url} takes traces`);
      return fail(`${url} answers with status ${answer.status}, so it takes no traces`, REMEDY);
    } catch (error) {
      return fail(`${url} cannot be reached: ${reasonOf(error)}`, REMEDY);
    }
  },
};
