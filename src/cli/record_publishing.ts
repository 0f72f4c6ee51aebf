/**
 * `kbot record --publish`: what is recorded goes to other kbots, too.
 * @module
 */

import { FeedPublisher } from "../cluster/feeds/feed_publisher.ts";
import type { ClusterConnection } from "../cluster/connection.ts";
import type { Config } from "../config/schema.ts";
import type { Input } from "../core/input.ts";
import type { Micros } from "../core/units.ts";
import type { ChosenVenue } from "../runner/venue_choice.ts";
import { messageOf } from "../store/message.ts";
import type { Venue } from "../venues/venue.ts";
import { EXIT } from "./command.ts";
import { joinCluster } from "./joined_cluster.ts";
import { printError } from "./output.ts";

export type Begun =
  | { readonly ok: true; readonly publishing: Publishing }
  | { readonly ok: false; readonly exitCode: number; readonly reason: string };

/** So often the venue is told that this process runs: where it stood still, books are stale. */
const BEAT_MS = 100;

export class Publishing {
  readonly #connection: ClusterConnection;
  readonly #publisher: FeedPublisher;
  readonly #beat: ReturnType<typeof setInterval>;

  private constructor(connection: ClusterConnection, publisher: FeedPublisher, venue: Venue) {
    this.#connection = connection;
    this.#publisher = publisher;
    this.#beat = setInterval(() => venue.beat?.(), BEAT_MS);
  }

  static async begin(feed: string, config: Config, chosen: ChosenVenue, venue: Venue): Promise<Begun> {
    const joined = await joinCluster(config, "--publish", "publisher");
    if (!joined.ok) return joined;
    const { connection } = joined;
    try {
      const publisher = await FeedPublisher.open({
        connection,
        feed,
        replicas: config.cluster.replicas,
        venue: chosen.title,
        simulated: chosen.simulated,
        speed: chosen.speed,
        now: () => chosen.clock.now(),
        onWanted: (tickers) => venue.perform({ type: "resync", tickers, reason: "Books are stale" }),
        onTrouble: printError,
        onReplaced: printError,
      });
      printError(`Publishing it as feed ${feed}`);
      return { ok: true, publishing: new Publishing(connection, publisher, venue) };
    } catch (error) {
      await connection.close();
      const reason = `The NATS servers will not have feed ${feed}: ${messageOf(error)}`;
      return { ok: false, exitCode: EXIT.failed, reason };
    }
  }

  line(source: string, raw: string, at: Micros): void {
    this.#publisher.line(source, raw, at);
  }

  venueInput(input: Input): void {
    this.#publisher.venueInput(input);
  }

  feedInput(input: Input): void {
    this.#publisher.feedInput(input);
  }

  /** Sends what waits. */
  async close(): Promise<void> {
    clearInterval(this.#beat);
    await this.#publisher.close();
    await this.#connection.close();
    const { published, lost } = this.#publisher.counts;
    printError(`Published: ${published - lost} lines; lost: ${lost}`);
  }
}
