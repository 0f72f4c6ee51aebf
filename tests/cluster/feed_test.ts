/** A feed of the simulated exchange over a real cluster: one process publishes, others record it and trade on it on paper. */

import assert from "node:assert/strict";
import { streamOf } from "../../src/cluster/feeds/names.ts";
import { INPUT_SOURCE, type TapeMessage } from "../../src/store/tape_lines.ts";
import { readTape } from "../../src/store/tape_reader.ts";
import { Kbot, runKbot, temporaryDirectory } from "../process.ts";
import { until } from "../trading_stage.ts";
import { hasNatsServer, NatsCluster, NO_NATS_SERVER } from "./nats_cluster.ts";

const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
const CAN = await hasNatsServer();
if (!CAN) console.log(NO_NATS_SERVER);
if (!FULL) console.log("SKIPPED: the long drill of feeds runs with KBOT_TEST_FULL=1");

/** How long anything may take on a slow machine; a bound, not a claim. */
const PATIENCE_MS = 120_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Publisher and takers, each a process of its own. */
class FeedStage implements AsyncDisposable {
  readonly cluster: NatsCluster;
  readonly #folder: { path: string } & AsyncDisposable;
  readonly #started: Kbot[] = [];

  private constructor(cluster: NatsCluster, folder: { path: string } & AsyncDisposable) {
    this.cluster = cluster;
    this.#folder = folder;
  }

  static async open(): Promise<FeedStage> {
    const stage = new FeedStage(await NatsCluster.start(), await temporaryDirectory());
    const config = `[cluster]\nservers = ${JSON.stringify(stage.cluster.servers)}\nname = "stage"\n`;
    await Deno.writeTextFile(stage.at("kbot.toml"), config, { mode: 0o600 });
    return stage;
  }

  at(name: string): string {
    return `${this.#folder.path}/${name}`;
  }

  start(...args: readonly string[]): Kbot {
    const kbot = new Kbot([...args, "--config", this.at("kbot.toml")]);
    this.#started.push(kbot);
    return kbot;
  }

  async publisher(): Promise<Kbot> {
    const kbot = this.start("record", "--venue", "sim", "--publish", "main", "--out", this.at("published"));
    await kbot.until(/Publishing it as feed main/);
    return kbot;
  }

  async taker(name: string): Promise<Kbot> {
    const kbot = this.start("record", "--feed", "main", "--out", this.at(name));
    await kbot.until(/Recording SIMULATED data of .* by feed main/);
    return kbot;
  }

  async paper(): Promise<Kbot> {
    const kbot = this.start("run", "--paper", "--feed", "main", "--state", this.at("state"), "--port", "0");
    await kbot.until(/Feed main is heard/);
    return kbot;
  }

  /** Every line of the one tape there; while it is being written, those that are there already. */
  async lines(name: string, isWhole = true): Promise<TapeMessage[]> {
    const found: TapeMessage[] = [];
    for await (const { name: tape } of Deno.readDir(this.at(name))) {
      for await (const event of readTape(`${this.at(name)}/${tape}`)) {
        assert.ok(
          !isWhole || event.kind === "lines" || event.kind === "header",
          `${event.kind} on the tape of ${name}`,
        );
        if (event.kind !== "lines") continue;
        for (const line of event.lines) {
          assert.ok(line.kind === "message", `${line.kind} on the tape of ${name}`);
          found.push(line);
        }
      }
    }
    return found;
  }

  /** Waits until a taker has written down more lines than these since it began to hear any. */
  async untilTaken(name: string, count: number): Promise<void> {
    const taken = async () => {
      // It says that it records before there is a tape.
      const lines = await this.lines(name, false).catch(() => []);
      return lines.length - beginningOf(lines);
    };
    await until(`${count} lines on the tape of ${name}`, async () => await taken() > count, PATIENCE_MS);
  }

  /** How many lines of the taker's tape are those of the publisher's, one after the other to its end. */
  async compare(name: string): Promise<number> {
    const [taken, published] = [await this.lines(name), await this.lines("published")];
    const first = beginningOf(taken);
    const place = published.findIndex((line) =>
      line.at === taken[first]?.at && line.source === taken[first].source && line.raw === taken[first].raw
    );
    assert.ok(first < taken.length && place >= 0, `The tape of ${name} begins with what nobody published`);
    const rest = taken.slice(first);
    assert.deepEqual(rest, published.slice(place, place + rest.length));
    return rest.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const kbot of this.#started) await kbot[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** Behind what a taker is told of the time before it; their number where there is nothing else. */
function beginningOf(lines: readonly TapeMessage[]): number {
  const first = lines.findIndex(({ source }) => source !== INPUT_SOURCE);
  return first < 0 ? lines.length : first;
}

async function stop(kbot: Kbot): Promise<void> {
  kbot.signal("SIGINT");
  const { code, stderr } = await kbot.end();
  assert.equal(code, 0, stderr);
}

/** How often a paper bot did not believe its feed; nothing may have been sent meanwhile. */
function doubts({ stderr }: Kbot): number {
  let doubted = 0;
  let isTold = false;
  for (const line of stderr.split("\n")) {
    if (/INFO +venue: Feed main is heard/.test(line)) isTold = true;
    else if (/nothing is traded on it until it is well again/.test(line)) {
      isTold = false;
      doubted++;
    } else if (/ at \d\.\d{4}: sent \(/.test(line)) assert.ok(isTold, `Sent while nothing was heard: ${line}`);
  }
  return doubted;
}

Deno.test({
  name: "the stream's leader dies: takers miss no line and hear none twice, and nothing is traded on what is late",
  ignore: !CAN,
  fn: async () => {
    await using stage = await FeedStage.open();
    const publisher = await stage.publisher();
    const [taker, paper] = await Promise.all([stage.taker("taken"), stage.paper()]);
    const leader = await stage.cluster.leaderOf(streamOf("main"));
    await leader.kill();
    await wait(1_000);
    leader.start();
    await stage.cluster.untilHealthy();
    const late = await stage.taker("late");
    await stage.untilTaken("taken", 300);
    await stage.untilTaken("late", 100);
    for (const kbot of [taker, late, paper, publisher]) await stop(kbot);
    assert.ok(await stage.compare("taken") > 300);
    assert.ok(await stage.compare("late") > 100);
    doubts(paper);
    assert.match(publisher.stderr, /^Published: \d+ lines; lost: 0$/m);
    assert.match(paper.stdout, /simulated/i);
  },
});

Deno.test("what does not go together, and what is missing, is said", async () => {
  await using folder = await temporaryDirectory();
  await Deno.writeTextFile(`${folder.path}/kbot.toml`, "");
  const common = ["--config", `${folder.path}/kbot.toml`, "--state", `${folder.path}/state`];
  const cases: [readonly string[], number, RegExp][] = [
    [["run", "--live", "--feed", "main"], 2, /^--feed is for --paper: live orders need a connection of their own/],
    [["record", "--feed", "main", "--publish", "main"], 2, /^Both --feed and --publish/],
    [["record", "--feed", "main", "--venue", "sim"], 2, /^--feed comes in place of a venue/],
    [["record", "--feed", "main"], 2, /^Feed main needs NATS servers: set servers and name in \[cluster\]$/m],
    [["run", "--paper", "--feed", "main", "--port", "0"], 2, /^Feed main needs NATS servers/m],
  ];
  for (const [args, code, said] of cases) {
    const ended = await runKbot([...args, ...common]);
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, said);
  }
});

/** Every server dies so often. */
const ROUNDS = 3;

Deno.test({
  name: "servers die in turn, the publisher stands still and is started anew: what is taken is what was published",
  ignore: !CAN || !FULL,
  fn: async () => {
    await using stage = await FeedStage.open();
    const publisher = await stage.publisher();
    const [taker, paper] = await Promise.all([stage.taker("taken"), stage.paper()]);
    let killed = 0;
    let leaders = 0;
    for (let turn = 0; turn < 3 * ROUNDS; turn++) {
      const isLeader = turn % 2 === 0;
      const node = isLeader ? await stage.cluster.leaderOf(streamOf("main")) : stage.cluster.nodes[turn % 3];
      await node.kill();
      killed++;
      if (isLeader) leaders++;
      await wait(1_500);
      node.start();
      await stage.cluster.untilHealthy();
      await wait(2_000);
    }
    publisher.signal("SIGSTOP");
    await wait(3_000);
    publisher.signal("SIGCONT");
    await wait(5_000);
    await stop(taker);
    await stop(publisher);
    const lines = await stage.compare("taken");
    // Another one takes up the feed: for the bot that is a gap, and a beginning.
    const next = stage.start("record", "--venue", "sim", "--publish", "main", "--out", stage.at("again"));
    await next.until(/Publishing it as feed main/);
    await paper.until(/Another process publishes the feed|is silent/);
    await wait(5_000);
    await stop(paper);
    await stop(next);
    const doubted = doubts(paper);
    assert.ok(doubted >= 2, `${doubted} doubts`);
    console.log(`The drill of feeds: ${JSON.stringify({ killed, leaders, lines, doubted })}`);
  },
});
