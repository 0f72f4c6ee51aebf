/**
 * Does the exchange accept our signature? Shown by reading the balance.
 * @module
 */

import { MICROS_PER_SECOND } from "../../core/units.ts";
import { type ApiFailure, describeFailure } from "../../venues/kalshi/failure.ts";
import { KalshiRest } from "../../venues/kalshi/rest.ts";
import { type Check, type CheckResult, fail, pass } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { patiently } from "./patiently.ts";
import { PRIVATE_KEY } from "./private_key.ts";
import { ANSWER_MS, REST } from "./rest.ts";

export const SIGNATURE = "signature";

/** What KALSHI.md 2.3's words mean, and what to do. */
function explain(failure: ApiFailure, context: DoctorContext): CheckResult {
  const detail = describeFailure(failure);
  if (failure.kind !== "http") return fail(detail, "Try again; see rest");
  const { title } = context.found("venue").chosen;
  const said = `${failure.code} ${failure.details}`;
  if (failure.status === 403) {
    return fail(
      detail,
      "The key lacks the scope read::portfolio_balance, or is locked to another subaccount: make one with read and write",
    );
  }
  if (failure.status !== 401) return fail(detail, "Try again in a minute");
  if (said.includes("header_timestamp_expired")) {
    const offset = context.foundOrNone("dates")?.offset() ?? null;
    const seconds = offset === null ? "" : ` (it is ${Math.abs(offset.micros / MICROS_PER_SECOND).toFixed(1)} s off)`;
    return fail(`Expired timestamp: ${detail}`, `Set this machine's clock${seconds}, and have NTP keep it`);
  }
  if (said.includes("NOT_FOUND")) {
    return fail(
      `Unknown key: ${detail}`,
      `${title} does not know this key id: keys of Kalshi, of its demo and of a simulated exchange never work across`,
    );
  }
  if (said.includes("INCORRECT_API_KEY_SIGNATURE")) {
    return fail(
      `Wrong key: ${detail}`,
      "The private key does not belong to this key id: take the file that came with it",
    );
  }
  if (said.includes("missing_from_headers")) {
    return fail(`Headers are lost on the way: ${detail}`, "A proxy takes the KALSHI-ACCESS headers out: go without it");
  }
  return fail(detail, "Check the key id, the private key and this machine's clock");
}

export const signature: Check = {
  name: SIGNATURE,
  needs: [REST, PRIVATE_KEY],
  async run(context) {
    const { host, clock, title } = context.found("venue").chosen;
    const timeoutMs = context.request.answerMs ?? ANSWER_MS;
    const rest = new KalshiRest({ base: host.rest, signer: context.found("signer"), clock, timeoutMs });
    context.atEnd(() => rest.stop());
    const balance = await patiently(() => rest.balance());
    if (!balance.ok) return explain(balance.failure, context);
    context.note("rest", rest);
    context.note("balance", balance.value);
    return pass(`Accepted by ${title}`);
  },
};
