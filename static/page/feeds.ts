/** Every source of data beside the venue: how it comes, how old it is, what was refused, what is wrong. */

import type { FeedStatus } from "../../src/server/status.ts";
import { age, milliseconds, words } from "./format.ts";
import { type Column, DataTable, type Tone } from "./table.ts";

const WAYS: Readonly<Record<FeedStatus["by"], Tone>> = { socket: "good", rest: "warn", none: "bad" };
/** These have no socket: that they come by REST is no fallback. */
const BY_REST: readonly string[] = ["weather", "rates", "options"];

function wayTone({ kind, by, name }: FeedStatus): Tone {
  const asUsual = by === "rest" && (BY_REST.includes(kind) || name === "coinbase_candles");
  return asUsual ? "good" : WAYS[by];
}

const refusedText = (refused: FeedStatus["refused"]): string =>
  Object.entries(refused).map(([reason, count]) => `${count} ${reason}`).join(", ");

const sum = (refused: FeedStatus["refused"]): number =>
  Object.values(refused).reduce((total, count) => total + count, 0);

const COLUMNS: readonly Column<FeedStatus>[] = [
  { label: "Source", kind: "head", read: (row) => ({ text: words(row.name), sub: row.kind }) },
  { label: "By", kind: "chip", card: "corner", read: (row) => ({ text: row.by, tone: wayTone(row) }) },
  { label: "Age", kind: "number", read: (row) => ({ text: age(row.ageMs) }) },
  {
    label: "Latency",
    kind: "number",
    read: (row) => ({ text: milliseconds(row.latencyMs), title: "Arrival less the source's own stamp" }),
  },
  {
    label: "Messages",
    kind: "number",
    card: "left-out",
    read: (row) => ({ text: row.messages.toLocaleString("en-US"), tone: "dim" }),
  },
  {
    label: "Refused",
    kind: "number",
    read: (row) => {
      const count = sum(row.refused);
      return { text: String(count), tone: count > 0 ? "warn" : "dim", title: refusedText(row.refused) };
    },
  },
  {
    label: "Trouble",
    kind: "prose",
    card: "wide",
    read: (row) => ({
      text: row.trouble ?? "",
      tone: "bad",
      title: row.trouble ?? "",
    }),
  },
];

export const feedsTable = (parent: HTMLElement): DataTable<FeedStatus> =>
  new DataTable(parent, { columns: COLUMNS, labelledBy: "feeds-title", empty: "None", rowsMax: 64 });

/** So many are told in full: more would hide the page below them. */
const TOLD_MAX = 2;

/** Sources that bring nothing now, in words. */
export function feedTroubles(feeds: readonly FeedStatus[]): readonly string[] {
  const silent = feeds.filter(({ by, trouble }) => by === "none" && trouble !== null);
  if (silent.length > TOLD_MAX) return [`${silent.map(({ name }) => words(name)).join(", ")} (see Sources)`];
  return silent.map(({ name, trouble }) => `${words(name)}: ${trouble}`);
}
