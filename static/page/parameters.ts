/** A strategy's parameters as they were declared: what each is, what it was preset to, and what is allowed. */

import type { ParameterView } from "../../src/server/history.ts";
import { read } from "./api.ts";
import { AskedDetails } from "./details.ts";
import { element } from "./dom.ts";

export function parametersOf(strategy: string): AskedDetails {
  return new AskedDetails("Parameters", async (body) => {
    const answer = await read<{ parameters: readonly ParameterView[] }>(`strategies/${encodeURIComponent(strategy)}`);
    if (!answer.ok) return answer.text;
    const { parameters } = answer.body;
    body.replaceChildren(element("dl", { class: "facts parameters" }, ...parameters.map(parameterRow)));
    return parameters.length === 0 ? "It has none" : "Changed in kbot.toml, read at the next start";
  });
}

function parameterRow({ name, value, preset, description, allowed }: ParameterView): HTMLElement {
  const text = textOf(value);
  const changed = text !== textOf(preset);
  return element(
    "div",
    {},
    element("dt", { text: name }),
    element("dd", {
      text,
      "data-tone": changed ? "accent" : undefined,
      title: changed ? `Preset: ${textOf(preset)}` : "As preset",
    }),
    element("dd", { class: "hint", text: `${description}; ${allowed}${changed ? `; preset ${textOf(preset)}` : ""}` }),
  );
}

const textOf = (value: unknown): string => typeof value === "string" ? value : JSON.stringify(value) ?? "n/a";
