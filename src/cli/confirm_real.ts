/**
 * The deliberate act before anything is done with real money: a phrase, typed on a terminal, or put where a service manager
 * can find it.
 *
 * | where | for whom |
 * | --- | --- |
 * | typed | a person at a terminal |
 * | the file of `--confirm-file`, which nobody else can read (mode 600) | a service, a container |
 * | the environment variable KBOT_LIVE_CONFIRM | the same |
 * | systemd's credential `kbot_live_confirm`, in CREDENTIALS_DIRECTORY | a unit |
 * @module
 */

import { readSecretFile } from "../config/credentials.ts";

const PHRASE = "TRADE REAL MONEY";
const VARIABLE = "KBOT_LIVE_CONFIRM";
const SYSTEMD_CREDENTIAL = "kbot_live_confirm";

type Env = Readonly<Record<string, string>>;

/** Whether the phrase was given, can be asked for, or is missing, and why. */
export type Phrase =
  | { readonly kind: "given" }
  | { readonly kind: "ask" }
  | { readonly kind: "missing"; readonly reason: string };

/**
 * Looks for the phrase without asking for it.
 *
 * @param what what needs it: `Live orders at Kalshi`
 * @param file of `--confirm-file`
 */
export async function findPhrase(what: string, env: Env, file?: string): Promise<Phrase> {
  const wanted = `${what} need the phrase "${PHRASE}"`;
  const given = await givenPhrase(env, file);
  if (given !== null) {
    if ("reason" in given) return { kind: "missing", reason: `${wanted}. ${given.reason}` };
    if (given.text === PHRASE) return { kind: "given" };
    return { kind: "missing", reason: `${wanted} in ${given.place}, which holds something else` };
  }
  if (Deno.stdin.isTerminal()) return { kind: "ask" };
  const ways = `in a file named by --confirm-file, or in the environment as ${VARIABLE}`;
  return { kind: "missing", reason: `${wanted}: typed on a terminal, ${ways}` };
}

type Given = { readonly text: string; readonly place: string } | { readonly reason: string };

/** What the nearest place holds: a wrong phrase there is wrong, whatever others say. */
async function givenPhrase(env: Env, file: string | undefined): Promise<Given | null> {
  if (file !== undefined) return await inFile(file, false);
  const text: string | undefined = env[VARIABLE];
  if (text !== undefined) return { text, place: VARIABLE };
  const directory = env.CREDENTIALS_DIRECTORY;
  if (!directory) return null;
  const credential = await inFile(`${directory}/${SYSTEMD_CREDENTIAL}`, true);
  return "reason" in credential ? null : credential;
}

async function inFile(path: string, trusted: boolean): Promise<Given> {
  const read = await readSecretFile(path, trusted);
  return "text" in read ? { text: read.text.trim(), place: path } : read;
}

/** Has a person type it; the reason where something else was typed. */
export function askPhrase(what: string, warning: string): string | null {
  const typed = prompt(`${warning}. Type "${PHRASE}" to go on:`);
  return typed === PHRASE ? null : `${what} need the phrase "${PHRASE}"; nothing was sent`;
}

/**
 * Looks for the phrase, and asks for it on a terminal; the reason where it is missing.
 *
 * @param warning what will happen: `Orders will go to Kalshi and cost money`
 */
export async function confirmReal(
  what: string,
  warning: string,
  env: Env = Deno.env.toObject(),
): Promise<string | null> {
  const found = await findPhrase(what, env);
  if (found.kind === "missing") return found.reason;
  return found.kind === "given" ? null : askPhrase(what, warning);
}
