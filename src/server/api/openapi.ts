/**
 * The API's description (OpenAPI 3.1), made from the very schemas that the answers are held against. zod itself writes them as
 * JSON Schema of the draft that OpenAPI 3.1 uses, so that nothing stands between the two: no second set of types, no wrapper
 * around the routes.
 * @module
 */

import { z } from "zod";
import { type ErrorCode, STATUS } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { EXAMPLES } from "./examples.ts";
import { named, SHAPES } from "./shape.ts";

/** Of the API, not of the program: it changes where something that was there is no more, or means something else. */
const API_VERSION = "1";

type Json = Readonly<Record<string, unknown>>;

const REFERENCE = "#/components/schemas/";

named(
  "Error",
  z.strictObject({
    error: z.strictObject({ code: z.string(), message: z.string().describe("For the person who reads it") }),
  }),
);

/** What every address may say no with, and when. */
const EVERYWHERE: readonly ErrorCode[] = [
  "bad_request",
  "unauthorized",
  "forbidden_origin",
  "forbidden_host",
  "internal",
];

const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  bad_request: "The query or the body is not what it may be; the message names the place",
  unauthorized: "The token is lacking or wrong",
  forbidden_origin: "A page of another site asked",
  not_found: "There is no such thing here; the message names those there are",
  method_not_allowed: "The path is asked otherwise",
  refused: "The run did not do it; the message says why",
  too_large: "The body is too large",
  unsupported_media_type: "The body is no JSON",
  forbidden_host: "The Host is not served here",
  too_many_failures: "Too many requests without the right token",
  internal: "It failed inside kbot; the log says why",
  unavailable: "It cannot be answered now; ask again later",
};

/** Without what a schema that is a part of a document does not say. */
const part = ({ $schema: _, $id: __, ...schema }: Json): Json => schema;

/** Shapes by their names, and every answer that is none of them by its endpoint's, each naming the shapes in it. */
function writtenSchemas(): Readonly<Record<string, Json>> {
  const registry = z.registry<{ readonly id: string }>();
  for (const [id, shape] of SHAPES) registry.add(shape, { id });
  for (const { name, answer } of ENDPOINTS) if (!registry.has(answer)) registry.add(answer, { id: answerId(name) });
  const options = {
    target: "draft-2020-12",
    unrepresentable: "any",
    uri: (id: string) => `${REFERENCE}${id}`,
  } as const;
  const { schemas } = z.toJSONSchema(registry, options);
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, part({ ...schema })]));
}

const answerId = (name: string): string => `answer of ${name}`;

function answerSchema({ name, answer }: Endpoint, schemas: Readonly<Record<string, Json>>): Json {
  for (const [id, shape] of SHAPES) if (shape === answer) return { $ref: `${REFERENCE}${id}` };
  return schemas[answerId(name)];
}

function parameters({ parameters, query }: Endpoint): readonly Json[] {
  const of = (schema: z.ZodObject, where: "path" | "query"): readonly Json[] => {
    const { properties = {}, required = [] } = z.toJSONSchema(schema, { unrepresentable: "any", io: "input" });
    return Object.entries(properties).map(([name, property]) => {
      const { description, ...rest } = typeof property === "object" ? property : {};
      return {
        name,
        in: where,
        required: where === "path" || required.includes(name),
        ...(description === undefined ? {} : { description }),
        schema: rest,
      };
    });
  };
  return [...(parameters === null ? [] : of(parameters, "path")), ...of(query, "query")];
}

function failures({ method, failures }: Endpoint): Json {
  const codes = [...new Set([...EVERYWHERE, ...failures])].sort((a, b) => STATUS[a] - STATUS[b]);
  const answers = codes.map((code) => {
    const open = code === "unauthorized" && method === "GET" ? ", where reading needs it, too" : "";
    return [STATUS[code], {
      description: `${code}: ${MEANINGS[code]}${open}`,
      content: { "application/json": { schema: { $ref: `${REFERENCE}Error` } } },
    }];
  });
  return Object.fromEntries(answers);
}

function operation(endpoint: Endpoint, schemas: Readonly<Record<string, Json>>): Json {
  const { name, tag, summary, about, method, body, csv } = endpoint;
  const example = EXAMPLES[name];
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(about === undefined ? {} : { description: about }),
    ...(method === "POST" ? { security: [{ token: [] }] } : {}),
    parameters: parameters(endpoint),
    ...(body === null ? {} : {
      requestBody: {
        required: false,
        content: { "application/json": { schema: part({ ...z.toJSONSchema(body, { io: "input" }) }) } },
      },
    }),
    responses: {
      200: {
        description: summary,
        content: {
          "application/json": {
            schema: answerSchema(endpoint, schemas),
            ...(example === undefined ? {} : { example }),
          },
          ...(csv ? { "text/csv": { schema: { type: "string" } } } : {}),
        },
      },
      ...failures(endpoint),
    },
  };
}

/** What is served beside `/api/v1`. */
const BESIDE: Json = {
  "/healthz": beside("health", "Whether the process answers", "application/json"),
  "/readyz": beside("readiness", "Whether the run can do its work; 503 where not", "application/json"),
  "/metrics": beside("metrics", "Metrics for Prometheus, text format 0.0.4", "text/plain"),
  "/live": beside(
    "live",
    "Live updates by server-sent events: everything first, then what changed; Last-Event-ID goes on after a break",
    "text/event-stream",
  ),
};

function beside(name: string, summary: string, type: string): Json {
  const responses = { 200: { description: summary, content: { [type]: { schema: {} } } } };
  return { get: { operationId: name, tags: ["Beside the API"], summary, responses, servers: [{ url: "/" }] } };
}

function made(): Json {
  const schemas = writtenSchemas();
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of ENDPOINTS) {
    (paths[endpoint.path] ??= {})[endpoint.method.toLowerCase()] = operation(endpoint, schemas);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "kbot",
      version: API_VERSION,
      description:
        "What a running kbot shows, and its controls. Money, prices and counts of contracts are exact decimal texts; " +
        "times are RFC 3339 in UTC by the run's clock. In the examples every list is cut to its first two rows.",
    },
    servers: [{ url: "/api/v1" }],
    // Open on loopback; a control always needs the token, and where a proxy stands in front everything does.
    security: [{}, { token: [] }],
    tags: [...new Set(ENDPOINTS.map(({ tag }) => tag)), "Beside the API"].map((name) => ({ name })),
    paths: { ...paths, ...BESIDE },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "The token in the state directory" } },
      schemas: Object.fromEntries(Object.entries(schemas).filter(([id]) => SHAPES.has(id))),
    },
  };
}

let document: Json | null = null;

/** Made once, when it is first asked for. */
export function openApiDocument(): Json {
  document ??= made();
  return document;
}
