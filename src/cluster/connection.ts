/**
 * The way to the NATS servers that several kbots share work through. The library is loaded here alone, when somebody
 * connects: a bot without `[cluster]` pays nothing for it.
 *
 * | what is wrong | told as |
 * | --- | --- |
 * | a server refuses the login, or its certificate, or has no JetStream | `refused`: somebody has to mend it |
 * | no server answers, the connection breaks off, too few servers for a majority | `outage`: it is tried again |
 *
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { Authenticator, ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import { type ClusterConfig, serverParts } from "../config/cluster_schema.ts";
import { redact } from "../config/redact.ts";
import { messageOf } from "../store/message.ts";
import type { ClusterAccess, Login } from "./access.ts";

/** One server may take so long to answer before the next is asked. */
const CONNECT_MS = 2_000;
/** A server that hangs without closing is noticed after two pings without an answer. */
const PING_MS = 1_000;
const PINGS_OUT_MAX = 2;
const RECONNECT_WAIT_MS = 200;
const RECONNECT_JITTER_MS = 200;

export type ClusterFailure = {
  readonly ok: false;
  /** `refused`: settings or servers have to be mended. `outage`: it may work later as it is. */
  readonly kind: "refused" | "outage";
  /** For people, with what to do. */
  readonly reason: string;
};

export type ClusterResult = { readonly ok: true; readonly connection: ClusterConnection } | ClusterFailure;

export interface ClusterHealth {
  readonly connected: boolean;
  /** `host:port` of the server that is talked to; of the last one while disconnected. */
  readonly server: string;
  /** How often the connection was lost. */
  readonly losses: number;
}

/** A connection that heals by itself, until it is closed. */
export class ClusterConnection {
  /** For whoever publishes, subscribes, or opens JetStream on it. */
  readonly nats: NatsConnection;
  readonly #listeners = new Set<(health: ClusterHealth) => void>();
  #connected = true;
  #losses = 0;
  #isClosing = false;

  constructor(nats: NatsConnection) {
    this.nats = nats;
    void this.#follow();
  }

  get health(): ClusterHealth {
    return { connected: this.#connected, server: this.nats.getServer(), losses: this.#losses };
  }

  /** Calls the listener whenever the connection is lost or back; returns what ends that. */
  onChange(listener: (health: ClusterHealth) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets go of it at once; what is under way fails. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.nats.close();
  }

  async #follow(): Promise<void> {
    for await (const status of this.nats.status()) {
      switch (status.type) {
        case "disconnect":
          // Told for each server that could not be had either: the connection was lost once.
          if (this.#connected) this.#losses++;
          this.#tell(false);
          break;
        case "reconnect":
          this.#tell(true);
          break;
        case "error":
          logger.warn("{text}", { text: `NATS says: ${redact(messageOf(status.error))}` });
          break;
        case "slowConsumer":
          logger.warn("{text}", { text: `NATS delivers faster than ${status.sub.getSubject()} is read` });
          break;
      }
    }
    this.#tell(false);
  }

  #tell(connected: boolean): void {
    if (connected === this.#connected) return;
    this.#connected = connected;
    const { health } = this;
    if (this.#isClosing) return;
    if (connected) logger.info("{text}", { text: `NATS is connected again, at ${health.server}` });
    else logger.warn("{text}", { text: `NATS is disconnected from ${health.server}` });
    for (const listener of this.#listeners) listener(health);
  }
}

/**
 * Connects once; to whichever of the servers answers.
 * @param purpose what the connection is called at the servers, behind this bot's name: `lease`, `feeds`, `sweep`
 */
export async function connectCluster(
  config: ClusterConfig,
  access: ClusterAccess,
  purpose: string,
): Promise<ClusterResult> {
  const library = await import("@nats-io/nats-core");
  const { NatsConnectionImpl, setTransportFactory } = await import("@nats-io/nats-core/internal");
  const { NatsTransport } = await import("./nats_transport.ts");
  setTransportFactory({ factory: () => new NatsTransport() });
  const options: ConnectionOptions = {
    servers: config.servers.map(hostAndPort),
    name: `kbot ${config.name ?? "unnamed"} ${purpose}`,
    timeout: CONNECT_MS,
    pingInterval: PING_MS,
    maxPingOut: PINGS_OUT_MAX,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    reconnectJitterTLS: RECONNECT_JITTER_MS,
    // A login that is refused by one of many servers, or for a moment, must not end a connection that worked.
    ignoreAuthErrorAbort: true,
    authenticator: authenticatorOf(access.login, library),
    tls: tlsOf(config, access),
  };
  try {
    return { ok: true, connection: new ClusterConnection(await NatsConnectionImpl.connect(options)) };
  } catch (error) {
    return describeFailure(error, config);
  }
}

type Library = typeof import("@nats-io/nats-core");

function hostAndPort(server: string): string {
  const parts = serverParts(server);
  // The schema lets no other through.
  if (parts === null) throw new Error(`No address of a NATS server: ${server}`);
  return `${parts.host}:${parts.port}`;
}

function authenticatorOf(login: Login, library: Library): Authenticator | undefined {
  const bytes = (text: string) => new TextEncoder().encode(text);
  switch (login.kind) {
    case "none":
      return undefined;
    case "password":
      return library.usernamePasswordAuthenticator(login.user, () => login.password.reveal());
    case "nkey":
      return library.nkeyAuthenticator(() => bytes(login.seed.reveal()));
    case "creds":
      return library.credsAuthenticator(() => bytes(login.creds.reveal()));
  }
}

/** With `tls://` nothing is said without it; with `nats://` none is used, whatever a server offers. */
function tlsOf(config: ClusterConfig, { ca }: ClusterAccess): ConnectionOptions["tls"] {
  if (!config.servers.some((server) => serverParts(server)?.tls)) return null;
  return ca === null ? {} : { ca };
}

const CERTIFICATE = /certificate|self.signed|issuer|UnknownIssuer|CERT_|ERR_TLS|NotValidForName|hostname/i;
const LOGIN = /authoriz|authenticat|user .*(expired|revoked)|nkeys? not supported|permissions violation/i;
const NO_TLS = /does not support 'tls'|tls is not available/i;
const TLS_WANTED = /secure connection|tls required|tls_required/i;

/** Of a server that has JetStream: nobody leads it, or what is asked for lies on servers that are not there. */
const JETSTREAM_SILENT =
  /jetstream (is )?not enabled|no (suitable )?(peers|responders)|insufficient resources|temporarily unavailable/i;

/**
 * What could not be done, in words; also for errors that JetStream answers with.
 * @param noJetStream the server that was talked to has none: else that nobody answers for it is an outage
 */
export function describeFailure(error: unknown, config: ClusterConfig, noJetStream = false): ClusterFailure {
  const said = redact(causesOf(error));
  const where = `NATS at ${config.servers.join(", ")}`;
  const refused = (reason: string): ClusterFailure => ({ ok: false, kind: "refused", reason });
  if (NO_TLS.test(said)) {
    return refused(`${where} speaks no TLS (${said}): set it up there, or write nats:// addresses`);
  }
  if (TLS_WANTED.test(said)) {
    return refused(`${where} asks for TLS: write tls:// addresses in cluster.servers`);
  }
  if (LOGIN.test(said)) {
    return refused(`${where} refuses the login (${said}): see cluster.user, cluster.nkey_file and cluster.creds_file`);
  }
  if (CERTIFICATE.test(said)) {
    return refused(
      `${where} has a certificate that is not trusted (${said}): see cluster.ca_file`,
    );
  }
  if (noJetStream) return refused(`${where} has no JetStream (${said}): start nats-server with jetstream enabled`);
  if (/replicas > 1 not supported/i.test(said)) {
    return refused(`${where} is no cluster (${said}): set up three servers, or write cluster.replicas = 1`);
  }
  if (JETSTREAM_SILENT.test(said)) {
    return { ok: false, kind: "outage", reason: `${where} has no majority of its servers (${said})` };
  }
  return { ok: false, kind: "outage", reason: `${where} cannot be reached (${said})` };
}

/** The error and what it was caused by, each said once. */
function causesOf(error: unknown): string {
  const said: string[] = [];
  for (let each = error, depth = 0; each !== undefined && each !== null && depth < 4; depth++) {
    const text = messageOf(each);
    if (!said.some((other) => other.includes(text))) said.push(text);
    each = each instanceof Error ? each.cause : undefined;
  }
  return said.join(": ");
}

const logger = getLogger(["kbot", "cluster"]);
