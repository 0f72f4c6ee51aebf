/**
 * The controls: kill, reduce, resume, and start, stop or wind up one strategy. The guards stand in front (guard.ts).
 * @module
 */

import type { Context } from "hono";
import { z } from "zod";
import { readBounded } from "../../ops/read_bounded.ts";
import { failure } from "../errors.ts";
import type { OperatorRequest, ServerSources } from "../sources.ts";
import type { Endpoint } from "./endpoint.ts";
import { named, words } from "./shape.ts";
import { unknownStrategy } from "./trading_endpoints.ts";

const BODY_BYTES_MAX = 4_096;

const controlBody = z.strictObject({
  via: z.enum(["page", "cli"]).default("cli").describe("Who asks, for the audit trail"),
});
const controlAnswer = named(
  "ControlAnswer",
  z.strictObject({ accepted: z.boolean(), text: words.describe("What became of it") }),
);

type Command = OperatorRequest["command"];

function control(command: Command, path: string, name: string, summary: string): Endpoint {
  const ofStrategy = path.includes("{name}");
  return {
    method: "POST",
    path,
    name,
    tag: "Controls",
    summary,
    example: path.replace("{name}", "market_making"),
    parameters: ofStrategy ? z.strictObject({ name: z.string().describe("The strategy's") }) : null,
    query: z.strictObject({}),
    body: controlBody,
    answer: controlAnswer,
    csv: false,
    failures: [
      "unauthorized",
      "refused",
      "too_large",
      "unsupported_media_type",
      "too_many_failures",
      ...(ofStrategy ? ["not_found" as const] : []),
    ],
    respond: (context, sources) =>
      ofStrategy ? operateStrategy(context, sources, command) : operate(context, sources, command, null),
  };
}

export const CONTROL_ENDPOINTS: readonly Endpoint[] = [
  control("kill", "/kill", "kill", "Cancel everything, and send nothing more until a person resumes"),
  control("reduce", "/reduce", "reduce", "Send only what closes"),
  control("resume", "/resume", "resume", "Lift what may be lifted"),
  control("start_strategy", "/strategies/{name}/start", "startStrategy", "Let a strategy trade"),
  control("stop_strategy", "/strategies/{name}/stop", "stopStrategy", "Send nothing more of a strategy"),
  control("wind_up_strategy", "/strategies/{name}/wind-up", "windUpStrategy", "Have a strategy close what it holds"),
];

async function operateStrategy(context: Context, sources: ServerSources, command: Command): Promise<Response> {
  const name = context.req.param("name") ?? "";
  if (!sources.view().strategies.some((strategy) => strategy.name === name)) {
    const { code, message } = unknownStrategy(sources);
    return failure(context, code, message);
  }
  return await operate(context, sources, command, name);
}

async function operate(
  context: Context,
  sources: ServerSources,
  command: Command,
  subject: string | null,
): Promise<Response> {
  const text = await readBounded(new Response(context.req.raw.body), BODY_BYTES_MAX);
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
