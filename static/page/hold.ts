/**
 * A button that does its work when it is held: with a pointer, or with Space or Enter. A short press does something else,
 * and so does a press by a device that cannot hold.
 * @module
 */

import { setAttribute } from "./dom.ts";

/** Longer than any stray press, short enough for an emergency. */
const HOLD_MS = 1_000;

export interface HoldActions {
  readonly held: () => void;
  readonly pressed: () => void;
}

/** While it is held, `data-holding` is set; style sheets show by it how much is left. */
export function holdToPress(button: HTMLButtonElement, { held, pressed }: HoldActions): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  /** Whether the press that ends now has done its work, or was broken off: the browser's own click says nothing new then. */
  let spent = false;
  const end = (): boolean => {
    const holding = timer !== null;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    setAttribute(button, "data-holding", null);
    return holding;
  };
  const begin = (): void => {
    if (timer !== null || button.disabled) return;
    spent = false;
    setAttribute(button, "data-holding", "");
    timer = setTimeout(() => {
      end();
      spent = true;
      held();
    }, HOLD_MS);
  };
  const breakOff = (): void => {
    if (end()) spent = true;
  };
  button.addEventListener("pointerdown", ({ button: which }) => {
    if (which === 0) begin();
  });
  button.addEventListener("pointerup", end);
  button.addEventListener("pointerleave", breakOff);
  button.addEventListener("pointercancel", breakOff);
  button.addEventListener("blur", breakOff);
  // A long touch is no wish for a menu here.
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    // Else the browser would press at once, and again and again while the key is down.
    event.preventDefault();
    if (!event.repeat) begin();
  });
  button.addEventListener("keyup", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (end()) pressed();
  });
  button.addEventListener("click", () => {
    if (!spent) pressed();
    spent = false;
  });
}
