import assert from "node:assert/strict";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { Lane } from "./lane.ts";
import { SubscriptionCommands } from "./subscription_commands.ts";
import type { Command } from "./subscriptions.ts";

const START = 1_790_000_000_000_000 as Micros;
const command = (id: number, params: Command["params"] = {}): Command => ({ id, cmd: "subscribe", params, answers: 1 });
const wanted = () => true;

function rig({ ordered = true, connected = true } = {}) {
  const clock = new SteppedClock(START);
  const lane = new Lane(ordered);
  const sent: string[] = [];
  const silences: string[] = [];
  const commands = new SubscriptionCommands({
    lane,
    timers: clock,
    send: (text) => connected && sent.push(text) > 0,
    onSilence: (reason) => silences.push(reason),
  });
  const pass = async (seconds: number) => {
    clock.advanceTo(clock.now() + seconds * MICROS_PER_SECOND as Micros);
    await new Promise((turn) => setTimeout(turn, 0));
  };
  return { commands, lane, sent, silences, pass };
}

Deno.test("a command is sent without what only kbot knows of it", () => {
  const { commands, sent } = rig();
  commands.send(command(1, { channels: ["trade"] }), wanted);
  assert.deepEqual(sent, ['{"id":1,"cmd":"subscribe","params":{"channels":["trade"]}}']);
  commands.forget();
});

Deno.test("in lockstep the next command waits for the answer, otherwise it does not", async () => {
  for (const ordered of [true, false]) {
    const { commands, lane, sent, silences, pass } = rig({ ordered });
    for (const id of [1, 2]) commands.send(command(id), wanted);
    assert.equal(sent.length, ordered ? 1 : 2);
    commands.answered(1);
    await pass(9);
    assert.equal(sent.length, 2);
    commands.answered(2);
    await lane.idle();
    await pass(60);
    assert.deepEqual(silences, []);
  }
});

Deno.test("no answer within ten seconds means a broken connection, and the next command is sent", async () => {
  const { commands, sent, silences, pass } = rig();
  for (const id of [1, 2]) commands.send(command(id), wanted);
  await pass(9.9);
  assert.deepEqual(silences, []);
  await pass(0.1);
  assert.deepEqual(silences, ["no answer to command 1"]);
  assert.equal(sent.length, 2);
  commands.answered(2);
});

Deno.test("a snapshot that does not come is nobody's trouble here", async () => {
  const { commands, lane, silences, pass } = rig();
  commands.send(command(1, { action: "get_snapshot" }), wanted);
  await pass(10);
  await lane.idle();
  assert.deepEqual(silences, []);
});

Deno.test("what waits for an answer when the connection goes waits no longer, and its answer means nothing", async () => {
  const { commands, lane, sent, silences, pass } = rig();
  let connection = 1;
  for (const id of [1, 2]) commands.send(command(id), () => connection === 1);
  connection = 2;
  commands.forget();
  await lane.idle();
  commands.answered(1);
  await pass(60);
  assert.deepEqual([sent.length, silences], [1, []], "the second one was meant for the connection before");
});

Deno.test("without a connection nothing is waited for", async () => {
  const { commands, lane, silences, pass } = rig({ connected: false });
  commands.send(command(1), wanted);
  await lane.idle();
  await pass(60);
  assert.deepEqual(silences, []);
});
