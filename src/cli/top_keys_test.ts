import assert from "node:assert/strict";
import type { Key } from "../ops/terminal/keys.ts";
import { FIRST_VIEW, type TopView } from "./top_frame.ts";
import { pressed } from "./top_keys.ts";

const text = (text: string): Key => ({ kind: "text", text });
const END = Number.MAX_SAFE_INTEGER;
const AT_5: TopView = { ...FIRST_VIEW, scroll: 5 };

Deno.test("keys scroll, sort, pause and help, and no key does more", () => {
  for (
    const [key, wanted] of [
      [text("j"), { scroll: 6 }],
      [{ kind: "down" }, { scroll: 6 }],
      [text("k"), { scroll: 4 }],
      [{ kind: "up" }, { scroll: 4 }],
      [text(" "), { scroll: 14 }],
      [{ kind: "page_down" }, { scroll: 14 }],
      [text("b"), { scroll: 0 }],
      [{ kind: "page_up" }, { scroll: 0 }],
      [text("g"), { scroll: 0 }],
      [{ kind: "home" }, { scroll: 0 }],
      [text("G"), { scroll: END }],
      [{ kind: "end" }, { scroll: END }],
      [text("s"), { sort: "edge", scroll: 0 }],
      [text("p"), { paused: true }],
      [text("?"), { help: true }],
      [text("h"), { help: true }],
      [{ kind: "escape" }, { help: false }],
    ] as readonly (readonly [Key, Partial<TopView>])[]
  ) {
    assert.deepEqual(pressed(AT_5, key, 10), { kind: "view", view: { ...AT_5, ...wanted } }, JSON.stringify(key));
  }
  for (const key of [text("q"), text("Q"), { kind: "interrupt" } as const]) {
    assert.deepEqual(pressed(AT_5, key, 10), { kind: "quit" });
  }
  assert.deepEqual(pressed(AT_5, { kind: "redraw" }, 10), { kind: "redraw" });
  for (const key of [text("x"), text("K"), { kind: "enter" } as const]) {
    assert.deepEqual(pressed(AT_5, key, 10), { kind: "none" });
  }
});

Deno.test("pressing twice ends what pressing once began, and sorting comes round", () => {
  let view: TopView = FIRST_VIEW;
  for (const key of ["p", "?", "s", "s", "s", "?", "p"]) {
    const effect = pressed(view, text(key), 10);
    assert.equal(effect.kind, "view");
    if (effect.kind === "view") view = effect.view;
  }
  assert.deepEqual(view, FIRST_VIEW);
});
