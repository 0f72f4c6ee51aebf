/** What every strategy makes of one market, below the market's row: whether it may trade, else its reason. */

import type { LiveMarket } from "../../src/server/live_message.ts";
import { element, KeyedList, type RowNode, setAttribute, setText } from "./dom.ts";
import { cents, contracts, edge, isNumber, words } from "./format.ts";

type Stance = LiveMarket["stances"][number];

/** Words for reasons that are somebody's doing, or want somebody to do something. */
const LOUD: ReadonlySet<string> = new Set(["halted", "failed", "order_unknown", "cash"]);

export function stancesNode(): RowNode<LiveMarket> {
  const list = element("ul", { class: "stances" });
  const none = element("p", { class: "empty" });
  const rows = new KeyedList<Stance>(list, stanceNode);
  return {
    node: element("div", {}, list, none),
    update: ({ stances, whyNot }) => {
      rows.render(stances.map((stance) => [stance.strategy, stance] as const));
      list.hidden = stances.length === 0;
      none.hidden = stances.length > 0;
      setText(none, whyNot ?? "No strategy trades this series");
    },
  };
}

function stanceNode(): RowNode<Stance> {
  const name = element("span", { class: "name" });
  const code = element("span", { class: "chip" });
  const text = element("span", { class: "why" });
  const best = element("span", { class: "best" });
  return {
    node: element("li", {}, name, code, text, best),
    update: (stance) => {
      setText(name, words(stance.strategy));
      setText(code, stance.code === null ? "may trade" : words(stance.code));
      setAttribute(code, "data-tone", toneOf(stance.code));
      setText(text, [wants(stance), stance.whyNot ?? ""].filter((part) => part !== "").join(". "));
      setText(best, isNumber(stance.edge) ? `${edge(stance.edge)} ${stance.edgeSide?.toUpperCase() ?? ""}` : "");
    },
  };
}

/** What it wants: `Wants bid 20 at 55.0¢`. */
const wants = ({ targets }: Stance): string =>
  targets.length === 0
    ? ""
    : `Wants ${targets.map(({ side, price, count }) => `${side} ${contracts(count)} at ${cents(price)}`).join(", ")}`;

const toneOf = (code: string | null): string => code === null ? "good" : LOUD.has(code) ? "bad" : "dim";
