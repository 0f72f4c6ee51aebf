/** What risk kept back lately, and the halts that were, which are asked for once somebody looks. */

import type { RefusalView } from "../../src/engine/view.ts";
import type { HaltChangeView } from "../../src/server/history.ts";
import { read } from "./api.ts";
import { AskedDetails } from "./details.ts";
import { element, type RowNode, setAttribute, setText } from "./dom.ts";
import { clockTime, words } from "./format.ts";

const ENTRIES_MAX = 40;

/** One order that a rule kept back. */
export function refusalNode(): RowNode<RefusalView> {
  const [time, rule, text] = [element("time"), element("b"), element("span")];
  const node = element("li", {}, time, rule, text);
  return {
    node,
    update: (row) => {
      const found = row.limit === null || row.value === null ? "" : `${row.value}, allowed ${row.limit}`;
      setText(time, clockTime(row.at));
      setAttribute(time, "title", row.at);
      setText(rule, `${row.rule} · ${words(row.strategy)}`);
      setText(text, [row.text, found].filter(Boolean).join(" · "));
    },
  };
}

/** Newest first, over all runs. */
export function haltsDetails(): AskedDetails {
  return new AskedDetails("Breakers and halts that were", async (body) => {
    const answer = await read<{ changes: readonly HaltChangeView[] }>(`risk/halts/history?limit=${ENTRIES_MAX}`);
    if (!answer.ok) return answer.text;
    const { changes } = answer.body;
    const list = element("ol", {}, ...changes.map(changeRow));
    const entries = { class: "entries", tabindex: "0", role: "region", "aria-label": "Breakers and halts that were" };
    body.replaceChildren(...changes.length === 0 ? [] : [element("div", entries, list)]);
    return changes.length === 0 ? "Nothing was ever halted" : "";
  });
}

function changeRow({ at, change, kind, subject, level, by, reason }: HaltChangeView): HTMLElement {
  const what = [words(kind), subject ?? "", change === "begun" ? level : "lifted", by === null ? "" : `by ${by}`];
  const name = element("b", { text: what.filter((part) => part !== "").join(" · ") });
  name.dataset.tone = change === "lifted" ? "good" : level === "halted" ? "bad" : "warn";
  return element(
    "li",
    {},
    element("time", { text: `${at.slice(5, 10)} ${clockTime(at)}`, title: at }),
    name,
    element("span", { text: reason }),
  );
}
