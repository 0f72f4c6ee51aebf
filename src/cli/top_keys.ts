/**
 * What a key does to the view of `kbot top`. A pure function.
 * @module
 */

import type { Key } from "../ops/terminal/keys.ts";
import type { TopView } from "./top_frame.ts";
import { SORTS } from "./top_sections.ts";

export type KeyEffect =
  | { readonly kind: "view"; readonly view: TopView }
  | { readonly kind: "redraw" }
  | { readonly kind: "quit" }
  | { readonly kind: "none" };

const NONE: KeyEffect = { kind: "none" };

/** More than there can be; the frame brings it back to what there is. */
const END = Number.MAX_SAFE_INTEGER;

/** @param page rows of a screen */
export function pressed(view: TopView, key: Key, page: number): KeyEffect {
  const change = (part: Partial<TopView>): KeyEffect => ({ kind: "view", view: { ...view, ...part } });
  const scroll = (by: number): KeyEffect => change({ scroll: Math.max(0, Math.min(END, view.scroll + by)) });
  const screen = Math.max(1, page - 1);
  switch (key.kind) {
    case "interrupt":
      return { kind: "quit" };
    case "redraw":
      return { kind: "redraw" };
    case "escape":
      return change({ help: false });
    case "up":
      return scroll(-1);
    case "down":
      return scroll(1);
    case "page_up":
      return scroll(-screen);
    case "page_down":
      return scroll(screen);
    case "home":
      return change({ scroll: 0 });
    case "end":
      return change({ scroll: END });
    case "enter":
      return NONE;
    case "text":
      return typed(view, key.text, change, scroll, screen);
  }
}

function typed(
  view: TopView,
  text: string,
  change: (part: Partial<TopView>) => KeyEffect,
  scroll: (by: number) => KeyEffect,
  screen: number,
): KeyEffect {
  switch (text) {
    case "q":
    case "Q":
      return { kind: "quit" };
    case "j":
      return scroll(1);
    case "k":
      return scroll(-1);
    case " ":
      return scroll(screen);
    case "b":
      return scroll(-screen);
    case "g":
      return change({ scroll: 0 });
    case "G":
      return change({ scroll: END });
    case "s":
      return change({ sort: SORTS[(SORTS.indexOf(view.sort) + 1) % SORTS.length], scroll: 0 });
    case "p":
      return change({ paused: !view.paused });
    case "?":
    case "h":
      return change({ help: !view.help });
    default:
      return NONE;
  }
}
