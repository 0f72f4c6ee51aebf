/**
 * Compares a recorded index with the settlements that the exchange published: would its own 60-second average have
 * settled the market alike?
 * @module
 */

import type { IndexInput } from "../core/input.ts";
import { outcome, SETTLEMENT_SECONDS, settlementNumber, SettlementWindow } from "../core/settlement.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import type { RecordedSettlement } from "./recording/recording.ts";

/** How far a recorded average lies from the strike, and whether it settles its market as the exchange did. */
export interface SettlementMargin {
  readonly ticker: string;
  readonly average: number;
  readonly strike: number;
  /** Distance of the average from the strike, dollars. */
  readonly margin_usd: number;
  readonly agrees: boolean;
  /** The same by convention A, the minute a second earlier; `null` where that is not whole. */
  readonly agreesByA: boolean | null;
}

export interface DifferingSettlement extends Omit<SettlementMargin, "agrees" | "agreesByA"> {
  /** As the exchange has it. */
  readonly result: "yes" | "no";
}

export interface IndexSettlementFigures {
  readonly checked: number;
  readonly agree: number;
  /** By convention A, of those whose minute is whole by that, too. */
  readonly agreeByA: number;
  readonly differing: readonly DifferingSettlement[];
  /** Of every market that was checked. */
  readonly margins: readonly SettlementMargin[];
  /** Recorded average less the exchange's settlement number, over all checked: the basis of this index. */
  readonly basisMean: number | null;
  /** Standard deviation around it, `null` below two settlement numbers. */
  readonly basisSd: number | null;
}

const DIGITS = 2;
const toCents = (dollars: number): number => Math.round(dollars * 100) / 100;

/** Fed with index values in order of time; keeps only windows that may still get one. */
export class SettlementCheck {
  readonly #waiting: RecordedSettlement[];
  readonly #open: { readonly settlement: RecordedSettlement; readonly window: SettlementWindow }[] = [];
  readonly #differing: DifferingSettlement[] = [];
  readonly #margins: SettlementMargin[] = [];
  #checked = 0;
  #agree = 0;
  readonly #bases: number[] = [];

  constructor(settlements: Iterable<RecordedSettlement>) {
    this.#waiting = [...settlements].filter((each) => each.floorStrike !== null && each.result !== null)
      .sort((a, b) => b.closeTime - a.closeTime);
  }

  observe(input: IndexInput): void {
    const { sourceTime, value, live } = input;
    if (live === true) return;
    this.#openUpTo(sourceTime);
    const second = Math.floor(sourceTime / MICROS_PER_SECOND);
    for (let k = this.#open.length - 1; k >= 0; k--) {
      const { settlement, window } = this.#open[k];
      if (sourceTime <= settlement.closeTime) window.observe(second, value);
      else {
        this.#judge(settlement, window);
        this.#open.splice(k, 1);
      }
    }
  }

  finish(): IndexSettlementFigures {
    for (const { settlement, window } of this.#open) this.#judge(settlement, window);
    this.#open.length = 0;
    return {
      checked: this.#checked,
      agree: this.#agree,
      agreeByA: this.#margins.filter(({ agreesByA }) => agreesByA === true).length,
      differing: this.#differing,
      margins: this.#margins,
      ...basisOf(this.#bases),
    };
  }

  #openUpTo(time: Micros): void {
    const reach = time + SETTLEMENT_SECONDS * MICROS_PER_SECOND;
    while (this.#waiting.length > 0 && this.#waiting[this.#waiting.length - 1].closeTime <= reach) {
      const settlement = this.#waiting.pop();
      if (settlement !== undefined && settlement.closeTime >= time) {
        this.#open.push({ settlement, window: new SettlementWindow(settlement.closeTime) });
      }
    }
  }

  /** Only a whole minute is compared. */
  #judge(settlement: RecordedSettlement, window: SettlementWindow): void {
    const { mean, count } = window.average("B");
    const { ticker, strikeType, floorStrike, capStrike, result, expirationValue } = settlement;
    if (mean === null || count !== SETTLEMENT_SECONDS || floorStrike === null || result === null) return;
    const average = settlementNumber(mean, DIGITS);
    this.#checked++;
    if (expirationValue !== null) this.#bases.push(average - expirationValue);
    const agrees = outcome(strikeType, average, floorStrike, capStrike) === result;
    const distance = { ticker, average, strike: floorStrike, margin_usd: toCents(Math.abs(average - floorStrike)) };
    const early = window.average("A");
    const byA = early.mean === null || early.count !== SETTLEMENT_SECONDS
      ? null
      : outcome(strikeType, settlementNumber(early.mean, DIGITS), floorStrike, capStrike);
    this.#margins.push({ ...distance, agrees, agreesByA: byA === null ? null : byA === result });
    if (agrees) this.#agree++;
    else this.#differing.push({ ...distance, result });
  }
}

function basisOf(bases: readonly number[]): Pick<IndexSettlementFigures, "basisMean" | "basisSd"> {
  const count = bases.length;
  if (count === 0) return { basisMean: null, basisSd: null };
  const mean = bases.reduce((sum, each) => sum + each, 0) / count;
  const squares = bases.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return { basisMean: mean, basisSd: count > 1 ? Math.sqrt(squares / (count - 1)) : null };
}
