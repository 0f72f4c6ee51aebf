/**
 * Runs trials in a thread of its own.
 * @module
 */

import { makePack } from "../../packs/pack.ts";
import { registryWith } from "../../packs/registry_of.ts";
import { messageOf } from "../../store/message.ts";
import type { Registration } from "../../strategies/registry.ts";
import { type PassAsked, runPass } from "./trial.ts";
import { openTrialSource } from "./trial_source.ts";
import type { SweepSetup, WorkerSaid, WorkerTold } from "./sweep_messages.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerTold>) => void) | null;
  postMessage(said: WorkerSaid): void;
}

/** Inputs between two words on the progress: some tens of milliseconds of work. */
const PROGRESS_EVERY = 20_000;

const scope = self as unknown as WorkerScope;
let ready: { readonly setup: SweepSetup; readonly registry: readonly Registration[] } | null = null;

async function setUp(setup: SweepSetup): Promise<WorkerSaid> {
  const packs = await Promise.all(setup.packs.map(({ file, bytes }) => makePack(file, bytes)));
  ready = { setup, registry: registryWith(packs) };
  return { type: "ready" };
}

async function run(pass: PassAsked): Promise<WorkerSaid> {
  if (ready === null) return { type: "failed", error: "A pass was asked for before the setup" };
  const { setup: { path, spot, settings }, registry } = ready;
  const source = await openTrialSource({ path, spot, engine: settings.engine });
  if ("error" in source) return { type: "failed", error: source.error };
  let untold = 0;
  const results = await runPass(source, settings, registry, pass, (inputs) => {
    untold += inputs;
    if (untold < PROGRESS_EVERY) return;
    scope.postMessage({ type: "progress", inputs: untold });
    untold = 0;
  });
  scope.postMessage({ type: "progress", inputs: untold });
  return { type: "ran", results };
}

scope.onmessage = ({ data }) => {
  const answer = data.type === "setup" ? setUp(data.setup) : run(data.pass);
  answer.catch((error): WorkerSaid => ({ type: "failed", error: messageOf(error) })).then((said) =>
    scope.postMessage(said)
  );
};
