/**
 * One bot among several that share an account: keeps the connection, wants and renews the lease, hands the state over.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { ClusterConfig } from "../config/cluster_schema.ts";
import type { BudgetDayRecord } from "../core/record.ts";
import { pause } from "../ops/pause.ts";
import type { ClusterAccess } from "./access.ts";
import { type ClusterConnection, type ClusterFailure, connectCluster } from "./connection.ts";
import { type Candidate, Lease } from "./lease/lease.ts";
import type { LeaseRecord } from "./lease/lease_record.ts";
import type { LeaseStore, ReadResult, WriteResult } from "./lease/lease_store.ts";
import { lookEvery, renewEvery, SYSTEM_CLOCK } from "./lease/lease_term.ts";
import { NatsStore } from "./lease/nats_store.ts";
import { type KillNotice, parseDays, parseKill, parseShared, type SharedState } from "./state/shared_state.ts";
import type { ShareKeys } from "./state/state_share.ts";

/** How this bot stands among the others: part of `/api/v1/status`. */
export interface ClusterStatus {
  readonly role: "leader" | "standby";
  /** This bot's name, and the account that is shared. */
  readonly name: string;
  readonly account: string;
  /** Grows with every change of the leader; 0 while none was seen. */
  readonly epoch: number;
  /** Whoever leads as far as is known here; `null` where nobody does. */
  readonly leader: string | null;
  /** NATS answers. */
  readonly connected: boolean;
  /** In words: why it stands by, what is wrong; `null` where it leads and all is well. */
  readonly detail: string | null;
  /** Milliseconds since the others do not know the newest; `null` where they do, or are not told by this one. */
  readonly behindMs: number | null;
}

/** What the leader before left. */
export interface Heritage {
  /** `null` where nobody led before. */
  readonly shared: SharedState | null;
  readonly days: readonly BudgetDayRecord[];
  readonly revisions: { readonly state: number; readonly days: number };
}

export type LeadershipStart = { readonly ok: true; readonly leadership: Leadership } | ClusterFailure;

export interface LeadershipParts {
  readonly config: ClusterConfig;
  readonly access: ClusterAccess;
  readonly candidate: Candidate;
  readonly onTaken: (record: LeaseRecord) => void;
  readonly onLost: (reason: string) => void;
  /** A standby was told to kill; each notice once in this process. */
  readonly onKill: (notice: KillNotice) => void;
}

const RECONNECT_MS = 1_000;
/** A bot that starts first gets the lease within this, where it is free. */
const FIRST_LOOK_MS = 3_000;
const LOOK_MS = 25;
const AGAIN_MS = 100;
/** Times that a kill is still told when this bot ends: another's word may come between, or an answer not in time. */
const LAST_WORDS_MAX = 3;

/** The store while nobody was reached yet. */
class LateStore implements LeaseStore {
  store: LeaseStore | null = null;
  reason = "NATS was not reached yet";

  async read(key: string): Promise<ReadResult> {
    return await this.store?.read(key) ?? { kind: "unclear", reason: this.reason };
  }

  async write(key: string, text: string, revision: number): Promise<WriteResult> {
    return await this.store?.write(key, text, revision) ?? { kind: "unclear", reason: this.reason };
  }
}

export class Leadership {
  readonly lease: Lease;
  readonly #parts: LeadershipParts;
  readonly #store = new LateStore();
  readonly #ending = new AbortController();
  #connection: ClusterConnection | null = null;
  #look: ReturnType<typeof setInterval> | undefined;
  #running: Promise<void> = Promise.resolve();
  #connecting: Promise<void> = Promise.resolve();
  /** What this bot was told to tell the leader, until it was written. */
  #killToTell: KillNotice | null = null;
  /** The newest such order of others that was carried out. */
  #heard: string | null = null;
  /** Whether there is a run that can be killed: before, it is not known which orders were carried out. */
  #listens = false;
  #told: () => void = () => {};

  private constructor(parts: LeadershipParts) {
    const { config, candidate, onLost } = parts;
    this.#parts = parts;
    this.lease = new Lease({
      key: `lease.${config.account}`,
      store: this.#store,
      candidate,
      ttlMs: config.lease_ms,
      clock: SYSTEM_CLOCK,
      onTaken: (record) => {
        logger.info("{text}", { text: `This bot leads ${config.account}, epoch ${record.epoch}` });
        parts.onTaken(record);
      },
      onLost: (reason) => {
        logger.warn("{text}", { text: reason });
        onLost(reason);
      },
    });
  }

  /**
   * Connects and begins to want the lease; resolves once it was looked at for the first time. Refused where somebody has to
   * mend something; where nobody can be reached it goes on trying.
   */
  static async start(parts: LeadershipParts): Promise<LeadershipStart> {
    const leadership = new Leadership(parts);
    const failure = await leadership.#connect();
    if (failure?.kind === "refused") {
      await leadership.stop();
      return failure;
    }
    if (failure !== null) {
      logger.warn("{text}", { text: `${failure.reason}: this bot stands by until it can be` });
      leadership.#connecting = leadership.#keepConnecting();
    }
    const firstLook = new Promise<void>((resolve) => leadership.#told = resolve);
    leadership.#look = setInterval(() => leadership.lease.look(), LOOK_MS);
    leadership.#running = leadership.#run();
    await Promise.race([firstLook, pause(FIRST_LOOK_MS, leadership.#ending.signal)]);
    return { ok: true, leadership };
  }

  /** Gives the lease up and lets go of everything. */
  async stop(): Promise<void> {
    this.#ending.abort();
    clearInterval(this.#look);
    await Promise.all([this.#running, this.#connecting]);
    // Whoever takes it at once must know.
    for (let tries = 0; this.#killToTell !== null && tries < LAST_WORDS_MAX; tries++) await this.#kills();
    await this.lease.release();
    await this.#connection?.close();
  }

  /** The keys that the leader tells its state under. */
  get shareKeys(): ShareKeys {
    const { account } = this.#parts.config;
    return { state: `state.${account}`, days: `days.${account}` };
  }

  get store(): LeaseStore {
    return this.#store;
  }

  /**
   * Takes what the leader before left, in such a way that it cannot write any more. `null` where the lease was lost meanwhile;
   * the reason where it cannot be read.
   */
  async inherit(epoch: number): Promise<Heritage | { readonly reason: string } | null> {
    const keys = this.shareKeys;
    while (this.lease.held?.epoch === epoch && this.lease.forbidden() === null) {
      const read = await this.#store.read(keys.state);
      const days = await this.#store.read(keys.days);
      if (read.kind === "unclear" || days.kind === "unclear") {
        await pause(AGAIN_MS, this.#ending.signal);
        continue;
      }
      const finished = days.kind === "none" ? [] : parseDays(days.stored.text);
      const daysRevision = days.kind === "none" ? 0 : days.stored.revision;
      if (finished === null) return { reason: unreadable(keys.days) };
      if (read.kind === "none") {
        this.#heard = null;
        return { shared: null, days: finished, revisions: { state: 0, days: daysRevision } };
      }
      const shared = parseShared(read.stored.text);
      if (shared === null) return { reason: unreadable(keys.state) };
      if (shared.epoch > epoch) {
        await this.lease.outgrow(shared.epoch);
        return null;
      }
      const claim = JSON.stringify({ ...shared, epoch });
      const claimed = await this.#store.write(keys.state, claim, read.stored.revision);
      // Another write came between, or it is not known: what stands there now is read anew.
      if (claimed.kind !== "written") continue;
      this.#heard = shared.heard;
      return { shared, days: finished, revisions: { state: claimed.revision, days: daysRevision } };
    }
    return null;
  }

  /** There is a run that can be killed: what was told while nobody led is heard before it begins. */
  async listen(): Promise<void> {
    this.#listens = true;
    // What this bot was told itself is told first, and comes back.
    for (let look = 0; look < 2; look++) await this.#kills();
  }

  /** The run is over, or is none that trades. */
  listenNoMore(): void {
    this.#listens = false;
  }

  /** Tells the leader, and whoever leads next, that a person wants all of it killed. It is tried until it is written. */
  tellToKill(via: string): void {
    this.#killToTell = { id: crypto.randomUUID(), name: this.#parts.candidate.name, via };
  }

  /** What of this bot the leader was not told yet, in words; `null` where nothing. */
  get untold(): string | null {
    if (this.#killToTell === null) return null;
    return `The leader was not told yet that it is killed: ${this.lease.trouble ?? "it is on its way"}`;
  }

  /** @param behind what the others do not know yet, of one that leads */
  status(behind: { readonly ms: number; readonly reason: string } | null): ClusterStatus {
    const { lease } = this;
    const { config, candidate } = this.#parts;
    const forbidden = lease.forbidden();
    const held = forbidden === null ? lease.held : null;
    const seen = held ?? lease.seen;
    return {
      role: held === null ? "standby" : "leader",
      name: candidate.name,
      account: config.account,
      epoch: seen?.epoch ?? 0,
      leader: seen === null || seen.released ? null : seen.name,
      connected: this.#connection?.health.connected ?? false,
      detail: this.untold ?? (held === null ? this.whyStandby : lease.trouble ?? behind?.reason ?? null),
      behindMs: behind?.ms ?? null,
    };
  }

  /** Why this bot does not lead, in words. */
  get whyStandby(): string {
    const { obstacle, trouble, seen } = this.lease;
    if (obstacle !== null) return obstacle;
    if (trouble !== null) return `${trouble}. Nobody can be asked who leads`;
    const { account } = this.#parts.config;
    if (seen === null || seen.released) return `Nobody leads ${account} yet`;
    if (seen.holder === this.#parts.candidate.holder) return `This bot led ${account} and is about to again`;
    return `${seen.name} leads ${account}, epoch ${seen.epoch}`;
  }

  // ------------------------------------------------------------------------------------------------------------------

  async #connect(): Promise<ClusterFailure | null> {
    const { config, access } = this.#parts;
    const connected = this.#connection === null ? await connectCluster(config, access, "lease") : null;
    if (connected?.ok === false) {
      this.#store.reason = connected.reason;
      return connected;
    }
    this.#connection ??= connected?.connection ?? null;
    if (this.#connection === null) return null;
    const opened = await NatsStore.open(this.#connection, config, Math.max(300, renewEvery(config.lease_ms)));
    if (opened.ok) {
      this.#store.store = opened.store;
      return null;
    }
    this.#store.reason = opened.reason;
    return opened;
  }

  async #keepConnecting(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await pause(RECONNECT_MS, signal);
      if (signal.aborted || await this.#connect() === null) return;
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    let lookedAt = -Infinity;
    let asking = false;
    while (!signal.aborted) {
      const wait = await this.lease.step();
      this.#told();
      // As often as a standby looks, and not between two tries that follow one another.
      if (!asking && performance.now() - lookedAt >= lookEvery(this.#parts.config.lease_ms)) {
        [asking, lookedAt] = [true, performance.now()];
        // Beside the renewals: an answer that is late must not hold them up.
        void this.#kills().finally(() => asking = false);
      }
      await pause(wait, signal);
    }
  }

  /** Tells what this bot was told, or hears what others were. */
  async #kills(): Promise<void> {
    const key = `kill.${this.#parts.config.account}`;
    if (this.#killToTell === null && !this.#listens) return;
    const read = await this.#store.read(key);
    if (read.kind === "unclear") return;
    const telling = this.#killToTell;
    if (telling !== null) {
      const revision = read.kind === "none" ? 0 : read.stored.revision;
      const written = await this.#store.write(key, JSON.stringify(telling), revision);
      if (written.kind === "written" && this.#killToTell === telling) this.#killToTell = null;
      return;
    }
    const notice = read.kind === "none" ? null : parseKill(read.stored.text);
    if (notice === null || notice.id === this.#heard || !this.#listens) return;
    this.#heard = notice.id;
    this.#parts.onKill(notice);
  }
}

const unreadable = (key: string): string =>
  `What the leader before left under ${key} is not readable: nothing is traded until a person has looked, and has deleted it`;

const logger = getLogger(["kbot", "cluster"]);
