/**
 * Whether the engine grows as a run goes on.
 * @module
 */

import { figuresOf } from "./processes.ts";
import type { Section } from "./table.ts";

interface Figures {
  readonly inputs: number;
  /** After each ten simulated minutes. */
  readonly heaps: readonly number[];
}

/** An hour and some, at a speed that most machines hold. */
const DEMO = ["demo", "--for", "64s", "--speed", "60", "--seed", "3", "--json", "--port", "0"];

export async function growth(): Promise<Section> {
  const state = await Deno.makeTempDir({ prefix: "kbot-growth-" });
  try {
    const { journal } = await figuresOf<{ journal: string }>("../../src/main.ts", [...DEMO, "--state", state]);
    const { inputs, heaps } = await figuresOf<Figures>("./growth_process.ts", [journal], ["--v8-flags=--expose-gc"]);
    const [first = NaN, second = NaN] = heaps;
    const last = heaps.at(-1) ?? NaN;
    return {
      title: "Heap of an engine with every strategy on, over an hour of a demo, garbage collected",
      rows: [
        {
          what: "after ten simulated minutes",
          figure: `${first.toFixed(1)} MB`,
          beside: `${inputs} inputs in all`,
          budget: "",
        },
        { what: "after twenty", figure: `${second.toFixed(1)} MB`, beside: "", budget: "" },
        {
          what: `after ${heaps.length * 10}`,
          figure: `${last.toFixed(1)} MB`,
          beside: `${(last / second).toFixed(2)} x after twenty`,
          budget: "what is kept is bounded",
        },
      ],
    };
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}
