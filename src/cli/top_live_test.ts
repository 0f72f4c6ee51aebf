import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeSources } from "../server/fake_sources.ts";
import { startServer } from "../server/server.ts";
import { lockStateDirectory, type StateLock } from "../store/lock.ts";
import { loadToken } from "../store/token.ts";
import { top } from "./top.ts";
import { backoffMs, eventData, type TopNews, topNews } from "./top_live.ts";

/** A bot's place: its state directory, and a server that is started anew, each time as another run at another port. */
class FakeBot {
  readonly state = Deno.makeTempDirSync({ prefix: "kbot-test-" });
  readonly sources = new FakeSources();
  #stop: (() => Promise<void>) | null = null;
  #lock: StateLock | null = null;
  #runs = 0;

  async start(): Promise<void> {
    const loaded = await loadToken(this.state);
    if (!loaded.ok) assert.fail(loaded.reason);
    // Behind a proxy reading needs the token.
    const guarded = { allowedHosts: ["kbot.example"], token: loaded.token };
    const server = await startServer({ hostname: "127.0.0.1", port: 0, sources: this.sources, ...guarded });
    if (!server.ok) assert.fail(server.reason);
    this.#stop = server.stop;
    const locked = await lockStateDirectory(this.state);
    if (!locked.ok) assert.fail(locked.reason);
    this.#lock = locked.lock;
    const run = `run-${++this.#runs}`;
    this.sources.changeStatus({ run });
    const file = { pid: Deno.pid, url: server.url, run, startedAt: "2026-11-20T12:00:00Z" };
    await Deno.writeTextFile(join(this.state, "run.json"), JSON.stringify(file));
  }

  async stop(): Promise<void> {
    await this.#stop?.();
    this.#stop = null;
    this.#lock?.release();
    this.#lock = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.state, { recursive: true });
  }
}

async function until(news: AsyncGenerator<TopNews>, wanted: (news: TopNews) => boolean): Promise<TopNews> {
  for (;;) {
    const next = await news.next();
    if (next.done) assert.fail("There is no more news");
    if (wanted(next.value)) return next.value;
  }
}

Deno.test("a bot is followed, missed when it ends, and found again as another run at another port", async () => {
  await using bot = new FakeBot();
  await bot.start();
  const ending = new AbortController();
  const news = topNews(bot.state, ending.signal);
  const first = await until(news, () => true);
  assert.ok(first.kind === "update" && first.update.full && first.update.status?.run === "run-1");
  bot.sources.change({ counters: { ...bot.sources.engine.counters, inputs: 7 } });
  await until(news, (each) => each.kind === "update" && each.update.sections.counters?.inputs === 7);
  const missed = until(news, ({ kind }) => kind === "lost");
  await bot.stop();
  const lost = await missed;
  assert.ok(lost.kind === "lost" && /has ended the connection$/.test(lost.reason), JSON.stringify(lost));
  await bot.start();
  const again = await until(news, ({ kind }) => kind === "update");
  assert.ok(again.kind === "update" && again.update.full && again.update.status?.run === "run-2");
  const end = news.next();
  ending.abort();
  for (let next = await end; !next.done; next = await news.next());
});

Deno.test("no bot is told as such, and what to do", async () => {
  await using bot = new FakeBot();
  const ending = new AbortController();
  const news = topNews(bot.state, ending.signal);
  const { value } = await news.next();
  assert.ok(value?.kind === "lost");
  assert.match(value.reason, /^No bot runs with .*: start one with kbot --paper or kbot demo, or name its state/);
  ending.abort();
  assert.ok((await news.next()).done);
  const said: unknown[] = [];
  const { error } = console;
  console.error = (text: unknown) => said.push(text);
  try {
    const flags = { everySeconds: undefined, forSeconds: undefined, once: false, noNotices: false };
    assert.equal(await top({ kind: "top", config: undefined, state: bot.state, json: false, ...flags }), 1);
  } finally {
    console.error = error;
  }
  assert.deepEqual(said, [value.reason]);
});

Deno.test("attempts come less and less often, down to one in five seconds", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 1_000].map(backoffMs), [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
});

const streamOf = (pieces: readonly string[]): ReadableStream<Uint8Array<ArrayBuffer>> =>
  ReadableStream.from(pieces.map((piece) => new TextEncoder().encode(piece)));
const dataOf = (pieces: readonly string[]): Promise<string[]> =>
  Array.fromAsync(eventData(streamOf(pieces), new AbortController().signal));

Deno.test("events are put together from pieces, and what is no data is left out", async () => {
  for (
    const [pieces, wanted] of [
      [[": kbot\n\n", 'id: 1\ndata: {"a":1}\n\n'], ['{"a":1}']],
      [["da", "ta: on", "e\n", "\nda", "ta:two\r\n\r\n"], ["one", "two"]],
      [["data: a\ndata: b\n\n"], ["a\nb"]],
      [["data: not ended"], []],
      [["event: x\nretry: 5\n\n"], []],
    ] as const
  ) assert.deepEqual(await dataOf(pieces), wanted, JSON.stringify(pieces));
});

Deno.test("a line without an end is not collected for ever", async () => {
  const piece = "x".repeat(4_000_000);
  await assert.rejects(dataOf(["data: ", piece, piece, piece, piece, piece]), /no end/);
});
