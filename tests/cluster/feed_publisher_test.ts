/** What a publisher of a feed does where something is wrong, at a real server. */

import assert from "node:assert/strict";
import { FeedPublisher } from "../../src/cluster/feeds/feed_publisher.ts";
import { FeedTaker } from "../../src/cluster/feeds/feed_taker.ts";
import { type Micros, micros } from "../../src/core/units.ts";
import { hasNatsServer, NatsCluster, NO_NATS_SERVER } from "./nats_cluster.ts";

const CAN = await hasNatsServer();
if (!CAN) console.log(NO_NATS_SERVER);

const now = (): Micros => micros(Date.now() * 1_000);

async function until(wanted: () => boolean): Promise<void> {
  const ends = performance.now() + 120_000;
  while (!wanted()) {
    assert.ok(performance.now() < ends, "Waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Random, so that it does not pack. */
const noise = (characters: number): string =>
  Array.from(
    { length: characters / 32_768 },
    () => String.fromCharCode(...crypto.getRandomValues(new Uint16Array(32_768)).map((each) => 32 + each % 50_000)),
  ).join("");

Deno.test({
  name: "a line that no message holds is a gap for takers, and the newer of two publishers counts",
  ignore: !CAN,
  fn: async () => {
    await using cluster = await NatsCluster.start({ nodes: 1 });
    const connection = await cluster.connect();
    const said: string[] = [];
    const open = (name: string) =>
      FeedPublisher.open({
        connection,
        feed: "main",
        replicas: 1,
        venue: "Kalshi",
        simulated: false,
        speed: 1,
        now,
        onWanted: () => {},
        onTrouble: (text) => said.push(`${name}: ${text}`),
        onReplaced: (text) => said.push(`${name}: ${text}`),
      });
    const first = await open("first");
    // Whoever begins between two keyframes waits for the second one.
    await until(() => first.counts.keyframes === 1);
    const heard: string[] = [];
    const taker = await FeedTaker.open(connection, "main", {
      begin: ({ next }) => heard.push(`begin ${next}`),
      line: ({ raw }) => heard.push(raw),
      heard: () => {},
      gap: (reason) => heard.push(reason),
    }, { isOver: () => false, onTrouble: assert.fail });
    await until(() => heard.includes("begin 0"));
    first.line("s", "one", now());
    await until(() => heard.includes("one"));
    first.line("s", noise(1 << 20), now());
    await until(() => said.length === 1);
    first.line("s", "three", now());
    await until(() => heard.includes("begin 2") && heard.includes("three") || heard.includes("begin 3"));
    assert.match(
      said[0],
      /^first: Lines that are lost to takers, who see the gap: 1, because they take \d+ bytes even packed/,
    );
    assert.deepEqual(heard.slice(0, 3), ["begin 0", "one", "Lines 1 to 2 are missing"]);
    assert.equal(first.counts.lost, 1);

    // The first one speaks without a pause, so that much of it comes between what the second one asks and says.
    const speaking = setInterval(() => first.line("s", "on and on", now()), 1);
    const second = await open("second");
    await until(() => said.length === 2);
    clearInterval(speaking);
    assert.equal(said[1], "first: Feed main is not published any more: another process publishes it now");
    second.line("s", "mine", now());
    await until(() => heard.includes("mine") || heard.filter((each) => each.startsWith("begin")).length >= 3);
    assert.ok(heard.includes("Another process publishes the feed"), heard.join("; "));
    first.line("s", "nobody hears it", now());
    await second.close();
    await first.close();
    assert.ok(!heard.includes("nobody hears it"));
    await taker.close();
    await connection.close();
  },
});

Deno.test({
  name: "a publisher that ends while its server is gone does not wait for it, and counts what was not taken",
  ignore: !CAN,
  // What was under way ends with the connection, a moment later.
  sanitizeOps: false,
  fn: async () => {
    await using cluster = await NatsCluster.start({ nodes: 1 });
    const connection = await cluster.connect();
    const said: string[] = [];
    const publisher = await FeedPublisher.open({
      ...{ connection, feed: "main", replicas: 1, venue: "Kalshi", simulated: false, speed: 1, now },
      onWanted: () => {},
      onTrouble: (text) => said.push(text),
      onReplaced: assert.fail,
    });
    await until(() => publisher.counts.keyframes === 1);
    await cluster.nodes[0].kill();
    publisher.line("s", "one", now());
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Where a sign of life is under way already, which comes every quarter of a second, the line waits behind it.
    const { published: underWay } = publisher.counts;
    for (const line of ["two", "three"]) publisher.line("s", line, now());
    const began = performance.now();
    await publisher.close(300);
    assert.ok(performance.now() - began < 120_000, "not the ten minutes for which a sweep waits");
    const lost = 3 - underWay;
    assert.equal(publisher.counts.lost, lost);
    assert.ok(
      said[0].startsWith(`Lines that are lost to takers, who see the gap: ${lost}, because no NATS server took them`),
    );
    await connection.close();
  },
});
