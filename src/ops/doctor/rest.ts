/**
 * Does the exchange answer by REST, and how fast?
 * @module
 */

import { describeFailure, isUnreachable } from "../../venues/kalshi/failure.ts";
import { KalshiRest } from "../../venues/kalshi/rest.ts";
import { type Check, fail, pass } from "./check.ts";
import { DateSamples } from "./date_samples.ts";
import { DNS } from "./dns.ts";
import { patiently } from "./patiently.ts";

export const REST = "rest";

/** Enough for a median, and to tell the exchange's clock to a fraction of the second that its header counts in. */
const ANSWERS = 3;
const PAUSE_MS = 300;
export const ANSWER_MS = 5_000;

export const rest: Check = {
  name: REST,
  needs: [DNS],
  seconds: 40,
  async run(context) {
    const { host, clock, simulated } = context.found("venue").chosen;
    const dates = new DateSamples(simulated ? () => clock.now() : () => context.wallNow());
    const timeoutMs = context.request.answerMs ?? ANSWER_MS;
    const client = new KalshiRest({ base: host.rest, signer: null, clock, timeoutMs, fetch: dates.fetch });
    context.atEnd(() => client.stop());
    const latencies: number[] = [];
    for (let n = 0; n < ANSWERS; n++) {
      if (n > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const started = performance.now();
      const status = await patiently(() => client.status());
      if (!status.ok) {
        const remedy = isUnreachable(status.failure)
          ? `Check the network, and firewalls and proxies between here and ${
            new URL(host.rest).host
          }; kbot demo needs none`
          : "Check that the address is an exchange's REST address, which ends in /trade-api/v2";
        return fail(describeFailure(status.failure), remedy);
      }
      latencies.push(performance.now() - started);
      context.note("exchangeStatus", status.value);
    }
    context.note("publicRest", client);
    context.note("dates", dates);
    latencies.sort((a, b) => a - b);
    const median = latencies[Math.floor((ANSWERS - 1) / 2)];
    return pass(`Answers in ${median.toFixed(median < 10 ? 1 : 0)} ms (median of ${ANSWERS})`);
  },
};
