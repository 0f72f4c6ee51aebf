import assert from "node:assert/strict";
import { FakeSources } from "../fake_sources.ts";
import { startServer } from "../server.ts";
import { DOCS_STYLE, docsPage } from "./docs_page.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { SHAPES } from "./shape.ts";

const PAGE = docsPage();

Deno.test("the page shows every endpoint and every shape, and every link in it leads somewhere in it or on this server", () => {
  const ids = [...PAGE.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, "ids are unique");
  for (const { name } of ENDPOINTS) assert.ok(ids.includes(name), name);
  for (const name of SHAPES.keys()) assert.ok(ids.includes(name), name);
  for (const [, href] of PAGE.matchAll(/ href="([^"]+)"/g)) {
    assert.ok(href.startsWith("#") ? ids.includes(href.slice(1)) : /^\/[a-z]*/.test(href), href);
  }
});

Deno.test("nothing in the page needs what the content policy forbids, and its tags are balanced", () => {
  assert.doesNotMatch(PAGE, /<script| style=| on[a-z]+=|https?:\/\/(?!127\.0\.0\.1)/);
  assert.doesNotMatch(DOCS_STYLE, /url\(|@import/);
  const open: string[] = [];
  for (const [, end, name] of PAGE.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (["meta", "link"].includes(name)) continue;
    if (end === "") open.push(name);
    else assert.equal(open.pop(), name);
  }
  assert.deepEqual(open, []);
});

Deno.test("the page is served with the strict policy, openly, for it tells nothing of what runs", async () => {
  const sources = new FakeSources();
  sources.change({ decisionHash: "feedface00000000" });
  assert.ok(!PAGE.includes("feedface00000000"));
  const options = { hostname: "127.0.0.1", port: 0, token: "dGhlLXRva2VuLW9mLXRoaXMtdGVzdA", sources };
  const server = await startServer({ ...options, allowedHosts: ["kbot.example"] });
  if (!server.ok) assert.fail(server.reason);
  try {
    const page = await fetch(`${server.url}docs`);
    assert.equal(page.status, 200);
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal(await page.text(), PAGE);
    const style = await fetch(`${server.url}docs.css`);
    assert.deepEqual([style.status, style.headers.get("content-type")], [200, "text/css; charset=utf-8"]);
    await style.body?.cancel();
    // Behind a proxy the document itself, as everything under /api, needs the token.
    const document = await fetch(`${server.url}api/v1/openapi.json`);
    assert.equal(document.status, 401);
    await document.body?.cancel();
  } finally {
    await server.stop();
  }
});
