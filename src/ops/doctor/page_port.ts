/**
 * Can the status page listen where it is told to?
 * @module
 */

import { isLoopback } from "../../server/guard.ts";
import { messageOf } from "../../store/message.ts";
import { type Check, fail, pass } from "./check.ts";
import { CONFIGURATION } from "./configuration.ts";
import { servingPid } from "./own_bot.ts";

const OCCUPIED = "Stop who serves there (often another kbot), or choose another with --port or server.port";

/** Why it cannot be listened there, `null` where it can. */
function refusalOf(hostname: string, port: number): unknown {
  try {
    Deno.listen({ hostname, port }).close();
    return null;
  } catch (error) {
    return error;
  }
}

export const pagePort: Check = {
  name: "page port",
  needs: [CONFIGURATION],
  async run(context) {
    const { host, port } = context.found("config").server;
    if (!isLoopback(host)) {
      const tunnel = `ssh -N -L ${port}:127.0.0.1:${port} user@server`;
      return fail(
        `${host} would open the page to other machines, in plain text`,
        `Set server.host to 127.0.0.1 and use ${tunnel}`,
      );
    }
    const refusal = refusalOf(host, port);
    if (refusal === null) return pass(port === 0 ? `Any free one on ${host}` : `${port} on ${host} is free`);
    if (!(refusal instanceof Deno.errors.AddrInUse)) {
      return fail(`${port} on ${host} cannot be had: ${messageOf(refusal)}`, OCCUPIED);
    }
    const directory = context.foundOrNone("stateDirectory");
    const pid = directory === undefined ? null : await servingPid(directory, port);
    if (pid === null) return fail(`${port} on ${host} is in use`, OCCUPIED);
    return pass(`${port} on ${host} is served by the bot that runs on this state directory (process ${pid})`);
  },
};
