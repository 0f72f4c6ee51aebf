/**
 * The few steps between data and document. Text goes in as text, never as markup, and a node is touched only where
 * what it shows has changed: nothing jumps, nothing is selected away, and an idle page costs nothing.
 * @module
 */

import { words } from "./format.ts";

/** The element of index.html with that id; the page and its script are built together, so it is there. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const node = document.getElementById(id);
  if (!(node instanceof kind)) throw new TypeError(`The page has no ${kind.name} with the id ${id}`);
  return node;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: { readonly class?: string; readonly text?: string; readonly [attribute: string]: string | undefined } =
    {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets an attribute, or takes it away where the value is `null`. */
export function setAttribute(node: Element, name: string, value: string | null): void {
  if (value === null) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export function setHidden(node: HTMLElement, hidden: boolean): void {
  if (node.hidden !== hidden) node.hidden = hidden;
}

/** The names to choose from behind the first, which stands for all of them; what is chosen stays where it is still there. */
export function showOptions(select: HTMLSelectElement, names: readonly string[]): void {
  const [all, ...known] = select.options;
  if (known.map(({ value }) => value).join(" ") === names.join(" ")) return;
  const chosen = select.value;
  const options = names.map((name) => element("option", { value: name, text: words(name) }));
  select.replaceChildren(all, ...options);
  select.value = names.includes(chosen) ? chosen : "";
}

/** One row's node, and how it takes over new contents. */
export interface RowNode<Row> {
  readonly node: HTMLElement;
  readonly update: (row: Row) => void;
}

interface Shown<Row> extends RowNode<Row> {
  row: Row;
}

/** Children of one element, one for each key, made once and moved only where the order changed. */
export class KeyedList<Row> {
  readonly #parent: HTMLElement;
  readonly #create: () => RowNode<Row>;
  #shown = new Map<string, Shown<Row>>();

  constructor(parent: HTMLElement, create: () => RowNode<Row>) {
    this.#parent = parent;
    this.#create = create;
  }

  render(entries: readonly (readonly [key: string, row: Row])[]): void {
    const next = new Map<string, Shown<Row>>();
    for (const [key, row] of entries) {
      let shown = this.#shown.get(key);
      if (shown === undefined) {
        const created = this.#create();
        created.update(row);
        shown = { ...created, row };
      } else if (shown.row !== row) {
        shown.update(row);
        shown.row = row;
      }
      next.set(key, shown);
    }
    for (const [key, { node }] of this.#shown) if (!next.has(key)) node.remove();
    this.#shown = next;
    let at = this.#parent.firstElementChild;
    for (const { node } of next.values()) {
      if (node === at) at = at.nextElementSibling;
      else this.#parent.insertBefore(node, at);
    }
  }

  /** Draws every row again: for what changes with time alone. */
  refresh(): void {
    for (const { update, row } of this.#shown.values()) update(row);
  }
}

const still = matchMedia("(prefers-reduced-motion: reduce)");

/** The text itself glows shortly where a number moved: loud enough to notice, quiet enough when all of them move. */
export function flash(node: HTMLElement, direction: "up" | "down"): void {
  if (still.matches || document.hidden) return;
  const glow = `var(--${direction === "up" ? "gain" : "loss"})`;
  node.animate([{ color: glow }, { color: glow, offset: 0.3 }, {}], { duration: 900, easing: "ease-out" });
}
