/**
 * The controls of `/api/v1`: kill, reduce, resume, and start, stop or wind up one strategy. The guards stand in front (guard.ts).
 * @module
 */

import { type Context, Hono } from "hono";
import { z } from "zod";
import { failure } from "./errors.ts";
import type { OperatorRequest, ServerSources } from "./sources.ts";

const BODY_BYTES_MAX = 4_096;

const controlBody = z.strictObject({ via: z.enum(["page", "cli"]).default("cli") });

export function controlApi(sources: ServerSources): Hono {
  const api = new Hono();
  api.post("/kill", (context) => operate(context, sources, "kill", null));
  api.post("/reduce", (context) => operate(context, sources, "reduce", null));
  api.post("/resume", (context) => operate(context, sources, "resume", null));
  api.post("/strategies/:name/start", (context) => operateStrategy(context, sources, "start_strategy"));
  api.post("/strategies/:name/stop", (context) => operateStrategy(context, sources, "stop_strategy"));
  api.post("/strategies/:name/wind-up", (context) => operateStrategy(context, sources, "wind_up_strategy"));
  return api;
}

function operateStrategy(
  context: Context,
  sources: ServerSources,
  command: "start_strategy" | "stop_strategy" | "wind_up_strategy",
): Promise<Response> | Response {
  const name = context.req.param("name") ?? "";
  const known = sources.view().strategies.map((strategy) => strategy.name);
  if (!known.includes(name)) {
    return failure(
      context,
      "not_found",
      `No strategy of that name runs here; there are: ${known.join(", ") || "none"}`,
    );
  }
  return operate(context, sources, command, name);
}

async function operate(
  context: Context,
  sources: ServerSources,
  command: OperatorRequest["command"],
  subject: string | null,
): Promise<Response> {
  const text = await bodyText(context.req.raw.body);
  if (text === null) return failure(context, "too_large", `The body is larger than ${BODY_BYTES_MAX} bytes`);
  // A form of another site can post plain text without asking first, but not JSON.
  if (text !== "" && !/^application\/json\s*(;|$)/i.test(context.req.header("content-type") ?? "")) {
    return failure(
      context,
      "unsupported_media_type",
      "The body must be JSON (Content-Type: application/json) or left out",
    );
  }
  const body = controlBody.safeParse(text === "" ? {} : parsed(text));
  if (!body.success) {
    return failure(context, "bad_request", 'The body must be {} or {"via":"page"} or {"via":"cli"}');
  }
  const answer = await sources.operate({ command, subject, via: body.data.via });
  return answer.accepted ? context.json(answer) : failure(context, "refused", answer.text);
}

/** `undefined`, which no body means, for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The whole body, `""` where there is none, or `null` for one that is too large: nothing after the bound is read. */
async function bodyText(body: ReadableStream<Uint8Array> | null): Promise<string | null> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
