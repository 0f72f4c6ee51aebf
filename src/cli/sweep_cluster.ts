/**
 * `kbot sweep --cluster`: the trials go to workers on any number of machines.
 * @module
 */

import { join } from "node:path";
import type { TrialSettings } from "../backtest/search/trial.ts";
import { hashOfJson } from "../backtest/search/trial_book.ts";
import type { ClusterConnection } from "../cluster/connection.ts";
import { ClusterRunner } from "../cluster/work/cluster_runner.ts";
import { encodeOffer } from "../cluster/work/offer.ts";
import { WorkServers } from "../cluster/work/work_servers.ts";
import { messageOf } from "../store/message.ts";
import { buildName } from "./build_name.ts";
import { EXIT } from "./command.ts";
import { joinCluster } from "./joined_cluster.ts";
import type { SweepData } from "./sweep_data.ts";
import { type SweepAsked, SweepRefused } from "./sweep_request.ts";
import type { RunnerAsked, SweepRunner } from "./sweep_runner.ts";

/** Names the sweeps of one directory apart from those of another, which may search the same at the same time. */
const NAME_FILE = "sweep_name";
const ID_DIGITS = 32;

/** @throws SweepRefused where there is no cluster, or it will not have the sweep */
export async function clusterRunner({ asked, data, settings, basis, ...told }: RunnerAsked): Promise<SweepRunner> {
  const joined = await joinCluster(asked.loaded.config, "--cluster", "sweep");
  if (!joined.ok) throw new SweepRefused(joined.exitCode, [joined.reason]);
  const { connection, name } = joined;
  try {
    let isOver = false;
    const servers = await WorkServers.open(connection, {
      replicas: asked.loaded.config.cluster.replicas,
      isOver: () => isOver,
      onTrouble: told.onTrouble,
    });
    const sweep = await sweepName(asked, settings, basis);
    const offer = offerOf(asked, data, settings, { basis, sweep, name });
    const runner = await ClusterRunner.open({ servers, sweep, offer, ...told });
    return {
      run: (pass, onRan) => runner.run(pass, onRan).catch((error) => refuse(error, asked)),
      close: () => runner.close(),
      workersNow: () => runner.workers.count,
      workersEver: () => runner.workers.everCount,
      leave: async (isDone) => {
        isOver = true;
        await leave(runner, connection, isDone).catch((error) => told.onTrouble(stayed(error)));
      },
    };
  } catch (error) {
    await connection.close();
    if (error instanceof SweepRefused) throw error;
    throw new SweepRefused(EXIT.failed, [`The NATS servers will not have the sweep: ${messageOf(error)}`]);
  }
}

async function leave(runner: ClusterRunner, connection: ClusterConnection, isDone: boolean): Promise<void> {
  try {
    await runner.leave(isDone);
  } finally {
    await connection.close();
  }
}

const stayed = (error: unknown): string =>
  `What is left of the sweep could not be taken back from the NATS servers, and goes by itself after some days: ${
    messageOf(error)
  }`;

function refuse(error: unknown, { directory }: SweepAsked): never {
  throw new SweepRefused(EXIT.failed, [
    `${messageOf(error)}. Results until then are kept in ${directory}: the same command goes on`,
  ]);
}

function offerOf(
  { loaded, command }: SweepAsked,
  { identity }: SweepData,
  { periods: _, ...settings }: TrialSettings,
  { basis, sweep, name }: { readonly basis: string; readonly sweep: string; readonly name: string },
) {
  const packs = loaded.packs.map(({ file, bytes }) => ({ file, bytes }));
  const head = { sweep, build: buildName(), strategy: command.strategy, from: name, ...identity };
  const offer = encodeOffer(head, { settings, basis, packs });
  if ("error" in offer) throw new SweepRefused(EXIT.failed, [offer.error]);
  return offer;
}

/** The same command in the same directory has the same name, and finds what was answered before. */
async function sweepName({ directory }: SweepAsked, { periods: _, ...settings }: TrialSettings, basis: string) {
  const path = join(directory, NAME_FILE);
  const known = await Deno.readTextFile(path).catch(() => "");
  const directoryName = known === "" ? crypto.randomUUID() : known;
  if (known === "") await Deno.writeTextFile(path, directoryName, { mode: 0o600 });
  return hashOfJson({ directoryName, basis, settings, build: buildName() }).slice(0, ID_DIGITS);
}
