/**
 * A strategy's parameters as a form made from their declarations: what each is, what is allowed, and what it is now. What was
 * edited is not overwritten, and what was not edited is not sent.
 * @module
 */

import type { ParameterView } from "../../src/server/history.ts";
import type { ParameterValue } from "../../src/server/sources.ts";
import { read } from "./api.ts";
import { element, setHidden, setText } from "./dom.ts";
import { fieldText, fieldValue, kindOf } from "./parameter_values.ts";

type Field = HTMLInputElement | HTMLSelectElement;

interface Shown {
  readonly parameter: ParameterView;
  readonly field: Field;
}

/** Other parameters for a strategy; `after` is called once they are taken. */
export type ChangeParameters = (
  strategy: string,
  values: Readonly<Record<string, ParameterValue>>,
  after: () => void,
) => void;

export class ParametersForm {
  readonly node: HTMLDetailsElement;
  readonly #strategy: string;
  readonly #change: ChangeParameters;
  readonly #form = element("form", { class: "parameters", novalidate: "" });
  readonly #rows = element("div");
  readonly #note = element("p", { class: "detail", role: "status" });
  readonly #submit = element("button", { type: "submit", class: "quiet", text: "Change…" });
  #shown: readonly Shown[] = [];

  constructor(strategy: string, change: ChangeParameters) {
    this.#strategy = strategy;
    this.#change = change;
    const undo = element("button", { type: "button", class: "quiet", text: "Undo" });
    this.#form.append(this.#rows, this.#note, element("div", { class: "buttons" }, undo, this.#submit));
    this.node = element("details", {}, element("summary", { text: "Parameters" }), this.#form);
    this.node.addEventListener("toggle", () => {
      if (this.node.open) void this.#load();
    });
    undo.addEventListener("click", () => void this.#load());
    this.#form.addEventListener("input", () => this.#judge());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask();
    });
  }

  async #load(): Promise<void> {
    const answer = await read<{ parameters: readonly ParameterView[] }>(
      `strategies/${encodeURIComponent(this.#strategy)}`,
    );
    if (!answer.ok) return setText(this.#note, answer.text);
    const rows = answer.body.parameters.map((parameter) => this.#row(parameter));
    this.#shown = rows.flatMap(({ shown }) => shown ?? []);
    this.#rows.replaceChildren(...rows.map(({ node }) => node));
    this.#judge();
    if (rows.length === 0) setText(this.#note, "It has none");
  }

  /** One that waits for a restart can be read and not edited. */
  #row(parameter: ParameterView): { readonly node: HTMLElement; readonly shown: Shown | null } {
    const { name, preset, description, allowed, changeable } = parameter;
    const id = `parameter-${this.#strategy}-${name}`;
    const field = fieldOf(parameter, id);
    const notes = [description, allowed, `preset ${fieldText(preset)}`, changeable ? "" : "taken at a restart"];
    const hint = element("p", { class: "hint", id: `${id}-hint`, text: notes.filter(Boolean).join("; ") });
    const node = element("div", { class: "parameter" }, element("label", { for: id, text: name }), field, hint);
    if (fieldText(parameter.value) !== fieldText(preset)) field.dataset.tone = "accent";
    return { node, shown: changeable ? { parameter, field } : null };
  }

  /** What was edited, or why it is nothing that a parameter of its kind can be. */
  #edited(): { readonly values: Record<string, ParameterValue>; readonly wrong: string | null } {
    const values: Record<string, ParameterValue> = {};
    let wrong: string | null = null;
    for (const { parameter: { name, value }, field } of this.#shown) {
      if (field.value === fieldText(value)) continue;
      const next = fieldValue(kindOf(value), field.value);
      if (next === null) wrong ??= `${name}: Found ${field.value || "nothing"}, allowed is a number`;
      else values[name] = next;
    }
    return { values, wrong };
  }

  #judge(): void {
    const { values, wrong } = this.#edited();
    const count = Object.keys(values).length;
    const what = count === 0 ? "" : `${count} ${count === 1 ? "is" : "are"} edited and not in force`;
    setText(this.#note, wrong ?? what);
    this.#submit.disabled = wrong !== null || count === 0;
    setHidden(this.#note, wrong === null && what === "");
  }

  #ask(): void {
    const { values, wrong } = this.#edited();
    if (wrong === null && Object.keys(values).length > 0) this.#change(this.#strategy, values, () => void this.#load());
  }
}

function fieldOf({ value, changeable }: ParameterView, id: string): Field {
  const common = { id, "aria-describedby": `${id}-hint`, ...(changeable ? {} : { disabled: "" }) };
  const text = fieldText(value);
  if (kindOf(value) === "choice") {
    const options = ["true", "false"].map((choice) => element("option", { value: choice, text: choice }));
    const field = element("select", common, ...options);
    field.value = text;
    return field;
  }
  const mode = kindOf(value) === "number" ? "decimal" : "text";
  return element("input", { ...common, type: "text", inputmode: mode, autocomplete: "off", value: text });
}
