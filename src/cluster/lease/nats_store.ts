/**
 * Keys in a bucket of NATS JetStream: the stream behind it is kept by a majority of the servers, and a write that names the
 * revision that it replaces is refused there where another one came first.
 * @module
 */

import type { KV } from "@nats-io/kv";
import type { ClusterConfig } from "../../config/cluster_schema.ts";
import { redact } from "../../config/redact.ts";
import { within } from "../../ops/within.ts";
import { messageOf } from "../../store/message.ts";
import type { ClusterConnection, ClusterFailure } from "../connection.ts";
import { describeFailure } from "../connection.ts";
import type { LeaseStore, ReadResult, WriteResult } from "./lease_store.ts";

/** Everything that bots with a common account tell one another. */
const BUCKET = "kbot";
/** JetStream's own code for a write whose revision has gone. */
const WRONG_REVISION = 10_071;
/** A state with thousands of orders, and less than what a server takes by default. */
export const VALUE_BYTES_MAX = 900_000;
const OPEN_MS = 5_000;

export class NatsStore implements LeaseStore {
  readonly #kv: KV;
  readonly #timeoutMs: number;

  private constructor(kv: KV, timeoutMs: number) {
    this.#kv = kv;
    this.#timeoutMs = timeoutMs;
  }

  /** Opens the bucket, or makes it where there is none. @param timeoutMs after which an answer counts as lost */
  static async open(
    { nats }: ClusterConnection,
    config: ClusterConfig,
    timeoutMs: number,
  ): Promise<{ readonly ok: true; readonly store: NatsStore } | ClusterFailure> {
    const { jetstream } = await import("@nats-io/jetstream");
    const { Kvm } = await import("@nats-io/kv");
    const options = { history: 1, replicas: config.replicas, storage: "file" as const, maxValueSize: VALUE_BYTES_MAX };
    try {
      const kvm = new Kvm(jetstream(nats, { timeout: OPEN_MS }));
      const { kv, kept } = await answered(OPEN_MS, openOrMake(kvm, options));
      if (kept < config.replicas) return tooFew(kept, config);
      return { ok: true, store: new NatsStore(kv, timeoutMs) };
    } catch (error) {
      return describeFailure(error, config, nats.info?.jetstream !== true);
    }
  }

  async read(key: string): Promise<ReadResult> {
    try {
      const entry = await answered(this.#timeoutMs, this.#kv.get(key));
      if (entry === null || entry.operation !== "PUT") return { kind: "none" };
      return { kind: "found", stored: { revision: entry.revision, text: entry.string() } };
    } catch (error) {
      return { kind: "unclear", reason: `NATS does not tell ${key}: ${redact(messageOf(error))}` };
    }
  }

  async write(key: string, text: string, revision: number): Promise<WriteResult> {
    const timeout = this.#timeoutMs;
    try {
      const written = revision === 0 ? this.#kv.create(key, text) : this.#kv.update(key, text, revision, timeout);
      return { kind: "written", revision: await answered(timeout, written) };
    } catch (error) {
      if (isWrongRevision(error)) return { kind: "conflict" };
      return { kind: "unclear", reason: `NATS does not confirm ${key}: ${redact(messageOf(error))}` };
    }
  }
}

type Buckets = InstanceType<typeof import("@nats-io/kv").Kvm>;

interface Opened {
  readonly kv: KV;
  /** On so many servers. */
  readonly kept: number;
}

async function openOrMake(kvm: Buckets, options: { readonly replicas: number }): Promise<Opened> {
  const kv = await kvm.open(BUCKET);
  try {
    return { kv, kept: (await kv.status()).replicas };
  } catch (error) {
    if (!/stream not found/i.test(messageOf(error))) throw error;
    return { kv: await kvm.create(BUCKET, options), kept: options.replicas };
  }
}

/** It was made when fewer were wanted: with the server that has it, the lease and every halt in it would be gone. */
const tooFew = (kept: number, { replicas, servers }: ClusterConfig): ClusterFailure => ({
  ok: false,
  kind: "refused",
  reason: `NATS at ${servers.join(", ")} keeps bucket ${BUCKET} ${kept} times, not ${replicas}: ` +
    `nats stream edit KV_${BUCKET} --replicas ${replicas}, or write cluster.replicas = ${kept}`,
});

const isWrongRevision = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === WRONG_REVISION ||
  /wrong last sequence/.test(messageOf(error));

async function answered<T extends object | number | null>(ms: number, task: Promise<T>): Promise<T> {
  const answer = await within(ms, task);
  if (answer === undefined) throw new Error(`no answer within ${ms} ms`);
  return answer;
}
