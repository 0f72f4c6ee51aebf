/** What the run says about itself, beside its health: the ways to the venue, the journal, the engine's counters. */

import type { EngineView } from "../../src/engine/view.ts";
import type { RunStatus } from "../../src/server/status.ts";
import { element, KeyedList, type RowNode, setAttribute, setText } from "./dom.ts";
import { money, NONE } from "./format.ts";
import type { Tone } from "./table.ts";

interface Fact {
  readonly name: string;
  readonly text: string;
  readonly tone?: Tone;
}

const grouped = (value: number): string => value.toLocaleString("en-US");

export class SystemPanel {
  readonly #list: KeyedList<Fact>;

  constructor(parent: HTMLElement) {
    this.#list = new KeyedList(parent, factNode);
  }

  render(status: RunStatus, counters: EngineView["counters"] | undefined, decisionHash: string | undefined): void {
    const { venueHealth: health, ready } = status;
    const refused = Object.values(health.refused).reduce((sum, count) => sum + count, 0);
    const facts: Fact[] = [
      {
        name: "Ready",
        text: ready.ok ? "yes" : ready.reasons.join("; ") || "no",
        tone: ready.ok ? "good" : "bad",
      },
      {
        name: "Venue",
        text: health.trouble ?? (health.connected ? "connected" : "not connected"),
        tone: health.trouble === null && health.connected ? "good" : "bad",
      },
      ...health.lacking === null ? [] : [{ name: "Goes without", text: health.lacking }],
      { name: "Data by", text: health.paths.data },
      { name: "Orders by", text: health.paths.orders },
      ...status.cluster === null ? [] : [clusterFact(status.cluster)],
      { name: "Cash by shard", text: cashText(health.cashByShard) },
      { name: "Frames", text: `${grouped(health.frames)}, ${grouped(refused)} refused`, tone: warnIf(refused > 0) },
      { name: "Inputs", text: counters === undefined ? NONE : grouped(counters.inputs) },
      { name: "Gaps", text: counters === undefined ? NONE : grouped(counters.gaps) },
      { name: "Decision hash", text: decisionHash ?? NONE },
      { name: "Journal", text: status.journal },
    ];
    this.#list.render(facts.map((fact) => [fact.name, fact] as const));
  }
}

/** Which of several bots trades the account. */
function clusterFact({ role, name, leader, epoch, detail }: NonNullable<RunStatus["cluster"]>): Fact {
  const who = role === "leader" ? `${name} leads` : `stands by, ${leader ?? "nobody"} leads`;
  return {
    name: "Account",
    text: [`${who}, epoch ${epoch}`, detail].filter(Boolean).join(". "),
    tone: role === "leader" ? "good" : "warn",
  };
}

/** `{"0":"60.00","2":"40.00"}` -> `0: $60.00, 2: $40.00`. */
function cashText(cash: RunStatus["venueHealth"]["cashByShard"]): string {
  const shards = Object.entries(cash).map(([shard, held]) => `${shard}: ${money(held)}`);
  return shards.length === 0 ? NONE : shards.join(", ");
}

const warnIf = (condition: boolean): Tone | undefined => condition ? "warn" : undefined;

function factNode(): RowNode<Fact> {
  const name = element("dt");
  const value = element("dd");
  return {
    node: element("div", {}, name, value),
    update: (fact) => {
      setText(name, fact.name);
      setText(value, fact.text);
      setAttribute(value, "data-tone", fact.tone ?? null);
      setAttribute(value, "title", fact.text);
    },
  };
}
