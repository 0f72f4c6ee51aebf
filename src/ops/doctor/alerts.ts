/**
 * Would the alerts reach anybody? Asks every channel that is configured, without a message to anyone.
 * @module
 */

import { CHANNEL_NAMES, type ChannelName } from "../alerts/channel.ts";
import { openChannel } from "../alerts/open_channels.ts";
import { type Check, type CheckResult, fail, pass } from "./check.ts";
import { CONFIGURATION } from "./configuration.ts";
import type { DoctorContext } from "./context.ts";

/** A channel that does not answer must not keep the others from being told. */
const ANSWER_MS = 12_000;

interface Look {
  readonly name: ChannelName;
  readonly ok: boolean;
  readonly detail: string;
}

export const alerts: Check = {
  name: "alerts",
  needs: [CONFIGURATION],
  async run(context) {
    const looks = await Promise.all(CHANNEL_NAMES.map((name) => look(name, context)));
    return verdict(looks.filter((each) => each !== null));
  },
};

/** What is to be said of a channel; `null` of one that is not configured. */
async function look(name: ChannelName, context: DoctorContext): Promise<Look | null> {
  const { env } = context.request;
  const config = context.found("config").alerts;
  const opened = await openChannel(name, config, { env, terminal: Deno.stderr, nowMs: Date.now });
  if (opened.kind === "off") return null;
  if (opened.kind === "refused") return { name, ok: false, detail: opened.reason };
  const delivery = await opened.channel.probe(AbortSignal.timeout(ANSWER_MS));
  return { name, ok: delivery.ok, detail: delivery.ok ? delivery.detail : delivery.reason };
}

function verdict(looks: readonly Look[]): CheckResult {
  const said = (some: readonly Look[]) => some.map(({ name, detail }) => `${name}: ${detail}`).join("; ");
  const wrong = looks.filter(({ ok }) => !ok);
  if (wrong.length > 0) return fail(said(wrong), "Correct [alerts] in kbot.toml or the secret; then kbot alert test");
  // A run may do without; but a terminal alone reaches nobody who went away.
  if (looks.every(({ name }) => name === "desktop")) {
    return pass("No channel is configured: only the page shows alerts", "Set up a channel in [alerts] of kbot.toml");
  }
  return pass(said(looks));
}
