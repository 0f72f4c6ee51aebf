/**
 * The one file that this kbot is.
 * @module
 */

type Env = Readonly<Record<string, string | undefined>>;

/** Its path; `null` where kbot runs from its source. The self-extracting one says it by itself. */
export function ownFile(env: Env): string | null {
  return env.KBOT_FILE ?? (Deno.build.standalone ? Deno.execPath() : null);
}
