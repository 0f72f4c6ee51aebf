import assert from "node:assert/strict";
import { Bot, type BotOptions, GOOD_WAY, Keys, World } from "./lease_fixture.ts";
import { marginOf } from "./lease_term.ts";

const TTL = 1_000;
const MARGIN = marginOf(TTL);

interface Stage {
  readonly world: World;
  readonly keys: Keys;
  readonly bots: readonly Bot[];
}

function stageOf(count: number, options: Partial<BotOptions> = {}): Stage {
  const world = new World();
  const keys = new Keys();
  const bots = Array.from({ length: count }, (_, n) => new Bot(world, keys, n, { ttlMs: TTL, ...options }));
  return { world, keys, bots };
}

const CUT = { ...GOOD_WAY, losesRequest: () => true };

/** One after the other begins: the first leads. */
async function led(count = 2): Promise<Stage> {
  const stage = stageOf(count);
  for (const bot of stage.bots) {
    bot.begin();
    await stage.world.pass(10);
  }
  assert.deepEqual(stage.bots.map((bot) => bot.leads), stage.bots.map((_, n) => n === 0));
  return stage;
}

Deno.test("two never hold it at once: after the last renewal of one that died another waits a term and a margin", async () => {
  const { world, bots: [first, second] } = await led();
  await world.pass(3 * TTL);
  first.kill();
  const killedAt = world.now;
  while (!second.leads && world.now < killedAt + 3 * TTL) await world.pass(1);
  const waited = world.now - killedAt;
  // The last renewal was up to a sixth of a term before, and was seen up to a tenth of one after.
  assert.ok(waited > TTL + MARGIN - TTL / 6 - 10 && waited < TTL + MARGIN + TTL / 10 + 10, `${waited}`);
  assert.equal(first.leads, false);
  assert.deepEqual(second.taken.map(({ epoch }) => epoch), [2]);
});

Deno.test("a holder that stood still sends nothing after it", async () => {
  const { world, bots: [first, second] } = await led();
  first.stop(5 * TTL);
  await world.pass(TTL - MARGIN + 5);
  assert.equal(first.leads, false, "asked at that moment, before any of its code has run");
  await world.pass(TTL);
  assert.equal(second.leads, true);
  await world.pass(5 * TTL);
  assert.deepEqual([first.leads, second.leads], [false, true]);
  assert.match(first.lost[0], /^The lease is over: the lease was not renewed in time/);
});

Deno.test("a holder that nobody can hear ends by itself", async () => {
  const { world, bots: [first] } = await led(1);
  await world.pass(2 * TTL);
  first.way = CUT;
  await world.pass(TTL - MARGIN);
  assert.equal(first.leads, false);
  first.way = { ...GOOD_WAY };
  await world.pass(TTL);
  assert.equal(first.leads, true, "nobody else took it");
  assert.deepEqual(first.taken.map(({ epoch }) => epoch), [1, 2], "anew, with a higher epoch");
});

Deno.test("of two takers one gets it", async () => {
  const { world, bots } = stageOf(5);
  for (const bot of bots) bot.begin();
  await world.pass(TTL);
  assert.equal(bots.filter((bot) => bot.leads).length, 1);
  assert.equal(bots.flatMap((bot) => bot.taken).length, 1);
});

Deno.test("a late renewal of a former holder changes nothing", async () => {
  const { world, keys, bots: [first, second] } = await led();
  first.way = { ...GOOD_WAY, delay: () => 4 * TTL };
  await world.pass(3 * TTL);
  assert.equal(second.leads, true);
  await world.pass(4 * TTL);
  assert.equal(keys.record?.name, "bot-1");
  assert.deepEqual([first.leads, second.leads], [false, true]);
});

Deno.test("a write without an answer is not believed", async () => {
  const { world, bots: [first] } = await led(1);
  let lost = 0;
  first.way = { ...GOOD_WAY, losesAnswer: () => true };
  while (first.leads && lost < 3 * TTL) {
    await world.pass(1);
    lost++;
  }
  assert.ok(lost <= TTL, "although every renewal was written");
  first.way = { ...GOOD_WAY };
  await world.pass(TTL);
  assert.equal(first.leads, true);
});

Deno.test("a renewal whose answer was lost counts once the key shows it, from when it was sent", async () => {
  const { world, bots: [first] } = await led(1);
  let answers = 0;
  first.way = { ...GOOD_WAY, losesAnswer: () => answers++ % 3 === 0 };
  await world.pass(20 * TTL);
  assert.deepEqual(first.lost, []);
  assert.equal(first.lease.held?.epoch, 1);
});

Deno.test("every change of the holder has a higher epoch", async () => {
  const { world, bots } = await led(3);
  for (let round = 0; round < 6; round++) {
    bots.find((bot) => bot.leads)?.stop(2 * TTL);
    await world.pass(3 * TTL);
  }
  const epochs = bots.flatMap((bot) => bot.taken.map(({ epoch }) => epoch)).sort((a, b) => a - b);
  assert.deepEqual(epochs, epochs.map((_, n) => n + 1));
  assert.ok(epochs.length >= 7);
});

Deno.test("a key that is deleted frees nobody's lease, and the epochs go on", async () => {
  const { world, keys, bots: [first, second] } = await led();
  await world.pass(2 * TTL);
  first.way = CUT;
  keys.text = null;
  await world.pass(5 * TTL, () => assert.ok(!first.leads || !second.leads, `both lead after ${world.now} ms`));
  assert.deepEqual([first.leads, second.leads], [false, true]);
  assert.deepEqual(keys.record?.epoch, 2);
  keys.text = null;
  await world.pass(5 * TTL);
  assert.equal(second.leads, true);
  assert.equal(keys.record?.epoch, 3, "whoever held it knows what was");
});

Deno.test("a lease of keys made anew outgrows what was before", async () => {
  const { world, bots: [first] } = await led(1);
  const given = first.lease.outgrow(7);
  assert.equal(first.leads, false);
  await world.pass(TTL);
  await given;
  assert.equal(first.lease.held?.epoch, 8);
});

Deno.test("a key that cannot be read as a lease is nobody's", async () => {
  const { world, keys, bots: [first] } = stageOf(1);
  keys.write("{}", 0);
  first.begin();
  await world.pass(10 * TTL);
  assert.equal(first.leads, false);
  assert.match(first.lease.obstacle ?? "", /^What stands under lease\.main is not readable as a lease/);
  assert.equal(keys.text, "{}");
});

Deno.test("bots of different venues, or of paper and real money, never share one", async () => {
  const { world, keys, bots: [first] } = await led(1);
  const other = new Bot(world, keys, 7, { ttlMs: TTL, venue: "demo" });
  other.begin();
  first.kill();
  await world.pass(10 * TTL);
  assert.equal(other.leads, false);
  assert.match(
    other.lease.obstacle ?? "",
    /^The account belongs to live trading at kalshi, not to live trading at demo/,
  );
});

Deno.test("what was given up is taken at once", async () => {
  const { world, bots: [first, second] } = await led();
  await world.pass(2 * TTL);
  first.kill();
  void first.lease.release();
  await world.pass(TTL / 5);
  assert.equal(second.leads, true);
});

Deno.test("one that does not want it leaves it free", async () => {
  const { world, bots: [first, second] } = await led();
  second.lease.wanted = false;
  first.kill();
  await world.pass(5 * TTL);
  assert.equal(second.leads, false);
  second.lease.wanted = true;
  await world.pass(TTL);
  assert.equal(second.leads, true);
});

Deno.test("a copy of a state directory, and another bot of the same name, never lead beside it", async () => {
  const { world, keys, bots: [first] } = await led(1);
  const copy = new Bot(world, keys, 8, { ttlMs: TTL, instance: "k00000000", name: "copied" });
  const namesake = new Bot(world, keys, 9, { ttlMs: TTL, name: "bot-0" });
  for (const bot of [copy, namesake]) bot.begin();
  await world.pass(3 * TTL);
  assert.match(copy.lease.obstacle ?? "", /^The state directory is a copy of that of bot-0/);
  assert.match(namesake.lease.obstacle ?? "", /^Another bot is called bot-0, too/);
  assert.equal(first.leads, true);
});

Deno.test("a copy that bears the same name, too, is told from this bot's own process before", async () => {
  const { world, keys, bots: [first] } = await led(1);
  const copy = new Bot(world, keys, 8, { ttlMs: TTL, instance: "k00000000", name: "bot-0" });
  copy.begin();
  await world.pass(3 * TTL);
  assert.match(copy.lease.obstacle ?? "", /^Another process leads by this bot's name, bot-0, and with a copy/);
  assert.equal(first.leads, true);

  first.kill();
  const anew = new Bot(world, keys, 9, { ttlMs: TTL, instance: "k00000000", name: "bot-0" });
  copy.kill();
  anew.begin();
  await world.pass(TTL / 2);
  assert.equal(anew.lease.obstacle, null, "nobody renews it any more");
  await world.pass(TTL);
  assert.equal(anew.leads, true);
});

Deno.test("a machine that slept, and a clock that was set, end a lease early at worst", async () => {
  const { world, bots: [first] } = await led(1);
  first.monoOffset -= 2 * TTL;
  assert.equal(first.leads, true, "that says nothing: its wall clock went on alike");
  first.wallOffset += 2 * TTL;
  assert.equal(first.leads, false);
  await world.pass(TTL);
  assert.equal(first.leads, true);
  first.wallOffset -= 100 * TTL;
  first.way = CUT;
  await world.pass(TTL);
  assert.equal(first.leads, false, "a clock that was set back prolongs nothing");
});

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
const SEEDS = FULL ? 5_000 : 200;
/** So much true time each. */
const SIMULATED = 60 * TTL;

/** Numbers from 0 up to but without 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One bot is harmed for a while: its way, its process, or its clock. */
function harm(bot: Bot, sleeps: boolean, chance: () => number, world: World): void {
  const lasts = chance() ** 3 * 8 * TTL;
  const kind = Math.floor(chance() * 6);
  if (kind === 0) return bot.stop(lasts);
  if (kind === 1) {
    // Asleep and then set back, both clocks would be wrong at once, and no reckoning could know.
    bot.wallOffset += (chance() - (sleeps ? 0 : 0.5)) * 10 * TTL;
    return;
  }
  if (kind === 2) {
    if (!sleeps) return;
    // It sleeps: whatever counts time only while it is awake stands still, and the wall clock does not.
    bot.stop(lasts);
    return world.after(lasts, () => bot.monoOffset -= lasts);
  }
  const part = chance();
  const before = bot.way;
  bot.way = {
    delay: kind === 3 ? () => chance() ** 4 * 4 * TTL : () => 1 + chance() * 20,
    losesRequest: kind === 4 ? () => chance() < part : () => false,
    losesAnswer: kind === 5 ? () => chance() < part : () => false,
    lags: () => chance() < 0.3,
  };
  world.after(lasts, () => bot.way = before);
}

Deno.test(`${SEEDS} simulated clusters with standstills, partitions, lost answers and wrong clocks: never two leaders`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const chance = random(seed);
    const world = new World();
    const keys = new Keys();
    const bots = Array.from({ length: 2 + Math.floor(chance() * 3) }, (_, n) => {
      // Ten times what NTP may slew, and more than any quartz is off.
      const timeoutMs = chance() < 0.5 ? TTL / 6 : 2 * TTL;
      const bot = new Bot(world, keys, n, { ttlMs: TTL, timeoutMs, rate: 1 + (chance() - 0.5) * 0.01 });
      bot.monoOffset = chance() * 1e6;
      bot.wallOffset = chance() * 1e9;
      return bot;
    });
    for (const bot of bots) world.after(chance() * TTL, () => bot.begin());
    const plan = () => {
      const n = Math.floor(chance() * bots.length);
      harm(bots[n], n % 2 === 0, chance, world);
      world.after(chance() * TTL, plan);
    };
    world.after(TTL, plan);
    let ledAt = 0;
    await world.pass(SIMULATED, () => {
      const leaders = bots.filter((bot) => bot.leads);
      assert.ok(leaders.length <= 1, `seed ${seed}, after ${world.now} ms: ${leaders.length} leaders`);
      if (leaders.length === 1) ledAt++;
    });
    const epochs = bots.flatMap((bot) => bot.taken.map(({ epoch }) => epoch)).sort((a, b) => a - b);
    assert.equal(new Set(epochs).size, epochs.length, `seed ${seed}: an epoch was given twice`);
    assert.ok(ledAt > 0, `seed ${seed}: nobody ever led`);
  }
});
