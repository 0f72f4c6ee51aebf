import assert from "node:assert/strict";
import { count, price } from "../core/units.ts";
import { viewOf } from "../strategies/view_fixture.ts";
import { exampleView } from "./example_view.ts";
import { packOf } from "./pack_fixture.ts";
import { MORE } from "./question.ts";

const README = await Deno.readTextFile(new URL("../strategies/README.md", import.meta.url));
const [, EXAMPLE] = /^```js ignore\n(.*?)^```$/ms.exec(README) ?? assert.fail("the README has no example of a pack");

Deno.test("the README's example of a pack buys whichever side is cheap", async () => {
  const { registration, declaration } = await packOf(EXAMPLE, "cheaper_side.js");
  assert.equal(declaration.name, "cheaper_side");
  const decide = (settings: unknown, probability: number | null) => {
    const bound = registration.bind(settings);
    assert.ok("decide" in bound);
    const { targets, refusal } = bound.decide(viewOf({ view: { probability } }));
    return refusal?.code ?? targets.map(({ side, price, count, postOnly }) => ({ side, price, count, postOnly }));
  };
  assert.deepEqual(decide({}, 0.6), [{ side: "bid", price: price(5_100), count: count(1_000), postOnly: false }]);
  assert.deepEqual(decide({}, 0.4), [{ side: "ask", price: price(4_900), count: count(1_000), postOnly: false }]);
  assert.deepEqual(decide({ rest: true, max_contracts: 3 }, 0.6), [
    { side: "bid", price: price(4_900), count: count(300), postOnly: true },
  ]);
  assert.equal(decide({}, 0.5), "no_edge");
  assert.equal(decide({}, null), "no_price");
});

Deno.test("the README names everything that a pack is shown and may call", async () => {
  const made = await packOf(`export default { name: "x", title: "x", trades: ["A"], more: ${JSON.stringify(MORE)},
    decide(view) { throw [...Object.keys(view), ...Object.keys(view.index), ...Object.keys(view.spot),
      ...Object.keys(view.others)].join() } }`);
  const calls = await packOf(`export default { name: "x", title: "x", trades: ["A"],
    decide() { throw Object.keys(kbot).map((name) => "kbot." + name + "(").join() } }`);
  const section = README.slice(README.indexOf("**What it sees**"));
  for (const { registration } of [made, calls]) {
    const bound = registration.bind({});
    assert.ok("decide" in bound);
    try {
      bound.decide(exampleView("A"));
      assert.fail("it did not throw");
    } catch (error) {
      assert.ok(error instanceof Error);
      for (const name of error.message.split(",")) {
        assert.match(section, new RegExp(`[\`"]${name.replace(/[.(]/g, "\\$&")}`), name);
      }
    }
  }
});
