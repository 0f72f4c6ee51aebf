import assert from "node:assert/strict";
import fc from "fast-check";
import stringWidth from "string-width";
import { asciiOnly, CUT, cutTo, fitted, printable, widthOf } from "./text.ts";
import { anyText, RUNS } from "./text_fixture.ts";

// deno-lint-ignore no-control-regex
const COMMANDS = /[\u0000-\u001f\u007f-\u009f]/;
Deno.test("what would command a terminal, hide, or turn the direction of writing is taken out of a text", () => {
  for (
    const [given, wanted] of [
      ["KXBTC15M-26OCT061015-15", "KXBTC15M-26OCT061015-15"],
      ["\u001b[2Jgone", " [2Jgone"],
      ["\u001b]0;title\u0007", " ]0;title "],
      ["\u009b31mred", " 31mred"],
      ["a\r\nb\tc", "a b c"],
      ["\u202eevil\u202c", "evil"],
      ["zero\u200bwidth\ufeff", "zerowidth"],
      ["line\u2028break", "line break"],
      ["half \ud83d", "half "],
      ["Zürich 日本", "Zürich 日本"],
    ]
  ) assert.equal(printable(given), wanted, JSON.stringify(given));
});

Deno.test("no text whatever gets a command through", () => {
  fc.assert(
    fc.property(anyText(60), (text) => {
      const safe = printable(text);
      assert.ok(!COMMANDS.test(safe));
      assert.equal(printable(safe), safe);
    }),
    RUNS,
  );
  assert.ok(printable("x".repeat(1_000_000)).length < 10_000);
});

Deno.test("widths count columns: wide characters two, marks upon others none", () => {
  for (
    const [text, width] of [["abc", 3], ["日本", 4], ["é", 1], ["e\u0301", 1], ["👍", 2], ["", 0], ["…", 1]] as const
  ) {
    assert.equal(widthOf(text), width, text);
  }
});

Deno.test("letters and signs that are not asked about are as wide as whoever knows says", () => {
  const codes = [...Array(0x100).keys(), ...Array.from({ length: 0x18 }, (_, at) => 0x2010 + at), 0x2502];
  for (const code of codes) {
    const text = printable(String.fromCharCode(code));
    assert.equal(widthOf(text), stringWidth(text), `U+${code.toString(16)}`);
  }
});

Deno.test("a text is cut at its end, or where a ticker says least, and shows that it was", () => {
  for (
    const [text, width, at, wanted] of [
      ["abcdef", 6, "end", "abcdef"],
      ["abcdef", 4, "end", "abc…"],
      ["abcdef", 1, "end", "…"],
      ["abcdef", 0, "end", ""],
      ["日本語", 4, "end", "日…"],
      ["KXBTC15M-26OCT061345-45", 12, "middle", "KXBTC1…45-45"],
    ] as const
  ) assert.equal(cutTo(text, width, at), wanted, `${text} to ${width}`);
});

Deno.test("a fitted text is exactly so wide, whatever it is", () => {
  const widths = fc.integer({ min: 0, max: 40 });
  const align = fc.constantFrom("left" as const, "right" as const);
  const at = fc.constantFrom("end" as const, "middle" as const);
  fc.assert(
    fc.property(anyText(50), widths, align, at, (raw, width, align, at) => {
      assert.equal(widthOf(fitted(printable(raw), width, align, at)), width);
    }),
    RUNS,
  );
});

Deno.test("without UTF-8 the marks of ours become ASCII, and everything stays as wide", () => {
  assert.equal(asciiOnly(`56.0¢ ×20 │ cut${CUT}`), "56.0c x20 | cut~");
  assert.equal(asciiOnly("日é"), "???");
  fc.assert(
    fc.property(anyText(50), (raw) => {
      const text = printable(raw);
      const plain = asciiOnly(text);
      assert.match(plain, /^[\x20-\x7e]*$/);
      assert.equal(plain.length, widthOf(text));
    }),
    RUNS,
  );
});
