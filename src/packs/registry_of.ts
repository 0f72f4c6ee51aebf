/**
 * Which strategies an engine may be made of: those of kbot, and the packs that its options name by hash.
 * @module
 */

import { dirname, resolve } from "node:path";
import type { JournalEntry } from "../engine/journal.ts";
import { type Registration, STRATEGIES } from "../strategies/registry.ts";
import type { Pack } from "./pack.ts";
import { copyPath, findCopy } from "./pack_copies.ts";

/** The strategies of kbot and these packs. A pack of an old journal may have the name that one of kbot's got later. */
export function registryWith(packs: readonly Pack[]): readonly Registration[] {
  const names = new Set(packs.map(({ declaration }) => declaration.name));
  return [...STRATEGIES.filter(({ name }) => !names.has(name)), ...packs.map(({ registration }) => registration)];
}

/** A strategy that is a pack, as a journal names it. */
export interface PackNeed {
  readonly name: string;
  readonly sha256: string;
}

/** The packs that engine options name, which nobody has checked yet: a journal may be damaged, or come from elsewhere. */
export function neededPacks(options: unknown): readonly PackNeed[] {
  const strategies = memberOf(options, "strategies");
  if (!Array.isArray(strategies)) return [];
  return strategies.flatMap((each: unknown) => {
    const pack = memberOf(each, "pack");
    return pack === undefined ? [] : [{ name: String(memberOf(each, "name")), sha256: String(pack) }];
  });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

/** The packs that a journal's entry names: only its first line does. */
export const packsNamedBy = (entry: JournalEntry): readonly PackNeed[] =>
  entry.kind === "header" ? neededPacks(entry.header.config) : [];

/** The state directories that a journal may lie in: a run's directory is in `<state>/journal`, its files are one deeper. */
export function statesAround(journal: string): readonly string[] {
  const run = resolve(journal);
  return [dirname(dirname(run)), dirname(dirname(dirname(run)))];
}

/** Where packs are looked for. */
export interface PackSources {
  /** Those that the configuration lists. */
  readonly listed: readonly Pack[];
  /** What became of the configuration, in words, for an error: `kbot.toml`, say; `null` where it was not asked. */
  readonly configuration: string | null;
  /** State directories whose copies are looked at, in this order. */
  readonly states: readonly string[];
}

export type FoundRegistry =
  | { readonly ok: true; readonly registry: readonly Registration[] }
  | { readonly ok: false; readonly reason: string };

/** The strategies for options that name packs; the reason, with every place that was looked at, where one is nowhere. */
export async function registryFor(needs: readonly PackNeed[], sources: PackSources): Promise<FoundRegistry> {
  const packs: Pack[] = [];
  for (const need of needs) {
    const pack = await findPack(need, sources);
    if (pack === null) return { ok: false, reason: lacking(need, sources) };
    packs.push(pack);
  }
  return { ok: true, registry: registryWith(packs) };
}

async function findPack({ name, sha256 }: PackNeed, { listed, states }: PackSources): Promise<Pack | null> {
  const isIt = (pack: Pack): boolean => pack.sha256 === sha256 && pack.declaration.name === name;
  const own = listed.find(isIt);
  if (own !== undefined) return own;
  for (const state of states) {
    const copy = await findCopy(state, sha256);
    if (copy !== null && isIt(copy)) return copy;
  }
  return null;
}

function lacking({ name, sha256 }: PackNeed, { configuration, states }: PackSources): string {
  const copies = states.map((state) => copyPath(state, sha256));
  const places = [...(configuration === null ? [] : [`[[packs]] of ${configuration}`]), ...copies].join(", ");
  return `Strategy ${name} is a pack, the file with SHA-256 ${sha256}, which is in none of these: ${places}`;
}
