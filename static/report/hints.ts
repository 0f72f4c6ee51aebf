/**
 * Hints: what a mark of a chart or an unknown figure tells, at once under the pointer and under a finger, where the browser's
 * own hint would come late or never.
 * @module
 */

/** Pixels between a mark and its hint. */
const DISTANCE = 14;

/** The hint of an element, taken from its title once, so that the browser shows no second one. */
function hintOf(target: EventTarget | null): { readonly element: Element; readonly text: string } | null {
  if (!(target instanceof Element)) return null;
  const element = target.closest(
    "[data-hint],[title],.chart :is(g,rect):has(>title)",
  );
  if (element === null) return null;
  const known = element.getAttribute("data-hint");
  if (known !== null) return { element, text: known };
  const title = element.querySelector(":scope > title");
  const text = title?.textContent ?? element.getAttribute("title") ?? "";
  element.setAttribute("data-hint", text);
  title?.remove();
  element.removeAttribute("title");
  return { element, text };
}

export function showHints(): void {
  const hint = document.getElementById("hint");
  if (hint === null) return;
  const hide = (): void => {
    hint.hidden = true;
  };
  const show = (event: PointerEvent): void => {
    const found = hintOf(event.target);
    if (found === null) return hide();
    if (hint.textContent !== found.text) hint.textContent = found.text;
    hint.hidden = false;
    const { width, height } = hint.getBoundingClientRect();
    const left = Math.min(event.clientX + DISTANCE, innerWidth - width - 4);
    const above = event.clientY - height - DISTANCE;
    hint.style.left = `${Math.max(4, left)}px`;
    hint.style.top = `${above < 4 ? event.clientY + DISTANCE : above}px`;
  };
  document.addEventListener("pointermove", show);
  document.addEventListener("pointerdown", show);
  document.addEventListener("pointerleave", hide);
  addEventListener("scroll", hide, { passive: true });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
}
