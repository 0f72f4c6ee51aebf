import assert from "node:assert/strict";
import { FakeSources } from "../fake_sources.ts";
import { api } from "../api.ts";
import { startServer } from "../server.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { EXAMPLES, shortened } from "./examples.ts";
import { openApiDocument } from "./openapi.ts";

const TOKEN = "dGhlLXRva2VuLW9mLXRoaXMtdGVzdA";

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, { example?: unknown }>> }>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const DOCUMENT = openApiDocument() as unknown as Document;

/** Every `$ref` in it. */
function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === "$ref" && typeof member === "string" ? [member] : references(member)
  );
}

Deno.test("every example is what a real server answers, and fits its endpoint's shape", async () => {
  const sources = FakeSources.forExamples();
  const server = await startServer({ hostname: "127.0.0.1", port: 0, token: TOKEN, sources });
  if (!server.ok) assert.fail(server.reason);
  try {
    for (const { name, method, example, answer } of ENDPOINTS) {
      // What a control did to the sources before would show in the next example.
      Object.assign(sources, { engine: FakeSources.forExamples().engine });
      const response: Response = await fetch(`${server.url}api/v1${example}`, {
        method,
        headers: method === "POST" ? { authorization: `Bearer ${TOKEN}` } : {},
      });
      const body = await response.json();
      assert.equal(response.status, 200, example);
      const parsed = answer.safeParse(body);
      assert.ok(parsed.success, `${example}: ${parsed.error?.message}`);
      assert.deepEqual(
        shortened(body),
        EXAMPLES[name],
        `${example}: write the examples anew with tests/api_examples.ts`,
      );
    }
    const served = await (await fetch(`${server.url}api/v1/openapi.json`)).json();
    assert.deepEqual(served, JSON.parse(JSON.stringify(DOCUMENT)));
  } finally {
    await server.stop();
  }
});

Deno.test("the document names every route that is served, and serves every one that it names", () => {
  const served = api(new FakeSources()).routes.map(({ method, path }) =>
    `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`
  )
    .filter((route) => !/(openapi|grafana)\.json$/.test(route));
  const named = Object.entries(DOCUMENT.paths).filter(([path]) =>
    !["/healthz", "/readyz", "/metrics", "/live"].includes(path)
  )
    .flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`));
  assert.deepEqual(named.sort(), served.sort());
  assert.ok(named.length > 30);
});

Deno.test("every reference in the document leads to a shape, and every shape is referred to", () => {
  const { schemas } = DOCUMENT.components;
  const wanted = new Set(references(DOCUMENT).map((reference) => reference.replace("#/components/schemas/", "")));
  assert.deepEqual([...wanted].sort(), Object.keys(schemas).sort());
});

Deno.test("operations have names of their own, and every parameter of a path is declared", () => {
  const operations = Object.entries(DOCUMENT.paths).flatMap(([path, of]) =>
    Object.values(of).map((operation) => ({ path, operation }))
  );
  const names = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(names).size, names.length);
  for (const { path, operation: { parameters = [] } } of operations) {
    const inPath = parameters.filter((parameter) => parameter.in === "path");
    assert.deepEqual(inPath.map(({ name }) => `{${name}}`), path.match(/\{\w+\}/g) ?? [], path);
    for (const { required } of inPath) assert.equal(required, true, path);
  }
});

Deno.test("a shape refuses what its type does not have, lacks, or says as a number", () => {
  const { answer } = ENDPOINTS.find(({ name }) => name === "account") ?? assert.fail();
  const good = EXAMPLES.account as Record<string, Record<string, unknown>>;
  assert.ok(answer.safeParse(good).success);
  const account = (changes: Record<string, unknown>) => ({ ...good, account: { ...good.account, ...changes } });
  for (
    const changed of [{ extra: 1 }, { nav: undefined }, { nav: 10_023.4 }, { nav: "1e4" }, { fills: -1 }, {
      fills: 1.5,
    }]
  ) {
    assert.ok(!answer.safeParse(account(changed)).success, JSON.stringify(changed));
  }
});
