import assert from "node:assert/strict";
import { type Money, money } from "../core/units.ts";
import { startExchange } from "../venues/exchange/server.ts";
import type { TransferCommand } from "./command.ts";
import { transfer } from "./transfer.ts";

const dollars = (amount: number): Money => money(amount * 1_000_000);

interface Rig {
  readonly env: Readonly<Record<string, string>>;
  readonly command: TransferCommand;
}

async function withExchange(test: (rig: Rig) => Promise<void>): Promise<void> {
  const keyDirectory = await Deno.makeTempDir({ prefix: "kbot-transfer-" });
  const exchange = await startExchange({
    port: 0,
    seed: 7,
    speed: 1,
    faults: ["cash-on-shard-0"],
    mode: "free",
    keyDirectory,
  });
  const { rest, key_id, private_key_file } = exchange.info;
  try {
    await test({
      env: { KBOT_KALSHI_KEY_ID: key_id, KBOT_KALSHI_PRIVATE_KEY_FILE: private_key_file, HOME: keyDirectory },
      command: {
        kind: "transfer",
        from: 0,
        to: 2,
        amount: dollars(500),
        venue: rest,
        config: undefined,
        state: undefined,
        json: true,
      },
    });
  } finally {
    await exchange.stop();
    await Deno.remove(keyDirectory, { recursive: true });
  }
}

Deno.test("cash moves from one shard to another, and what each holds then is told", () =>
  withExchange(async ({ command, env }) => {
    const reply = await transfer(command, env);
    assert.deepEqual(reply.problems, []);
    assert.equal(reply.exitCode, 0);
    const { transfer_id, venue, ...told } = reply.json as Record<string, unknown>;
    assert.match(String(transfer_id), /^[0-9a-f-]{36}$/);
    assert.match(String(venue), /^Simulated exchange/);
    assert.deepEqual(told, {
      simulated: true,
      from: 0,
      to: 2,
      usd: "500.00",
      complete: true,
      shards: { "0": "9500.00", "2": "500.00" },
    });
    assert.match(
      reply.text ?? "",
      /\$500\.00 from shard 0 to shard 2 moved; cash: \$9500\.00 on shard 0, \$500\.00 on/,
    );
    const back = await transfer({ ...command, from: 2, to: 0 }, env);
    assert.deepEqual((back.json as Record<string, unknown>).shards, { "0": "10000.00" });
  }));

Deno.test("more than the shard holds is refused before anything is asked", () =>
  withExchange(async ({ command, env }) => {
    const reply = await transfer({ ...command, amount: dollars(10_001) }, env);
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems[0], /^Shard 0 holds \$10000\.00, less than was to be moved/);
  }));

Deno.test("a shard that the exchange does not have is refused by it, and nothing was moved", () =>
  withExchange(async ({ command, env }) => {
    const reply = await transfer({ ...command, to: 77 }, env);
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems[0], /invalid_parameters.*nothing was moved$/);
  }));

Deno.test("without a key, at the embedded exchange, or at the real one without the phrase nothing is asked at all", () =>
  withExchange(async ({ command, env }) => {
    const keyless = await transfer(command, { HOME: env.HOME });
    assert.deepEqual([keyless.exitCode, /needs an API key/.test(keyless.problems[0])], [2, true]);
    const embedded = await transfer({ ...command, venue: undefined }, { ...env, KBOT_VENUE__NAME: "sim" });
    assert.deepEqual([embedded.exitCode, /ends with its run/.test(embedded.problems[0])], [2, true]);
    const real = await transfer({ ...command, venue: "kalshi" }, { ...env, KBOT_LIVE_CONFIRM: "yes" });
    assert.equal(real.exitCode, 2);
    assert.match(real.problems[0], /^Transfers at Kalshi need the phrase "TRADE REAL MONEY" in KBOT_LIVE_CONFIRM/);
  }));
