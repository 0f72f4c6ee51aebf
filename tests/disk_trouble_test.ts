import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";

const SEED = 5;

interface Ledger {
  readonly orders: Record<string, unknown>;
  readonly fills: readonly { readonly trade_id: string }[];
}

interface Halt {
  readonly name: string;
  readonly reason: string;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for something to become true; says what was waited for where it does not. */
async function until(what: string, test: () => Promise<boolean>, ms = 40_000): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; await pause(100)) if (await test()) return;
  assert.fail(`Waited ${ms} ms for ${what}`);
}

/** A bot that trades live at a simulated exchange of its own. */
interface Trading {
  readonly bot: Kbot;
  readonly args: readonly string[];
  readonly ledger: () => Promise<Ledger>;
  /** The names of the halts that the page shows, with their reasons. */
  readonly halts: () => Promise<readonly Halt[]>;
}

async function withTrading(state: string, test: (trading: Trading) => Promise<void>): Promise<void> {
  console.log(`seed ${SEED}`);
  await using keys = await temporaryDirectory();
  await using exchange = new Kbot(
    ["exchange", "--json", "--port", "0", "--seed", `${SEED}`, "--speed", "10", "--state", keys.path],
  );
  const [first] = await exchange.until(/^\{.*\}$/m);
  const info = JSON.parse(first) as { rest: string; ws: string; key_id: string; private_key_file: string };
  const env = { KBOT_KALSHI_KEY_ID: info.key_id, KBOT_KALSHI_PRIVATE_KEY_FILE: info.private_key_file };
  const args = ["--live", "--venue", info.rest, "--venue-ws", info.ws, "--port", "0", "--state", state, "--json"];
  await using bot = new Kbot(args, { ...env, KBOT_STRATEGIES__MARKET_MAKER__ENABLED: "true" });
  const [, url] = await bot.until(/Status page: (http\S+)/);
  const json = async (path: string, base: string): Promise<unknown> => await (await fetch(new URL(path, base))).json();
  const ledger = async () => await json("/sim/ledger", info.rest) as Ledger;
  const halts = async () => (await json("/api/v1/risk", url) as { halts: Halt[] }).halts;
  await until("the first orders", async () => Object.keys((await ledger()).orders).length > 2);
  await test({ bot, args, ledger, halts });
}

/** No order leaves while the trouble lasts, and some do once it is over. */
async function troubled(
  { ledger, halts, bot }: Trading,
  part: RegExp,
  begin: () => void,
  end: () => void,
): Promise<void> {
  const halted = async (): Promise<Halt | undefined> => (await halts()).find(({ name }) => part.test(name));
  begin();
  try {
    await until(`a halt because of ${part}`, async () => await halted() !== undefined);
    assert.match((await halted())?.reason ?? "", /cannot be written/, "the page says why");
    assert.match(bot.stderr, /cannot be written/, "and so does the log");
    // What was on its way may still arrive.
    await pause(500);
    const before = Object.keys((await ledger()).orders).length;
    await pause(2_000);
    assert.equal(Object.keys((await ledger()).orders).length, before, "no new order leaves");
  } finally {
    end();
  }
  await until("the halt to be lifted by itself", async () => await halted() === undefined);
  const after = Object.keys((await ledger()).orders).length;
  await until("new orders", async () => Object.keys((await ledger()).orders).length > after);
}

/** Nothing is lost and nothing doubled: the journal replays, and store, trail and exchange agree with it. */
async function allThere(state: string, { bot, ledger }: Trading): Promise<void> {
  bot.signal("SIGTERM");
  const ended = await bot.end();
  assert.equal(ended.code, 0, ended.stderr.slice(-2_000));
  const summary = JSON.parse(ended.stdout) as { journal: string; fills: number };
  for (
    const command of [
      ["replay", summary.journal, "--verify"],
      ["store", "check", "--state", state],
      ["audit", "verify", "--journals", "--state", state],
    ]
  ) {
    const checked = await runKbot(command);
    assert.equal(checked.code, 0, `${command.join(" ")}: ${checked.stdout}${checked.stderr}`);
  }
  const exported = await runKbot(["export", "--table", "trades", "--out", "-", "--state", state]);
  const [head, ...rows] = exported.stdout.trimEnd().split(/\r?\n/);
  const column = head.split(",").indexOf("trade_id");
  assert.deepEqual(
    rows.map((row) => row.split(",")[column]).sort(),
    (await ledger()).fills.map((fill) => fill.trade_id).sort(),
    "every fill of the exchange is remembered, and none twice",
  );
}

async function mount(args: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(args[0], { args: args.slice(1), stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** A small disk of its own needs the right to mount one. */
async function mayMount(): Promise<boolean> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-mount-" });
  const mounted = await mount(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", directory]);
  if (mounted) await mount(["umount", directory]);
  await Deno.remove(directory);
  return mounted;
}

const MOUNTS = Deno.build.os === "linux" && await mayMount();
if (!MOUNTS) console.log("Skipped: a full disk from outside needs the right to mount a small one (root)");

Deno.test({
  name: "a full disk halts trading and says so; once there is room it goes on, nothing lost and nothing doubled",
  ignore: !MOUNTS,
  fn: async () => {
    await using place = await temporaryDirectory();
    assert.ok(await mount(["mount", "-t", "tmpfs", "-o", "size=96m,mode=0700", "tmpfs", place.path]));
    try {
      const state = join(place.path, "state");
      const ballast = join(place.path, "ballast");
      await withTrading(state, async (trading) => {
        await troubled(trading, /^(journal|store)$/, () => {
          const file = Deno.openSync(ballast, { create: true, write: true });
          const piece = new Uint8Array(4_096);
          try {
            for (let k = 0; k < 96 * 256; k++) file.writeSync(piece);
          } catch {
            // Full.
          } finally {
            file.close();
          }
        }, () => Deno.removeSync(ballast));
        await allThere(state, trading);
      });
    } finally {
      await mount(["umount", place.path]);
    }
  },
});

Deno.test({
  name: "a database that another program holds halts trading and says so; once it is free trading goes on",
  // The database itself waits five seconds for the lock before it gives up, and the bot backs off after that.
  ignore: Deno.env.get("KBOT_TEST_FULL") !== "1",
  fn: async () => {
    await using place = await temporaryDirectory();
    const state = join(place.path, "state");
    await withTrading(state, async (trading) => {
      const other = new DatabaseSync(join(state, "state.kv"));
      try {
        await troubled(
          trading,
          /^store$/,
          () => other.exec("BEGIN IMMEDIATE"),
          () => other.exec("ROLLBACK"),
        );
      } finally {
        other.close();
      }
      await allThere(state, trading);
    });
  },
});
