/**
 * The deliberate act before anything is done with real money.
 * @module
 */

const PHRASE = "TRADE REAL MONEY";
const VARIABLE = "KBOT_LIVE_CONFIRM";

/**
 * Asks for the phrase, on a terminal or from the environment; the reason where it is missing.
 *
 * @param what what needs it: `Live orders at Kalshi`
 * @param warning what will happen: `Orders will go to Kalshi and cost money`
 */
export function confirmReal(
  what: string,
  warning: string,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): string | null {
  const wanted = `${what} need the phrase "${PHRASE}"`;
  const given: string | undefined = env[VARIABLE];
  if (given === PHRASE) return null;
  if (given !== undefined) return `${wanted} in ${VARIABLE}, which holds something else`;
  if (!Deno.stdin.isTerminal()) return `${wanted}: typed on a terminal, or in the environment as ${VARIABLE}`;
  const typed = prompt(`${warning}. Type "${PHRASE}" to go on:`);
  return typed === PHRASE ? null : `${wanted}; nothing was sent`;
}
