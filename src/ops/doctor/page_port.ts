/**
 * Can the status page listen where it is told to?
 * @module
 */

import { isLoopback } from "../../server/guard.ts";
import { messageOf } from "../../store/message.ts";
import { type Check, fail, pass } from "./check.ts";
import { CONFIGURATION } from "./configuration.ts";

export const pagePort: Check = {
  name: "page port",
  needs: [CONFIGURATION],
  run(context) {
    const { host, port } = context.found("config").server;
    if (!isLoopback(host)) {
      const tunnel = `ssh -N -L ${port}:127.0.0.1:${port} user@server`;
      return Promise.resolve(
        fail(
          `${host} would open the page to other machines, in plain text`,
          `Set server.host to 127.0.0.1 and use ${tunnel}`,
        ),
      );
    }
    try {
      Deno.listen({ hostname: host, port }).close();
      return Promise.resolve(pass(port === 0 ? `Any free one on ${host}` : `${port} on ${host} is free`));
    } catch (error) {
      const detail = error instanceof Deno.errors.AddrInUse
        ? `${port} on ${host} is in use`
        : `${port} on ${host} cannot be had: ${messageOf(error)}`;
      return Promise.resolve(
        fail(detail, "Stop who serves there (often another kbot), or choose another with --port or server.port"),
      );
    }
  },
};
