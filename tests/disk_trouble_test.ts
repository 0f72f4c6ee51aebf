import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";
import { assertSeen, type Trouble, troubleOf } from "./readme_troubles.ts";
import { allThere, FIRST_ORDERS_MS, type Halt, pause, type Trading, until, withTrading } from "./trading_stage.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";

/** What has left may still arrive: waits until all that the bot sent is there, or is known not to be. */
async function untilArrived(bot: Kbot): Promise<void> {
  const [, url] = await bot.until(/Status page: (http\S+)/);
  const onTheWay = async () => {
    const { orders } = await (await fetch(new URL("/api/v1/orders", url))).json() as { orders: { phase: string }[] };
    return orders.filter(({ phase }) => phase !== "resting").length;
  };
  await until("what was sent to arrive", async () => await onTheWay() === 0);
}

/** No order leaves while the trouble lasts, and some do once it is over. */
async function troubled(
  { orders, halts, bot }: Trading,
  part: RegExp,
  row: Trouble,
  begin: () => void,
  end: () => void,
): Promise<void> {
  const halted = async (): Promise<Halt | undefined> => (await halts()).find(({ name }) => part.test(name));
  begin();
  try {
    await until(`a halt because of ${part}`, async () => await halted() !== undefined);
    assert.match((await halted())?.reason ?? "", /cannot be written/, "the page says why");
    assertSeen(row, bot.stderr);
    await untilArrived(bot);
    const before = await orders();
    await pause(2_000);
    assert.equal(await orders(), before, "no new order leaves");
  } finally {
    end();
  }
  await until("the halt to be lifted by itself", async () => await halted() === undefined);
  const after = await orders();
  await until("new orders", async () => await orders() > after, FIRST_ORDERS_MS);
}

async function ended({ bot, ledger }: Trading, state: string): Promise<void> {
  bot.signal("SIGTERM");
  const end = await bot.end();
  assert.equal(end.code, 0, end.stderr.slice(-2_000));
  await allThere(state, end, await ledger());
}

async function run(...[command, ...args]: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** A small disk of its own needs the right to mount one. */
async function mayMount(): Promise<boolean> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-mount-" });
  const mounted = await run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", directory);
  if (mounted) await run("umount", directory);
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
    assert.ok(await run("mount", "-t", "tmpfs", "-o", "size=96m,mode=0700", "tmpfs", place.path));
    try {
      const state = join(place.path, "state");
      const ballast = join(place.path, "ballast");
      await withTrading(state, async (trading) => {
        await troubled(trading, /^(journal|store)$/, troubleOf("the disk is full"), () => {
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
        await ended(trading, state);
      });
    } finally {
      await run("umount", place.path);
    }
  },
});

Deno.test({
  name: "a state directory that cannot be written is refused before anything starts, and can be read all the same",
  ignore: !MOUNTS,
  fn: async () => {
    await using place = await temporaryDirectory();
    assert.ok(await run("mount", "-t", "tmpfs", "-o", "size=96m,mode=0700", "tmpfs", place.path));
    try {
      const state = join(place.path, "state");
      const flags = ["--venue", "sim", "--speed", "20", "--for", "1s", "--port", "0", "--state", state];
      assert.equal((await runKbot(["--paper", ...flags])).code, 0);
      assert.ok(await run("mount", "-o", "remount,ro", place.path));
      const refused = await runKbot(["--paper", ...flags]);
      const row = troubleOf("the state directory is read-only at the start");
      assert.equal(refused.code, row.code, refused.stderr);
      assertSeen(row, refused.stderr);
      assert.equal(refused.stdout, "");
      const absent = await runKbot(["--paper", "--port", "0", "--state", join(place.path, "other")]);
      assert.equal(absent.code, 1, absent.stderr);
      assert.match(absent.stderr, /State directory \S+ cannot be made: .*; choose another with --state/);
      const checked = await runKbot(["audit", "verify", "--journals", "--state", state]);
      assert.equal(checked.code, 0, checked.stdout + checked.stderr);
    } finally {
      await run("umount", place.path);
    }
  },
});

/** A disk of its own in a file, which turns read-only by itself where it meets an error. */
class FailingDisk implements AsyncDisposable {
  readonly #image: string;

  private constructor(readonly path: string, image: string) {
    this.#image = image;
  }

  /** Where there is the right to make one, and a kernel that can be told to meet an error; `null` elsewhere. */
  static async make(place: string): Promise<FailingDisk | null> {
    const [path, image] = [join(place, "disk"), join(place, "image")];
    await Deno.mkdir(path);
    await Deno.writeFile(image, new Uint8Array());
    await Deno.truncate(image, 96 * 1024 * 1024);
    const disk = new FailingDisk(path, image);
    if (!await run("mkfs.ext4", "-q", image) || !await disk.mount()) return null;
    if (await Deno.stat(await disk.#trigger()).then(() => true, () => false)) return disk;
    await disk[Symbol.asyncDispose]();
    return null;
  }

  mount(): Promise<boolean> {
    return run("mount", "-o", "loop,errors=remount-ro", this.#image, this.path);
  }

  async #trigger(): Promise<string> {
    const mounts = (await Deno.readTextFile("/proc/mounts")).split("\n").map((line) => line.split(" "));
    const [device = ""] = mounts.find(([, path]) => path === this.path) ?? [];
    return `/sys/fs/ext4/${device.replace("/dev/", "")}/trigger_fs_error`;
  }

  async fail(): Promise<void> {
    await Deno.writeTextFile(await this.#trigger(), "1");
  }

  async repair(): Promise<void> {
    assert.ok(await run("umount", this.path));
    await run("e2fsck", "-p", this.#image);
    assert.ok(await this.mount());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", this.path);
  }
}

async function mayFail(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  await using place = await temporaryDirectory();
  await using disk = await FailingDisk.make(place.path);
  return disk !== null;
}

const FAILS = await mayFail();
if (!FAILS) console.log("Skipped: a disk that turns read-only needs the right to make and mount one (root, ext4)");

/**
 * What such a disk was not yet told to keep is gone: nothing that was acted on, where each entry is forced to it; up to a
 * second of the journal else, which the next run writes down from the database and the exchange.
 */
const SYNCS = FULL ? ["every", "second"] : ["every"];

for (const sync of SYNCS) {
  Deno.test({
    name:
      `a disk that turns read-only (sync ${sync}) ends trading; after its repair the next run goes on, nothing lost`,
    ignore: !FAILS,
    fn: async () => {
      await using place = await temporaryDirectory();
      await using disk = await FailingDisk.make(place.path);
      assert.ok(disk !== null);
      const state = join(disk.path, "state");
      await withTrading(state, async ({ bot, args, env, ledger, orders, halts }) => {
        await disk.fail();
        const halted = async () => (await halts()).some(({ reason }) => /^The journal cannot be written/.test(reason));
        await until("a halt because of the disk", halted);
        const resting = async () =>
          Object.values((await ledger()).orders).filter(({ status }) => status === "resting").length;
        await untilArrived(bot);
        await until("nothing to rest", async () => await resting() === 0);
        const before = await orders();
        await pause(1_000);
        assert.equal(await orders(), before, "no new order leaves");
        bot.signal("SIGTERM");
        const end = await bot.end();
        const row = troubleOf("the disk turned read-only under it");
        assert.equal(end.code, row.code, end.stderr);
        assertSeen(row, end.stderr);
        await disk.repair();
        await using next = new Kbot(args, env);
        // As the first ones of a run are, on a loaded machine.
        await until("new orders", async () => await orders() > before, FIRST_ORDERS_MS);
        next.signal("SIGTERM");
        const last = await next.end();
        assert.equal(last.code, 0, last.stderr);
        await allThere(state, last, await ledger());
      }, { KBOT_STORE__SYNC: sync });
    },
  });
}

Deno.test({
  name: "a database that another program holds halts trading and says so; once it is free trading goes on",
  // The database itself waits five seconds for the lock before it gives up, and the bot backs off after that.
  ignore: !FULL,
  fn: async () => {
    await using place = await temporaryDirectory();
    const state = join(place.path, "state");
    await withTrading(state, async (trading) => {
      const other = new DatabaseSync(join(state, "state.kv"));
      try {
        await troubled(
          trading,
          /^store$/,
          troubleOf("another program holds the database"),
          () => other.exec("BEGIN IMMEDIATE"),
          () => other.exec("ROLLBACK"),
        );
      } finally {
        other.close();
      }
      await ended(trading, state);
    });
  },
});
