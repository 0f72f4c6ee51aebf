/**
 * For tests: a healthy machine to plant one problem in, and the doctor's answer as a table.
 * @module
 */

import { join } from "node:path";
import type { ExchangeInfo } from "../../venues/exchange/server.ts";
import { ALL_CHECKS } from "./all_checks.ts";
import type { Check, CheckStatus } from "./check.ts";
import type { DoctorRequest } from "./context.ts";
import { type CheckReport, examine } from "./doctor.ts";

/** Where a test plants nothing in them, the feeds are left out: each takes its time. */
const WITHOUT_FEEDS = {
  KBOT_FEEDS__SPOT: "[]",
  KBOT_FEEDS__IMPLIED_VOLATILITY: "false",
  KBOT_FEEDS__WEATHER__ENABLED: "false",
  KBOT_FEEDS__POLYMARKET__ENABLED: "false",
};

/** A directory of its own with a state directory and a free configuration; gone afterwards. */
export class Patient {
  readonly root: string;
  readonly state: string;
  /** Environment of the examination; a test adds to it. */
  readonly env: Record<string, string>;
  venue: string | undefined;
  venueWs: string | undefined;
  order = false;
  wallMs: (() => number) | undefined;
  /** Long enough for a loaded machine; tests of silence shorten it. */
  answerMs = 5_000;
  feedMs = 5_000;

  constructor(root: string) {
    this.root = root;
    this.state = join(root, "state");
    this.env = { HOME: root, KBOT_SERVER__PORT: "0", KBOT_VENUE__SERIES: "KXBTC15M", ...WITHOUT_FEEDS };
    Deno.mkdirSync(this.state, { mode: 0o700 });
  }

  /** Points it at an exchange, with the exchange's RSA key in a file of its own. */
  async visit(info: ExchangeInfo, pem: string, keyId = info.key_id): Promise<void> {
    this.venue = info.rest;
    this.venueWs = info.ws;
    await this.giveKey(keyId, pem);
  }

  async giveKey(keyId: string, pem: string): Promise<string> {
    const file = join(this.root, "key.pem");
    await Deno.writeTextFile(file, pem, { mode: 0o600 });
    this.env.KBOT_KALSHI_KEY_ID = keyId;
    this.env.KBOT_KALSHI_PRIVATE_KEY_FILE = file;
    return file;
  }

  async writeConfig(toml: string): Promise<string> {
    const file = join(this.root, "kbot.toml");
    await Deno.writeTextFile(file, toml);
    return file;
  }

  request(changes: Partial<DoctorRequest> = {}): DoctorRequest {
    const { state, env, venue, venueWs, order, wallMs, answerMs, feedMs } = this;
    const clock = wallMs === undefined ? {} : { wallMs };
    return { configFile: undefined, state, venue, venueWs, order, env, answerMs, feedMs, ...clock, ...changes };
  }

  /** The reports by name. */
  async examine(
    changes: Partial<DoctorRequest> = {},
    checks: readonly Check[] = ALL_CHECKS,
  ): Promise<ReadonlyMap<string, CheckReport>> {
    const report = await examine(checks, this.request(changes));
    return new Map(report.checks.map((each) => [each.name, each]));
  }
}

/** Runs a test with a patient. */
export async function withPatient(test: (patient: Patient) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "kbot-doctor-test-" });
  try {
    await test(new Patient(root));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

export const namesWith = (reports: ReadonlyMap<string, CheckReport>, status: CheckStatus): string[] =>
  [...reports.values()].filter((report) => report.status === status).map(({ name }) => name);

/** A server that is no exchange; answers whatever the test says, to every path. */
export async function withServer(
  answer: (request: Request) => Response | Promise<Response>,
  test: (rest: string, ws: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  try {
    const host = `127.0.0.1:${server.addr.port}`;
    await test(`http://${host}/trade-api/v2`, `ws://${host}/trade-api/ws/v2`);
  } finally {
    await server.shutdown();
  }
}
