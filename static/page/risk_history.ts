/** What risk kept back lately, and the halts that were, which are asked for once somebody looks. */

import type { RefusalView } from "../../src/engine/view.ts";
import type { AuditEntryView, KnownHaltView } from "../../src/server/history.ts";
import { read } from "./api.ts";
import { AskedDetails, factRow } from "./details.ts";
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

export function haltsDetails(): AskedDetails {
  return new AskedDetails("Breakers and halts that were", async (body) => {
    const answer = await read<{ known: readonly KnownHaltView[]; events: readonly AuditEntryView[] }>(
      `risk/halts?limit=${ENTRIES_MAX}`,
    );
    if (!answer.ok) return answer.text;
    const { known, events } = answer.body;
    body.replaceChildren(
      element("dl", { class: "facts" }, ...known.map(haltRow)),
      element("ol", { class: "entries" }, ...events.map(eventRow)),
    );
    return known.length + events.length === 0 ? "Nothing was ever halted" : "";
  });
}

function haltRow({ name, active, level, reason, at }: KnownHaltView): HTMLElement {
  const row = factRow(words(name), `${active ? level : "over"} · ${at.slice(0, 10)} ${clockTime(at)}`, reason);
  row.dataset.tone = active ? "bad" : "flat";
  return row;
}

const eventRow = ({ at, event, text }: AuditEntryView): HTMLElement =>
  element(
    "li",
    {},
    element("time", { text: `${at.slice(5, 10)} ${clockTime(at)}`, title: at }),
    element("b", { text: words(event) }),
    element("span", { text }),
  );
