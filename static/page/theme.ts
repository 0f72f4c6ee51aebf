/**
 * Dark or light: what the system prefers until a person chooses, and then that choice, in every tab of this browser.
 * @module
 */

export type Theme = "dark" | "light";

const KEY = "kbot.theme";
const system = matchMedia("(prefers-color-scheme: light)");

/** A browser that keeps nothing for us has made no choice. */
function chosen(): Theme | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "dark" || kept === "light" ? kept : null;
  } catch {
    return null;
  }
}

const shown = (): Theme => chosen() ?? (system.matches ? "light" : "dark");

/** Switches the style sheet of light colours on or off. */
export function applyTheme(): void {
  const sheet = document.querySelector<HTMLLinkElement>("link#light");
  if (sheet !== null) sheet.media = shown() === "light" ? "all" : "not all";
}

/** @param changed called after the colours changed: what is drawn on a canvas has to be drawn again */
export function watchTheme(toggle: HTMLButtonElement, changed: () => void): void {
  const show = (): void => {
    applyTheme();
    const other = shown() === "light" ? "Dark" : "Light";
    toggle.textContent = other;
    toggle.setAttribute("aria-label", `Switch to ${other.toLowerCase()} colours`);
    changed();
  };
  toggle.addEventListener("click", () => {
    const next: Theme = shown() === "light" ? "dark" : "light";
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // Then the system's preference stays; there is nowhere to keep another one.
    }
    show();
  });
  system.addEventListener("change", show);
  addEventListener("storage", ({ key }) => {
    if (key === KEY) show();
  });
  show();
}

/** A colour of the theme in force, by its name in style/tokens.css. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
