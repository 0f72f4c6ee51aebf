import assert from "node:assert/strict";
import type { AmendAction, DecreaseAction } from "../../core/action.ts";
import type { Input } from "../../core/input.ts";
import { count, microsFromSeconds, price } from "../../core/units.ts";
import type { ScriptedExchange } from "./scripted_exchange_fixture.ts";
import { eventually, NO_ANSWER_MS, TICKER, withVenue } from "./scripted_run_fixture.ts";

const place = {
  execution: "live",
  clientOrderId: "k-1",
  orderId: "o-1",
  ticker: TICKER,
  shard: 2,
  reason: "x",
} as const;
const terms = { price: price(4_500), count: count(150), expiresAt: microsFromSeconds(1_790_000_120) };
const amend: AmendAction = { type: "amend", ...place, side: "bid", terms };
const decrease: DecreaseAction = { type: "decrease", ...place, reduceTo: count(60) };
const amended = { order_id: "o-1", client_order_id: "k-1", fill_count: "0.40", remaining_count: "1.10", ts_ms: 1 };

type Scripted = Parameters<ScriptedExchange["on"]>[1];

/** What both kinds of change have in common. */
const FAILURES: [what: string, answer: Scripted, expected: (input: Input) => boolean][] = [
  [
    "of an order that is gone says so",
    { status: 404, body: { error: { code: "not_found", message: "not found" } } },
    (input) => input.type === "change_failed" && input.gone,
  ],
  [
    "in a closed market says that the order is gone",
    { status: 400, body: { error: { code: "MARKET_INACTIVE", message: "market inactive" } } },
    (input) => input.type === "change_failed" && input.gone,
  ],
  [
    "that is refused leaves the order as it was",
    { status: 400, body: { error: { code: "insufficient_balance", message: "x" } } },
    (input) => input.type === "change_failed" && !input.gone && input.code === "insufficient_balance",
  ],
  [
    "that is refused for its pace leaves the order as it was, and is not sent again",
    { status: 429, body: { error: "too many requests" } },
    (input) => input.type === "change_failed" && !input.gone && input.code === "too_many_requests",
  ],
  ["that broke may have been made", "break", (input) => input.type === "order_unknown"],
  ["that nobody answers may have been made", "hang", (input) => input.type === "order_unknown"],
  [
    "that the exchange failed at may have been made",
    { status: 503, text: "" },
    (input) => input.type === "order_unknown",
  ],
  ["after a proxy's time-out may have been made", { status: 408, text: "" }, (input) => input.type === "order_unknown"],
  [
    "answered by a page of a proxy may have been made",
    { status: 200, text: "<html>" },
    (input) => input.type === "order_unknown",
  ],
  [
    "whose answer names another order may have been made",
    { body: { order_id: "o-2", remaining_count: "1.00" } },
    (input) => input.type === "order_unknown" && /o-2/.test(input.reason),
  ],
];

const ANSWERS: [kind: "amend" | "decrease", what: string, answer: Scripted, expected: (input: Input) => boolean][] = [
  [
    "amend",
    "is confirmed with what filled and what remains",
    { body: amended },
    (input) =>
      input.type === "order_changed" && input.fillCount === 40 && input.remainingCount === 110 && input.terms === terms,
  ],
  ["amend", "that crossed is confirmed with nothing left", {
    body: { ...amended, fill_count: "1.50", remaining_count: "0.00" },
  }, (input) => input.type === "order_changed" && input.remainingCount === 0],
  ["amend", "whose answer does not say what filled is confirmed without that", {
    body: { order_id: "o-1", remaining_count: "1.50" },
  }, (input) => input.type === "order_changed" && input.fillCount === null],
  ["amend", "whose answer does not say what remains may have been made", {
    body: { order_id: "o-1", client_order_id: "k-1" },
  }, (input) => input.type === "order_unknown" && /what remains/.test(input.reason)],
  [
    "decrease",
    "is confirmed with what remains",
    {
      body: { order_id: "o-1", remaining_count: "0.60", ts_ms: 1 },
    },
    (input) =>
      input.type === "order_changed" && input.terms === null && input.fillCount === null && input.remainingCount === 60,
  ],
  ...FAILURES.map((row) => ["amend", ...row] as const).map(([kind, ...row]) =>
    [kind, ...row] as ["amend", ...typeof row]
  ),
  ...FAILURES.map((row) => ["decrease", ...row] as ["decrease", ...typeof row]),
];

for (const [kind, what, answer, expected] of ANSWERS) {
  const route = `POST /portfolio/events/orders/o-1/${kind}`;
  Deno.test(`a change (${kind}) ${what}`, () =>
    withVenue(
      answer === "hang" ? { requestTimeoutMs: NO_ANSWER_MS } : {},
      (exchange) => exchange.on(route, answer),
      async (run) => {
        await run.until("account");
        run.venue.perform(kind === "amend" ? amend : decrease);
        const isAnswer = ({ type }: Input) => ["order_changed", "change_failed", "order_unknown"].includes(type);
        await eventually(() => run.inputs.some(isAnswer), "the change is answered");
        const answers = run.inputs.filter(isAnswer);
        assert.equal(answers.length, 1, JSON.stringify(answers));
        assert.ok(expected(answers[0]), JSON.stringify(answers));
        assert.equal(run.exchange.seen(route).length, 1, "never sent twice");
      },
    ));
}
