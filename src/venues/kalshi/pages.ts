/**
 * Lists that come page by page. A cursor that the exchange does not understand gives the first page again with status
 * 200 (KALSHI.md 3.1), so loops are looked for and the number of pages is bounded.
 * @module
 */

import type { BodyReader } from "./body_reader.ts";
import { type ApiResult, unreadable } from "./failure.ts";
import { FieldReader, isObject, type JsonObject, type Refusal, type UnknownFields } from "./fields.ts";

/** A list that was read to its end. Items that could not be read are left out of it and reported. */
export interface Pages<T> {
  readonly items: readonly T[];
  readonly refused: readonly Refusal[];
}

export interface PageRequest<T> {
  /** Where the list stands in the body. */
  readonly key: string;
  readonly read: BodyReader<T>;
  /** What tells two items apart. */
  readonly identity: (item: T) => string;
  /** Where a part of a long list is enough. */
  readonly pagesMax?: number;
  /** A list that does not end within so many pages is a failure; 100 where absent. */
  readonly pagesBound?: number;
  /** Items on one page; 10,000 where absent. */
  readonly itemsMax?: number;
  /** What the cursor is called; `cursor` where absent. */
  readonly cursorKey?: string;
}

const PAGES_MAX = 100;
const ITEMS_MAX = 10_000;
const REFUSED_MAX = 100;

/** Reads all pages. `page` gets the cursor, `""` for the first. */
export async function readPages<T>(
  request: PageRequest<T>,
  page: (cursor: string) => Promise<ApiResult<JsonObject>>,
  unknown: UnknownFields,
): Promise<ApiResult<Pages<T>>> {
  const items = new Map<string, T>();
  const refused: Refusal[] = [];
  const cursors = new Set<string>();
  let cursor = "";
  const bound = request.pagesBound ?? PAGES_MAX;
  for (let number = 0; number < (request.pagesMax ?? bound); number++) {
    const result = await page(cursor);
    if (!result.ok) return result;
    const read = new FieldReader();
    const rows = read.list(result.value, request.key, "", request.itemsMax ?? ITEMS_MAX);
    const next = read.optionalText(result.value, request.cursorKey ?? "cursor", "") ?? "";
    if (read.refusal !== null) return { ok: false, failure: unreadable(read.refusal) };
    const before = items.size;
    collect(request, rows, items, refused, unknown);
    if (next === "") return { ok: true, value: { items: [...items.values()], refused } };
    const nothingNew = rows.length > 0 && items.size === before && refused.length === 0;
    if (cursors.has(next) || nothingNew) return looped(request.key, number + 1);
    cursors.add(next);
    cursor = next;
  }
  if (request.pagesMax !== undefined) return { ok: true, value: { items: [...items.values()], refused } };
  const message = `List of ${request.key} does not end within ${bound} pages`;
  return { ok: false, failure: { kind: "unreadable", message } };
}

function collect<T>(
  request: PageRequest<T>,
  rows: readonly unknown[],
  items: Map<string, T>,
  refused: Refusal[],
  unknown: UnknownFields,
): void {
  rows.forEach((row, index) => {
    const path = `${request.key}[${index}]`;
    const read = new FieldReader();
    if (!isObject(row)) {
      read.refuse(path, row, "an object");
    } else {
      const item = request.read(read, row, `${path}.`, unknown);
      if (read.refusal === null) items.set(request.identity(item), item);
    }
    if (read.refusal !== null && refused.length < REFUSED_MAX) refused.push(read.refusal);
  });
}

const looped = (key: string, pages: number): ApiResult<never> => ({
  ok: false,
  failure: { kind: "unreadable", message: `List of ${key} repeats itself after ${pages} pages` },
});
