/**
 * The API for people: one page made from the document, without scripts, from this server alone.
 * @module
 */

import { ENDPOINTS } from "./endpoints.ts";
import { openApiDocument } from "./openapi.ts";
import type { Endpoint } from "./endpoint.ts";
import { EXAMPLES } from "./examples.ts";
import { STATUS } from "../errors.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const text = (value: unknown): string => String(value).replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign]);

function members(value: unknown): readonly (readonly [name: string, member: unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

const member = (value: unknown, name: string): unknown => members(value).find(([own]) => own === name)?.[1];

/** A schema in a few words: `text`, `list of Trade`, `number or null`. */
function typeOf(schema: unknown): string {
  const reference = member(schema, "$ref");
  if (typeof reference === "string") {
    const name = reference.split("/").at(-1) ?? "";
    return `<a href="#${text(name)}">${text(name)}</a>`;
  }
  const choices = member(schema, "anyOf");
  if (Array.isArray(choices)) return choices.map(typeOf).join(" or ");
  const values = member(schema, "enum");
  if (Array.isArray(values)) return values.map((value) => `<code>${text(value)}</code>`).join(", ");
  const type = member(schema, "type");
  if (Array.isArray(type)) return type.map(text).join(" or ");
  if (type === "array") return `list of ${typeOf(member(schema, "items"))}`;
  return typeof type === "string" ? text(type) : "anything";
}

function rows(properties: unknown): string {
  return members(properties).map(([name, schema]) => {
    const inner = member(schema, "properties");
    const said = text(member(schema, "description") ?? "");
    const own = `<tr><td><code>${text(name)}</code></td><td>${typeOf(schema)}</td><td>${said}</td></tr>`;
    return own + (inner === undefined ? "" : `<tr><td></td><td colspan="2"><table>${rows(inner)}</table></td></tr>`);
  }).join("");
}

const shape = (schema: unknown): string => {
  const properties = member(schema, "properties");
  return properties === undefined ? `<p>${typeOf(schema)}</p>` : `<table>${rows(properties)}</table>`;
};

function parametersOf(operation: unknown): string {
  const list = member(operation, "parameters");
  if (!Array.isArray(list) || list.length === 0) return "";
  const lines = list.map((parameter: unknown) => {
    const schema = member(parameter, "schema");
    const preset = member(schema, "default");
    const range = [member(schema, "minimum"), member(schema, "maximum")];
    const bounds = range.every((bound) => typeof bound === "number") ? `, ${range[0]} to ${range[1]}` : "";
    const said = `${text(member(parameter, "description") ?? "")}${
      preset === undefined ? "" : `; ${text(preset)} where absent`
    }`;
    return `<tr><td><code>${text(member(parameter, "name"))}</code></td><td>${text(member(parameter, "in"))}</td>` +
      `<td>${typeOf(schema)}${bounds}</td><td>${said}</td></tr>`;
  });
  return `<h4>Asked with</h4><table>${lines.join("")}</table>`;
}

function section(endpoint: Endpoint, operation: unknown): string {
  const { method, path, name, summary, about, csv, failures, example } = endpoint;
  const answer = member(member(member(member(operation, "responses"), "200"), "content"), "application/json");
  const command = method === "POST"
    ? `curl -X POST -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/api/v1${example}`
    : `curl 'http://127.0.0.1:8080/api/v1${example}'`;
  const refusals = failures.map((code) => `<code>${STATUS[code]} ${code}</code>`).join(", ");
  return `<section id="${text(name)}"><h3><code>${method} /api/v1${text(path)}</code></h3><p>${text(summary)}.` +
    `${csv ? " With <code>format=csv</code> as CSV." : ""}</p>${about === undefined ? "" : `<p>${text(about)}</p>`}` +
    `${parametersOf(operation)}<h4>Answer</h4>${shape(member(answer, "schema"))}` +
    `${refusals === "" ? "" : `<p>May refuse with ${refusals}.</p>`}<h4>Example</h4><pre>${text(command)}</pre>` +
    `<details><summary>Its answer</summary><pre>${
      text(JSON.stringify(EXAMPLES[name], null, 2))
    }</pre></details></section>`;
}

/** The whole page. */
export function docsPage(): string {
  const document = openApiDocument();
  const paths = member(document, "paths");
  const operationOf = ({ path, method }: Endpoint) => member(member(paths, path), method.toLowerCase());
  const tags = [...new Set(ENDPOINTS.map(({ tag }) => tag))];
  const links = tags.map((tag) => {
    const of = ENDPOINTS.filter((endpoint) => endpoint.tag === tag);
    const items = of.map(({ name, method, path }) =>
      `<li><a href="#${text(name)}">${method === "POST" ? "POST " : ""}${text(path)}</a></li>`
    );
    return `<h2>${tag}</h2><ul>${items.join("")}</ul>`;
  });
  const sections = ENDPOINTS.map((endpoint) => section(endpoint, operationOf(endpoint)));
  const shapes = members(member(member(document, "components"), "schemas")).map(([name, schema]) =>
    `<section id="${text(name)}"><h3>${text(name)}</h3>${shape(schema)}</section>`
  );
  const about = text(member(member(document, "info"), "description"));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>kbot API</title>` +
    `<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="stylesheet" href="/docs.css"></head>` +
    `<body><nav><a href="/">kbot</a>${
      links.join("")
    }<h2><a href="#shapes">Shapes</a></h2></nav><main><h1>kbot API</h1>` +
    `<p>${about}</p><p>For programs: <a href="/api/v1/openapi.json">openapi.json</a> (OpenAPI 3.1). A no is always ` +
    `<code>{"error":{"code","message"}}</code>. Beside the API: <code>/live</code> (server-sent events), ` +
    `<code>/metrics</code> (Prometheus), <code>/healthz</code>, <code>/readyz</code>.</p>` +
    `${sections.join("")}<h2 id="shapes">Shapes</h2>${shapes.join("")}</main></body></html>`;
}

/** Its looks. */
export const DOCS_STYLE = `
:root{color-scheme:dark light;--line:#8884;--soft:#8881}
body{margin:0;font:15px/1.5 system-ui,sans-serif;display:grid;grid-template-columns:minmax(12rem,18rem) minmax(0,1fr)}
nav{padding:1rem;border-right:1px solid var(--line);height:100vh;overflow:auto;position:sticky;top:0;box-sizing:border-box}
nav h2{font-size:.9rem;margin:1rem 0 .2rem}nav ul{margin:0;padding:0;list-style:none;font-size:.85rem}
main{padding:1rem 2rem;max-width:60rem}section{border-top:1px solid var(--line);padding:.5rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}td{border:1px solid var(--line);padding:.2rem .5rem;vertical-align:top}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{background:var(--soft);padding:.6rem;overflow:auto}
@media(max-width:45rem){body{display:block}nav{position:static;height:auto;border:0}main{padding:1rem}}
`;
