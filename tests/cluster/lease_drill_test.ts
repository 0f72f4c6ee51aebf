/**
 * Two bots share an account, with real servers, real processes and signals; the exchange's own record is the judge.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { hasNatsServer, NO_NATS_SERVER } from "./nats_cluster.ts";
import { runKbot, temporaryDirectory } from "../process.ts";
import { pause, until } from "../trading_stage.ts";
import { auditOf, LEASE_MS, PATIENCE_MS, SharedAccount, type SharingBot } from "./two_bots.ts";

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

/** Servers that have just made the keys may leave the first questions of a bot without an answer. */
const untilSeen = (standby: SharingBot): Promise<void> =>
  until(
    "it to say who leads",
    async () => /Stands by: [ab] leads main, epoch \d+/.test((await standby.status())?.ready.reasons.join() ?? ""),
    PATIENCE_MS,
  );

const newestEpoch = async (account: SharedAccount): Promise<number> =>
  Math.max(0, ...(await account.ordersBy()).keys());

Deno.test({
  name: "the leader stands still and goes on: another one leads, never two act, and no money is lost or counted twice",
  ignore: !isHere,
  fn: async () => {
    await using account = await SharedAccount.start(NAMES);
    await Promise.all(account.bots.map((bot) => bot.start()));
    await account.leader();
    await account.untilOrders(1);
    const { bot: first } = await account.leader();
    const second = otherThan(account, first);
    await untilSeen(second);

    // A leader that nobody was told anything of leaves only what the exchange says: other counts, if the same money.
    const isTold = async () => (await first.status())?.cluster.behindMs === null;
    await until("its state to be told", isTold, PATIENCE_MS);
    first.process.signal("SIGSTOP");
    console.log(`SIGSTOP: ${await takesOver(account, await newestEpoch(account), [first])}`);
    first.process.signal("SIGCONT");
    const standsBy = async () => (await first.status())?.cluster.role === "standby";
    await until("it to stand by", standsBy, PATIENCE_MS);
    await account.untilMoneyAgrees(second);

    for (const bot of [first, second]) {
      const { code, stderr } = await bot.stop();
      assert.equal(code, 0, stderr.slice(-2_000));
    }
    await account.verify();
    await account.verifyStates(FULL ? Infinity : 1);
    for (const bot of account.bots) assert.deepEqual(await auditOf(bot, "reconciled"), []);
  },
});

const haltsOf = async (bot: SharingBot): Promise<readonly string[]> => {
  const risk = await bot.ask("/api/v1/risk") as { halts: readonly { name: string }[] } | null;
  return (risk?.halts ?? []).map(({ name }) => name);
};

Deno.test({
  name: "a kill at the standby stops the leader, holds at the next leader, and ends with resume there alone",
  ignore: !isHere || !FULL,
  fn: async () => {
    await using account = await SharedAccount.start(NAMES);
    await Promise.all(account.bots.map((bot) => bot.start()));
    const { bot: leader } = await account.leader();
    await account.untilOrders(1);
    const standby = otherThan(account, leader);
    await untilSeen(standby);
    const refused = await runKbot(["reduce", "--state", standby.state]);
    assert.match(refused.stdout + refused.stderr, new RegExp(`This bot stands by; ${leader.name} leads: do it there`));
    standby.process.signal("SIGUSR1");
    await until("the leader to be killed", async () => (await haltsOf(leader)).includes("kill"), PATIENCE_MS);
    await leader.kill();
    const { bot: next, ms } = await account.leader();
    console.log(`${next.name} leads after ${Math.round(ms)} ms`);
    assert.ok((await haltsOf(next)).includes("kill"));
    const before = await account.ordersBy();
    await pause(2 * LEASE_MS);
    assert.deepEqual(await account.ordersBy(), before, "nothing was sent");
    const resumed = await runKbot(["resume", "--state", next.state]);
    assert.equal(resumed.code, 0, resumed.stderr);
    await account.untilOrders(await newestEpoch(account) + 1);
    await leader.start();
    await next.stop();
    await account.leader([next]);
    assert.ok(!(await haltsOf(leader)).includes("kill"), "what was lifted there is lifted here");
    await account.untilOrders(await newestEpoch(account) + 1);
    await account.verify();
  },
});

Deno.test({
  name: "a paper account goes on at the next leader",
  ignore: !isHere || !FULL,
  fn: async () => {
    await using account = await SharedAccount.start(NAMES, { execution: "paper" });
    await Promise.all(account.bots.map((bot) => bot.start()));
    const { bot: leader } = await account.leader();
    type View = { readonly account: { readonly fills: number; readonly orders: number; readonly nav: string } };
    const viewOf = async (bot: SharingBot) => await bot.ask("/api/v1/account") as View | null;
    await until("paper fills", async () => ((await viewOf(leader))?.account.fills ?? 0) > 2, 120_000);
    const before = await viewOf(leader);
    // So that what is compared was told.
    await pause(1_000);
    await leader.kill();
    const { bot: next } = await account.leader();
    const after = await viewOf(next);
    assert.ok(before !== null && after !== null);
    assert.ok(after.account.fills >= before.account.fills, `${after.account.fills} of ${before.account.fills} fills`);
    assert.ok(after.account.orders >= before.account.orders);
    assert.ok(
      Math.abs(Number(after.account.nav) - Number(before.account.nav)) < 500,
      "not the capital of a new account",
    );
    assert.notEqual(Number(after.account.nav), 10_000);
    await next.stop();
    await account.verifyStates();
  },
});

interface Limits {
  readonly limits: readonly { readonly name: string; readonly limit: string }[];
}

Deno.test({
  name: "a configuration that is read again while one run ends and the next begins is what the next one goes by",
  ignore: !isHere,
  fn: async () => {
    await using home = await temporaryDirectory();
    await Deno.mkdir(join(home.path, "kbot"));
    const write = (exposure: number) =>
      Deno.writeTextFile(join(home.path, "kbot/kbot.toml"), `[risk]\nmax_open_exposure_usd = ${exposure}\n`);
    await write(400);
    await using account = await SharedAccount.start(["a"], { more: { XDG_CONFIG_HOME: home.path } });
    const [bot] = account.bots;
    await bot.start();
    await account.leader();
    const exposure = async (): Promise<string | undefined> =>
      (await bot.ask("/api/v1/risk") as Limits | null)?.limits.find(({ name }) => name === "Open exposure")?.limit;
    await until("what it started with", async () => await exposure() === "400.000000", PATIENCE_MS);
    await write(90);
    await Promise.all(account.nats.nodes.map((node) => node.kill()));
    // Its page is gone with the run that led, until the next one has its own.
    const role = async () => (await bot.status())?.cluster.role;
    await until("the run that led to end", async () => await role() !== "leader", PATIENCE_MS);
    bot.process.signal("SIGHUP");
    await until("the one that stands by", async () => await role() === "standby", PATIENCE_MS);
    await until("it to take what it was told", async () => await exposure() === "90.000000", PATIENCE_MS);
    assert.equal((await bot.stop()).code, 0);
  },
});

Deno.test({
  name: "settings that have to be mended end the start in words; servers that cannot be reached have it stand by",
  ignore: !isHere || !FULL,
  fn: async () => {
    await using account = await SharedAccount.start(["a"]);
    const [bot] = account.bots;
    const refused = async (more: Readonly<Record<string, string>>) => {
      const { code, stderr } = await bot.run(more);
      return `${code}: ${stderr.trim().split("\n").at(-1)}`;
    };
    const secured = account.nats.servers.map((server) => server.replace("nats:", "tls:"));
    assert.match(await refused({ KBOT_CLUSTER__SERVERS: JSON.stringify(secured) }), /^2: NATS at .* speaks no TLS/);
    assert.match(
      await refused({ KBOT_VENUE__FAST_ORDERS: "false" }),
      /^2: \[cluster\] with real orders needs venue\.fast_orders/,
    );
    await Promise.all(account.nats.nodes.map((node) => node.kill()));
    await bot.start();
    await until("it to stand by", async () => {
      const reasons = (await bot.status())?.ready.reasons.join("; ") ?? "";
      return /Stands by: NATS at .* cannot be reached/.test(reasons);
    }, PATIENCE_MS);
    for (const node of account.nats.nodes) node.start();
    await account.leader();
    await account.untilOrders(1);
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
