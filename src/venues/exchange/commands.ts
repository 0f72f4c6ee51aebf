/**
 * What a client may send on the socket (KALSHI.md 5.2), and the errors it gets for the rest (5.3).
 * @module
 */

/** Error codes with the exchange's own words. */
export const SOCKET_ERRORS = {
  1: "Unable to process message",
  2: "Params required",
  3: "Channels required",
  4: "Subscription IDs required",
  5: "Unknown command",
  7: "Unknown subscription ID",
  8: "Unknown channel name",
  10: "Channel error",
  11: "Invalid parameter",
  12: "Exactly one subscription ID is required",
  13: "Unsupported action",
  14: "Market Ticker required",
  15: "Action required",
  24: "Index IDs required",
  25: "Subscription buffer overflow",
  26: "Subscription market limit exceeded",
  27: "Too many requests",
} as const;

export type SocketErrorCode = keyof typeof SOCKET_ERRORS;

export const ACTIONS = [
  "add_markets",
  "delete_markets",
  "get_snapshot",
  "subscribe_indices",
  "unsubscribe_indices",
  "indexlist",
] as const;
export type SubscriptionAction = typeof ACTIONS[number];

export type Command =
  | {
    readonly cmd: "subscribe";
    readonly channels: readonly string[];
    /** `null` where none were named: all markets. */
    readonly tickers: readonly string[] | null;
    readonly indexIds: readonly string[];
    readonly yesPrice: boolean;
    readonly initialSnapshot: boolean;
    readonly skipAck: boolean;
  }
  | { readonly cmd: "unsubscribe"; readonly sids: readonly number[] }
  | {
    readonly cmd: "update_subscription";
    readonly sid: number;
    readonly action: SubscriptionAction;
    readonly tickers: readonly string[] | null;
    readonly indexIds: readonly string[];
  }
  | { readonly cmd: "list_subscriptions" };

export type ParsedCommand =
  | { readonly id: number; readonly command: Command }
  | { readonly id: number; readonly error: SocketErrorCode };

type Fields = Readonly<Record<string, unknown>>;

const NAMES_MAX = 10_000;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list of texts; `null` where the value is something else. */
function texts(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.length > NAMES_MAX) return null;
  return value.every((each) => typeof each === "string") ? value : null;
}

/** `market_ticker` or `market_tickers`; `null` for neither, `undefined` for nonsense. */
function marketTickers(params: Fields): readonly string[] | null | undefined {
  if (typeof params.market_ticker === "string") return [params.market_ticker];
  if (params.market_tickers === undefined || params.market_tickers === null) return null;
  return texts(params.market_tickers) ?? undefined;
}

function sidsOf(params: Fields): readonly number[] | null {
  if (typeof params.sid === "number") return [params.sid];
  const { sids } = params;
  if (!Array.isArray(sids) || sids.length > NAMES_MAX) return null;
  return sids.every((sid) => Number.isSafeInteger(sid)) ? sids : null;
}

function readSubscribe(params: Fields): Command | SocketErrorCode {
  const channels = texts(params.channels);
  if (channels === null || channels.length === 0) return 3;
  const tickers = marketTickers(params);
  const indexIds = params.index_ids === undefined ? [] : texts(params.index_ids);
  if (tickers === undefined || indexIds === null) return 11;
  return {
    cmd: "subscribe",
    channels,
    tickers,
    indexIds,
    yesPrice: params.use_yes_price === true,
    initialSnapshot: params.send_initial_snapshot === true,
    skipAck: params.skip_ticker_ack === true,
  };
}

function readUpdate(params: Fields): Command | SocketErrorCode {
  const sids = sidsOf(params);
  if (sids === null || sids.length !== 1) return 12;
  const { action } = params;
  if (typeof action !== "string" || action === "") return 15;
  const known = ACTIONS.find((each) => each === action);
  if (known === undefined) return 13;
  const tickers = marketTickers(params);
  const indexIds = params.index_ids === undefined ? [] : texts(params.index_ids);
  if (tickers === undefined || indexIds === null) return 11;
  return { cmd: "update_subscription", sid: sids[0], action: known, tickers, indexIds };
}

function readCommand(cmd: unknown, params: unknown): Command | SocketErrorCode {
  if (cmd === "list_subscriptions") return { cmd };
  if (cmd !== "subscribe" && cmd !== "unsubscribe" && cmd !== "update_subscription") return 5;
  if (!isFields(params)) return 2;
  if (cmd === "subscribe") return readSubscribe(params);
  if (cmd === "update_subscription") return readUpdate(params);
  const sids = sidsOf(params);
  return sids === null || sids.length === 0 ? 4 : { cmd, sids };
}

/** Reads one text message of a client. */
export function parseCommand(text: string): ParsedCommand {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { id: 0, error: 1 };
  }
  if (!isFields(message)) return { id: 0, error: 1 };
  const id = typeof message.id === "number" && Number.isSafeInteger(message.id) ? message.id : 0;
  const command = readCommand(message.cmd, message.params);
  return typeof command === "number" ? { id, error: command } : { id, command };
}
