import assert from "node:assert/strict";
import { Lane } from "./lane.ts";

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** A job whose end the test decides. */
function gate(): { wait: Promise<void>; open: () => void } {
  let open = () => {};
  const wait = new Promise<void>((resolve) => open = resolve);
  return { wait, open };
}

Deno.test("in lockstep jobs run one at a time in the order asked, and frames wait for all of them", async () => {
  const lane = new Lane(true);
  const log: string[] = [];
  const first = gate();
  lane.run(async () => {
    await first.wait;
    log.push("job 1");
  });
  lane.deliver(() => log.push("frame 1"));
  lane.run(() => {
    log.push("job 2");
    return Promise.resolve();
  });
  lane.deliver(() => log.push("frame 2"));
  await turn();
  assert.deepEqual(log, []);
  first.open();
  await lane.idle();
  assert.deepEqual(log, ["job 1", "job 2", "frame 1", "frame 2"]);
});

Deno.test("in lockstep what a frame asks for is answered before the next frame, however early that came", async () => {
  const lane = new Lane(true);
  const log: string[] = [];
  lane.deliver(() => {
    log.push("frame 1");
    lane.run(async () => {
      await turn();
      log.push("answer 1");
    });
  });
  lane.deliver(() => log.push("frame 2"));
  await lane.idle();
  assert.deepEqual(log, ["frame 1", "answer 1", "frame 2"]);
});

Deno.test("free of lockstep everything starts at once", async () => {
  const lane = new Lane(false);
  const log: string[] = [];
  const first = gate();
  lane.run(async () => {
    await first.wait;
    log.push("job 1");
  });
  lane.run(() => {
    log.push("job 2");
    return Promise.resolve();
  });
  lane.deliver(() => log.push("frame"));
  assert.deepEqual(log, ["job 2", "frame"]);
  first.open();
  await lane.idle();
  assert.deepEqual(log, ["job 2", "frame", "job 1"]);
});

Deno.test("a request that waits for the clock holds up neither the run nor the frames, but the jobs after it", async () => {
  const lane = new Lane(true);
  const log: string[] = [];
  const clock = gate();
  lane.run(async () => {
    lane.waiting(true);
    await clock.wait;
    lane.waiting(false);
    log.push("job 1");
  });
  lane.run(() => {
    log.push("job 2");
    return Promise.resolve();
  });
  await lane.idle();
  lane.deliver(() => log.push("frame"));
  assert.deepEqual(log, ["frame"]);
  clock.open();
  await turn();
  await lane.idle();
  assert.deepEqual(log, ["frame", "job 1", "job 2"]);
});

Deno.test("an idle lane is idle at once", async () => {
  await new Lane(true).idle();
  await new Lane(false).idle();
});
