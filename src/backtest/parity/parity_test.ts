import assert from "node:assert/strict";
import { type Cause, causeOf } from "./parity.ts";

const filled = (contracts: number, taken = 0, cost = contracts * 5_000) => ({
  contracts,
  taken,
  cost,
  fee: 0,
  firstAt: 0,
});

const CASES: readonly {
  readonly cause: Cause;
  readonly live: ReturnType<typeof filled>;
  readonly paper: ReturnType<typeof filled>;
  readonly refusal?: string;
  readonly changed?: boolean;
  readonly refusedOnPaper?: boolean;
}[] = [
  { cause: "same", live: filled(100, 100), paper: filled(100, 100) },
  { cause: "same", live: filled(0), paper: filled(0), refusal: "no", refusedOnPaper: true },
  { cause: "same", live: filled(0), paper: filled(0), refusedOnPaper: true },
  { cause: "price", live: filled(100, 100), paper: filled(100, 100, 1) },
  { cause: "role", live: filled(100, 100), paper: filled(100, 0) },
  { cause: "refused_live", live: filled(0), paper: filled(100), refusal: "post only cross" },
  { cause: "refused_paper", live: filled(100), paper: filled(0), refusedOnPaper: true },
  { cause: "took_less", live: filled(50, 50), paper: filled(100, 100) },
  { cause: "took_more", live: filled(100, 100), paper: filled(50, 50) },
  { cause: "rested_less", live: filled(50), paper: filled(100) },
  { cause: "rested_more", live: filled(100), paper: filled(50) },
  { cause: "changed", live: filled(50), paper: filled(100), changed: true },
];

for (const { cause, live, paper, refusal = null, changed = false, refusedOnPaper = false } of CASES) {
  Deno.test(`live ${JSON.stringify(live)}, paper ${JSON.stringify(paper)}: ${cause}`, () => {
    assert.equal(causeOf(live, paper, { refusal, changed }, refusedOnPaper), cause);
  });
}
