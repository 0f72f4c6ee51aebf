import assert from "node:assert/strict";
import fc from "fast-check";
import { escapeText, firstOf, jsonData, markup } from "./markup.ts";

Deno.test("no text becomes an element, an attribute or an entity", () => {
  const cases = [
    [`<script>alert(1)</script>`, `&lt;script&gt;alert(1)&lt;/script&gt;`],
    [`" onload="x`, `&quot; onload=&quot;x`],
    [`' onload='x`, `&#39; onload=&#39;x`],
    [`&lt;`, `&amp;lt;`],
    [`two\nlines\tand a tab`, `two\nlines\tand a tab`],
    [`P&L −5 ¢ ü 😀`, `P&amp;L −5 ¢ ü 😀`],
  ] as const;
  for (const [given, wanted] of cases) assert.equal(escapeText(given), wanted);
});

Deno.test("characters that hide or reorder text become a visible sign", () => {
  for (const hidden of ["\u0000", "\u001b", "\u007f", "\u0085", "\u200f", "\u202e", "\u2066", "\ud800"]) {
    assert.equal(escapeText(`a${hidden}b`), "a\ufffdb", JSON.stringify(hidden));
  }
});

Deno.test("a text without end is cut where it is seen", () => {
  const cut = escapeText("x".repeat(1_000_000));
  assert.ok(cut.length < 5_000);
  assert.ok(cut.endsWith("…"));
});

Deno.test("what comes out of a template is not escaped again, and lists are joined", () => {
  const inner = markup`<b>${"<"}</b>`;
  assert.equal(
    String(markup`<p title="${'a"b'}">${[inner, "&", null, 5, [inner]]}</p>`),
    `<p title="a&quot;b"><b>&lt;</b>&amp;5<b>&lt;</b></p>`,
  );
});

Deno.test("data for the script is read back whole and never ends its element", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary-ascii" })), (texts) => {
      const text = String(jsonData([...texts, "</script><!--", "\u2028"]));
      assert.doesNotMatch(text, /[<>]/);
      assert.deepEqual(JSON.parse(text), [...texts, "</script><!--", "\u2028"]);
    }),
    { seed: 20_261_120, numRuns: 20 },
  );
});

Deno.test("the first of a list come with the count of the others", () => {
  assert.deepEqual(firstOf([1, 2, 3], 2), { shown: [1, 2], left: 1 });
  assert.deepEqual(firstOf([1, 2], 2), { shown: [1, 2], left: 0 });
});
