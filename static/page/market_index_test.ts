import assert from "node:assert/strict";
import { marketIndex } from "./market_index.ts";

for (
  const [ticker, wanted] of [
    ["KXBTC15M-26SEP251515-15", "BRTI"],
    ["KXBTCD-26SEP2515-T92799.99", "BRTI"],
    ["KXBTC-26SEP2515-B92750", "BRTI"],
    ["KXETH15M-26SEP251515-15", "ETHUSD_RTI"],
    ["KXETHD-26SEP2515-T3400", "ETHUSD_RTI"],
    ["KXDOGE15M-26SEP251515-15", "DOGEUSD_RTI"],
    ["KXHIGHNY-26SEP16-B81.5", null],
    ["KXFED-26DEC-T3.50", null],
    ["", null],
  ] as const
) {
  Deno.test(`the index of ${ticker || "no ticker"} is ${wanted ?? "none"}`, () => {
    assert.equal(marketIndex(ticker)?.index ?? null, wanted);
  });
}
