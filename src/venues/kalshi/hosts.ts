/**
 * Where Kalshi is (KALSHI.md 1), and whether an address means the real one.
 * @module
 */

/** The two addresses of one exchange. */
export interface Host {
  /** Ends in `/trade-api/v2`. */
  readonly rest: string;
  /** The WebSocket's full address. */
  readonly ws: string;
}

/** Real money. */
export const PRODUCTION: Host = {
  rest: "https://external-api.kalshi.com/trade-api/v2",
  ws: "wss://external-api-ws.kalshi.com/trade-api/ws/v2",
};

/** Kalshi's own demo environment: its own accounts and keys, play money. */
export const DEMO: Host = {
  rest: "https://external-api.demo.kalshi.co/trade-api/v2",
  ws: "wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2",
};

function hostName(url: string): string | null {
  const name = URL.canParse(url) ? new URL(url).hostname.toLowerCase() : null;
  return name === null || name === "" ? null : name.replace(/\.$/, "");
}

const isUnder = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);

/**
 * True for any host of Kalshi's, demo included: callers demand two deliberate acts before orders go there.
 * An address that cannot be read counts as real, because the doubt must not cost money.
 */
export function isRealKalshi(url: string): boolean {
  const name = hostName(url);
  return name === null || isUnder(name, "kalshi.com") || isUnder(name, "kalshi.co");
}

/** True for the demo environment only, whichever of its hosts. */
export function isKalshiDemo(url: string): boolean {
  const name = hostName(url);
  return name !== null && (isUnder(name, "demo.kalshi.co") || name === "demo-api.kalshi.co");
}

/**
 * The WebSocket address that belongs to a REST address, where none was given: Kalshi's own pairs, otherwise the same
 * host with `/trade-api/ws/v2`. `null` where the address is none.
 */
export function webSocketOf(rest: string): string | null {
  for (const host of [PRODUCTION, DEMO]) if (rest === host.rest) return host.ws;
  if (!URL.canParse(rest)) return null;
  const url = new URL(rest);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  return `${url.protocol === "https:" ? "wss" : "ws"}://${url.host}/trade-api/ws/v2`;
}
