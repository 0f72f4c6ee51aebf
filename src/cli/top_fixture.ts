/**
 * For tests of `kbot top`: what it hears of a faked run, and the moment it draws.
 * @module
 */

import type { FakeSources } from "../server/fake_sources.ts";
import { LiveState } from "../server/live_state.ts";
import { FIRST_VIEW, type TopMoment } from "./top_frame.ts";
import { LivePicture, type TopPicture } from "./top_picture.ts";
import { TOP_UPDATE, type TopUpdate } from "./top_shapes.ts";

/** The first update that a server over these sources sends. */
export function updateOf(sources: FakeSources): TopUpdate {
  const state = new LiveState();
  state.refreshView(sources.view());
  state.refreshStatus(sources.status());
  const logs = JSON.stringify(sources.logs(0, 200));
  return TOP_UPDATE.parse(JSON.parse(`{${state.changesSince(0)},"logs":${logs},"logsSkipped":0}`));
}

export function pictureOf(sources: FakeSources): TopPicture {
  const live = new LivePicture();
  live.take(updateOf(sources));
  return live.picture;
}

export function momentOf(picture: TopPicture, changes: Partial<TopMoment> = {}): TopMoment {
  return {
    picture,
    connection: { kind: "live" },
    nowMs: Date.parse(picture.at ?? ""),
    silentMs: 100,
    view: FIRST_VIEW,
    keys: true,
    ...changes,
  };
}
