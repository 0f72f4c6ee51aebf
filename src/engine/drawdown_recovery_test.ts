import assert from "node:assert/strict";
import { z } from "zod";
import { money } from "../core/units.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import { register } from "../strategies/registry.ts";
import type { StrategyView } from "../strategies/strategy.ts";
import { anAccount, Rig } from "./engine_fixture.ts";
import { FRESH } from "./options.ts";

/** Keeps still, and remembers which part of Kelly it was to use. */
function bettor() {
  const used: (readonly [recovering: boolean, fraction: number])[] = [];
  const registration = register({
    name: "bettor",
    title: "Bettor",
    parameters: z.strictObject({ kelly_fraction: z.number().default(0.25) }),
    hooks: STANDARD_HOOKS,
    trades: () => true,
    decide: ({ recovering }: StrategyView, { kelly_fraction }) => {
      used.push([recovering, kelly_fraction]);
      return { targets: [], refusal: { code: "idle", text: "Idle" }, edge: null, edgeSide: null };
    },
  });
  return { registration, used };
}

Deno.test("from five per cent below the peak bets are smaller until it is earned back, over a restart too", () => {
  const first = bettor();
  const strategies = [{ name: "bettor", enabled: true, parameters: {} }];
  const account = (cash: number, recovering?: true) => {
    const known = anAccount({ cash: money(cash), peakNav: money(1_000_000_000) });
    return { ...FRESH, account: recovering === undefined ? known : { ...known, recovering } };
  };
  const rig = new Rig({ strategies, resume: account(950_000_000) }, [first.registration]);
  rig.market(290);
  rig.book(291, [[4_900, 100]], [[4_900, 100]]);
  rig.clock(292);
  rig.clock(293);
  assert.deepEqual(first.used.at(-1), [true, 0.1]);
  assert.equal(rig.records("account").at(-1)?.recovering, true);
  assert.equal(rig.records("audit").filter(({ event }) => event === "drawdown_recovery").length, 1);

  const second = bettor();
  const again = new Rig({ strategies, resume: account(990_000_000, true) }, [second.registration]);
  again.market(290);
  again.book(291, [[4_900, 100]], [[4_900, 100]]);
  again.clock(292);
  assert.deepEqual(second.used.at(-1), [true, 0.1], "one per cent below the peak it is not earned back yet");
  const third = bettor();
  const over = new Rig({ strategies, resume: account(1_000_000_000, true) }, [third.registration]);
  over.market(290);
  over.book(291, [[4_900, 100]], [[4_900, 100]]);
  over.clock(292);
  over.clock(293);
  assert.deepEqual(third.used.at(-1), [false, 0.25]);
  assert.equal(over.records("account").at(-1)?.recovering, undefined);
});

Deno.test("a loss that is not yet a drawdown changes nothing, and a smaller part of Kelly stays", () => {
  const { registration, used } = bettor();
  const strategies = [{ name: "bettor", enabled: true, parameters: { kelly_fraction: 0.05 } }];
  for (const cash of [960_000_000, 900_000_000]) {
    const known = anAccount({ cash: money(cash), peakNav: money(1_000_000_000), dayStartNav: money(cash) });
    const rig = new Rig({ strategies, resume: { ...FRESH, account: known } }, [registration]);
    rig.market(290);
    rig.book(291, [[4_900, 100]], [[4_900, 100]]);
    rig.clock(292);
    rig.clock(293);
    assert.deepEqual(used.at(-1), [cash === 900_000_000, 0.05]);
  }
});
