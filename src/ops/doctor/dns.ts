/**
 * Are the names of the venue's hosts known?
 * @module
 */

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { messageOf } from "../../store/message.ts";
import { type Check, fail, pass } from "./check.ts";
import { VENUE } from "./venue.ts";

export const DNS = "dns";

const hostNames = (urls: readonly string[]): string[] => [
  ...new Set(urls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ""))),
];

/** Then names need not be known here; the proxy finds them. */
const hasProxy = (env: Readonly<Record<string, string>>): boolean =>
  ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"].some((name) => (env[name] ?? "") !== "");

export const dns: Check = {
  name: DNS,
  needs: [VENUE],
  seconds: 10,
  async run(context) {
    const { rest, ws } = context.found("venue").chosen.host;
    const found: string[] = [];
    for (const name of hostNames([rest, ws])) {
      if (isIP(name) !== 0) {
        found.push(`${name} needs no name service`);
        continue;
      }
      try {
        const addresses = await lookup(name, { all: true });
        if (addresses.length === 0) throw new Error("no address");
        found.push(`${name} is ${addresses[0].address}`);
      } catch (error) {
        if (hasProxy(context.request.env)) {
          found.push(`${name} is left to the proxy`);
          continue;
        }
        return fail(
          `${name} has no address: ${messageOf(error)}`,
          "Check the network, this machine's name service (/etc/resolv.conf), and the address for a slip of the pen; " +
            "kbot demo needs no network at all",
        );
      }
    }
    return pass(found.join(", "));
  },
};
