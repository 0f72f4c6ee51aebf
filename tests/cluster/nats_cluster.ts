/**
 * A real cluster of nats-servers on loopback, whose servers a test kills, freezes and starts again.
 *
 * ```ts
 * await using cluster = await NatsCluster.start();
 * await cluster.nodes[0].kill();
 * ```
 * @module
 */

import { join } from "node:path";
import { type ClusterConnection, connectCluster } from "../../src/cluster/connection.ts";
import { cluster as clusterSchema } from "../../src/config/cluster_schema.ts";
import { keepPort, type KeptPort } from "../ports.ts";
import { temporaryDirectory } from "../process.ts";

/** How long servers may take to start, find each other and elect a leader, on a machine that others use, too. */
const READY_MS = 120_000;
const LOOK_MS = 50;
/** One that hangs is asked again. */
const ANSWER_MS = 5_000;

/** Debian installs it where only root looks by default. */
const PATHS = ["/usr/sbin/nats-server", "/usr/local/bin/nats-server", "/usr/bin/nats-server"];

/** Where it is; `null` where it is nowhere. */
export async function findNatsServer(): Promise<string | null> {
  for (const path of PATHS) {
    const info = await Deno.stat(path).catch(() => null);
    if (info?.isFile) return path;
  }
  return null;
}

/** Whether tests that need one can run; they say so where not: {@link NO_NATS_SERVER}. */
export const hasNatsServer = async (): Promise<boolean> => await findNatsServer() !== null;

export const NO_NATS_SERVER = "SKIPPED: there is no nats-server here; apt-get install nats-server installs one";

interface Ports {
  readonly client: number;
  readonly route: number;
  readonly monitor: number;
}

/** Who leads the servers, and how far the others are, as the leader knows. */
interface MetaCluster {
  readonly leader?: string;
  readonly replicas?: readonly { readonly name: string; readonly current: boolean; readonly offline?: boolean }[];
}

/** One server. */
export class NatsNode {
  readonly name: string;
  readonly ports: Ports;
  readonly #binary: string;
  readonly #config: string;
  readonly #log: string;
  #child: Deno.ChildProcess | null = null;
  #hasEnded = false;

  constructor(binary: string, directory: string, name: string, ports: Ports) {
    this.#binary = binary;
    this.name = name;
    this.ports = ports;
    this.#config = join(directory, `${name}.conf`);
    this.#log = join(directory, `${name}.log`);
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** It ended though nobody had it end. */
  get hasFailed(): boolean {
    return this.#child !== null && this.#hasEnded;
  }

  async configure(text: string): Promise<void> {
    await Deno.writeTextFile(this.#config, text);
  }

  /** Starts it; whether it is ready {@link isHealthy} says. */
  start(): void {
    if (this.#child !== null) throw new Error(`${this.name} runs already`);
    const child = new Deno.Command(this.#binary, {
      args: ["-c", this.#config, "-l", this.#log],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#child = child;
    this.#hasEnded = false;
    child.status.then(() => this.#hasEnded ||= this.#child === child);
  }

  /** Ends it at once, as a power loss does. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    if (!this.#hasEnded) child.kill("SIGKILL");
    await child.status;
  }

  /** It hangs: its connections stay open and nothing comes out of them. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child?.kill("SIGCONT");
  }

  async isHealthy(): Promise<boolean> {
    return (await this.#ask("/healthz"))?.status === "ok";
  }

  /** The servers of the cluster that have caught up, where this one leads it and itself among them; `null` where it does not. */
  async caughtUp(): Promise<readonly string[] | null> {
    const { leader, replicas } = (await this.#ask("/jsz"))?.meta_cluster as MetaCluster | undefined ?? {};
    if (leader !== this.name) return null;
    return [leader, ...(replicas ?? []).filter(({ current, offline }) => current && !offline).map(({ name }) => name)];
  }

  /** Whether it leads the stream, as far as it knows itself. */
  async leads(stream: string): Promise<boolean> {
    const answer = await this.#ask("/jsz?streams=true&accounts=true");
    const accounts = answer?.account_details as { stream_detail?: { name: string; cluster?: { leader?: string } }[] }[];
    const found = (accounts ?? []).flatMap((account) => account.stream_detail ?? []).find(({ name }) =>
      name === stream
    );
    return found?.cluster?.leader === this.name;
  }

  async #ask(path: string): Promise<Record<string, unknown> | null> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.ports.monitor}${path}`, {
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      return await response.json();
    } catch {
      return null;
    }
  }

  /** The last it said, for a failure's message. */
  async words(): Promise<string> {
    const text = await Deno.readTextFile(this.#log).catch(() => "");
    return text.split("\n").slice(-20).join("\n");
  }
}

export interface NatsClusterOptions {
  /** 3 where absent; one alone has no cluster. */
  readonly nodes?: number;
  /** More lines for each server's configuration: `authorization { ... }`, `tls { ... }`. */
  readonly more?: string;
}

/**
 * Asks servers that elect a leader, or have just found one, until they answer.
 * @throws what they said last
 */
export async function eventually<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (const ends = performance.now() + READY_MS; performance.now() < ends;) {
    try {
      return await ask();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
  return await ask();
}

export class NatsCluster implements AsyncDisposable {
  readonly nodes: readonly NatsNode[];
  /** Kept while it is there: a server that was killed comes back at its own. */
  readonly #ports: readonly KeptPort[];
  readonly #directory: { path: string } & AsyncDisposable;

  private constructor(
    nodes: readonly NatsNode[],
    ports: readonly KeptPort[],
    directory: { path: string } & AsyncDisposable,
  ) {
    this.nodes = nodes;
    this.#ports = ports;
    this.#directory = directory;
  }

  static async start({ nodes: count = 3, more = "" }: NatsClusterOptions = {}): Promise<NatsCluster> {
    const binary = await findNatsServer();
    if (binary === null) throw new Error(NO_NATS_SERVER);
    const directory = await temporaryDirectory();
    const ports = Array.from({ length: 3 * count }, keepPort);
    const nodes = Array.from({ length: count }, (_, n) => {
      const [client, route, monitor] = ports.slice(3 * n, 3 * n + 3).map(({ port }) => port);
      return new NatsNode(binary, directory.path, `n${n + 1}`, { client, route, monitor });
    });
    const routes = nodes.map((node) => `nats-route://127.0.0.1:${node.ports.route}`);
    const cluster = new NatsCluster(nodes, ports, directory);
    try {
      for (const node of nodes) {
        await node.configure(configOf(node, directory.path, count === 1 ? [] : routes, more));
        node.start();
      }
      await cluster.untilHealthy();
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  /** A connection of the test's own; asked for again where a busy machine let the time for it pass. */
  async connect(): Promise<ClusterConnection> {
    const config = clusterSchema.parse({ servers: this.servers, name: "test" });
    const access = { login: { kind: "none" as const }, ca: null };
    const ends = performance.now() + READY_MS;
    for (;;) {
      const connected = await connectCluster(config, access, "test");
      if (connected.ok) return connected.connection;
      if (connected.kind === "refused" || performance.now() > ends) throw new Error(connected.reason);
    }
  }

  /** As `cluster.servers` wants them. */
  get servers(): readonly string[] {
    return this.nodes.map(({ ports }) => `nats://127.0.0.1:${ports.client}`);
  }

  /**
   * Waits until one of the servers leads, and every one that runs has found it and caught up. One of three that dies now is
   * another matter: for seconds the others take it for their leader, call themselves healthy, and answer nothing.
   */
  async untilHealthy(): Promise<void> {
    const ends = performance.now() + READY_MS;
    while (!await this.#isHealthy()) {
      const isLost = this.nodes.some(({ hasFailed }) => hasFailed);
      if (isLost || performance.now() > ends) {
        const words = this.nodes.map(async (node) => `${node.name} said:\n${await node.words()}`);
        const why = isLost ? "One of the servers ended" : `Not all servers are ready within ${READY_MS} ms`;
        throw new Error(`${why}\n${(await Promise.all(words)).join("\n")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async #isHealthy(): Promise<boolean> {
    const running = this.nodes.filter(({ isRunning }) => isRunning);
    if (!(await Promise.all(running.map((node) => node.isHealthy()))).every((isHealthy) => isHealthy)) return false;
    if (this.nodes.length === 1) return true;
    const found = (await Promise.all(running.map((node) => node.caughtUp()))).filter((each) => each !== null);
    return found.length === 1 && running.every(({ name }) => found[0].includes(name));
  }

  /** The server that leads a stream, by its own word; a KV bucket's is called `KV_` and its name. */
  async leaderOf(stream: string): Promise<NatsNode> {
    const ends = performance.now() + READY_MS;
    while (performance.now() < ends) {
      const running = this.nodes.filter(({ isRunning }) => isRunning);
      const leads = await Promise.all(running.map((node) => node.leads(stream)));
      const leaders = running.filter((_, n) => leads[n]);
      // Two where one has not heard yet that it is deposed.
      if (leaders.length === 1) return leaders[0];
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(`No server leads ${stream}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    for (const port of this.#ports) port[Symbol.dispose]();
    await this.#directory[Symbol.asyncDispose]();
  }
}

function configOf({ name, ports }: NatsNode, directory: string, routes: readonly string[], more: string): string {
  const clustered = routes.length === 0
    ? ""
    : `cluster { name: kbot, listen: "127.0.0.1:${ports.route}", routes: [${routes.join(", ")}] }\n`;
  return `server_name: ${name}
listen: "127.0.0.1:${ports.client}"
http: "127.0.0.1:${ports.monitor}"
jetstream { store_dir: "${join(directory, name)}", max_mem: 64MB, max_file: 1GB }
${clustered}${more}
`;
}
