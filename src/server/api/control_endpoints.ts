/**
 * The controls: kill, reduce, resume, and start, stop, wind up or change one strategy. The guards stand in front (guard.ts).
 * @module
 */

import type { Context } from "hono";
import { z } from "zod";
import { readBounded } from "../../ops/read_bounded.ts";
import { failure } from "../errors.ts";
import type { OperatorAnswer, OperatorRequest, ServerSources } from "../sources.ts";
import type { Endpoint } from "./endpoint.ts";
import { named, words } from "./shape.ts";
import { unknownStrategy } from "./trading_endpoints.ts";

const BODY_BYTES_MAX = 4_096;

const controlBody = z.strictObject({
  via: z.enum(["page", "cli"]).default("cli").describe("Who asks, for the audit trail"),
});
/** Of one strategy; more than any declares. */
const PARAMETERS_MAX = 100;
const parametersBody = controlBody.extend({
  values: z.record(z.string().max(100), z.union([z.number(), z.string(), z.boolean(), z.array(z.string())])).default({})
    .refine((values) => Object.keys(values).length <= PARAMETERS_MAX, `at most ${PARAMETERS_MAX} parameters`)
    .describe("By name, as kbot.toml writes them; those that are not named stay"),
});
const controlAnswer = named(
  "ControlAnswer",
  z.strictObject({ accepted: z.boolean(), text: words.describe("What became of it") }),
);

type Command = OperatorRequest["command"];
type ControlPart = Pick<Endpoint, "path" | "name" | "summary" | "about" | "body" | "respond">;

/** What all of them share. */
function described(part: ControlPart): Endpoint {
  const { path } = part;
  const ofStrategy = path.includes("{name}");
  return {
    ...part,
    method: "POST",
    tag: "Controls",
    example: path.replace("{name}", "market_making"),
    parameters: ofStrategy ? z.strictObject({ name: z.string().describe("The strategy's") }) : null,
    query: z.strictObject({}),
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
  };
}

const control = (command: Command, path: string, name: string, summary: string): Endpoint =>
  described({
    path,
    name,
    summary,
    body: controlBody,
    respond: (context, sources) => operate(context, sources, command),
  });

export const CONTROL_ENDPOINTS: readonly Endpoint[] = [
  control("kill", "/kill", "kill", "Cancel everything, and send nothing more until a person resumes"),
  control("reduce", "/reduce", "reduce", "Send only what closes"),
  control("resume", "/resume", "resume", "Lift what may be lifted"),
  control("start_strategy", "/strategies/{name}/start", "startStrategy", "Let a strategy trade"),
  control("stop_strategy", "/strategies/{name}/stop", "stopStrategy", "Send nothing more of a strategy"),
  control("wind_up_strategy", "/strategies/{name}/wind-up", "windUpStrategy", "Have a strategy close what it holds"),
  described({
    path: "/strategies/{name}/parameters",
    name: "changeParameters",
    summary: "Give a strategy other parameters while it runs",
    about:
      "They hold until the end of the run, or until kbot.toml is read again; what is to stay belongs into that file.",
    body: parametersBody,
    respond: changeParameters,
  }),
];

async function operate(context: Context, sources: ServerSources, command: Command): Promise<Response> {
  const subject = context.req.param("name") ?? null;
  const body = await bodyOf(context, sources, controlBody, 'The body must be {} or {"via":"page"} or {"via":"cli"}');
  if (body instanceof Response) return body;
  return answered(context, await sources.operate({ command, subject, via: body.via }));
}

async function changeParameters(context: Context, sources: ServerSources): Promise<Response> {
  const strategy = context.req.param("name") ?? "";
  const wanted = 'The body must be {"values":{"min_edge":0.04}}, each parameter as kbot.toml writes it';
  const body = await bodyOf(context, sources, parametersBody, wanted);
  if (body instanceof Response) return body;
  return answered(context, await sources.changeParameters({ strategy, values: body.values, via: body.via }));
}

const answered = (context: Context, answer: OperatorAnswer): Response =>
  answer.accepted ? context.json(answer) : failure(context, "refused", answer.text);

/** What was sent, checked; an answer where it is wrong, or about a strategy that is not there. */
async function bodyOf<Schema extends z.ZodType>(
  context: Context,
  sources: ServerSources,
  schema: Schema,
  wanted: string,
): Promise<z.output<Schema> | Response> {
  const name = context.req.param("name");
  if (name !== undefined && !sources.view().strategies.some((strategy) => strategy.name === name)) {
    const { code, message } = unknownStrategy(sources);
    return failure(context, code, message);
  }
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
  const body = schema.safeParse(text === "" ? {} : parsed(text));
  return body.success ? body.data : failure(context, "bad_request", wanted);
}

/** `undefined`, which no body means, for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
