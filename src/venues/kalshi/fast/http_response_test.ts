import assert from "node:assert/strict";
import fc from "fast-check";
import { type HttpResponse, type ReadState, ResponseReader } from "./http_response.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const textOf = ({ body }: HttpResponse): string => new TextDecoder().decode(body);

/** Pushes the pieces; `end` closes the connection afterwards. */
function read(pieces: readonly Uint8Array[], end = false, bodyBytesMax = 1_000): ReadState {
  const reader = new ResponseReader(bodyBytesMax);
  let state: ReadState = null;
  for (const piece of pieces) state = reader.push(piece);
  return end ? reader.end() ?? state : state;
}

/** What is worth comparing of a state. */
function summary(state: ReadState): unknown {
  if (state === null || state.kind !== "whole") return state;
  const { status, headers, reusable } = state.response;
  return { status, headers: Object.fromEntries(headers), body: textOf(state.response), reusable };
}

interface Case {
  readonly name: string;
  readonly text: string;
  readonly end?: boolean;
  readonly status?: number;
  readonly body?: string;
  readonly reusable?: boolean;
  /** Of the refusal. */
  readonly refused?: RegExp;
  /** Where the response is not whole. */
  readonly waits?: boolean;
}

const CREATED = "HTTP/1.1 201 Created\r\n";
const CASES: readonly Case[] = [
  { name: "a length", text: `${CREATED}Content-Length: 2\r\n\r\n{}`, status: 201, body: "{}", reusable: true },
  { name: "no reason phrase", text: "HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", status: 200, body: "", reusable: true },
  { name: "an empty body", text: `${CREATED}content-length: 0\r\n\r\n`, status: 201, body: "", reusable: true },
  { name: "204 has no body", text: "HTTP/1.1 204 No Content\r\n\r\n", status: 204, body: "", reusable: true },
  {
    name: "304 has no body",
    text: "HTTP/1.1 304 X\r\ncontent-length: 9\r\n\r\n",
    status: 304,
    body: "",
    reusable: true,
  },
  {
    name: "chunks, with an extension and a trailer",
    text:
      `${CREATED}transfer-encoding: Chunked\r\n\r\n3;a=b\r\n{"a\r\nA\r\n":"0123456\r\n2\r\n"}\r\n0\r\nx-sum: 1\r\n\r\n`,
    status: 201,
    body: '{"a":"0123456"}',
    reusable: true,
  },
  {
    name: "chunks that hold line ends",
    text: `${CREATED}transfer-encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n`,
    status: 201,
    body: "\r\n\r\n",
    reusable: true,
  },
  {
    name: "until the end of the connection",
    text: `${CREATED}\r\nabc`,
    end: true,
    status: 201,
    body: "abc",
    reusable: false,
  },
  { name: "no length and no end yet", text: `${CREATED}\r\nabc`, waits: true },
  {
    name: "the server ends the connection",
    text: "HTTP/1.1 429 Too Many Requests\r\nConnection: x, Close\r\ncontent-length: 1\r\n\r\nx",
    status: 429,
    body: "x",
    reusable: false,
  },
  { name: "HTTP/1.0", text: "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx", status: 200, body: "x", reusable: false },
  {
    name: "HTTP/1.0 that keeps the connection",
    text: "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx",
    status: 200,
    body: "x",
    reusable: true,
  },
  {
    name: "interim responses before it",
    text: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n${CREATED}content-length: 1\r\n\r\nx`,
    status: 201,
    body: "x",
    reusable: true,
  },
  {
    name: "bytes behind it",
    text: `${CREATED}content-length: 1\r\n\r\nxHTTP`,
    status: 201,
    body: "x",
    reusable: false,
  },
  {
    name: "the same length twice",
    text: `${CREATED}content-length: 1\r\nContent-Length: 1\r\n\r\nx`,
    status: 201,
    body: "x",
    reusable: true,
  },
  { name: "half a head", text: `${CREATED}content-length: 1\r\n`, waits: true },
  { name: "half a body", text: `${CREATED}content-length: 3\r\n\r\nab`, waits: true },
  { name: "half a body and the end", text: `${CREATED}content-length: 3\r\n\r\nab`, end: true, waits: true },
  {
    name: "no last chunk and the end",
    text: `${CREATED}transfer-encoding: chunked\r\n\r\n1\r\na\r\n`,
    end: true,
    waits: true,
  },
  { name: "two lengths", text: `${CREATED}content-length: 1\r\ncontent-length: 2\r\n\r\nx`, refused: /Content length/ },
  {
    name: "a length and chunks",
    text: `${CREATED}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`,
    refused: /Both/,
  },
  {
    name: "compressed chunks",
    text: `${CREATED}transfer-encoding: gzip, chunked\r\n\r\n`,
    refused: /transfer encoding/,
  },
  {
    name: "a compressed body",
    text: `${CREATED}content-encoding: gzip\r\ncontent-length: 1\r\n\r\nx`,
    refused: /compressed/,
  },
  { name: "a negative length", text: `${CREATED}content-length: -1\r\n\r\n`, refused: /Content length/ },
  { name: "a length in hexadecimal", text: `${CREATED}content-length: 0x10\r\n\r\n`, refused: /Content length/ },
  { name: "a body beyond the bound", text: `${CREATED}content-length: 200000000\r\n\r\n`, refused: /200000000/ },
  { name: "an endless body", text: `${CREATED}\r\n${"x".repeat(1_001)}`, refused: /more than 1000/ },
  {
    name: "a chunk beyond the bound",
    text: `${CREATED}transfer-encoding: chunked\r\n\r\n3e9\r\n${"x".repeat(1_001)}`,
    refused: /more than 1000/,
  },
  {
    name: "a chunk size that is none",
    text: `${CREATED}transfer-encoding: chunked\r\n\r\n-1\r\n`,
    refused: /Chunk size/,
  },
  {
    name: "a chunk size beyond 32 bits",
    text: `${CREATED}transfer-encoding: chunked\r\n\r\n100000000\r\n`,
    refused: /Chunk size/,
  },
  {
    name: "a chunk longer than it says",
    text: `${CREATED}transfer-encoding: chunked\r\n\r\n1\r\nabcd`,
    refused: /does not end/,
  },
  { name: "a folded header", text: `${CREATED}a: b\r\n c: d\r\n\r\n`, refused: /header line/ },
  { name: "a blank before the colon", text: `${CREATED}content-length : 1\r\n\r\nx`, refused: /header line/ },
  { name: "bare line feeds", text: "HTTP/1.1 200 OK\ncontent-length: 0\n\r\n\r\n", refused: /No HTTP response/ },
  { name: "a page instead of a head", text: "<html><body>\r\n\r\n", refused: /No HTTP response/ },
  { name: "HTTP/2", text: "HTTP/2 200 OK\r\n\r\n", refused: /No HTTP response/ },
  { name: "an upgrade nobody asked for", text: "HTTP/1.1 101 Switching\r\n\r\n", refused: /interim/ },
  { name: "nothing but interim responses", text: "HTTP/1.1 100 C\r\n\r\n".repeat(9), refused: /interim/ },
  { name: "a head without end", text: `${CREATED}a: ${"x".repeat(70_000)}`, refused: /Head is longer/ },
];

for (const { name, text, end = false, status, body, reusable, refused, waits } of CASES) {
  Deno.test(`a response: ${name}`, () => {
    const state = read([bytesOf(text)], end);
    if (waits) return assert.equal(state, null);
    if (refused !== undefined) {
      assert.ok(state !== null && state.kind !== "whole");
      return assert.match(state.reason, refused);
    }
    assert.ok(state?.kind === "whole", JSON.stringify(state));
    const found = { status: state.response.status, body: textOf(state.response), reusable: state.response.reusable };
    assert.deepEqual(found, { status, body, reusable });
  });
}

Deno.test("a response reads the same wherever its bytes are split", () => {
  for (const { name, text, end = false } of CASES) {
    if (text.length > 2_000) continue;
    const bytes = bytesOf(text);
    const whole = summary(read([bytes], end));
    for (let split = 1; split < bytes.length; split++) {
      const parts = [bytes.subarray(0, split), bytes.subarray(split)];
      const state = summary(read(parts, end));
      // What follows in a later piece cannot be known when the response is whole.
      if (name === "bytes behind it" && split >= bytes.length - 4) continue;
      assert.deepEqual(state, whole, `${name}, split at ${split}`);
    }
    const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    if (name !== "bytes behind it") assert.deepEqual(summary(read(single, end)), whole, `${name}, byte by byte`);
  }
});

Deno.test("any body survives any chunks in any pieces", () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 });
  fc.assert(
    fc.property(chunks, fc.array(fc.nat(500), { maxLength: 5 }), (parts, cuts) => {
      const body = parts.flatMap((part) => [...part]);
      const encoded = parts.map((part) => `${part.length.toString(16)}\r\n${String.fromCharCode(...part)}\r\n`).join(
        "",
      );
      const bytes = bytesOf(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${encoded}0\r\n\r\n`);
      const at = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
      const state = read(at.slice(1).map((to, k) => bytes.subarray(at[k], to)));
      assert.ok(state?.kind === "whole");
      assert.deepEqual([...state.response.body], body);
    }),
    { seed: 7, numRuns: 300 },
  );
});

Deno.test("garbage is refused or waited for, and never thrown at", () => {
  const near = fc.tuple(
    fc.constantFrom(...CASES.map(({ text }) => text.slice(0, 300))),
    fc.array(fc.tuple(fc.nat(299), fc.nat(255)), { maxLength: 4 }),
  ).map(([text, edits]) => {
    const bytes = bytesOf(text);
    for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 300 })), fc.nat(300), (bytes, cut) => {
      const whole = summary(read([bytes], true));
      const split = summary(read([bytes.subarray(0, cut), bytes.subarray(cut)], true));
      // Only surplus bytes may be told apart by when they came.
      const blind = (state: unknown) => JSON.stringify(state, (key, value) => key === "reusable" ? undefined : value);
      assert.equal(blind(split), blind(whole));
    }),
    { seed: 11, numRuns: Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000 },
  );
});
