import assert from "node:assert/strict";
import { SPOT_PROTOCOLS, spotProtocol } from "./registry.ts";

Deno.test("every exchange is found by its name, and no name is used twice", () => {
  for (const protocol of SPOT_PROTOCOLS) assert.equal(spotProtocol(protocol.exchange), protocol);
  assert.equal(new Set(SPOT_PROTOCOLS.map(({ exchange }) => exchange)).size, SPOT_PROTOCOLS.length);
  assert.equal(spotProtocol("mtgox"), null);
});

Deno.test("the constituents of the settlement index that have public data are marked as such", () => {
  const constituents = SPOT_PROTOCOLS.filter(({ constituent }) => constituent).map(({ title }) => title).sort();
  assert.deepEqual(constituents, ["Bitstamp", "Bullish", "Coinbase", "Crypto.com", "Gemini", "Kraken"]);
});

for (const protocol of SPOT_PROTOCOLS) {
  Deno.test(`${protocol.title} trades BTC and ETH, knows no coin that does not exist, and speaks over encrypted ways`, () => {
    for (const asset of ["BTC", "ETH"]) {
      assert.notEqual(protocol.symbol(asset), null);
      assert.ok(URL.canParse(protocol.rest + protocol.fallback.path(asset)));
    }
    assert.equal(protocol.symbol("NONE"), null);
    assert.equal(new URL(protocol.address(protocol.ws, ["BTC", "ETH"])).protocol, "wss:");
    assert.equal(new URL(protocol.rest).protocol, "https:");
    assert.ok(protocol.silenceSeconds > (protocol.ping?.everySeconds ?? 0));
    const wanted = protocol.address(protocol.ws, ["BTC"]) + protocol.subscriptions(["BTC"]).join(" ");
    assert.ok(wanted.toUpperCase().includes(String(protocol.symbol("BTC")).toUpperCase()), wanted);
    assert.ok(!wanted.toUpperCase().includes(String(protocol.symbol("ETH")).toUpperCase()), wanted);
  });
}
