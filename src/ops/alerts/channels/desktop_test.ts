import assert from "node:assert/strict";
import { alertOf, batchOf } from "../alert_fixture.ts";
import { Desktop, terminalNotice } from "./desktop.ts";

Deno.test("a terminal gets both sequences for a notification and its bell, and nothing in the text ends them", () => {
  const notice = terminalNotice(batchOf([alertOf({ text: "evil\u001b]0;title\u0007 \u009c;more" })]));
  assert.match(
    notice,
    // deno-lint-ignore no-control-regex
    /^\u001b\]9;[^\u0000-\u001f\u007f-\u009f;]*\u0007\u001b\]777;notify;[^\u0000-\u001f;]*;[^\u0000-\u001f;]*\u0007\u0007$/,
  );
  assert.ok(notice.includes("kbot PAPER at Kalshi"));
});

Deno.test("a terminal that takes little at a time gets all of it, and one that is gone is told", async () => {
  const written: Uint8Array[] = [];
  const write = (bytes: Uint8Array) => {
    written.push(bytes.slice());
    return Math.min(10, bytes.length);
  };
  const terminal = new Desktop({ isTerminal: () => true, writeSync: write });
  assert.ok((await terminal.deliver(batchOf())).ok);
  assert.ok(written.length > 1 && written.at(-1)?.at(-1) === 7);
  const gone = new Desktop({
    isTerminal: () => true,
    writeSync: () => {
      throw new Deno.errors.BrokenPipe("gone");
    },
  });
  assert.ok(!(await gone.deliver(batchOf())).ok);
});
