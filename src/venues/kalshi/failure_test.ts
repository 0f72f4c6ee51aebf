import assert from "node:assert/strict";
import { describeFailure, readFailure } from "./failure.ts";

const CASES: [what: string, status: number, body: string, code: string, words: string][] = [
  [
    "the usual shape",
    409,
    '{"error":{"code":"order_already_exists","message":"order already exists","service":"exchange"}}',
    "order_already_exists",
    "HTTP 409 order_already_exists: order already exists",
  ],
  [
    "the usual shape with details",
    401,
    '{"error":{"code":"authentication_error","message":"authentication_error","details":"NOT_FOUND"}}',
    "authentication_error",
    "HTTP 401: authentication_error (NOT_FOUND)",
  ],
  [
    "the flat shape",
    400,
    '{"code":"bad_request","message":"bad request","details":"json: cannot unmarshal"}',
    "bad_request",
    "HTTP 400 bad_request: bad request (json: cannot unmarshal)",
  ],
  [
    "the validation shape",
    400,
    '{"msg":"Parameter validation failed for GetMarkets"}',
    "bad_request",
    "HTTP 400 bad_request: Parameter validation failed for GetMarkets",
  ],
  [
    "the shape of too many requests",
    429,
    '{"error":"too many requests"}',
    "too_many_requests",
    "HTTP 429 too_many_requests: too many requests",
  ],
  ["a proxy's page", 502, "<html>Bad gateway</html>", "", "HTTP 502: with a text that is no JSON, as a proxy answers"],
  ["nothing", 503, "", "", "HTTP 503: without a reason"],
  ["something else entirely", 500, '{"error":{"code":7}}', "", "HTTP 500: without a reason"],
];

for (const [what, status, body, code, words] of CASES) {
  Deno.test(`an error body of ${what} is read`, () => {
    const failure = readFailure(status, body);
    assert.ok(failure.kind === "http");
    assert.equal(failure.status, status);
    assert.equal(failure.code, code);
    assert.equal(describeFailure(failure), words);
  });
}

Deno.test("an endless message is cut before it reaches a log", () => {
  const failure = readFailure(400, JSON.stringify({ code: "x", message: "m".repeat(10_000) }));
  assert.ok(describeFailure(failure).length < 400);
});
