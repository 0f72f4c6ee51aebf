/**
 * The actions of a journal that tell of an order. A journal's reader only makes sure that an action has a type: what is
 * used of one here is checked here.
 * @module
 */

import type {
  Action,
  AmendAction,
  CancelAction,
  DecreaseAction,
  FindOrderAction,
  PlaceAction,
} from "../../core/action.ts";
import type { OrderIntent, OrderTerms } from "../../core/order.ts";
import type { StateRecord } from "../../core/record.ts";
import { checkRecord } from "../../engine/journal_record_shape.ts";
import {
  type Check,
  finite,
  flag,
  identifier,
  integer,
  integerBetween,
  nullable,
  objectOf,
  oneOf,
  optional,
  text,
} from "../../engine/journal_shape.ts";

/** An action as it was read. */
type Read = { readonly type: string };

const whole = integerBetween(0, Infinity);
const side = oneOf("bid", "ask");
const execution = oneOf("paper", "live");
const shard = nullable(integer);

const intent = objectOf<OrderIntent>({
  clientOrderId: identifier,
  ticker: identifier,
  side,
  price: integer,
  count: integer,
  timeInForce: oneOf("good_till_canceled", "immediate_or_cancel", "fill_or_kill"),
  postOnly: flag,
  reduceOnly: flag,
  expiresAt: nullable(whole),
  shard: integer,
  strategy: text,
  signal: text,
});

const basket = objectOf<NonNullable<PlaceAction["basket"]>>({ id: text, legs: whole });

const place = objectOf<PlaceAction>({
  type: oneOf("place"),
  execution,
  intent,
  edge: optional(nullable(finite)),
  orderGroupId: optional(text),
  basket: optional(basket),
});

const terms = objectOf<OrderTerms>({ price: integer, count: integer, expiresAt: nullable(whole) });
const common = { execution, clientOrderId: identifier, ticker: identifier };

/** What the bot asked of the venue about an order that it had sent. */
export type OrderAction = CancelAction | AmendAction | DecreaseAction | FindOrderAction;

const ORDER_ACTIONS: ReadonlyMap<string, Check> = new Map([
  ["cancel", objectOf<CancelAction>({ ...common, type: text, orderId: text, shard, reason: text })],
  [
    "amend",
    objectOf<AmendAction>({
      ...common,
      type: text,
      orderId: text,
      shard,
      side,
      terms,
      reason: text,
      edge: optional(nullable(finite)),
      retreats: optional(flag),
    }),
  ],
  [
    "decrease",
    objectOf<DecreaseAction>({ ...common, type: text, orderId: text, shard, reduceTo: integer, reason: text }),
  ],
  [
    "find_order",
    objectOf<FindOrderAction>({ type: text, clientOrderId: identifier, orderId: nullable(text), ticker: identifier }),
  ],
]);

export const isPlace = (action: Read): action is PlaceAction => action.type === "place" && place(action) === null;

export const isOrderAction = (action: Read): action is OrderAction => ORDER_ACTIONS.get(action.type)?.(action) === null;

type RecordAction<Kind extends StateRecord["kind"]> = Extract<Action, { readonly type: "record" }> & {
  readonly record: Extract<StateRecord, { readonly kind: Kind }>;
};

/** Whether it records a row of this kind. */
export function isRecordOf<Kind extends StateRecord["kind"]>(action: Read, kind: Kind): action is RecordAction<Kind> {
  if (action.type !== "record" || !("record" in action)) return false;
  const { record } = action;
  return typeof record === "object" && record !== null && "kind" in record && record.kind === kind &&
    checkRecord(record) === null;
}
