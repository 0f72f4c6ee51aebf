/**
 * A frame of `kbot top`: from what is known and the size of the terminal to lines. A pure function: no clock, no terminal.
 *
 * What matters most stands highest and goes last: whose money this is and whether trading is halted, what is wrong, the account,
 * how the data comes; then the tables share what lines are left.
 * @module
 */

import {
  beside,
  cutLine,
  faded,
  flow,
  type Line,
  type Span,
  span,
  type Tone,
  widthOfLine,
} from "../ops/terminal/line.ts";
import { shareLines } from "../ops/terminal/stack.ts";
import { NOTHING_KNOWN, type TopPicture } from "./top_picture.ts";
import {
  alertsSection,
  fillsSection,
  logSection,
  marketsSection,
  ordersSection,
  positionsSection,
  type Section,
  type Sort,
} from "./top_sections.ts";
import type { TopHalt, TopStatus } from "./top_shapes.ts";
import { age, clockTime, clockTimeAt, countdown, dollars, money, NONE, signTone } from "./top_words.ts";

export type TopConnection =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "lost"; readonly reason: string };

/** What a person chose by keys. */
export interface TopView {
  readonly sort: Sort;
  readonly scroll: number;
  readonly paused: boolean;
  readonly help: boolean;
}

export const FIRST_VIEW: TopView = { sort: "closing", scroll: 0, paused: false, help: false };

export interface TopMoment {
  readonly picture: TopPicture;
  readonly connection: TopConnection;
  /** The run's clock, in milliseconds since 1970; `null` before it was told. */
  readonly nowMs: number | null;
  /** How long ago the bot last said anything. */
  readonly silentMs: number;
  readonly view: TopView;
  /** Whether keys are heard here: without, none are named. */
  readonly keys: boolean;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface TopFrame {
  readonly lines: readonly Line[];
  /** What the view's scroll came to, and how many markets there is room for. */
  readonly scroll: number;
  readonly page: number;
}

/** From here on, there is room for two columns of tables. */
const TWO_COLUMNS_FROM = 150;
/** Below, the account needs more lines. */
const NARROW = 60;
/** A terminal that claims to be larger is not believed. */
const SIZE_MAX = 1_000;
/** A server speaks every second; silence beyond this is told. */
const SILENT_MS = 2_500;

export function topFrame(moment: TopMoment, size: Size): TopFrame {
  const columns = bounded(size.columns);
  const rows = bounded(size.rows);
  // Kept where no market is seen.
  let scroll = moment.view.scroll;
  let page = 0;
  const shown = (from: number, room: number): void => {
    scroll = from;
    page = room;
  };
  const top = [statusLine(moment, columns), ...troubleLines(moment, columns, rows)].slice(0, rows);
  const foot = rows > top.length + 1 ? [footLine(moment, columns)] : [];
  const room = rows - top.length - foot.length;
  const body = moment.view.help ? helpLines(room) : bodyLines(moment, columns, room, shown);
  const lines = [...top, ...(isFresh(moment) || moment.view.help ? body : body.map(faded))];
  // The keys stay at the bottom, however little there is to show.
  while (foot.length > 0 && lines.length < rows - 1) lines.push([]);
  return { lines: [...lines, ...foot].map((line) => cutLine(line, columns)), scroll, page };
}

const bounded = (size: number): number => Math.max(1, Math.min(SIZE_MAX, Math.floor(size) || 1));

/** What is older must not look live. */
const isFresh = ({ connection, silentMs }: TopMoment): boolean => connection.kind === "live" && silentMs <= SILENT_MS;

interface Mode {
  readonly name: string;
  /** Where there is no room for the name. */
  readonly short: string;
  readonly tone: Tone;
  readonly text: string;
}

/** The same words as on the page. */
export function modeOf({ mode, simulated, venue }: Pick<TopStatus, "mode" | "simulated" | "venue">): Mode {
  if (mode === "live") {
    return simulated
      ? { name: "SIMULATED EXCHANGE", short: "SIM", tone: "simulated", text: "play money" }
      : { name: "LIVE", short: "LIVE", tone: "live", text: `real money at ${venue}` };
  }
  return simulated
    ? { name: "PAPER, SIMULATED EXCHANGE", short: "PAPER SIM", tone: "simulated", text: "play money, play prices" }
    : { name: "PAPER", short: "PAPER", tone: "paper", text: `data of ${venue}, no order is sent` };
}

const label = (text: string, tone: Tone): Span => span(` ${text} `, tone);

function statusLine({ picture: { status, state, at }, connection, nowMs }: TopMoment, columns: number): Line {
  const mode = status === null ? null : modeOf(status);
  const does = stateLabel(connection, state);
  const room = columns - 1 - widthOfLine(does);
  const name = mode === null ? [] : [label(room < mode.name.length + 2 ? mode.short : mode.name, mode.tone)];
  const parts: Line[] = [name, does].filter((part) => part.length > 0);
  if (status === null) parts.push([span("kbot", "strong")]);
  else {
    // A clock that runs on would make old figures look live.
    const runs = connection.kind === "live" && nowMs !== null;
    const now = runs ? clockTimeAt(nowMs) : clockTime(at);
    const speed = status.clock.speed === 1 ? "" : ` ×${status.clock.speed}`;
    parts.push([span(`${now} UTC`)], [span(`${speed} ${mode?.text ?? ""}`.trim(), "dim")]);
    parts.push([span(`up ${countdown(status.uptimeSeconds ?? 0)}`, "dim")]);
    parts.push([span(`run ${status.run}`, "dim")], [span(`kbot ${status.version}`, "dim")]);
  }
  return flow(parts, columns, 1, 1)[0] ?? [];
}

function stateLabel(connection: TopConnection, state: TopPicture["state"]): Line {
  switch (connection.kind) {
    case "connecting":
      return [label("CONNECTING", "halted")];
    case "lost":
      return [label("NOT CONNECTED", "halted")];
    case "live":
      return state === null ? [] : [label(state.state.toUpperCase(), state.state)];
  }
}

/** What is wrong, the worst first; how many lines of it depends on how many there are. */
function troubleLines(moment: TopMoment, columns: number, rows: number): Line[] {
  const troubles = troublesOf(moment);
  const most = rows < 12 ? 1 : Math.max(2, Math.floor(rows / 8));
  const shown = troubles.length <= most ? troubles : troubles.slice(0, most);
  return shown.map((trouble, at) => {
    const more = at === most - 1 && troubles.length > most ? ` (and ${troubles.length - most} more)` : "";
    return flowCut(trouble, more, columns);
  });
}

/** Cut before the note at its end is. */
function flowCut({ text, tone }: Span, more: string, columns: number): Line {
  return [...cutLine([{ text, tone }], columns - more.length), span(more, "dim")];
}

const haltText = ({ name, reason, subject, ends }: TopHalt): string =>
  `${name.replaceAll("_", " ")}${subject === null ? "" : ` of ${subject}`}: ${reason}${
    ends === null ? "" : `. Ends: ${ends}`
  }`;

function troublesOf({ picture: { status, halts }, connection, silentMs }: TopMoment): Span[] {
  const troubles: Span[] = [];
  if (connection.kind === "lost") {
    const old = status === null ? "" : `What is shown is ${age(silentMs)} old. `;
    troubles.push(span(`${old}${connection.reason}`, "bad"));
  } else if (connection.kind === "live" && silentMs > SILENT_MS) {
    troubles.push(span(`The bot has said nothing for ${age(silentMs)}`, "warn"));
  }
  for (const halt of halts) troubles.push(span(haltText(halt), "bad"));
  if (status === null) return troubles;
  for (const reason of status.ready.ok ? [] : status.ready.reasons) {
    if (!reason.startsWith("Halted")) troubles.push(span(`Not ready: ${reason}`, "warn"));
  }
  const { trouble } = status.venueHealth;
  if (trouble !== null && !status.ready.reasons.some((reason) => reason.includes(trouble))) {
    troubles.push(span(`Venue: ${trouble}`, "warn"));
  }
  for (const feed of status.feeds) {
    if (feed.by === "none" && feed.trouble !== null) {
      troubles.push(span(`Without data: ${feed.name}: ${feed.trouble}`, "warn"));
    }
  }
  return troubles;
}

const fact = (name: string, text: string, tone: Tone = "plain"): Line => [span(`${name} `, "dim"), span(text, tone)];

function accountItems({ account }: TopPicture): Line[] {
  if (account === null) return [];
  return [
    [span("NAV ", "dim"), span(money(account.nav), "strong")],
    fact("today", money(account.dailyPnl, true), signTone(account.dailyPnl)),
    fact("cash", money(account.cash)),
    fact("at risk", money(account.exposure)),
    fact("fills", String(account.fills)),
    fact("realised", money(account.realised, true), signTone(account.realised)),
    fact("unrealised", money(account.unrealised, true), signTone(account.unrealised)),
    fact("fees", money(account.fees)),
    fact("orders", String(account.orders)),
    fact("settled", String(account.settled)),
  ];
}

/** Beyond this part of requests, failures are told in colour. */
const ERROR_SHARE = 0.05;

function healthItems({ status, indices }: TopPicture): Line[] {
  if (status === null) return [];
  const { venueHealth: venue, feeds } = status;
  const well = feeds.filter(({ by }) => by !== "none").length;
  // One that brings nothing without trouble has nothing to bring: it connects still, or nothing that it has is followed.
  const isCut = feeds.some(({ by, trouble }) => by === "none" && trouble !== null);
  const share = venue.requests === 0 ? 0 : venue.requestErrors / venue.requests;
  return [
    fact("venue", venue.connected ? age(venue.requestLatencyMs) : "not connected", venue.connected ? "plain" : "bad"),
    ...(feeds.length === 0 ? [] : [fact("sources", `${well} of ${feeds.length}`, isCut ? "warn" : "plain")]),
    fact("errors", `${(share * 100).toFixed(1)}%`, share > ERROR_SHARE ? "warn" : "plain"),
    fact("clock", venue.clockOffsetMs === null ? NONE : age(venue.clockOffsetMs)),
    ...indices.map(({ index, value, ageMs }): Line => [
      ...fact(index, dollars(value)),
      span(ageMs === null ? "" : ` ${age(ageMs)}`, "dim"),
    ]),
  ];
}

function bodyLines(
  moment: TopMoment,
  columns: number,
  room: number,
  shown: (from: number, room: number) => void,
): Line[] {
  const { picture, view, nowMs } = moment;
  // Tables need some lines, too.
  const headMax = Math.min(columns < NARROW ? 4 : 2, Math.max(Math.min(1, room - 1), Math.floor(room / 4)));
  const account = flow(accountItems(picture), columns, headMax);
  const health = flow(
    healthItems(picture),
    columns,
    Math.min(room >= 24 ? 2 : 1, Math.max(0, room - 3 - account.length)),
  );
  const head = [...account, ...health];
  const { markets, positions } = picture;
  const asked = { markets, positions, sort: view.sort, scroll: view.scroll, nowMs };
  const tables = tablesOf(picture, marketsSection(asked, shown));
  const left = room - head.length;
  if (columns < TWO_COLUMNS_FROM) return [...head, ...stacked(tables.all, columns, left)];
  const width = Math.floor(columns * 0.57);
  return [
    ...head,
    ...beside(stacked(tables.left, width, left), width, stacked(tables.right, columns - width - 3, left), columns),
  ];
}

interface Tables {
  readonly all: readonly Section[];
  readonly left: readonly Section[];
  readonly right: readonly Section[];
}

function tablesOf({ status, account, positions, orders, trades, logs }: TopPicture, markets: Section): Tables {
  const held = positionsSection(positions);
  const open = ordersSection(orders);
  const fills = fillsSection(trades, fillsOf(account, trades));
  const recent = status?.alerts?.recent ?? [];
  const alerts = recent.length === 0 ? [] : [alertsSection(recent)];
  const log = logs.length === 0 ? [] : [logSection(logs)];
  return {
    all: [markets, held, open, fills, ...alerts, ...log],
    left: [markets, ...log],
    right: [held, open, fills, ...alerts],
  };
}

/** Of the whole run; the trades that are known are the newest. */
const fillsOf = (account: TopPicture["account"], trades: TopPicture["trades"]): number =>
  Math.max(account?.fills ?? 0, trades.length);

/** Sections under each other: each gets its share of the lines. */
function stacked(sections: readonly Section[], width: number, lines: number): Line[] {
  const shares = shareLines(lines, sections.map(({ wish }) => wish));
  return sections.flatMap((section, at) => shares[at] === 0 ? [] : section.draw(width, shares[at]));
}

function footLine({ view, keys, picture }: TopMoment, columns: number): Line {
  const paused: Line[] = view.paused
    ? [[label("PAUSED", "reducing"), span(` as of ${clockTime(picture.at)} UTC, p goes on`)]]
    : [];
  if (!keys) return paused[0] ?? [];
  const hints = ["q quit", "j k scroll", `s sort: by ${view.sort}`, view.paused ? "p go on" : "p pause", "? help"];
  return flow([...paused, ...hints.map((hint): Line => [span(hint, "dim")])], columns, 1)[0] ?? [];
}

const HELP: readonly (readonly [keys: string, what: string])[] = [
  ["q, Ctrl-C", "leave; the bot goes on"],
  ["j k, arrows", "scroll the markets by one"],
  ["space b, PgDn PgUp", "by a screen; g and G, Home and End: to the ends"],
  ["s", "sort the markets: by closing time, by edge, by ticker"],
  ["p", "pause the display; the bot goes on"],
  ["Ctrl-L", "draw everything anew"],
  ["? or h", "this help"],
];

function helpLines(room: number): Line[] {
  const keys = HELP.map(([key, what]): Line => [span(`  ${key.padEnd(20)}`, "strong"), span(what)]);
  const more: Line[] = [
    [],
    [span("  Nothing here controls the bot: kbot kill stops all trading, kbot status says more.", "dim")],
    [span("  Prices are of YES; Y and N name the side of an edge or of what is held. Times are UTC.", "dim")],
  ];
  return [[span("Keys", "strong")], ...keys, ...more].slice(0, room);
}

/** The same moment for a file or a pipe: as many lines as it takes, without a screen to fill. */
export function plainLines(moment: TopMoment, columns: number, marketsMax: number): readonly Line[] {
  const { picture, view, nowMs } = moment;
  const { markets, positions, orders, trades, status, account } = picture;
  const whole = (section: Section, most: number): readonly Line[] =>
    section.draw(columns, Math.min(section.wish.most, most));
  const tables: Line[] = picture === NOTHING_KNOWN ? [] : [
    ...flow(accountItems(picture), columns, 4),
    ...flow(healthItems(picture), columns, 4),
    ...whole(
      marketsSection({ markets, positions, sort: view.sort, scroll: 0, nowMs }, () => {}),
      1 + marketsMax,
    ),
    ...whole(positionsSection(positions), PLAIN_ROWS),
    ...whole(ordersSection(orders), PLAIN_ROWS),
    ...whole(fillsSection(trades, fillsOf(account, trades)), PLAIN_FILLS),
    ...(status?.alerts?.recent.length ? whole(alertsSection(status.alerts.recent), PLAIN_FILLS) : []),
  ];
  const lines = [statusLine(moment, columns), ...troublesOf(moment).map((trouble): Line => [trouble])];
  return [...lines, ...(moment.connection.kind === "live" ? tables : [])].map((line) => cutLine(line, columns));
}

/** Lines of a table in plain output, its title among them. */
const PLAIN_ROWS = 51;
const PLAIN_FILLS = 6;
