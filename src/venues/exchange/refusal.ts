/**
 * Why the exchange says no, with the HTTP status and body it says it with (KALSHI.md 3.1, 3.2).
 * @module
 */

/** Codes of the usual body `{"error":{code, message}}`, each with its status. */
const STATUS = {
  invalid_price: 400,
  invalid_order: 400,
  invalid_order_size: 400,
  insufficient_balance: 400,
  order_side_mismatch: 400,
  order_id_and_client_order_id_mismatch: 400,
  invalid_parameters: 400,
  legacy_endpoint: 410,
  MARKET_INACTIVE: 400,
  order_group_triggered: 400,
  permission_denied: 403,
  not_found: 404,
  order_already_exists: 409,
  trading_is_paused: 409,
  exchange_is_paused: 409,
  fill_or_kill_insufficient_resting_volume: 409,
  service_unavailable: 503,
} as const;

export type RefusalCode = keyof typeof STATUS;

export interface Refusal {
  readonly refused: true;
  readonly code: RefusalCode;
  readonly status: number;
  readonly details: string | null;
}

/** A refusal with this code. */
export function refuse(code: RefusalCode, details: string | null = null): Refusal {
  return { refused: true, code, status: STATUS[code], details };
}

/** `{"code":"invalid_price","message":"invalid price"}`: what stands under `error`, alone or in a batch's item. */
export function errorObject(refusal: Refusal): Record<string, string> {
  const error: Record<string, string> = {
    code: refusal.code,
    message: refusal.code.toLowerCase().replaceAll("_", " "),
  };
  if (refusal.details !== null) error.details = refusal.details;
  return error;
}
