/**
 * Finds what alerts among everything that reaches and leaves the engine, and among what is looked at once a second. It sees
 * the inputs and the records of a run (runner/pump.ts), decides nothing, and keeps little: what is open, bounded.
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { AuditRecord, HaltRecord, OrderRecord, StateRecord, TradeRecord } from "../../core/record.ts";
import {
  formatCount,
  formatMoney,
  formatPrice,
  type Micros,
  MICROS_PER_SECOND,
  type Money,
  notional,
  ONE_DOLLAR_PRICE,
  price,
} from "../../core/units.ts";
import type { AlertEvent, AlertValues } from "./alert_table.ts";
import { type AccountFigures, DailySummary } from "./daily_summary.ts";
import { lasted, Outages } from "./outages.ts";
import type { MinuteOfDay } from "./quiet_hours.ts";

/** What happened, as a row of the table and what fills it in. */
export type TellFact = <Event extends AlertEvent>(
  event: Event,
  subject: string,
  at: Micros,
  values: AlertValues<Event>,
) => void;

export interface WatchSettings {
  /** Without a connection or data for so long is told. */
  readonly disconnectedSeconds: number;
  /** An order without an answer for so long is told. */
  readonly unknownSeconds: number;
  /** Least at stake in one execution that is told; `null` for none. */
  readonly fillFrom: Money | null;
  /** `null` for no summary. */
  readonly summary: { readonly minute: MinuteOfDay; readonly zone: string } | null;
}

/** What is looked at once a second. */
export interface RunLook {
  readonly at: Micros;
  /** `null` while the account is not known. */
  readonly account: AccountFigures | null;
  readonly feeds: readonly { readonly name: string; readonly heard: boolean; readonly trouble: string | null }[];
  /** Orders are being cancelled and the exchange has not confirmed it; `null` where none are. */
  readonly cancelling: { readonly reason: string } | null;
}

/** Halts that stand, and orders without an answer: more than there can be at once. */
const OPEN_MAX = 1_000;
/** Between an exchange's silence about a cancel and the word that orders may rest. */
const UNCONFIRMED_AFTER = 10 * MICROS_PER_SECOND;

/** By the first word of a halt's name (risk/halt_kinds.ts); the others have words of their own below. */
const HALT_EVENTS = {
  kill: "killed",
  reduce: "reducing",
  daily_loss: "daily_loss",
  drawdown: "drawdown",
  model: "model_broken",
  api_errors: "api_errors",
  clock_offset: "clock_offset",
  standby: "standing_by",
  lease: "lease_lost",
} as const satisfies Readonly<Record<string, AlertEvent>>;

/** Those that something else tells: the end of the run, the fuse's strategy, and what Pump says of its files itself. */
const HALTS_TOLD_ELSEWHERE: ReadonlySet<string> = new Set(["shutdown", "order_group", "journal", "store"]);

/** By the event of an audit record: one line of text each. */
const AUDIT_EVENTS = {
  strategy_failed: "strategy_failed",
  drawdown_recovery: "drawdown_recovery",
  reconciled: "reconciled",
  foreign_fill: "foreign",
  unknown_order: "foreign",
  fills_missing: "fills_missing",
  settlement_differs: "settlement_differs",
  transfer: "transfer",
  index_source: "index_source",
} as const satisfies Readonly<Record<string, AlertEvent>>;

const SWITCHES: Readonly<Record<string, string>> = {
  strategy_started: "started",
  strategy_stopped: "stopped",
  strategy_wound_up: "asked to wind up",
};

const isKey = <Table extends object>(table: Table, name: string): name is Extract<keyof Table, string> =>
  Object.hasOwn(table, name);

export class AlertWatch {
  #settings: WatchSettings;
  readonly #tell: TellFact;
  readonly #halts = new Map<string, Micros>();
  readonly #links: Outages;
  readonly #feeds: Outages;
  readonly #orders: Outages;
  readonly #cancels: Outages;
  #summary: DailySummary | null = null;
  #paused = false;

  constructor(settings: WatchSettings, tell: TellFact) {
    this.#settings = { ...settings, summary: null };
    this.#tell = tell;
    this.#links = new Outages(OPEN_MAX, 0);
    this.#feeds = new Outages(OPEN_MAX, 0);
    this.#orders = new Outages(OPEN_MAX, 0);
    this.#cancels = new Outages(1, UNCONFIRMED_AFTER);
    this.take(settings);
  }

  /** Goes by other settings from now on; what is open stays open. A summary at another time begins to count anew. */
  take(settings: WatchSettings): void {
    const { summary: before } = this.#settings;
    this.#settings = settings;
    const { disconnectedSeconds, unknownSeconds, summary } = settings;
    this.#links.patience = disconnectedSeconds * MICROS_PER_SECOND;
    this.#feeds.patience = disconnectedSeconds * MICROS_PER_SECOND;
    this.#orders.patience = unknownSeconds * MICROS_PER_SECOND;
    if (summary?.minute === before?.minute && summary?.zone === before?.zone) return;
    this.#summary = summary === null ? null : new DailySummary(summary.minute, summary.zone);
  }

  /** Halts of an earlier run that stand: told again at the start, because a person has to lift them. */
  resume(halts: readonly HaltRecord[], at: Micros): void {
    for (const halt of halts) if (halt.active) this.#halt({ ...halt, at });
  }

  /** Before the engine sees it. Called for every frame: most types end here. */
  input(input: Input): void {
    switch (input.type) {
      case "link":
        if (!input.up) return this.#links.begin(input.link, input.at, input.detail);
        return this.#over(this.#links, input.link, input.at, (since) => {
          this.#tell("connected", `link ${input.link}`, input.at, {
            link: input.link,
            lasted: lasted(since, input.at),
          });
        });
      case "exchange_status":
        this.#paused = input.others !== "none" || input.shards.some(({ pause }) => pause !== "none");
        return;
      default:
        return;
    }
  }

  record(record: StateRecord): void {
    switch (record.kind) {
      case "halt":
        return this.#halt(record);
      case "audit":
        return this.#audit(record);
      case "order":
        return this.#order(record);
      case "trade":
        return this.#trade(record);
      default:
        return;
    }
  }

  /** The journal or the store (with the audit trail) cannot be written, or can again: told even where the engine cannot be. */
  trouble(part: "journal" | "store", detail: string | null, at: Micros): void {
    if (detail === null) this.#tell("writes_again", `writing ${part}`, at, { part });
    else this.#tell("cannot_write", `writing ${part}`, at, { part, detail });
  }

  /** Once a second: what has lasted too long, and the time of day. */
  look({ at, account, feeds, cancelling }: RunLook): void {
    for (const { name, heard, trouble } of feeds) {
      if (!heard) this.#feeds.begin(name, at, trouble ?? "nothing is heard");
      else {
        this.#over(this.#feeds, name, at, (since) => {
          this.#tell("feed_back", `feed ${name}`, at, { feed: name, lasted: lasted(since, at) });
        });
      }
    }
    if (cancelling !== null) this.#cancels.begin("cancels", at, cancelling.reason);
    else this.#over(this.#cancels, "cancels", at, () => this.#tell("cancels_confirmed", "cancels", at, {}));
    this.#tellOutages(at);
    if (account === null || this.#summary === null) return;
    const summary = this.#summary.look(account);
    if (summary !== null) this.#tell("daily_summary", "daily summary", at, summary);
  }

  #tellOutages(at: Micros): void {
    for (const { name, since, detail } of this.#links.due(at)) {
      this.#tell("disconnected", `link ${name}`, at, { link: name, seconds: seconds(since, at), detail });
    }
    for (const { name, since, detail } of this.#feeds.due(at)) {
      this.#tell("feed_out", `feed ${name}`, at, { feed: name, seconds: seconds(since, at), detail });
    }
    for (const { name, since } of this.#orders.due(at)) {
      this.#tell("order_unknown", "orders without an answer", at, { orders: name, seconds: seconds(since, at) });
    }
    for (const { since, detail } of this.#cancels.due(at)) {
      this.#tell("cancels_unconfirmed", "cancels", at, { seconds: seconds(since, at), reason: detail });
    }
  }

  /** Ends an outage; said only where its beginning was. */
  #over(outages: Outages, name: string, at: Micros, say: (since: Micros) => void): void {
    const ended = outages.end(name);
    if (ended?.told === true && ended.since <= at) say(ended.since);
  }

  #halt({ name, active, at, reason }: HaltRecord): void {
    const [word] = name.split(" ", 1);
    if (HALTS_TOLD_ELSEWHERE.has(word)) return;
    const subject = `halt ${name}`;
    if (!active) {
      const since = this.#halts.get(name) ?? at;
      this.#halts.delete(name);
      if (word === "daily_loss") this.#summary?.recount();
      return this.#tell("halt_over", subject, at, { halt: inWords(name), lasted: lasted(since, at), reason });
    }
    if (this.#halts.size < OPEN_MAX) this.#halts.set(name, at);
    const about = name.slice(word.length + 1);
    if (word === "feed_stale") return this.#tell("index_stale", subject, at, { subject: about, reason });
    if (word === "consecutive_losses") return this.#tell("losing_streak", subject, at, { subject: about, reason });
    if (isKey(HALT_EVENTS, word)) return this.#tell(HALT_EVENTS[word], subject, at, { reason });
    this.#tell("halted", subject, at, { halt: inWords(name), reason });
  }

  #audit({ event, text, ticker, at }: AuditRecord): void {
    const detail = ticker === null || text.includes(ticker) ? text : `${ticker}: ${text}`;
    if (event === "exchange_status") {
      return this.#tell(this.#paused ? "exchange_paused" : "exchange_open", "exchange", at, { detail });
    }
    if (Object.hasOwn(SWITCHES, event)) {
      return this.#tell("strategy_switched", `strategy ${wordOf(text)}`, at, { done: SWITCHES[event], detail });
    }
    if (!isKey(AUDIT_EVENTS, event)) return;
    const told = AUDIT_EVENTS[event];
    const subject = event === "strategy_failed" || event === "index_source" ? `${told} ${wordOf(text)}` : told;
    this.#tell(told, subject, at, { detail });
  }

  #order({ clientOrderId, ticker, phase, updatedAt }: OrderRecord): void {
    const name = `${clientOrderId} in ${ticker}`;
    if (phase === "unknown") return this.#orders.begin(name, updatedAt, "");
    this.#over(this.#orders, name, updatedAt, () => {
      this.#tell("order_known", "orders without an answer", updatedAt, { orders: name });
    });
  }

  #trade({ side, price: at, count, ticker, strategy, at: when }: TradeRecord): void {
    const { fillFrom } = this.#settings;
    if (fillFrom === null) return;
    const paid = side === "bid" ? at : price(ONE_DOLLAR_PRICE - at);
    const cost = notional(paid, count);
    if (cost < fillFrom) return;
    this.#tell("fill", `fill ${ticker}`, when, {
      deed: side === "bid" ? "Bought YES" : "Sold YES",
      count: formatCount(count),
      ticker,
      price: formatPrice(at),
      cost: formatMoney(cost),
      strategy,
    });
  }
}

const seconds = (since: Micros, at: Micros): string => String(Math.round((at - since) / MICROS_PER_SECOND));
const inWords = (name: string): string => name.replaceAll("_", " ");
/** The first word of a text, which names its strategy or index. */
const wordOf = (text: string): string => text.split(/[\s.,:]/, 1)[0];
