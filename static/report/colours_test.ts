import assert from "node:assert/strict";

type Colour = readonly number[];

/** The colours that a style sheet names, red, green and blue from 0 to 255. */
async function tokensOf(path: string): Promise<Record<string, Colour>> {
  const text = await Deno.readTextFile(new URL(path, import.meta.url));
  return Object.fromEntries([...text.matchAll(/--([\w-]+): #([\da-f]{6});/g)].map(([, name, hex]) => {
    return [name, [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16))];
  }));
}

const DARK = await tokensOf("../style/tokens.css");
const THEMES = { dark: DARK, light: { ...DARK, ...await tokensOf("light.css") } };

/** WCAG 2.2, relative luminance. */
function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Colour, other: Colour): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** As `color-mix(in srgb, ...)` mixes them. */
const mixed = (share: number, colour: Colour, rest: Colour): Colour =>
  colour.map((value, k) => share * value + (1 - share) * rest[k]);

for (const [theme, colours] of Object.entries(THEMES)) {
  Deno.test(`every ${theme} text is read on everything that it stands on, 4.5:1 or more`, () => {
    for (const text of ["text", "dim", "accent", "gain", "loss", "warn"]) {
      for (const ground of ["panel", "panel-high", "ground"]) {
        const found = contrast(colours[text], colours[ground]);
        assert.ok(found >= 4.5, `--${text} on --${ground}: ${found.toFixed(2)}`);
      }
    }
  });

  Deno.test(`a heat map's figures are read on the strongest of its ${theme} tints`, async () => {
    const style = await Deno.readTextFile(new URL("report.css", import.meta.url));
    const tints = [...style.matchAll(/color-mix\(in srgb, var\(--(gain|loss)\) (\d+)%, var\(--panel\)\)/g)];
    assert.ok(tints.length >= 10);
    for (const [, tone, share] of tints) {
      const found = contrast(colours.text, mixed(Number(share) / 100, colours[tone], colours.panel));
      assert.ok(found >= 4.5, `${share} % of --${tone}: ${found.toFixed(2)}`);
    }
  });

  Deno.test(`marks of a ${theme} chart stand out from the panel, 3:1 or more`, () => {
    for (const mark of ["accent", "gain", "loss", "warn", "dim", "text"]) {
      assert.ok(contrast(colours[mark], colours.panel) >= 3, mark);
    }
  });
}

Deno.test("light names every colour that differs, and nothing that dark does not know", async () => {
  const light = await tokensOf("light.css");
  assert.deepEqual(Object.keys(light).filter((name) => !(name in DARK)), []);
  assert.deepEqual(Object.keys(DARK).filter((name) => !(name in light)), ["danger"]);
});
