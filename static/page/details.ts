/**
 * What is asked for only once somebody opens it, and again now and then while it is open.
 * @module
 */

import { element, setText } from "./dom.ts";

const AGAIN_MS = 15_000;

export class AskedDetails {
  readonly node: HTMLDetailsElement;
  readonly #note = element("p", { class: "detail", role: "status" });
  readonly #load: (body: HTMLElement) => Promise<string>;
  readonly #body = element("div");
  #askedMs = -Infinity;
  #asking = false;

  /** @param load fills the body, and says in words what is the matter; `""` where all is well */
  constructor(title: string, load: (body: HTMLElement) => Promise<string>) {
    this.#load = load;
    this.node = element("details", {}, element("summary", { text: title }), this.#body, this.#note);
    this.node.addEventListener("toggle", () => {
      this.#askedMs = -Infinity;
      this.refresh();
    });
  }

  refresh(): void {
    if (document.hidden || !this.node.open || this.#asking || performance.now() - this.#askedMs < AGAIN_MS) return;
    this.#asking = true;
    this.#askedMs = performance.now();
    void this.#load(this.#body).then((trouble) => {
      setText(this.#note, trouble);
      this.#note.hidden = trouble === "";
      this.#asking = false;
    });
  }
}
