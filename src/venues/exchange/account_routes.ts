/**
 * Transfers between shards, subaccounts, and the account's limits (KALSHI.md 3.3, 3.12, 3.15). All signed.
 * @module
 */

import { type Context, Hono } from "hono";
import { type Money, money } from "../../core/units.ts";
import type { Account } from "./account.ts";
import type { House } from "./house.ts";
import { MICROS_PER_CENT } from "./portfolio_bodies.ts";
import { Random } from "./random.ts";
import { DEFAULT_COST } from "./rate_limit.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { json, problemReply, refusalReply, tooManyRequests } from "./replies.ts";
import { RequestFields } from "./request_fields.ts";
import { signedGet } from "./route_gate.ts";
import { SHARDS } from "./series.ts";
import { dollarsText, seconds } from "./wire.ts";

type Body = Record<string, unknown>;

const TRANSFERS_MAX = 10_000;
/** A transfer's amount is in hundredths of a cent. */
const MICROS_PER_CENTI_CENT = 100;
const UPGRADE_COST = 30;

interface Transfer {
  readonly id: string;
  readonly client: string | null;
  readonly body: Body;
}

/** Where money goes from and to, within the member's accounts. */
interface Move {
  readonly from: { readonly account: Account; readonly shard: number };
  readonly to: { readonly account: Account; readonly shard: number };
  readonly amount: Money;
}

/** One kind of transfer: its list, and its client ids, which are not carried out twice. */
class Transfers {
  readonly #house: House;
  readonly #ids: Random;
  readonly #made: Transfer[] = [];

  constructor(house: House, kind: string) {
    this.#house = house;
    this.#ids = Random.named(house.exchange.settings.seed, kind);
  }

  /** Newest first. */
  get bodies(): readonly Body[] {
    return this.#made.map((transfer) => transfer.body).reverse();
  }

  body(id: string): Body | null {
    return this.#made.find((transfer) => transfer.id === id)?.body ?? null;
  }

  /** The transfer's id, or why there is none. */
  make(move: Move | null, client: string | null, bodyOf: (id: string) => Body): string | Refusal {
    const repeated = client === null ? undefined : this.#made.find((transfer) => transfer.client === client);
    if (repeated !== undefined) return repeated.id;
    if (move === null) return refuse("invalid_parameters", "amount must be positive, and both ends exist and differ");
    const { from, to, amount } = move;
    const { desk } = this.#house.exchange;
    if (amount > desk.available(from.shard, from.account) || this.#made.length >= TRANSFERS_MAX) {
      return refuse("insufficient_balance");
    }
    from.account.deposit(from.shard, -amount as Money);
    to.account.deposit(to.shard, amount);
    const id = this.#ids.uuid();
    this.#made.push({ id, client, body: bodyOf(id) });
    return id;
  }
}

class AccountEndpoints {
  readonly #house: House;
  readonly betweenShards: Transfers;
  readonly betweenSubaccounts: Transfers;

  constructor(house: House) {
    this.#house = house;
    this.betweenShards = new Transfers(house, "transfers");
    this.betweenSubaccounts = new Transfers(house, "subaccount transfers");
  }

  /** A move of money, `null` where its ends do not exist or are the same, or the amount is none. */
  #move(amount: number, from: [number, number], to: [number, number]): Move | null {
    const { members } = this.#house.exchange.desk;
    const source = members.account(from[0]);
    const target = members.account(to[0]);
    const known = (shard: number) => SHARDS.some(([number]) => number === shard);
    const same = from[0] === to[0] && from[1] === to[1];
    if (source === null || target === null || same || !known(from[1]) || !known(to[1])) return null;
    if (!(amount > 0) || !Number.isSafeInteger(amount)) return null;
    return {
      from: { account: source, shard: from[1] },
      to: { account: target, shard: to[1] },
      amount: money(amount),
    };
  }

  moveBetweenShards(body: unknown): Response {
    const fields = new RequestFields(body, "IntraExchangeInstanceTransferRequest");
    const amount = fields.integer("amount") ?? 0;
    const from = fields.integer("source_exchange_shard") ?? 0;
    const to = fields.integer("destination_exchange_shard") ?? 0;
    const source = fields.subaccount("source_subaccount");
    const target = fields.subaccount("destination_subaccount");
    const client = fields.text("client_transfer_id");
    if (fields.problem !== null) return problemReply(fields.problem);
    const move = this.#move(amount * MICROS_PER_CENTI_CENT, [source, from], [target, to]);
    const made = this.betweenShards.make(move, client, (id) => ({
      amount: dollarsText(amount * MICROS_PER_CENTI_CENT),
      created_ts: seconds(this.#house.exchange.now),
      destination: "event_contract",
      destination_exchange_shard: to,
      source: "event_contract",
      source_exchange_shard: from,
      status: "complete",
      transfer_id: id,
    }));
    return typeof made === "string" ? json({ transfer_id: made }) : refusalReply(made);
  }

  moveBetweenSubaccounts(body: unknown): Response {
    const fields = new RequestFields(body, "ApplySubaccountTransferRequest");
    const client = fields.requiredText("client_transfer_id");
    const from = fields.subaccount("from_subaccount");
    const to = fields.subaccount("to_subaccount");
    const cents = fields.integer("amount_cents") ?? 0;
    const shard = fields.integer("exchange_index") ?? 0;
    if (fields.problem !== null) return problemReply(fields.problem);
    const move = this.#move(cents * MICROS_PER_CENT, [from, shard], [to, shard]);
    const made = this.betweenSubaccounts.make(move, client, (id) => ({
      amount_cents: cents,
      created_ts: seconds(this.#house.exchange.now),
      exchange_index: shard,
      from_subaccount: from,
      to_subaccount: to,
      transfer_id: id,
    }));
    return typeof made === "string" ? json({}) : refusalReply(made);
  }

  balances(): Body {
    const { desk, now } = this.#house.exchange;
    const rows = desk.members.all.flatMap((account) =>
      SHARDS.map(([shard]) => ({ shard, free: desk.available(shard, account) }))
        .filter(({ shard, free }) => shard === 0 || free !== 0)
        .map(({ shard, free }) => ({
          balance: dollarsText(free),
          exchange_index: shard,
          subaccount_number: account.subaccount,
          updated_ts: seconds(now),
        }))
    );
    return { subaccount_balances: rows };
  }

  create(): Response {
    const account = this.#house.exchange.desk.members.create();
    if (account === null) return refusalReply(refuse("invalid_parameters", "there are 63 subaccounts already"));
    return json({ subaccount_number: account.subaccount }, 201);
  }

  netting(): Body {
    const { members } = this.#house.exchange.desk;
    const configs = members.all.map(({ subaccount }) => ({
      enabled: members.nets(subaccount),
      exchange_index: 0,
      subaccount_number: subaccount,
    }));
    return { netting_configs: configs };
  }

  setNetting(body: unknown): Response {
    const fields = new RequestFields(body, "UpdateSubaccountNettingRequest");
    const subaccount = fields.subaccount("subaccount_number");
    const enabled = fields.flag("enabled");
    if (fields.problem !== null) return problemReply(fields.problem);
    this.#house.exchange.desk.members.setNetting(subaccount, enabled);
    return json({});
  }
}

/** Mounted under `/trade-api/v2`, behind the signature check. */
export function accountRoutes(house: House): Hono {
  const routes = new Hono();
  const endpoints = new AccountEndpoints(house);
  const get = signedGet(routes, house);
  const write = (reply: (body: unknown) => Response, cost = DEFAULT_COST) => async (context: Context) => {
    const body: unknown = await context.req.json().catch(() => null);
    const now = house.clock.now();
    if (house.refusesByFault(true) || !house.limiter.write(cost, 0, now)) return tooManyRequests();
    return reply(body);
  };
  const { betweenShards, betweenSubaccounts } = endpoints;
  const shardTransfers = "/portfolio/intra_exchange_instance_transfers";
  get("/account/limits", () => json(house.limiter.body()));
  get(shardTransfers, () => json({ cursor: "", transfers: betweenShards.bodies }));
  get(`${shardTransfers}/:id`, (context) => {
    const transfer = betweenShards.body(context.req.param("id") ?? "");
    return transfer === null ? refusalReply(refuse("not_found")) : json({ transfer });
  });
  get("/portfolio/subaccounts/balances", () => json(endpoints.balances()));
  get("/portfolio/subaccounts/netting", () => json(endpoints.netting()));
  get("/portfolio/subaccounts/transfers", () => json({ cursor: "", transfers: betweenSubaccounts.bodies }));
  routes.post("/account/api_usage_level/upgrade", write(() => json(house.limiter.body()), UPGRADE_COST));
  routes.post(
    "/portfolio/intra_exchange_instance_transfer",
    write((body) => endpoints.moveBetweenShards(body)),
  );
  routes.post("/portfolio/subaccounts", write(() => endpoints.create()));
  routes.post("/portfolio/subaccounts/transfer", write((body) => endpoints.moveBetweenSubaccounts(body)));
  routes.put("/portfolio/subaccounts/netting", write((body) => endpoints.setNetting(body)));
  return routes;
}
