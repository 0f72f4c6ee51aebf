/**
 * `kbot record --feed`: a tape of what another process hears, word for word, with the times at which it was heard there.
 * @module
 */

import { FeedRelay } from "../cluster/feeds/feed_relay.ts";
import { FEED_INPUT_SOURCE, type Keyframe } from "../cluster/feeds/feed_messages.ts";
import { FeedTaker } from "../cluster/feeds/feed_taker.ts";
import type { Config } from "../config/schema.ts";
import { type Micros, micros } from "../core/units.ts";
import { Recorder, tapeSettings } from "../runner/recorder.ts";
import { messageOf } from "../store/message.ts";
import type { TapeMessage } from "../store/tape_lines.ts";
import { EXIT, type RecordCommand } from "./command.ts";
import { printError } from "./output.ts";
import { summaryOf, tell, untilStopped } from "./record.ts";
import { VERSION } from "./version.ts";

export async function recordFeed(
  command: RecordCommand,
  config: Config,
  feed: string,
  directory: string,
): Promise<number> {
  const found = await FeedRelay.find(feed, config.cluster, Deno.env.toObject());
  if (!found.ok) {
    printError(found.reason);
    return found.kind === "usage" ? EXIT.usage : EXIT.failed;
  }
  const { relay: { connection }, clock: { venue, simulated } } = found;
  const title = `${venue} by feed ${feed}`;
  const recorder = await Recorder.start({
    directory,
    version: VERSION,
    venue: title,
    simulated,
    hasSocket: false,
    ...tapeSettings(config),
  });
  const recording = new FeedRecording(recorder);
  const began = performance.now();
  let over = false;
  try {
    const taker = await FeedTaker.open(connection, feed, recording, { isOver: () => over, onTrouble: printError });
    printError(`Recording ${simulated ? "SIMULATED data of " : ""}${title} to ${recorder.status().directory}`);
    await untilStopped(command.forSeconds ?? null);
    over = true;
    await taker.close();
  } catch (error) {
    printError(`Feed ${feed} cannot be taken: ${messageOf(error)}`);
    return EXIT.failed;
  } finally {
    await connection.close();
    await recorder.close();
  }
  const summary = await summaryOf(recorder, { title, simulated, began });
  return tell({ ...summary, gaps: summary.gaps + recording.gaps }, command);
}

/** Puts on the tape what is taken. It begins with what is known then, and so it goes on behind a gap. */
class FeedRecording {
  readonly #recorder: Recorder;
  #at: Micros = micros(0);
  gaps = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  begin({ inputs, at }: Keyframe): void {
    this.#at = at;
    for (const input of inputs) this.#recorder.input(input);
  }

  line({ source, raw, at }: TapeMessage): void {
    // What feeds made of their messages follows from them.
    if (source === FEED_INPUT_SOURCE) return;
    this.#at = at;
    this.#recorder.raw(source, raw, at);
  }

  heard(): void {}

  gap(reason: string): void {
    this.gaps++;
    printError(`${reason}: the books on the tape are stale until the next keyframe`);
    this.#recorder.input({ type: "book_stale", at: this.#at, tickers: "all", reason });
  }
}
