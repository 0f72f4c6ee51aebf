/**
 * Keeps what `kbot top` knows up to date while it runs.
 * @module
 */

import type { TopConnection } from "./top_frame.ts";
import { topNews } from "./top_live.ts";
import { LivePicture, type TopPicture } from "./top_picture.ts";

/** The run's clock is not guessed further ahead than this, in milliseconds of ours. */
const GUESS_MS_MAX = 2_000;

export class TopFollower implements AsyncDisposable {
  readonly #live = new LivePicture();
  readonly #stop = new AbortController();
  readonly #heard = Promise.withResolvers<void>();
  readonly #following: Promise<void>;
  #connection: TopConnection = { kind: "connecting" };
  #heardAt = performance.now();
  /** When the newest view came, and what time it told. */
  #viewAt = 0;
  #viewMs: number | null = null;

  /** @param fail told of what only a defect explains */
  constructor(stateDirectory: string, { fail }: { fail(error: unknown): void }) {
    this.#following = this.#follow(stateDirectory).catch((error) => fail(error));
  }

  get picture(): TopPicture {
    return this.#live.picture;
  }
  get connection(): TopConnection {
    return this.#connection;
  }
  /** Resolves once something was heard, or why nothing is. */
  get heard(): Promise<void> {
    return this.#heard.promise;
  }
  /** How long ago the bot last said anything. */
  get silentMs(): number {
    return performance.now() - this.#heardAt;
  }
  /** The run's clock now: the last word, carried forward a little at the run's speed. */
  get nowMs(): number | null {
    if (this.#viewMs === null) return null;
    const speed = this.picture.status?.clock.speed ?? 1;
    return this.#viewMs + Math.min(GUESS_MS_MAX, performance.now() - this.#viewAt) * speed;
  }

  async #follow(stateDirectory: string): Promise<void> {
    for await (const news of topNews(stateDirectory, this.#stop.signal)) {
      if (news.kind === "lost") this.#connection = { kind: "lost", reason: news.reason };
      else {
        this.#heardAt = performance.now();
        this.#live.take(news.update);
        this.#connection = { kind: "live" };
        const at = Date.parse(news.update.sections.at ?? "");
        if (!Number.isNaN(at)) {
          this.#viewAt = this.#heardAt;
          this.#viewMs = at;
        }
      }
      this.#heard.resolve();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }
}
