import assert from "node:assert/strict";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { KalshiRest } from "./rest.ts";
import { jsonAnswer } from "./rest_fixture.ts";

const START = 1_790_000_000_000_000 as Micros;
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const UNKNOWN_KEY = {
  error: { code: "authentication_error", message: "authentication_error", details: "NOT_FOUND" },
};
const EXPIRED = { error: { code: "header_timestamp_expired", message: "header timestamp expired" } };

/** An exchange that refuses signatures: all of them, those on private paths, or none. Public answers wait for `gate`. */
function rig() {
  const clock = new SteppedClock(START);
  const state: { refusing: "all" | "private" | "none"; refusal: unknown; gate: Promise<void> } = {
    refusing: "all",
    refusal: UNKNOWN_KEY,
    gate: Promise.resolve(),
  };
  const sent: { readonly path: string; readonly signed: boolean; readonly second: number }[] = [];
  const troubles: string[] = [];
  const rest = new KalshiRest({
    base: "http://exchange.test/trade-api/v2",
    signer: { keyId: "k", headers: () => Promise.resolve({ "KALSHI-ACCESS-KEY": "k" }) },
    clock,
    onTrouble: (reason) => void troubles.push(reason),
    fetch: async (url, init) => {
      const path = new URL(String(url)).pathname.replace("/trade-api/v2", "");
      const signed = new Headers(init?.headers).has("KALSHI-ACCESS-KEY");
      sent.push({ path, signed, second: (clock.now() - START) / MICROS_PER_SECOND });
      const isPrivate = path.startsWith("/portfolio");
      const refused = state.refusing === "all" || (isPrivate && state.refusing === "private");
      if (signed && refused) return jsonAnswer(state.refusal, 401);
      if (!isPrivate) await state.gate;
      return jsonAnswer({ exchange_active: true, trading_active: true, balance_dollars: "1.0000" });
    },
  });
  return { clock, state, sent, troubles, rest };
}

Deno.test("after a refused key what needs none goes without it, at five requests a second, and that is said once", async () => {
  const { clock, sent, troubles, rest } = rig();
  const refused = await rest.status();
  assert.ok(!refused.ok && refused.failure.kind === "http" && refused.failure.status === 401);
  const answers = Array.from({ length: 40 }, () => rest.status());
  for (let tenth = 0; tenth <= 120; tenth++) {
    clock.advanceTo(START + tenth * MICROS_PER_SECOND / 10 as Micros);
    await settle();
  }
  assert.ok((await Promise.all(answers)).every((answer) => answer.ok));
  const unsigned = sent.slice(1);
  assert.equal(unsigned.length, 40);
  assert.ok(unsigned.every(({ signed }) => !signed));
  for (let second = 0; second < 9; second += 0.5) {
    const within = unsigned.filter((each) => each.second >= second && each.second < second + 1);
    assert.ok(within.length <= 5, `${within.length} requests in the second after ${second}`);
  }
  const balance = await rest.balance();
  assert.ok(!balance.ok);
  assert.equal(sent.at(-1)?.signed, true, "what needs a key is tried with it");
  assert.deepEqual(troubles, [
    "The exchange does not accept the API key (HTTP 401: authentication_error (NOT_FOUND)): what needs none is read " +
    "without it, at five requests a second, and nothing of the account can be read or traded",
  ]);
});

Deno.test("a clock that is off is named as the cause, and not the key", async () => {
  const { state, troubles, rest } = rig();
  state.refusal = EXPIRED;
  await rest.balance();
  assert.equal(troubles.length, 1);
  assert.match(troubles[0], /^The exchange takes no signature of this machine, whose clock is wrong \(HTTP 401 .*NTP/);
});

Deno.test("a key that is accepted again is used again", async () => {
  const { state, sent, troubles, rest } = rig();
  await rest.status();
  state.refusing = "none";
  assert.ok((await rest.balance()).ok);
  assert.ok((await rest.status()).ok);
  assert.deepEqual(sent.map(({ signed }) => signed), [true, true, true]);
  assert.equal(troubles.at(-1), "The exchange accepts the API key again");
});

Deno.test("a public answer that was under way when the key was refused does not mean that it is accepted", async () => {
  const { state, sent, troubles, rest } = rig();
  let open = () => {};
  state.gate = new Promise((resolve) => open = resolve);
  state.refusing = "private";
  const underWay = rest.status();
  assert.ok(!(await rest.balance()).ok);
  open();
  assert.ok((await underWay).ok);
  assert.equal(sent[0].signed, true);
  assert.equal(troubles.length, 1, troubles.join("\n"));
});
