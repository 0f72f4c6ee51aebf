/**
 * An exchange that plays a recording: its own matching, accounts and protocol, on recorded markets.
 * @module
 */

import { micros, MICROS_PER_SECOND } from "../../../core/units.ts";
import type { Account } from "../account.ts";
import { type CoreSettings, ExchangeCore } from "../exchange_core.ts";
import { CRYPTO_SHARD, type Series } from "../series.ts";
import type { RecordedIndex } from "./recorded_index.ts";
import type { TapeMoment } from "./recorded_moments.ts";
import { type TapeStart, TapeWorld } from "./tape_world.ts";

/** The exchange is there so long before its first market, so that whoever trades there knows his account by then. */
const LEAD = 5 * MICROS_PER_SECOND;

export class TapeExchange extends ExchangeCore {
  readonly index: RecordedIndex;
  readonly series: readonly Series[];
  protected readonly others: readonly Account[];
  readonly #world: TapeWorld;

  /** Begins a little before the recording. */
  constructor(settings: Omit<CoreSettings, "startAt">, start: TapeStart) {
    const startAt = micros(start.moment.at - LEAD);
    super({ ...settings, startAt }, startAt);
    const publish = this.publishIndex.bind(this);
    this.#world = new TapeWorld({ ...this.marketParts("cycle"), publish }, start);
    this.index = this.#world.index;
    this.series = this.#world.series;
    this.others = this.#world.accounts;
    this.members.primary.deposit(CRYPTO_SHARD, settings.cash);
    this.watchPauses(startAt);
    this.advanceTo(startAt);
  }

  /** Has this happen when its time comes. */
  play(moment: TapeMoment): void {
    this.#world.play(moment);
  }
}
