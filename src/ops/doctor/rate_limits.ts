/**
 * How much may be asked and ordered each second?
 * @module
 */

import type { BucketSize } from "../../venues/kalshi/bodies_account.ts";
import { describeFailure } from "../../venues/kalshi/failure.ts";
import { type Check, fail, pass } from "./check.ts";
import { patiently } from "./patiently.ts";
import { SIGNATURE } from "./signature.ts";

const describe = (what: string, { refillPerSecond, capacity }: BucketSize): string =>
  `${what} ${refillPerSecond} tokens a second (at most ${capacity} at once)`;

export const rateLimits: Check = {
  name: "rate limits",
  needs: [SIGNATURE],
  async run(context) {
    const limits = await patiently(() => context.found("rest").accountLimits());
    if (!limits.ok) {
      return fail(describeFailure(limits.failure), "kbot takes the limits of the basic tier meanwhile; try again");
    }
    const { tier, read, write } = limits.value;
    return pass(`Tier ${tier}: ${describe("reads", read)}, ${describe("writes", write)}; most requests cost 10`);
  },
};
