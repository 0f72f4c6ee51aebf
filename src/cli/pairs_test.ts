import assert from "node:assert/strict";
import { join } from "node:path";
import { parsePairMap } from "../feeds/polymarket/pair_map.ts";
import { SIMULATED_PAIRS } from "../venues/exchange/feeds/polymarket_pairs.ts";
import { type RunningExchange, startExchange } from "../venues/exchange/server.ts";
import type { PairsReviewCommand } from "./command.ts";
import { pairs } from "./pairs.ts";

interface Rig {
  readonly env: Readonly<Record<string, string>>;
  /** Of the user's own pairs; there is none at first. */
  readonly file: string;
  readonly review: PairsReviewCommand;
  readonly exchange: RunningExchange;
}

async function withRig(test: (rig: Rig) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-pairs-" });
  const exchange = await startExchange({ port: 0, seed: 7, speed: 1, faults: [], mode: "free", keyDirectory: null });
  const file = join(directory, "pairs.toml");
  try {
    await test({
      env: { HOME: directory, KBOT_FEEDS__POLYMARKET__PAIRS: file },
      file,
      review: {
        kind: "pairs_review",
        name: "btc-15m",
        venue: exchange.info.rest,
        market: undefined,
        by: "A. Reader",
        yes: true,
        config: undefined,
        state: undefined,
        json: true,
      },
      exchange,
    });
  } finally {
    await exchange.stop();
    await Deno.remove(directory, { recursive: true });
  }
}

const LIST = { kind: "pairs_list", config: undefined, state: undefined, json: true } as const;

/** Name and who has read it. */
async function listed(env: Rig["env"]): Promise<unknown[]> {
  const { exitCode, json, problems } = await pairs(LIST, env);
  assert.deepEqual([exitCode, problems], [0, []]);
  return (json as { pairs: Record<string, unknown>[] }).pairs.map(({ name, reviewed_by }) => [name, reviewed_by]);
}

const exists = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);

Deno.test("a review writes who signed and the hashes of both sides' rules, and nothing else of the map changes", () =>
  withRig(async ({ env, review, file }) => {
    assert.deepEqual(await listed(env), [["btc-15m", null], ["eth-15m", null]]);
    const reply = await pairs(review, env);
    assert.deepEqual([reply.exitCode, reply.problems], [0, []]);
    const read = parsePairMap(await Deno.readTextFile(file), file);
    assert.ok(read.ok);
    const [btc, eth] = read.map.pair;
    const [simulated] = SIMULATED_PAIRS.pair;
    assert.equal(btc.kalshi.rules_sha256, simulated.kalshi.rules_sha256);
    assert.equal(btc.polymarket.rules_sha256, simulated.polymarket.rules_sha256);
    assert.deepEqual([btc.reviewed_by, eth.reviewed_by], ["A. Reader", undefined]);
    assert.deepEqual(await listed(env), [["btc-15m", "A. Reader"], ["eth-15m", null]]);

    const second = await pairs({ ...review, name: "eth-15m", by: "B. Reader" }, env);
    assert.deepEqual([second.exitCode, second.problems], [0, []]);
    assert.deepEqual(await listed(env), [["btc-15m", "A. Reader"], ["eth-15m", "B. Reader"]]);
  }));

const WRONG: readonly (readonly [string, Partial<PairsReviewCommand>, RegExp])[] = [
  ["a pair that there is not", { name: "doge-15m" }, /No pair is called doge-15m: there are btc-15m, eth-15m/],
  ["--yes in nobody's name", { by: undefined }, /--yes signs in somebody's name: give it with --by NAME/],
  ["neither a terminal nor --yes", { yes: false }, /signed on a terminal, or with --yes --by NAME/],
  ["the embedded exchange", { venue: "sim" }, /The embedded exchange ends with its run/],
];
for (const [what, change, reason] of WRONG) {
  Deno.test({
    name: `refused, with nothing written: ${what}`,
    // Whoever runs the tests on a terminal would be asked.
    ignore: change.yes === false && Deno.stdin.isTerminal(),
    fn: () =>
      withRig(async ({ env, review, file }) => {
        const reply = await pairs({ ...review, ...change }, env);
        assert.equal(reply.exitCode, 2);
        assert.match(reply.problems.join(), reason);
        assert.equal(await exists(file), false);
      }),
  });
}

Deno.test("the map that comes with kbot is never written to", () =>
  withRig(async ({ env: { HOME }, review }) => {
    const reply = await pairs(review, { HOME });
    assert.equal(reply.exitCode, 2);
    assert.match(reply.problems.join(), /set feeds.polymarket.pairs to a file of your own/);
  }));

Deno.test("where a side does not tell its rules nothing is signed, and the reason is said", () =>
  withRig(async ({ env, review, file, exchange }) => {
    exchange.setFault("feed-html:polymarket", true);
    const page = await pairs(review, env);
    assert.equal(page.exitCode, 1);
    assert.match(page.problems.join(), /Rules of btc-15m cannot be read: .*a page instead of JSON/);
    exchange.setFault("feed-html:polymarket", false);
    const none = await pairs({ ...review, market: "KXBTC15M-26OCT060000-00" }, env);
    assert.equal(none.exitCode, 1);
    assert.match(none.problems.join(), /status 404/);
    assert.equal(await exists(file), false);
  }));

Deno.test("a file that cannot be written to leaves everything as it was", () =>
  withRig(async ({ env, review, file }) => {
    const nowhere = join(file, "pairs.toml");
    await Deno.writeTextFile(file, "a file where a folder should be");
    const reply = await pairs(review, { ...env, KBOT_FEEDS__POLYMARKET__PAIRS: nowhere });
    assert.notEqual(reply.exitCode, 0);
    assert.equal(await Deno.readTextFile(file), "a file where a folder should be");
  }));
