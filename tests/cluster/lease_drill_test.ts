/**
 * Two bots share an account, with real servers, real processes and signals; the exchange's own record is the judge.
 */
import assert from "node:assert/strict";
import { hasNatsServer, NO_NATS_SERVER } from "./nats_cluster.ts";
import { auditOf, LEASE_MS, pause, SharedAccount, type SharingBot } from "./two_bots.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
const isHere = await hasNatsServer() && Deno.build.os !== "windows";
if (!isHere) console.log(NO_NATS_SERVER);

const NAMES = ["a", "b"];

function otherThan(account: SharedAccount, bot: SharingBot): SharingBot {
  const other = account.bots.find((each) => each !== bot);
  assert.ok(other !== undefined);
  return other;
}

/** Whoever leads, and when it leads and has sent an order, milliseconds from now. */
async function takesOver(account: SharedAccount, before: number, but: readonly SharingBot[] = []): Promise<string> {
  const { bot, ms } = await account.leader(but);
  const orders = await account.untilOrders(before + 1);
  return `${bot.name} leads after ${Math.round(ms)} ms, its first order after ${Math.round(ms + orders)} ms`;
}

const newestEpoch = async (account: SharedAccount): Promise<number> =>
  Math.max(0, ...(await account.ordersBy()).keys());

Deno.test({
  name: "the leader is killed, and its successor stands still: never two act, and no money is lost or counted twice",
  ignore: !isHere,
  fn: async () => {
    await using account = await SharedAccount.start(NAMES);
    await Promise.all(account.bots.map((bot) => bot.start()));
    const { bot: first } = await account.leader();
    await account.untilOrders(1);
    const second = otherThan(account, first);
    assert.match((await second.status())?.ready.reasons.join() ?? "", /Halted: Stands by: [ab] leads main, epoch 1/);

    await first.kill();
    console.log(`kill -9: ${await takesOver(account, 1)}`);
    await account.untilMoneyAgrees(second);

    await first.start();
    second.process.signal("SIGSTOP");
    console.log(`SIGSTOP: ${await takesOver(account, 2, [second])}`);
    second.process.signal("SIGCONT");
    await pause(LEASE_MS);
    await account.verify();
    assert.equal((await second.status())?.cluster.role, "standby");

    for (const bot of [second, first]) {
      const { code, stderr } = await bot.stop();
      assert.equal(code, 0, stderr.slice(-2_000));
    }
    await account.verify();
    await account.verifyStates(FULL ? Infinity : 1);
    for (const bot of account.bots) assert.deepEqual(await auditOf(bot, "reconciled"), []);
  },
});

/** One thing that befalls them; what came of it, in words. */
type Blow = (account: SharedAccount, leader: SharingBot, epoch: number) => Promise<string>;

const BLOWS: Readonly<Record<string, Blow>> = {
  "kill -9 of the leader": async (account, leader, epoch) => {
    await leader.kill();
    const said = await takesOver(account, epoch);
    await leader.start();
    return said;
  },
  "the leader stands still for two terms": async (account, leader, epoch) => {
    leader.process.signal("SIGSTOP");
    const stopped = performance.now();
    const said = await takesOver(account, epoch, [leader]);
    await pause(Math.max(0, 2 * LEASE_MS - (performance.now() - stopped)));
    leader.process.signal("SIGCONT");
    await pause(LEASE_MS);
    return said;
  },
  "the NATS server that leads the bucket is killed": async (account) => {
    const node = await account.nats.leaderOf("KV_kbot");
    await node.kill();
    await pause(2 * LEASE_MS);
    const { bot } = await account.leader();
    node.start();
    await account.nats.untilHealthy();
    return `${bot.name} leads, epoch ${(await bot.status())?.cluster.epoch}`;
  },
  "two NATS servers are killed": async (account, _leader, epoch) => {
    const nodes = account.nats.nodes.slice(0, 2);
    await Promise.all(nodes.map((node) => node.kill()));
    await pause(1.5 * LEASE_MS);
    const roles = await Promise.all(account.bots.map(async (bot) => (await bot.status())?.cluster.role));
    assert.ok(!roles.includes("leader"), "without a majority nobody leads");
    const before = await account.ordersBy();
    await pause(LEASE_MS);
    assert.deepEqual(await account.ordersBy(), before, "and nobody sends");
    for (const node of nodes) node.start();
    return await takesOver(account, epoch);
  },
  "a NATS server hangs": async (account) => {
    const node = await account.nats.leaderOf("KV_kbot");
    node.freeze();
    await pause(3 * LEASE_MS);
    const { bot } = await account.leader();
    node.thaw();
    await account.nats.untilHealthy();
    return `${bot.name} leads, epoch ${(await bot.status())?.cluster.epoch}`;
  },
  "the leader ends in order": async (account, leader, epoch) => {
    const ending = leader.stop();
    const said = await takesOver(account, epoch, [leader]);
    assert.equal((await ending).code, 0);
    await leader.start();
    return said;
  },
  "both are killed and begin at once": async (account, _leader, epoch) => {
    await Promise.all(account.bots.map((bot) => bot.kill()));
    await Promise.all(account.bots.map((bot) => bot.start()));
    return await takesOver(account, epoch);
  },
  "all begins anew, the servers too": async (account, _leader, epoch) => {
    await Promise.all([...account.bots, ...account.nats.nodes].map((each) => each.kill()));
    for (const node of account.nats.nodes) node.start();
    await account.nats.untilHealthy();
    await Promise.all(account.bots.map((bot) => bot.start()));
    return await takesOver(account, epoch);
  },
};

/** Numbers from 0 up to but without 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const ROUNDS = 8;

for (const seed of [1, 2, 3]) {
  Deno.test({
    name: `blow upon blow, seed ${seed}: never two leaders act, each epoch is of one bot, and the money agrees`,
    ignore: !isHere || !FULL,
    fn: async () => {
      const chance = random(seed);
      await using account = await SharedAccount.start(NAMES, { seed });
      await Promise.all(account.bots.map((bot) => bot.start()));
      await account.leader();
      await account.untilOrders(1);
      const names = Object.keys(BLOWS).map((name) => ({ name, at: chance() })).sort((a, b) => a.at - b.at);
      for (let round = 0; round < ROUNDS; round++) {
        const { name } = names[round % names.length];
        const { bot } = await account.leader();
        const epoch = await newestEpoch(account);
        console.log(`seed ${seed}, epoch ${epoch}, ${name}: ${await BLOWS[name](account, bot, epoch)}`);
        await account.verify();
      }
      const { bot: last } = await account.leader();
      await account.untilMoneyAgrees(last);
      for (const bot of account.bots) await bot.stop();
      await account.verify();
      await account.verifyStates();
      const { fills, orders } = await account.ledger();
      console.log(
        `seed ${seed}: ${Object.keys(orders).length} orders, ${fills.length} fills, epochs to ${await newestEpoch(
          account,
        )}`,
      );
      for (const bot of account.bots) assert.deepEqual(await auditOf(bot, "reconciled"), []);
    },
  });
}
