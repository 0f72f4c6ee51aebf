/**
 * The script of a report: light or dark, sorting, the rows beyond the first, hints under the pointer. It stores nothing and
 * asks nobody; a report without it is whole but for those rows.
 * @module
 */

import { readTrades } from "./rows.ts";
import { makeSortable } from "./sorting.ts";
import { showHints } from "./hints.ts";

/** Light by the reader's choice; before that, by the system's. Paper is always light (the style's own `media`). */
function chooseTheme(): void {
  const light = document.querySelector<HTMLStyleElement>("style#light");
  const button = document.querySelector<HTMLButtonElement>("button#theme");
  if (light === null || button === null) return;
  const system = matchMedia("(prefers-color-scheme: light)");
  let chosen: boolean | null = null;
  const isLight = (): boolean => chosen ?? system.matches;
  const name = (): void => {
    button.textContent = isLight() ? "Dark" : "Light";
    button.setAttribute("aria-label", `Switch to ${isLight() ? "dark" : "light"} colours`);
  };
  button.addEventListener("click", () => {
    chosen = !isLight();
    light.media = chosen ? "all" : "print";
    name();
  });
  system.addEventListener("change", name);
  name();
  button.hidden = false;
}

/** On paper nothing can be opened. */
function openForPrint(): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>("details:not([open])")];
    for (const each of opened) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of opened) each.open = false;
  });
}

chooseTheme();
openForPrint();
showHints();
const trades = readTrades();
for (const table of document.querySelectorAll<HTMLTableElement>("table[data-sortable]")) {
  makeSortable(table, table.id === "trades-table" ? trades : null);
}
