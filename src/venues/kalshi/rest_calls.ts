/**
 * How every call of the REST interface is made: query, cost, pages, and an answer that is read or refused as a value.
 * @module
 */

import { type BodyReader, parseBody } from "./body_reader.ts";
import { EndpointCosts } from "./costs.ts";
import type { ApiResult } from "./failure.ts";
import { type JsonObject, UnknownFields } from "./fields.ts";
import type { Urgency } from "./pace.ts";
import { type PageRequest, type Pages, readPages } from "./pages.ts";
import { type HttpRequest, Transport, type TransportHealth, type TransportOptions, WITHDRAWN } from "./transport.ts";

/** A query; keys without a value are left out, lists are joined with commas. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Reads for a decision go before reads for whoever only wants to know. */
export type ReadUrgency = Extract<Urgency, "read" | "background">;

/** A request that changes something. */
export interface Write {
  readonly method: "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query?: Query;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly urgency: Extract<Urgency, "cancel" | "order">;
  /** Where a single write names its `exchange_index`: from 1 up it draws from that shard's own bucket. */
  readonly shard?: number;
  /** Of creates and amends; they are dropped rather than sent late. */
  readonly edge?: number | null;
  /** A batch is billed for each of its items. */
  readonly items?: number;
}

export interface RestOptions extends TransportOptions {
  readonly unknown?: UnknownFields;
}

/** Cursors are long; the longest page is the exchange's own maximum (KALSHI.md 3.8, 3.12). */
const PAGE_LIMIT = 1_000;

/** A query as it stands in a URL, with its question mark. */
export function queryText(query: Query): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const text = typeof value === "object" ? value.join(",") : String(value);
    parts.push(`${key}=${encodeURIComponent(text)}`);
  }
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/** One part of a path. */
export const part = (text: string): string => encodeURIComponent(text);

/** What the calls of all topics stand on. Nothing here throws for what the network or the exchange does. */
export class RestCalls {
  readonly #transport: Transport;
  readonly #unknown: UnknownFields;
  /** What requests cost, for the pace. */
  protected readonly costs = new EndpointCosts();

  constructor(options: RestOptions) {
    this.#transport = new Transport(options);
    this.#unknown = options.unknown ?? new UnknownFields();
  }

  get health(): TransportHealth {
    return this.#transport.health;
  }

  /** Everything is to be cancelled: creates and amends that still wait for their turn never leave. */
  withdrawOrders(): void {
    this.#transport.withdrawOrders();
  }

  /** Breaks off what is under way and lets nothing more leave. */
  stop(): void {
    this.#transport.stop();
  }

  protected get transport(): Transport {
    return this.#transport;
  }

  protected async get<T>(
    path: string,
    query: Query,
    reader: BodyReader<T>,
    urgency: ReadUrgency = "read",
  ): Promise<ApiResult<T>> {
    const cost = this.costs.of("GET", path);
    const sent = await this.#transport.send({ method: "GET", path: path + queryText(query), cost, urgency });
    return sent.ok ? parseBody(sent.value, reader, this.#unknown) : sent;
  }

  /** Reads a list to its end; `query.limit` is the exchange's maximum unless given. */
  protected pages<T>(
    path: string,
    query: Query,
    request: PageRequest<T>,
    urgency: ReadUrgency = "read",
  ): Promise<ApiResult<Pages<T>>> {
    const page = (cursor: string) =>
      this.get(path, { limit: PAGE_LIMIT, ...query, cursor: cursor === "" ? undefined : cursor }, wholeBody, urgency);
    return readPages(request, page, this.#unknown);
  }

  protected async write<T>(write: Write, reader: BodyReader<T>): Promise<ApiResult<T>> {
    const sent = await this.#transport.send(this.#request(write));
    return sent.ok ? parseBody(sent.value, reader, this.#unknown) : sent;
  }

  /**
   * The same where the answer has no body, or none that says anything. A page for people is another one's answer: whether
   * the exchange did it nobody knows.
   */
  protected async writeSilently(write: Write): Promise<ApiResult<null>> {
    const sent = await this.#transport.send(this.#request(write));
    if (!sent.ok) return sent;
    return sent.value.trim() === "" ? { ok: true, value: null } : parseBody(sent.value, nothing, this.#unknown);
  }

  /**
   * Sends many items in as few batches as fit the bucket, one after the other, each with its own result, in the order
   * given. Where several are needed and one fails whole, that is the result of each of its items.
   */
  protected async writeBatch<Item, T>(
    items: readonly Item[],
    write: Pick<Write, "method" | "path" | "urgency" | "edge">,
    bodyOf: (part: readonly Item[]) => Write["body"],
    readerOf: (count: number) => BodyReader<readonly ApiResult<T>[]>,
  ): Promise<ApiResult<readonly ApiResult<T>[]>> {
    const send = (part: readonly Item[]) =>
      this.write({ ...write, body: bodyOf(part), items: part.length }, readerOf(part.length));
    const cost = this.costs.of(write.method, write.path);
    const most = cost === 0 ? items.length : Math.max(1, Math.floor(this.#transport.batchCapacity / cost));
    if (items.length <= most) return send(items);
    const results: ApiResult<T>[] = [];
    const { withdrawals } = this.#transport;
    for (let start = 0; start < items.length; start += most) {
      const part = items.slice(start, start + most);
      const isWithdrawn = write.edge !== undefined && this.#transport.withdrawals !== withdrawals;
      const sent = isWithdrawn ? { ok: false, failure: WITHDRAWN } as const : await send(part);
      results.push(...(sent.ok ? sent.value : part.map(() => sent)));
    }
    return { ok: true, value: results };
  }

  #request({ method, path, query, body, urgency, shard, edge, items }: Write): HttpRequest {
    const cost = this.costs.of(method, path) * (items ?? 1);
    return { method, path: path + queryText(query ?? {}), body, cost, urgency, shard, edge };
  }
}

const wholeBody: BodyReader<JsonObject> = (_read, body) => body;
const nothing: BodyReader<null> = () => null;
