/**
 * Whether a worker may take part in a sweep: only where it must come to the very same results.
 * @module
 */

import { dataFiles } from "../../backtest/figures/provenance.ts";
import { basisOf } from "../../backtest/search/basis.ts";
import { hashOfData } from "../../backtest/search/data_identity.ts";
import { periodsOf, surveyOf } from "../../backtest/search/survey.ts";
import type { SweepSetup } from "../../backtest/search/sweep_messages.ts";
import { openTrialSource } from "../../backtest/search/trial_source.ts";
import { makePack } from "../../packs/pack.ts";
import { registryWith } from "../../packs/registry_of.ts";
import { messageOf } from "../../store/message.ts";
import type { OfferBody, OfferHead } from "./offer.ts";
import type { FoundData, WorkerData } from "./worker_data.ts";

export type Examined =
  | { readonly ok: true; readonly setup: SweepSetup }
  | { readonly ok: false; readonly reason: string };

/** By the head alone. */
export function placeOf(head: OfferHead, build: string, data: WorkerData): FoundData | { readonly reason: string } {
  if (head.build !== build) return { reason: `it is ${build}, and the sweep ${head.build}: all must be the same kbot` };
  return data.find(head);
}

/** Reads the data anew: it may have changed since it was looked at. */
export async function examine(head: OfferHead, body: OfferBody, { path, spot }: FoundData): Promise<Examined> {
  try {
    const { settings: { engine, ...rest }, packs } = body;
    const [files, spotFiles] = [await dataFiles([path]), spot === null ? [] : await dataFiles([spot])];
    if (hashOfData(files) !== head.data || (spot !== null && hashOfData(spotFiles) !== head.spot)) {
      return { ok: false, reason: `${path} is not what it was when the worker started` };
    }
    const made = await Promise.all(packs.map(({ file, bytes }) => makePack(file, bytes)));
    const registration = registryWith(made).find(({ name }) => name === rest.strategy);
    if (registration === undefined) return { ok: false, reason: `it has no strategy ${rest.strategy}` };
    const source = await openTrialSource({ path, spot, engine });
    if ("error" in source) return { ok: false, reason: source.error };
    const survey = await surveyOf(source);
    const periods = periodsOf(survey, registration.bind({}).trades).map(({ tickers }) => tickers);
    const settings = { ...rest, engine, periods };
    const basis = basisOf({
      files: [...files, ...spotFiles],
      survey,
      settings,
      packs: made.map(({ sha256 }) => sha256),
    });
    if (basis === body.basis) return { ok: true, setup: { path, spot, settings, packs } };
    return {
      ok: false,
      reason: "it finds something else in the same data: it is another kbot in spite of its version",
    };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}
