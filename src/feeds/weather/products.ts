/**
 * Reads the text products of api.weather.gov (KALSHI.md 11.7): `/products/types/CLI/locations/NYC` lists the climate
 * reports of a place, `/products/{id}` holds one.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import { type Answer, isObject, parseOffsetTime, refused } from "./answer.ts";

/** One entry of a list. */
export interface ListedProduct {
  readonly id: string;
  readonly issuedAt: Micros;
}

export interface Product extends ListedProduct {
  readonly text: string;
}

/** The service lists the last days: a few reports each. */
const PRODUCTS_MAX = 1_000;
/** A UUID in practice; it becomes part of an address, so nothing else passes. */
const ID = /^[A-Za-z0-9-]{1,64}$/;

export interface ProductList {
  /** Newest first. */
  readonly products: readonly ListedProduct[];
  /** Why entries were left out, one entry for each. */
  readonly refused: readonly string[];
}

/** Reads a list. A place that the service does not know has an empty one, as has an office given for a place. */
export function readProductList(body: unknown): Answer<ProductList> {
  const rows = isObject(body) ? body["@graph"] : undefined;
  if (!Array.isArray(rows)) return refused("product list without a graph");
  if (rows.length > PRODUCTS_MAX) return refused("too many products");
  const reasons: string[] = [];
  const products: ListedProduct[] = [];
  for (const row of rows as readonly unknown[]) {
    const listed = readListed(row);
    if (listed.ok) products.push(listed.value);
    else reasons.push(listed.reason);
  }
  return { ok: true, value: { products: products.sort((a, b) => b.issuedAt - a.issuedAt), refused: reasons } };
}

function readListed(row: unknown): Answer<ListedProduct> {
  if (!isObject(row)) return refused("product that is no object");
  if (row.productCode !== undefined && row.productCode !== "CLI") return refused("product of another kind");
  if (typeof row.id !== "string" || !ID.test(row.id)) return refused("product without an id");
  const issuedAt = parseOffsetTime(row.issuanceTime);
  return issuedAt === null ? refused("product without a time") : { ok: true, value: { id: row.id, issuedAt } };
}

/** Reads one product. */
export function readProduct(body: unknown): Answer<Product> {
  const listed = readListed(body);
  if (!listed.ok) return listed;
  const text = isObject(body) ? body.productText : undefined;
  if (typeof text !== "string" || text === "") return refused("product without a text");
  return { ok: true, value: { ...listed.value, text } };
}
