import assert from "node:assert/strict";
import { passOn } from "./pass_on.ts";
import { SummaryReader } from "./run_summary.ts";

const encoder = new TextEncoder();

/** Takes a few bytes at a time, as a pipe may. */
function printer(): { readonly text: () => string; write(bytes: Uint8Array): Promise<number> } {
  let text = "";
  return {
    text: () => text,
    write(bytes) {
      const taken = bytes.subarray(0, 3);
      text += new TextDecoder().decode(taken);
      return Promise.resolve(taken.length);
    },
  };
}

Deno.test("what two say at once is printed one after the other, to the last byte, and both are read along", async () => {
  const to = printer();
  const readers = [new SummaryReader(), new SummaryReader()];
  const [first, second] = [new TransformStream<Uint8Array>(), new TransformStream<Uint8Array>()];
  const [one, other] = [first.writable.getWriter(), second.writable.getWriter()];
  const turn = passOn(first.readable, to, readers[0], Promise.resolve());
  const both = Promise.all([turn, passOn(second.readable, to, readers[1], turn)]);
  await other.write(encoder.encode("second begins\n"));
  await one.write(encoder.encode("first begins\n"));
  await other.write(encoder.encode("ok | 2 passed | 0 failed\n"));
  await other.close();
  await one.write(encoder.encode("ok | 1 passed | 0 failed\n"));
  await one.close();
  await both;
  assert.equal(to.text(), "first begins\nok | 1 passed | 0 failed\nsecond begins\nok | 2 passed | 0 failed\n");
  assert.deepEqual(readers.map((reader) => reader.counts().passed), [1, 2]);
});

Deno.test("one that says more than is kept waits for its turn", async () => {
  const to = printer();
  let asked = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (++asked > 20) controller.close();
      else controller.enqueue(encoder.encode("12345"));
    },
  }, { highWaterMark: 0 });
  const turn = Promise.withResolvers<void>();
  const passed = passOn(stream, to, new SummaryReader(), turn.promise, 12);
  // Nothing here waits for anything but what is done at once: after a turn it stands still.
  await new Promise((turn) => setTimeout(turn, 0));
  assert.deepEqual([asked, to.text()], [3, ""]);
  turn.resolve();
  await passed;
  assert.equal(to.text(), "12345".repeat(20));
});
