/**
 * One address of the API: what may be asked, what comes back, and how it is read. The routes and the document are made from the
 * same list of these, so that nothing is served that is not described, and nothing described that is not served.
 * @module
 */

import type { Context } from "hono";
import { z } from "zod";
import { type ErrorCode, failure } from "../errors.ts";
import type { ServerSources } from "../sources.ts";
import { csvText } from "./csv.ts";
import type { DeepReadonly } from "./shape.ts";

/** Under which heading the document shows it. */
export type Tag = "Run" | "Account" | "Markets" | "Risk" | "Strategies" | "Prices" | "History" | "Controls";

/** What everybody needs to know of an endpoint, whatever it reads. */
export interface Description {
  /** Under `/api/v1`, as the document writes it: `/markets/{ticker}`. */
  readonly path: string;
  /** Unique, for programs that are made from the document. */
  readonly name: string;
  readonly tag: Tag;
  /** A line. */
  readonly summary: string;
  /** What else is to be known. */
  readonly about?: string;
  /** A path under `/api/v1` that a test asks, and whose answer the document shows. */
  readonly example: string;
}

export interface Endpoint extends Description {
  readonly method: "GET" | "POST";
  /** Of the path; `null` where it has none. */
  readonly parameters: z.ZodObject | null;
  readonly query: z.ZodObject;
  /** Of the body that is sent; `null` where none is. */
  readonly body: z.ZodType | null;
  readonly answer: z.ZodType;
  /** Whether `format=csv` gives the rows as CSV. */
  readonly csv: boolean;
  /** What it may refuse, beside what every address may. */
  readonly failures: readonly ErrorCode[];
  respond(context: Context, sources: ServerSources): Promise<Response>;
}

/** A no, with its reason for the person who reads it. */
export class Refused {
  readonly code: ErrorCode;
  readonly message: string;

  constructor(code: ErrorCode, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** What came with a request, checked. */
export interface Asked<Query> {
  readonly sources: ServerSources;
  /** A parameter of the path. */
  param(name: string): string;
  readonly query: Query;
}

type Answered<Answer> = DeepReadonly<Answer> | Refused;

interface ReadDefinition<Query extends z.ZodObject, Answer extends z.ZodType> extends Description {
  readonly parameters?: z.ZodObject;
  readonly query?: Query;
  readonly answer: Answer;
  readonly failures?: readonly ErrorCode[];
  /** The rows of the answer and their columns, where it can be had as CSV. */
  readonly csv?: {
    readonly columns: readonly string[];
    rows(answer: DeepReadonly<z.output<Answer>>): readonly Readonly<Record<string, unknown>>[];
    /** What is to be asked for the rows behind these; `null` at the end. */
    next(answer: DeepReadonly<z.output<Answer>>): string | null;
  };
  read(asked: Asked<z.output<Query>>): Answered<z.output<Answer>> | Promise<Answered<z.output<Answer>>>;
}

const NO_QUERY = z.strictObject({});
export const FORMAT = z.enum(["json", "csv"]).default("json").describe("csv gives the rows as text/csv");

/** An endpoint that reads. */
export function reads<Query extends z.ZodObject = typeof NO_QUERY, Answer extends z.ZodType = z.ZodType>(
  definition: ReadDefinition<Query, Answer>,
): Endpoint {
  const { parameters = null, csv, failures = [], read } = definition;
  // Without a query of its own, Query is the type of this one.
  const query: z.ZodObject = definition.query ?? NO_QUERY;
  const asked: z.ZodObject = csv === undefined ? query : query.extend({ format: FORMAT });
  return {
    ...definition,
    method: "GET",
    parameters,
    query: asked,
    body: null,
    csv: csv !== undefined,
    failures,
    async respond(context, sources) {
      const parsed = asked.safeParse(context.req.query());
      if (!parsed.success) return failure(context, "bad_request", queryProblem(parsed.error, asked));
      const { format, ...rest } = parsed.data;
      const values = csv === undefined ? parsed.data : rest;
      const answer = await read({
        sources,
        param: (name) => context.req.param(name) ?? "",
        query: values as z.output<Query>,
      });
      if (answer instanceof Refused) return failure(context, answer.code, answer.message);
      if (csv === undefined || format !== "csv") return context.json(answer as object);
      const next = csv.next(answer);
      if (next !== null) context.header("Link", `<${nextAddress(context.req.url, next)}>; rel="next"`);
      context.header("Content-Disposition", `attachment; filename="${definition.name}.csv"`);
      return context.body(csvText(csv.columns, csv.rows(answer)), 200, {
        "Content-Type": "text/csv; charset=utf-8; header=present",
      });
    },
  };
}

/** The same question for the rows behind those that were given. */
function nextAddress(url: string, next: string): string {
  const { pathname, searchParams } = new URL(url);
  searchParams.set("before", next);
  return `${pathname}?${searchParams}`;
}

/** Where the query is wrong: which parameter, and what it may be. */
function queryProblem(error: z.ZodError, query: z.ZodObject): string {
  const issue = error.issues[0];
  if (issue.code !== "unrecognized_keys") return `Query parameter ${issue.path.join(".")}: ${issue.message}`;
  const known = Object.keys(query.shape);
  const there = known.length === 0 ? "this address takes none" : `there are: ${known.join(", ")}`;
  return `Query parameter ${issue.keys[0].slice(0, 100)}: Unknown; ${there}`;
}
