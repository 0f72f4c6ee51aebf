/**
 * What the checks share: the question, and what earlier ones found that later ones need.
 * @module
 */

import type { Config } from "../../config/schema.ts";
import type { Secret } from "../../config/secret.ts";
import type { FeeSchedule, Market } from "../../core/market.ts";
import type { JournalEntry } from "../../engine/journal.ts";
import type { BalanceBody } from "../../venues/kalshi/bodies_account.ts";
import type { ExchangeStatus, KalshiRest } from "../../venues/kalshi/rest.ts";
import type { Signer } from "../../venues/kalshi/signer.ts";
import type { DateSamples } from "./date_samples.ts";
import type { FeedTrial } from "./feed_trial.ts";
import { type Machine, THIS_MACHINE } from "./machine.ts";
import type { ProbeSocket } from "./probe_socket.ts";
import type { ProbedVenue } from "./probed_venue.ts";

/** What is asked for. */
export interface DoctorRequest {
  /** `--config`. */
  readonly configFile: string | undefined;
  /** `--state`. */
  readonly state: string | undefined;
  /** `--venue`; the configuration decides where it is `undefined`. */
  readonly venue: string | undefined;
  /** `--venue-ws`. */
  readonly venueWs: string | undefined;
  /** `--order`: an order may be created and cancelled, where that costs no real money. */
  readonly order: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** This machine's clock, milliseconds; for tests. */
  readonly wallMs?: () => number;
  /** How long each answer of the venue may take; for tests. */
  readonly answerMs?: number;
  /** How long the feeds may take together; for tests. */
  readonly feedMs?: number;
  /** How long all checks may take together; for tests. */
  readonly totalMs?: number;
  /** Answers in place of this machine's own; for tests. */
  readonly machine?: Partial<Machine>;
}

/** The newest run of the state directory. */
export interface LastRun {
  readonly run: string;
  /** Its last line; `null` where no line of it reached the disk. */
  readonly last: JournalEntry | null;
}

/** Where the private key lies. */
export interface KeyFile {
  readonly path: string;
  /** Somebody else guards it: a credential of systemd. */
  readonly trusted: boolean;
}

/** Findings by name. A check that reads one names in `needs` the check that makes it. */
export interface Findings {
  readonly config: Config;
  readonly stateDirectory: string;
  readonly lastRun: LastRun | null;
  readonly venue: ProbedVenue;
  /** Reads what needs no key. */
  readonly publicRest: KalshiRest;
  readonly dates: DateSamples;
  readonly exchangeStatus: ExchangeStatus;
  /** What the configured series charge, as far as they are known. */
  readonly fees: ReadonlyMap<string, FeeSchedule>;
  /** Markets of the configured series that are open, the one that closes last first. */
  readonly openMarkets: readonly Market[];
  /** Shards that the configured series trade on. */
  readonly shards: readonly number[];
  readonly keyId: string;
  readonly keyFile: KeyFile;
  readonly keyText: Secret;
  readonly signer: Signer;
  /** Signs its requests. */
  readonly rest: KalshiRest;
  readonly balance: BalanceBody;
  readonly socket: ProbeSocket;
  readonly feeds: FeedTrial;
}

export class DoctorContext {
  readonly request: DoctorRequest;
  readonly #findings: Partial<Findings> = {};
  readonly #endings: (() => unknown)[] = [];

  constructor(request: DoctorRequest) {
    this.request = request;
  }

  /** Remembers what later checks need. */
  note<Name extends keyof Findings>(name: Name, value: Findings[Name]): void {
    (this.#findings as Record<Name, Findings[Name]>)[name] = value;
  }

  /**
   * What an earlier check has noted.
   * @throws Error where none has, which is a mistake in `needs`
   */
  found<Name extends keyof Findings>(name: Name): Findings[Name] {
    const value = this.#findings[name];
    if (value === undefined) throw new Error(`Nothing has found ${name} yet`);
    return value as Findings[Name];
  }

  /** What an earlier check has noted, `undefined` where none has. */
  foundOrNone<Name extends keyof Findings>(name: Name): Findings[Name] | undefined {
    return this.#findings[name];
  }

  get machine(): Machine {
    return { ...THIS_MACHINE, ...this.request.machine };
  }

  /** Microseconds that this machine's clock shows. */
  wallNow(): number {
    return (this.request.wallMs ?? Date.now)() * 1_000;
  }

  /** Runs when the examination is over, the last one first. */
  atEnd(ending: () => unknown): void {
    this.#endings.push(ending);
  }

  /** Closes whatever checks have opened. Never throws. */
  async end(): Promise<void> {
    for (const ending of this.#endings.splice(0).reverse()) {
      try {
        await ending();
      } catch {
        // What cannot be closed goes with the process.
      }
    }
  }
}
