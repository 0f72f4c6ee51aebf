import assert from "node:assert/strict";
import { contrast, mixed, tokensOf } from "../style/contrast.ts";

const sheet = (path: string): URL => new URL(path, import.meta.url);

const DARK = await tokensOf(sheet("../style/tokens.css"));
const THEMES = { dark: DARK, light: { ...DARK, ...await tokensOf(sheet("light.css")) } };

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
    const style = await Deno.readTextFile(sheet("report.css"));
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
  const light = await tokensOf(sheet("light.css"));
  assert.deepEqual(Object.keys(light).filter((name) => !(name in DARK)), []);
  assert.deepEqual(Object.keys(DARK).filter((name) => !(name in light)), ["danger"]);
});
