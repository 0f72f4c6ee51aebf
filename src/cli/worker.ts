/**
 * `kbot worker`: runs trials of sweeps that run elsewhere.
 * @module
 */

import { JetStreamApiError } from "@nats-io/jetstream";
import { ServersLost } from "../cluster/served.ts";
import { SweepWorker, type WorkerCounts } from "../cluster/work/sweep_worker.ts";
import { WorkServers } from "../cluster/work/work_servers.ts";
import { WorkerData } from "../cluster/work/worker_data.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { messageOf } from "../store/message.ts";
import { buildName } from "./build_name.ts";
import { EXIT, type WorkerCommand } from "./command.ts";
import { joinCluster } from "./joined_cluster.ts";
import { done, printError, refused, type Reply } from "./output.ts";
import { onStopSignal } from "./signals.ts";
import { wrongConfig } from "./wrong_config.ts";

/** Two workers of one configuration are told apart by so much. */
const SUFFIX_DIGITS = 6;

export async function worker(command: WorkerCommand): Promise<Reply> {
  const loaded = await loadConfig({
    file: command.config,
    env: Deno.env.toObject(),
  });
  if (!loaded.ok) return wrongConfig(loaded.errors);
  const data = await WorkerData.read(command.data);
  if ("error" in data) return refused(EXIT.failed, data.error);
  const joined = await joinCluster(loaded.config, "kbot worker", "worker");
  if (!joined.ok) return refused(joined.exitCode, joined.reason);
  const name = `${joined.name}-${crypto.randomUUID().slice(0, SUFFIX_DIGITS)}`;
  try {
    let isOver = false;
    const servers = await WorkServers.open(joined.connection, {
      replicas: loaded.config.cluster.replicas,
      isOver: () => isOver,
      onTrouble: printError,
    });
    const options = { servers, data, build: buildName(), name, threads: threadsOf(command), onNews: printError };
    const counts = await work(new SweepWorker(options), command, () => isOver = true, loaded.config);
    return done(
      `${name}: ${counts.trials} trials in ${counts.jobs} jobs of ${counts.sweeps} sweeps, ${counts.failed} failed`,
      { name, ...counts },
    );
  } catch (error) {
    if (error instanceof ServersLost || error instanceof JetStreamApiError) {
      return refused(EXIT.failed, `The NATS servers do not help with sweeps: ${messageOf(error)}`);
    }
    throw error;
  } finally {
    await joined.connection.close();
  }
}

const threadsOf = ({ threads }: WorkerCommand): number => threads ?? navigator.hardwareConcurrency;

/** Until a signal, or the time is over. */
async function work(
  sweepWorker: SweepWorker,
  command: WorkerCommand,
  onStop: () => void,
  { cluster: { servers } }: Config,
): Promise<WorkerCounts> {
  const stop = (): void => {
    onStop();
    sweepWorker.stop();
  };
  const unlisten = onStopSignal(stop);
  const timer = command.forSeconds === undefined ? undefined : setTimeout(stop, command.forSeconds * 1_000);
  printError(`Waits for sweeps at ${servers.join(", ")} with ${threadsOf(command)} threads, as ${buildName()}`);
  try {
    await sweepWorker.run();
    return sweepWorker.counts;
  } finally {
    clearTimeout(timer);
    unlisten();
  }
}
