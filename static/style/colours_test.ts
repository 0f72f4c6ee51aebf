import assert from "node:assert/strict";
import { type Colour, colourOf, contrast, mixed, tokensOf } from "./contrast.ts";

const sheet = (path: string): URL => new URL(path, import.meta.url);
const DARK = { ...await tokensOf(sheet("tokens.css")), ...await tokensOf(sheet("page_tokens.css")) };
const OWN_LIGHT = await tokensOf(sheet("light.css"));
// What reports have by day, the page has too: their texts on their panels are looked at in report/colours_test.ts.
const LIGHT = { ...DARK, ...await tokensOf(sheet("../report/light.css")), ...OWN_LIGHT };
const WHITE = colourOf("#ffffff");

for (const [theme, colours] of Object.entries({ dark: DARK, light: LIGHT })) {
  // The cell of an order of ours, style/market.css.
  const own = mixed(0.18, colours.accent, colours.panel);
  const pairs: readonly (readonly [name: string, text: Colour, ground: Colour])[] = [
    ["a halt", colours["alarm-text"], colours.alarm],
    ["a warning", colours["caution-text"], colours.caution],
    ["what is simulated", colours["on-hazard"], colours.hazard],
    ["danger", WHITE, colours.danger],
    ["our bid", colours.gain, own],
    ["our offer", colours.loss, own],
    ["the log's time", colours.dim, colours.ground],
  ];
  for (const [name, text, ground] of pairs) {
    Deno.test(`${name} is read in ${theme} colours, 4.5:1 or more`, () => {
      const found = contrast(text, ground);
      assert.ok(found >= 4.5, found.toFixed(2));
    });
  }

  Deno.test(`the frame of what can be pressed or filled in stands out in ${theme} colours`, () => {
    for (const mark of ["accent", "dim"]) assert.ok(contrast(colours[mark], colours.ground) >= 3, mark);
  });
}

for (const banner of ["paper", "live"]) {
  Deno.test(`white is read on the banner of ${banner} trading`, async () => {
    const frame = await Deno.readTextFile(sheet("frame.css"));
    const rule = new RegExp(`data-mode="${banner}"\\] \\{\\s*background: (#[\\da-f]{6}|var\\(--(\\w+)\\));`).exec(
      frame,
    );
    assert.ok(rule !== null);
    const ground = rule[2] === undefined ? colourOf(rule[1]) : DARK[rule[2]];
    assert.ok(contrast(WHITE, ground) >= 4.5);
  });
}

Deno.test("light names no colour of the page that dark does not know", () => {
  assert.deepEqual(Object.keys(OWN_LIGHT).filter((name) => !(name in DARK)), []);
});
