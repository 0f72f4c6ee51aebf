import assert from "node:assert/strict";
import { DEMO, isKalshiDemo, isRealKalshi, PRODUCTION, webSocketOf } from "./hosts.ts";

const CASES: [url: string, real: boolean, demo: boolean][] = [
  [PRODUCTION.rest, true, false],
  [PRODUCTION.ws, true, false],
  ["https://api.elections.kalshi.com/trade-api/v2", true, false],
  ["https://API.KALSHI.COM./trade-api/v2", true, false],
  [DEMO.rest, true, true],
  ["https://demo-api.kalshi.co/trade-api/v2", true, true],
  ["http://127.0.0.1:8443/trade-api/v2", false, false],
  ["http://localhost:1/trade-api/v2", false, false],
  ["https://kalshi.com.example.org/trade-api/v2", false, false],
  ["https://notkalshi.com/trade-api/v2", false, false],
  ["no address at all", true, false],
];

for (const [url, real, demo] of CASES) {
  Deno.test(`${url} is ${real ? "" : "not "}Kalshi's${demo ? " demo" : ""}`, () => {
    assert.equal(isRealKalshi(url), real);
    assert.equal(isKalshiDemo(url), demo);
  });
}

Deno.test("a socket's address follows from the REST address where none is given", () => {
  assert.equal(webSocketOf(PRODUCTION.rest), PRODUCTION.ws);
  assert.equal(webSocketOf("http://127.0.0.1:99/trade-api/v2"), "ws://127.0.0.1:99/trade-api/ws/v2");
  assert.equal(webSocketOf("https://x.example/trade-api/v2"), "wss://x.example/trade-api/ws/v2");
  assert.equal(webSocketOf("ftp://x.example/"), null);
  assert.equal(webSocketOf("nonsense"), null);
});
