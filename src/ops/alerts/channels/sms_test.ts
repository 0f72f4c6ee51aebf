import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../../../config/secret.ts";
import { anyText } from "../../terminal/text_fixture.ts";
import { alertOf, batchOf } from "../alert_fixture.ts";
import { NO_SIGNAL, withServer } from "./local_server_fixture.ts";
import { Sms, type SmsParts, smsProblem } from "./sms.ts";

const SECRET = 'key:"planted" & = +';

const partsOf = (origin: string, given: Partial<SmsParts> = {}): SmsParts => ({
  url: `${origin}/send`,
  method: "POST",
  headers: [],
  body: '{"to":"{to}","text":"{text}"}',
  format: "json",
  to: ["+15551234567"],
  secret: new Secret(SECRET),
  lengthMax: 300,
  ...given,
});

const TEXT = 'a "quoted" \\ {to} & more=1 é☃ {secret}';

Deno.test("a JSON gateway gets valid JSON, whatever the alert says", () =>
  withServer(() => new Response("ok"), async (origin, asked) => {
    const sms = new Sms(partsOf(origin, { headers: ["Authorization: Basic {secret_base64}"] }));
    assert.ok((await sms.deliver(batchOf([alertOf({ text: TEXT })]), NO_SIGNAL)).ok);
    const { to, text } = JSON.parse(asked[0].body);
    assert.equal(to, "+15551234567");
    assert.ok(text.endsWith(TEXT), text);
    assert.equal(atob((asked[0].headers.get("authorization") ?? "").slice(6)), SECRET);
    assert.equal(asked[0].headers.get("content-type"), "application/json");
  }));

Deno.test("a form gateway gets a form with the very values", () =>
  withServer(() => new Response("ok"), async (origin, asked) => {
    const body = "To={to}&Body={text}&key={secret}";
    const sms = new Sms(partsOf(origin, { body, format: "form", to: ["+1 555", "+2"] }));
    assert.ok((await sms.deliver(batchOf([alertOf({ text: TEXT })]), NO_SIGNAL)).ok);
    assert.deepEqual(asked.map(({ body }) => new URLSearchParams(body).get("To")), ["+1 555", "+2"]);
    const form = new URLSearchParams(asked[0].body);
    assert.ok(form.get("Body")?.endsWith(TEXT));
    assert.equal(form.get("key"), SECRET);
    assert.deepEqual([...form.keys()], ["To", "Body", "key"]);
  }));

Deno.test("a gateway that wants all in the address gets it there", () =>
  withServer(() => new Response("ok"), async (origin, asked) => {
    const url = `${origin}/{secret}/send?to={to}&text={text}`;
    const sms = new Sms(partsOf(origin, { url, method: "GET", body: "" }));
    assert.ok((await sms.deliver(batchOf([alertOf({ text: TEXT })]), NO_SIGNAL)).ok);
    const { url: heard, method } = asked[0];
    assert.equal(method, "GET");
    assert.equal(decodeURIComponent(heard.pathname), `/${SECRET}/send`);
    assert.ok(heard.searchParams.get("text")?.endsWith(TEXT));
  }));

Deno.test("no text breaks out of its place: JSON and forms hold the same fields for any alert", () =>
  withServer(() => new Response("ok"), (origin, asked) =>
    fc.assert(
      fc.asyncProperty(anyText(80), async (text) => {
        asked.length = 0;
        const whole = text.toWellFormed();
        await new Sms(partsOf(origin)).deliver(batchOf([alertOf({ text: whole })]), NO_SIGNAL);
        await new Sms(partsOf(origin, { body: "to={to}&text={text}", format: "form" }))
          .deliver(batchOf([alertOf({ text: whole })]), NO_SIGNAL);
        const [json, form] = asked;
        assert.deepEqual(Object.keys(JSON.parse(json.body)), ["to", "text"]);
        assert.deepEqual([...new URLSearchParams(form.body).keys()], ["to", "text"]);
        assert.ok(JSON.parse(json.body).text.endsWith(whole));
      }),
      { seed: 21, numRuns: 15 },
    )));

Deno.test("an alert ends no header early", () =>
  withServer(() => new Response("ok"), async (origin, asked) => {
    const sms = new Sms(partsOf(origin, { headers: ["X-Text: {text}"], body: "" }));
    assert.ok((await sms.deliver(batchOf([alertOf({ text: "a\r\nX-Evil: 1 ☃" })]), NO_SIGNAL)).ok);
    assert.equal(asked[0].headers.get("x-evil"), null);
    assert.match(asked[0].headers.get("x-text") ?? "", /a X-Evil: 1 \?$/);
  }));

Deno.test("the secret is in no reason and in no name of the channel", () =>
  withServer(({ url, body }) => new Response(`bad ${url} ${body}`, { status: 400 }), async (origin) => {
    for (const secret of ["planted-secret-123", SECRET]) {
      const url = `${origin}/{secret}/x?k={secret}`;
      const parts = partsOf(origin, {
        url,
        secret: new Secret(secret),
        body: '{"text":"{text}","k":"{secret_base64}"}',
      });
      const sms = new Sms(parts);
      for (const from of [sms, new Sms({ ...parts, url: "http://127.0.0.1:1/{secret}" })]) {
        const delivery = await from.deliver(batchOf(), NO_SIGNAL);
        assert.ok(!delivery.ok);
        const base64 = btoa(secret);
        for (const said of [delivery.reason, from.to]) {
          assert.ok(!said.includes("planted") && !said.includes(base64), said);
        }
      }
    }
  }));

/** What is wrong with the templates; `null` where nothing is. */
const TEMPLATES: readonly [Partial<SmsParts>, boolean, RegExp | null][] = [
  [{}, true, null],
  [{ body: "to={to}&b={text}", format: "form" }, true, null],
  [{ method: "GET", url: "https://x/?t={text}", body: "" }, true, null],
  [{ body: '{"to":"{to}"}' }, true, /\{text\} stands nowhere/],
  [{ headers: ["Authorization: Bearer {secret}"] }, false, /no secret is given/],
  [{ body: '{"text":{text}}' }, true, /no JSON/],
  [{ method: "GET" }, true, /a GET has no body/],
  [{ url: "https://{to}:x/" }, true, /no address/],
];

for (const [given, secret, wanted] of TEMPLATES) {
  Deno.test(`templates ${JSON.stringify(given)} ${wanted === null ? "can be sent" : `are refused: ${wanted}`}`, () => {
    const problem = smsProblem({ ...partsOf("https://x", given), secret });
    if (wanted === null) assert.equal(problem, null);
    else assert.match(problem ?? "", wanted);
  });
}
