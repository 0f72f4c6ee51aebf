/**
 * The section `[cluster]`: several kbots that share work through NATS JetStream. Without servers there is none of it.
 * @module
 */

import { z } from "zod";
import { CLUSTER_WORD, CLUSTER_WORD_TEXT } from "./fields.ts";

const SERVERS_MAX = 16;
const SERVER = /^(nats|tls):\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253})(:\d{1,5})?$/;
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** `tls://nats1.example.com:4222` in parts; `null` where it is no such address. */
export function serverParts(
  server: string,
): { readonly tls: boolean; readonly host: string; readonly port: number } | null {
  const found = SERVER.exec(server);
  if (found === null) return null;
  const port = found[3] === undefined ? 4222 : Number(found[3].slice(1));
  return port < 1 || port > 65_535 ? null : { tls: found[1] === "tls", host: found[2], port };
}

const word = () => z.string().regex(CLUSTER_WORD).meta({ allowed: CLUSTER_WORD_TEXT });

const secretFile = (what: string, credential: string) =>
  z.string().min(1).max(1_000).nullable().default(null).describe(
    `File that holds ${what}, readable by its owner only (mode 600); else the systemd credential ${credential}`,
  );

const serverList = () => {
  const allowed =
    `a list of at most ${SERVERS_MAX} different addresses such as "tls://nats1.example.com:4222", all with ` +
    "tls:// or all with nats://";
  return z.array(z.string()).refine((list) => {
    const parts = list.map(serverParts);
    const isAlike = new Set(parts.map((each) => each?.tls)).size <= 1;
    return list.length <= SERVERS_MAX && new Set(list).size === list.length && isAlike && !parts.includes(null);
  }, { error: allowed }).meta({ allowed });
};

export const cluster = z.strictObject({
  servers: serverList().default([]).describe(
    "NATS servers with JetStream that several kbots share work through; none switches all of it off",
  ),
  name: word().nullable().default(null).describe("What this bot is called among the others, each otherwise"),
  account: word().default("main").describe(
    "The account that is traded: of all bots that name it alike, one trades and the others stand by",
  ),
  lease_ms: z.int().min(1_000).max(600_000).default(10_000).describe(
    "Milliseconds that the right to trade lasts without being renewed: about so long nobody trades after a leader is lost",
  ),
  feed: word().nullable().default(null).describe(
    "Feed that paper trading and kbot record take market data from in place of the venue, as kbot record --publish publishes it",
  ),
  replicas: z.int().min(1).max(5).default(3).describe(
    "NATS servers that keep each thing: with 3 one may be lost, with 5 two",
  ),
  user: z.string().min(1).max(200).nullable().default(null).describe("Whom to log in as, with password_file"),
  password_file: secretFile("the password", "kbot_cluster_password"),
  nkey_file: secretFile("the seed of an NKEY", "kbot_cluster_nkey"),
  creds_file: secretFile("credentials of a user as nsc writes them, in place of the others", "kbot_cluster_creds"),
  ca_file: z.string().min(1).max(1_000).nullable().default(null).describe(
    "PEM file of the authority that signed the servers' certificates, where it is one of your own",
  ),
}).superRefine((section, context) => {
  const wrong = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  const { servers, name, user, nkey_file, creds_file, ca_file } = section;
  if (servers.length === 0) return;
  if (name === null) wrong("name", `a name of this bot, where servers are set: ${CLUSTER_WORD_TEXT}`);
  if (section.replicas % 2 === 0) wrong("replicas", "1, 3 or 5: an even number bears no more losses");
  const ways = [user, nkey_file, creds_file].filter((each) => each !== null).length;
  if (ways > 1) wrong("user", "one of user, nkey_file and creds_file");
  const parts = servers.map(serverParts);
  const isTls = parts.some((each) => each?.tls);
  if (!isTls && ca_file !== null) wrong("servers", "addresses with tls://, where ca_file is set");
  if (!isTls && user !== null && parts.some((each) => each !== null && !LOOPBACK.has(each.host))) {
    wrong("servers", "addresses with tls://, where a password goes to another machine");
  }
});

export type ClusterConfig = z.output<typeof cluster>;
