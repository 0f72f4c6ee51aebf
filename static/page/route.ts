/**
 * What the page shows is in its address, behind the `#`: it can be linked, and Back leads back.
 * @module
 */

export type Route = { readonly kind: "overview" } | { readonly kind: "market"; readonly ticker: string };

const OVERVIEW: Route = { kind: "overview" };
const MARKET = "#/market/";
/** Longer than any ticker. */
const TICKER_LENGTH_MAX = 400;

/** `null` for what names a place on the page, and no view. */
export function routeOf(hash: string): Route | null {
  if (hash === "" || hash === "#" || hash === "#/") return OVERVIEW;
  if (!hash.startsWith("#/")) return null;
  if (!hash.startsWith(MARKET)) return OVERVIEW;
  try {
    const ticker = decodeURIComponent(hash.slice(MARKET.length));
    return ticker === "" || ticker.length > TICKER_LENGTH_MAX ? OVERVIEW : { kind: "market", ticker };
  } catch {
    return OVERVIEW;
  }
}

export const hashOf = (route: Route): string =>
  route.kind === "overview" ? "#/" : MARKET + encodeURIComponent(route.ticker);
