/**
 * An explained order as text for a terminal.
 * @module
 */

import type { CheckFigures } from "../backtest/explanation/risk_checks.ts";
import type { CostFigures, DecisionFigures, LevelFigures } from "../backtest/explanation/decision.ts";
import type { Explanation, OrderFigures, TriggerFigures } from "../backtest/explanation/explanation.ts";
import type { OrderEvent, OrderFill } from "../backtest/explanation/order_life.ts";
import type { SizeFigures, SizeMeasure } from "../backtest/explanation/sizing.ts";
import type { Evidence } from "../core/record.ts";
import type { Input } from "../core/input.ts";
import { formatCount, formatPrice } from "../core/units.ts";
import { inDollars } from "./status_text.ts";

/** Names stand in a column of their own. */
const NAME_WIDTH = 12;
const LINE_WIDTH = 100;

/** @param venue that the state belongs to; `null` where that is not known */
export function explanationText(explanation: Explanation, venue: string | null, simulated: boolean | null): string {
  const { order, trigger, evidence, decision, parameters, missing } = explanation;
  return [
    ...(simulated === true ? ["SIMULATED EXCHANGE", ""] : []),
    ...head(explanation, venue),
    ...(trigger === null ? [] : section("What set it off", [triggerText(trigger)])),
    ...(decision === null
      ? section("What the strategy gave as its reasons", evidence === null ? [] : evidenceLines(evidence))
      : decisionLines(decision, order, parameters ?? {})),
    ...(parameters === null ? [] : section(`Strategy ${order.strategy}`, parameterLines(parameters))),
    ...section("What became of it", lifeLines(explanation)),
    ...section("Not known", missing),
  ].join("\n");
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];

const named = (name: string, text: string): string => `${name.padEnd(NAME_WIDTH)}${text}`;

/** A float with so many digits after the point; a dash for none. */
const float = (value: number | null, digits: number): string => value === null ? "-" : value.toFixed(digits);

const signed = (value: number, digits: number): string => `${value < 0 ? "" : "+"}${value.toFixed(digits)}`;

/** `2026-10-06T13:58:03.700000Z` as `2026-10-06 13:58:03.700000 UTC`. */
const utc = (time: string): string => `${time.slice(0, -1).replace("T", " ")} UTC`;

/** A short time in the unit that suits it. */
function timeText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${+milliseconds.toFixed(3)} ms`;
  return milliseconds < 120_000
    ? `${(milliseconds / 1_000).toFixed(1)} s`
    : `${(milliseconds / 60_000).toFixed(1)} min`;
}

function head(
  { order, sent_at, sent_at_eastern, journal, line, kbot_version }: Explanation,
  venue: string | null,
): string[] {
  const { client_order_id, order_id, ticker, execution } = order;
  const kind = [
    order.time_in_force?.replaceAll("_", " "),
    order.post_only === true ? "post only" : null,
    order.reduce_only === true ? "reduce only" : null,
    order.expires_at === null ? null : `expires ${utc(order.expires_at)}`,
    `shard ${order.shard}`,
    order.basket === null ? null : `one of ${order.basket.legs} orders of basket ${order.basket.id}`,
  ].filter((each) => each !== undefined && each !== null);
  return [
    `Order ${client_order_id}${order_id === null ? "" : `, the exchange's ${order_id}`}`,
    `  ${order.count} contracts of ${ticker}: ${order.side} at ${order.price}, ${kind.join(", ")}`,
    `  by ${order.strategy} (${order.signal})${execution === null ? "" : `, ${execution}`}${
      venue === null ? "" : ` at ${venue}`
    }`,
    `  sent ${utc(sent_at)}, in New York ${sent_at_eastern}`,
    ...(journal === null ? [] : [`  ${journal}, line ${line}, kbot ${kbot_version ?? "unknown"}`]),
  ];
}

const ABOUT: Record<TriggerFigures["about"], string> = {
  market: "",
  index: "",
  other: "; it is not about this market: time had passed, or what bears on all markets changed",
};

function triggerText({ type, input, line, stamped_at, age_ms, about }: TriggerFigures): string {
  const stamped = stamped_at === null || age_ms === null ? "" : `, stamped ${timeText(age_ms)} before`;
  return `${type}: ${inputText(input)}${stamped} (line ${line})${ABOUT[about]}`;
}

/** What the commonest inputs say; of the others what they are about. */
function inputText(input: Input): string {
  switch (input.type) {
    case "index":
      return `${input.index} ${input.value} (${input.source}${input.live === true ? ", between two seconds" : ""})`;
    case "book_delta":
      return `${input.ticker} ${input.side} ${formatPrice(input.price)}, ${signed(input.delta / 100, 2)} contracts`;
    case "book_snapshot":
      return `${input.ticker}, levels: ${input.yes.length} of YES, ${input.no.length} of NO`;
    case "trade":
      return `${input.ticker} ${formatCount(input.count)} at ${
        formatPrice(input.price)
      }, taken by a ${input.takerSide}`;
    case "spot":
      return `${input.exchange} ${input.asset}, last ${input.last ?? "-"}`;
    case "fill":
      return `${input.fill.ticker} ${formatCount(input.fill.count)} at ${formatPrice(input.fill.price)}`;
    default:
      return "ticker" in input && typeof input.ticker === "string" ? input.ticker : "no figures";
  }
}

function decisionLines(
  decision: DecisionFigures,
  order: OrderFigures,
  parameters: Readonly<Record<string, unknown>>,
): string[] {
  return [
    ...section("What was known", knownLines(decision)),
    ...section("What it was worth, dollars per contract", costLines(decision.costs, parameters)),
    ...section("How much of it", sizeLines(decision, order)),
    ...section("Checks, all passed", checkLines(decision.checks)),
  ];
}

function knownLines({ market, index, book, model, position, own_position }: DecisionFigures): string[] {
  const level = ({ price, count }: LevelFigures): string => `${price} x ${count}`;
  const side = (price: string | null, size: string | null): string => price === null ? "none" : `${price} x ${size}`;
  const strikes = [market.floor_strike, market.cap_strike].filter((strike) => strike !== null).join(" to ");
  const { parts, closed_form, probability } = model;
  const lines = [
    named(
      "market",
      `${market.status}, ${market.strike_type?.replaceAll("_", " ") ?? "no strike"} ${strikes}, ` +
        `${timeText(market.seconds_to_close * 1_000)} to the close at ${utc(market.close_time)}`,
    ),
  ];
  if (index === null) lines.push(named("index", "none is followed for this market"));
  else {
    const moves = [["3 s", index.move_3s_bp], ["30 s", index.move_30s_bp]] as const;
    const moved = moves.flatMap(([over, move]) => move === null ? [] : [`${signed(move, 2)} bp in ${over}`]);
    lines.push(
      named("index", `${index.index} ${index.value}, ${index.source}, ${timeText(index.age_ms)} old`),
      named(
        "",
        [`volatility ${index.volatility?.toExponential(4) ?? "unknown"} per sqrt(s)`, ...moved].join(", "),
      ),
    );
    if (index.correction !== 0 || index.basis_sd !== 0) {
      const doubt = index.basis_sd === null ? "its spread is not measured" : `give or take ${float(index.basis_sd, 2)}`;
      lines.push(named("", `less ${float(index.correction, 2)} that its source differs by, ${doubt}`));
    }
  }
  lines.push(
    named("book", `bid ${side(book.bid, book.bid_size)}, ask ${side(book.ask, book.ask_size)}, ${book.phase}`),
    named("", `spread ${book.spread ?? "-"}, its best prices ${timeText(book.quoted_ms_ago)} old`),
    named("  bids", book.bids.map(level).join("  ") || "none"),
    named("  asks", book.asks.map(level).join("  ") || "none"),
    named("model", `P(YES) ${float(probability, 6)}${ofModel(probability, closed_form)}`),
  );
  if (parts !== null) {
    const seen = parts.seen_mean === null
      ? "none of the 60 values seen"
      : `${parts.seen_count} of the 60 values seen, mean ${float(parts.seen_mean, 2)}`;
    lines.push(
      named(
        "",
        `from ${parts.spot}, sigma ${parts.sigma.toExponential(4)}, ${parts.seconds_left.toFixed(1)} s, ${seen}`,
      ),
    );
  }
  const ahead = probability === null || book.mid === null
    ? ""
    : `; the model says ${signed(probability - book.mid, 4)}`;
  lines.push(
    named("mid", `${float(book.mid, 6)}, the market's own P(YES)${ahead}`),
    named("held", `${position} contracts, ${own_position} of them by this strategy`),
  );
  return lines;
}

const ofModel = (probability: number | null, closedForm: number | null): string =>
  closedForm === null || closedForm === probability ? "" : `; the closed form says ${float(closedForm, 6)}`;

/** Parameters that say what is taken off an edge. */
const BUFFERS = /slippage|buffer|doubt/;

function costLines(costs: CostFigures, parameters: Readonly<Record<string, unknown>>): string[] {
  const buffers = Object.entries(parameters).filter(([name]) => BUFFERS.test(name)).map(([name, of]) =>
    `${name} ${of}`
  );
  return [
    named("worth", `${float(costs.worth, 6)}  ${costs.outcome.toUpperCase()} by the model`),
    named("- cost", `${costs.cost}00`),
    named(
      "- fee",
      `${costs.fee_per_contract}  as ${costs.role}; $${costs.fee} for the order in one fill, $${costs.worst_fee} at worst`,
    ),
    named("- buffers", `${float(costs.buffers, 6)}${buffers.length === 0 ? "" : `  of ${buffers.join(", ")}`}`),
    named("= net edge", `${float(costs.net_edge, 6)}${profit(costs.expected_profit)}`),
  ];
}

const profit = (expected: number | null): string => expected === null ? "" : `  $${expected.toFixed(2)} for the order`;

const MEASURES: Record<SizeMeasure, string> = {
  kelly: "Kelly",
  headroom: "the caps of risk",
  depth: "what is displayed",
  position: "the largest position",
  quote: "the size of a quote",
};

function sizeLines({ kelly, size, nav }: DecisionFigures, { count }: OrderFigures): string[] {
  const { full, applied } = kelly;
  const share = full === null || full <= 0 ? "" : `, ${(applied / full * 100).toFixed(1)} % of that`;
  return [
    named("Kelly", `${percent(full)} of ${inDollars(nav)} in full, ${percent(applied)} applied${share}`),
    named("contracts", `${count}${size.wanted === count ? "" : ` of ${size.wanted} wanted here`}, ${boundText(size)}`),
    named(
      "allowed by",
      [
        `Kelly ${size.kelly.toFixed(1)}`,
        `risk ${size.headroom.toFixed(1)}`,
        ...(size.depth === null ? [] : [`display ${size.depth.toFixed(1)}`]),
        ...(size.quote === null ? [] : [`quote ${size.quote.toFixed(1)}`]),
        ...(size.position === null ? [] : [`position ${size.position.toFixed(1)}`]),
      ].join(", "),
    ),
  ];
}

const percent = (share: number | null): string => share === null ? "-" : `${(share * 100).toFixed(3)} %`;

const boundText = ({ bound_by }: SizeFigures): string =>
  bound_by.length === 0
    ? "by a rule of the strategy's own"
    : `bound by ${bound_by.map((measure) => MEASURES[measure]).join(" and ")}`;

function checkLines(checks: readonly CheckFigures[]): string[] {
  const rows = checks.map(({ name, used, added, after, limit, left }) => [name, used, added, after, limit, left]);
  const table = [["", "used", "added", "after", "limit", "left"], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) =>
    row.map((cell, column) => column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])).join("  ")
  );
}

function evidenceLines(evidence: Evidence): string[] {
  const { modelProbability, marketProbability, edge, kellyFraction, spot, strike } = evidence;
  return [
    named("model", `P(YES) ${float(modelProbability, 6)}, from ${spot ?? "-"} against a strike of ${strike ?? "-"}`),
    named("mid", `${float(marketProbability, 6)}, the market's own P(YES)`),
    named("net edge", `${float(edge, 6)} dollars per contract${profit(evidence.expectedValue)}`),
    named("Kelly", `${percent(kellyFraction)} of the bankroll applied`),
  ];
}

/** As many to a line as fit. */
function parameterLines(parameters: Readonly<Record<string, unknown>>): string[] {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const pair = `${name} = ${String(value)}`;
    const last = lines.at(-1);
    if (last === undefined || last.length + pair.length + 2 > LINE_WIDTH) lines.push(pair);
    else lines[lines.length - 1] = `${last}, ${pair}`;
  }
  return lines;
}

const eventText = ({ event, detail }: OrderEvent): string =>
  `${event.replaceAll("_", " ")}${detail === "" ? "" : `: ${detail}`}`;

const fillText = ({ count, price, fee, role, realised }: OrderFill): string =>
  `${count} at ${price} as ${role}, fee $${fee}${/[1-9]/.test(realised) ? `, realised ${inDollars(realised)}` : ""}`;

function lifeLines({ order, events, fills, end, market_end }: Explanation): string[] {
  const moments = [
    ...events.map((event) => ({ after: event.after_ms, text: eventText(event) })),
    ...fills.map((fill) => ({ after: fill.after_ms, text: `filled: ${fillText(fill)}` })),
  ].sort((one, other) => one.after - other.after);
  const lines = moments.map(({ after, text }) => `${`+${timeText(after)}`.padStart(10)}  ${text}`);
  if (end !== null) {
    const average = end.average_price === null ? "" : ` at ${end.average_price} on average, fees $${end.fees}`;
    const reason = end.reason === "" ? "" : `: ${end.reason}`;
    const open = end.over ? "" : ", not over yet by what is recorded";
    lines.push(`Now ${end.phase}${open}${reason}; ${end.filled} of ${order.count} contracts${average}`);
  }
  if (market_end !== null) {
    const { settled, result, at, position, payout, pnl } = market_end;
    const paid = position === null || payout === null || pnl === null
      ? ""
      : `: the account held ${position}, got ${inDollars(payout)}, and made ${
        inDollars(pnl)
      } in this market after fees`;
    lines.push(`The market ${settled ? "settled" : "is determined"} ${result} at ${utc(at)}${paid}`);
  }
  return lines;
}
