/**
 * What all simulated spot exchanges have in common: their markets run while somebody listens, what happens is told after
 * the exchange's own latency, and connections hear of what they subscribed to. How it is said is each exchange's own.
 * @module
 */

import type { Hono } from "hono";
import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../../../core/units.ts";
import type { FeedConnection, FeedSimulator, FeedSocket, FeedWorld } from "../feed_simulator.ts";
import {
  type Bent,
  type Book,
  type MarketCharacter,
  SPOT_ASSETS,
  type SpotAsset,
  SpotMarket,
  type Trade,
} from "./spot_market.ts";

export interface SpotCharacter {
  readonly name: string;
  /** From what happens to the client's hearing of it. */
  readonly latencyMs: number;
  readonly markets: Readonly<Record<SpotAsset, MarketCharacter>>;
}

/** A step of a market as a connection hears it: its book before and after. */
export interface BookStep {
  readonly asset: SpotAsset;
  readonly market: SpotMarket;
  readonly before: Book;
  readonly after: Book;
}

export interface TradeStep {
  readonly asset: SpotAsset;
  readonly market: SpotMarket;
  readonly trade: Trade;
  /** As it stands around the trade. */
  readonly book: Book;
}

/** One connection, in the words of its exchange. */
export interface SpotSession {
  receive(text: string): void;
  /** Whether anything of this asset is subscribed to. */
  hears(asset: SpotAsset): boolean;
  book(step: BookStep): void;
  trade(step: TradeStep): void;
  /** Called every second of simulated time, `count` seconds after the start of the connection. */
  second(at: Micros, count: number): void;
}

/** Figures of the last 24 hours, as tickers have them. */
export interface DayFigures {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly vwap: number;
  /** Coins. */
  readonly volume: number;
}

/** A market while it runs: what was told last. */
interface Running {
  book: Book;
  last: Trade;
}

/** Share of a step by which the telling of it may be late. */
const LATE_SHARE = 0.4;
/** Under the trouble `gap`, one message in this many is lost. */
const LOST_EVERY = 50;
const DAY_SECONDS = 86_400;
/** Mean of a trade's size over its typical size: that of the log-normal that sizes are drawn from. */
const TRADE_SIZE_MEAN = Math.exp(1.3 * 1.3 / 2);

type MakeSession = (exchange: SpotExchange, socket: FeedSocket) => SpotSession;

/** An exchange of this character whose sockets and REST paths speak as it does. */
export function spotSimulator(
  character: SpotCharacter,
  world: FeedWorld,
  make: MakeSession,
  routes: (exchange: SpotExchange) => Hono,
): FeedSimulator {
  const exchange = new SpotExchange(character, world);
  return {
    name: character.name,
    connect: (socket) => exchange.connect(socket, make),
    routes: routes(exchange),
  };
}

export class SpotExchange {
  readonly character: SpotCharacter;
  readonly world: FeedWorld;
  readonly #markets: Readonly<Record<SpotAsset, SpotMarket>>;
  readonly #running = new Map<SpotAsset, Running>();
  readonly #sessions = new Set<SpotSession>();
  readonly #latency: number;

  constructor(character: SpotCharacter, world: FeedWorld) {
    this.character = character;
    this.world = world;
    this.#latency = character.latencyMs * MICROS_PER_MILLISECOND;
    const market = (asset: SpotAsset) => {
      const usual = character.markets[asset];
      const { stepsPerSecond, tradesPerSecond } = usual;
      const paced = {
        ...usual,
        stepsPerSecond: stepsPerSecond * world.rate,
        tradesPerSecond: tradesPerSecond * world.rate,
      };
      const name = `${character.name}/${asset}`;
      const { index, seed } = world;
      return new SpotMarket({ character: paced, index, seed, name, start: world.now(), lead: this.#latency });
    };
    this.#markets = { BTC: market("BTC"), ETH: market("ETH") };
  }

  market(asset: SpotAsset): SpotMarket {
    return this.#markets[asset];
  }

  /** A new connection; `make` gives it its session. */
  connect(socket: FeedSocket, make: MakeSession): FeedConnection {
    const session = make(this, socket);
    this.#sessions.add(session);
    this.#everySecond(session, this.world.now(), 1);
    this.#wakeHeard();
    return {
      receive: (text) => {
        session.receive(text);
        this.#wakeHeard();
      },
      close: () => void this.#sessions.delete(session),
    };
  }

  /** The book as clients know it now. */
  book(asset: SpotAsset): Book {
    const running = this.#running.get(asset);
    return running === undefined ? this.#markets[asset].book(this.#toldStep(asset), this.bent()) : running.book;
  }

  /** The newest trade that clients know now. */
  lastTrade(asset: SpotAsset): Trade {
    return this.#running.get(asset)?.last ?? this.recentTrades(asset, 1)[0];
  }

  /** The newest trades that clients know now, newest first; at least one. */
  recentTrades(asset: SpotAsset, count: number): readonly Trade[] {
    const market = this.#markets[asset];
    const until = Math.min(this.world.now() - this.#latency, market.timeOf(this.#toldStep(asset) + 1) - 1);
    return market.recentTrades(until, count, this.bent());
  }

  day(asset: SpotAsset): DayFigures {
    const market = this.#markets[asset];
    const { tick, tradesPerSecond, tradeSize } = market.character;
    const last = this.lastTrade(asset).price * tick;
    const drift = 0.02 * (market.chanceOf(Math.floor(this.world.now() / MICROS_PER_SECOND / DAY_SECONDS)) - 0.5);
    const open = last / (1 + drift);
    return {
      open,
      high: Math.max(last, open) * 1.004,
      low: Math.min(last, open) * 0.996,
      vwap: (last + open) / 2,
      volume: tradesPerSecond * DAY_SECONDS * tradeSize * TRADE_SIZE_MEAN,
    };
  }

  bent(): Bent {
    const { name } = this.character;
    return { outlier: this.world.struck(name, "outlier"), crossed: this.world.struck(name, "crossed") };
  }

  /** When clients hear of a step. Later steps are never heard of earlier. */
  #toldAt(market: SpotMarket, step: number): Micros {
    const length = market.timeOf(step + 1) - market.timeOf(step);
    return micros(Math.floor(market.timeOf(step) + this.#latency + LATE_SHARE * length * market.chanceOf(step)));
  }

  #toldStep(asset: SpotAsset): number {
    const market = this.#markets[asset];
    const newest = market.stepAt(this.world.now() - this.#latency);
    return this.#toldAt(market, newest) <= this.world.now() ? newest : newest - 1;
  }

  #isHeard(asset: SpotAsset): boolean {
    for (const session of this.#sessions) if (session.hears(asset)) return true;
    return false;
  }

  #everySecond(session: SpotSession, since: Micros, count: number): void {
    const at = micros(since + count * MICROS_PER_SECOND);
    this.world.schedule(at, () => {
      if (!this.#sessions.has(session)) return;
      session.second(at, count);
      this.#everySecond(session, since, count + 1);
    });
  }

  /** Has those markets run that somebody listens to. */
  #wakeHeard(): void {
    for (const asset of SPOT_ASSETS) {
      if (this.#running.has(asset) || !this.#isHeard(asset)) continue;
      const market = this.#markets[asset];
      const step = this.#toldStep(asset);
      const running = { book: market.book(step, this.bent()), last: this.lastTrade(asset) };
      this.#running.set(asset, running);
      this.#trade(asset, running, step, this.world.now());
      this.#next(asset, running, step + 1);
    }
  }

  /** Schedules the telling of a step; the market rests once nobody hears it. */
  #next(asset: SpotAsset, running: Running, step: number): void {
    const market = this.#markets[asset];
    this.world.schedule(this.#toldAt(market, step), () => {
      if (!this.#isHeard(asset)) return void this.#running.delete(asset);
      const before = running.book;
      running.book = market.book(step, this.bent());
      const told = { asset, market, before, after: running.book };
      if (!this.#isLost(market.chanceOf(step))) this.#tell(asset, (session) => session.book(told));
      this.#trade(asset, running, step, null);
      this.#next(asset, running, step + 1);
    });
  }

  /** Schedules the telling of the trades between a step and the next, but not of those told by `heardUntil`. */
  #trade(asset: SpotAsset, running: Running, step: number, heardUntil: Micros | null): void {
    const market = this.#markets[asset];
    for (const trade of market.trades(step, this.bent())) {
      const due = micros(Math.max(trade.at + this.#latency, this.#toldAt(market, step)));
      if (heardUntil !== null && due <= heardUntil) continue;
      this.world.schedule(due, () => {
        if (this.#running.get(asset) !== running) return;
        running.last = trade;
        if (this.#isLost(market.chanceOf(-1 - trade.number))) return;
        const told = { asset, market, trade, book: running.book };
        this.#tell(asset, (session) => session.trade(told));
      });
    }
  }

  #isLost(chance: number): boolean {
    return chance < 1 / LOST_EVERY && this.world.struck(this.character.name, "gap");
  }

  #tell(asset: SpotAsset, tell: (session: SpotSession) => void): void {
    for (const session of [...this.#sessions]) {
      if (session.hears(asset)) tell(session);
    }
  }
}
