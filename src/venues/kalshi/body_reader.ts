/**
 * From the text of an answer to a value, or to the reason why there is none.
 * @module
 */

import { type ApiResult, unreadable } from "./failure.ts";
import { FieldReader, isObject, type JsonObject, type Refusal, type UnknownFields } from "./fields.ts";

/** What a reader of one body is given. `path` names the body (`"market."`, `"markets[3]."`). */
export type BodyReader<T> = (read: FieldReader, body: JsonObject, path: string, unknown: UnknownFields) => T;

/** Reads the text of an answer; whatever it holds, the result is a value. */
export function parseBody<T>(text: string, reader: BodyReader<T>, unknown: UnknownFields): ApiResult<T> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    const found = `a text of ${text.length} characters that is no JSON`;
    return refusedBody({ path: "body", found, wanted: "a JSON object" });
  }
  const read = new FieldReader();
  if (!isObject(body)) {
    read.refuse("body", body, "a JSON object");
    return refusedBody(read.refusal ?? { path: "body", found: "something else", wanted: "a JSON object" });
  }
  const value = reader(read, body, "", unknown);
  return read.refusal === null ? { ok: true, value } : refusedBody(read.refusal);
}

const refusedBody = (refusal: Refusal): ApiResult<never> => ({ ok: false, failure: unreadable(refusal) });

/** Reads what stands under one key of the body. */
export const inside = <T>(key: string, reader: BodyReader<T>): BodyReader<T> => (read, body, path, unknown) =>
  reader(read, read.object(body, key, path), `${path}${key}.`, unknown);

/** Reads a list of objects under one key of the body; one row that is refused refuses the whole. */
export const rows =
  <T>(key: string, lengthMax: number, reader: BodyReader<T>): BodyReader<readonly T[]> => (read, body, path, unknown) =>
    read.list(body, key, path, lengthMax).map((row, index) => {
      const at = `${path}${key}[${index}]`;
      if (!isObject(row)) read.refuse(at, row, "an object");
      return reader(read, isObject(row) ? row : {}, `${at}.`, unknown);
    });
