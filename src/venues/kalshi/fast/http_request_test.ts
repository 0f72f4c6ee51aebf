import assert from "node:assert/strict";
import { RequestWriter } from "./http_request.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

Deno.test("a request has what HTTP wants and the length of its body in bytes", () => {
  const writer = new RequestWriter("127.0.0.1:8080");
  const headers = { "content-type": "application/json", "KALSHI-ACCESS-KEY": "k" };
  const text = decode(writer.encode({ method: "POST", target: "/v2/orders", headers, body: '{"a":"é"}' }));
  assert.equal(
    text,
    "POST /v2/orders HTTP/1.1\r\nhost: 127.0.0.1:8080\r\naccept: */*\r\naccept-encoding: identity\r\n" +
      'user-agent: kbot\r\ncontent-type: application/json\r\nKALSHI-ACCESS-KEY: k\r\ncontent-length: 10\r\n\r\n{"a":"é"}',
  );
});

Deno.test("a request without a body announces none", () => {
  const writer = new RequestWriter("h");
  const text = decode(writer.encode({ method: "DELETE", target: "/o/1?exchange_index=2", headers: {}, body: null }));
  assert.ok(text.startsWith("DELETE /o/1?exchange_index=2 HTTP/1.1\r\nhost: h\r\n"));
  assert.ok(text.endsWith("user-agent: kbot\r\n\r\n"));
  assert.ok(!text.includes("content-length"));
});

Deno.test("one writer makes request after request, short after long and to many addresses", () => {
  const writer = new RequestWriter("h");
  for (let round = 0; round < 60; round++) {
    const body = "x".repeat(round % 7 === 3 ? 50_000 : round);
    const text = decode(
      writer.encode({ method: "POST", target: `/t/${round % 20}`, headers: { n: `${round}` }, body }),
    );
    assert.ok(text.startsWith(`POST /t/${round % 20} HTTP/1.1\r\n`));
    assert.ok(text.endsWith(`n: ${round}\r\ncontent-length: ${body.length}\r\n\r\n${body}`));
  }
});

Deno.test("a header's line is that of the newest value, and any text has its length in bytes", () => {
  const writer = new RequestWriter("h");
  for (const [value, body] of [["a", "1"], ["a", "é"], ["b", "€€"], ["a", "\u{1f600}x"], ["", ""], ["b", "\ud800"]]) {
    const text = decode(writer.encode({ method: "POST", target: "/t", headers: { n: value, m: "z" }, body }));
    const length = new TextEncoder().encode(body).length;
    const sent = decode(new TextEncoder().encode(body));
    assert.ok(
      text.endsWith(`user-agent: kbot\r\nn: ${value}\r\nm: z\r\ncontent-length: ${length}\r\n\r\n${sent}`),
      text,
    );
  }
  assert.throws(
    () => writer.encode({ method: "POST", target: "/t", headers: { n: "a\r\nx: y" }, body: "" }),
    RangeError,
  );
});

Deno.test("what would break out of a header or the request line is never encoded", () => {
  const writer = new RequestWriter("h");
  const good = { method: "GET", target: "/a", headers: {}, body: null };
  for (const target of ["a", "/a b", "/a\r\nx: y", "/ä", "", "/" + "a".repeat(5_000)]) {
    assert.throws(() => writer.encode({ ...good, target }), RangeError);
  }
  for (const method of ["get", "GET\r\n", ""]) assert.throws(() => writer.encode({ ...good, method }), RangeError);
  assert.throws(() => writer.encode({ ...good, headers: { a: "b\r\nc: d" } }), RangeError);
  assert.throws(() => writer.encode({ ...good, headers: { "a b": "c" } }), RangeError);
});
