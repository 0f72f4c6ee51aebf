import assert from "node:assert/strict";
import { mock } from "node:test";
import { ServiceWatch } from "./service_watch.ts";

/** A run whose engine turns when it is told to, and a manager that writes down. */
class Stage {
  readonly told: Readonly<Record<string, string>>[] = [];
  readonly troubles: string[] = [];
  status = "PAPER, 0 markets";
  refuses: string | null = null;
  closed = false;
  turn: () => void = () => {};

  watch(watchdogMicros: number | null): ServiceWatch {
    return new ServiceWatch({
      run: {
        onTurn: (listener) => {
          this.turn = listener;
          return () => this.turn = () => {};
        },
        status: () => this.status,
      },
      socket: {
        send: (values) => {
          this.told.push(values);
          return Promise.resolve(this.refuses);
        },
        close: () => {
          this.closed = true;
          return Promise.resolve();
        },
      },
      watchdogMicros,
      onTrouble: (reason) => this.troubles.push(reason),
    });
  }

  get watchdogs(): number {
    return this.told.filter((values) => "WATCHDOG" in values).length;
  }
}

async function withTimers(work: (stage: Stage) => Promise<void>): Promise<void> {
  mock.timers.enable({ apis: ["setInterval"] });
  try {
    await work(new Stage());
  } finally {
    mock.timers.reset();
  }
}

Deno.test("a run is told ready at once, with its status", () =>
  withTimers(async (stage) => {
    const watch = stage.watch(null);
    assert.deepEqual(stage.told, [{ READY: "1", STATUS: "PAPER, 0 markets", MAINPID: String(Deno.pid) }]);
    await watch.close();
    assert.ok(stage.closed);
  }));

Deno.test("a watchdog is fed three times in its time while the engine turns, and not once it hangs", () =>
  withTimers(async (stage) => {
    const watch = stage.watch(60_000_000);
    for (let n = 0; n < 3; n++) {
      stage.turn();
      mock.timers.tick(20_000);
    }
    assert.equal(stage.watchdogs, 3);
    mock.timers.tick(120_000);
    assert.equal(stage.watchdogs, 3, "the timers run, and the engine does not");
    stage.turn();
    mock.timers.tick(20_000);
    assert.equal(stage.watchdogs, 4);
    await watch.close();
    mock.timers.tick(60_000);
    assert.equal(stage.watchdogs, 4);
  }));

Deno.test("a manager without a watchdog is sent none", () =>
  withTimers(async (stage) => {
    const watch = stage.watch(null);
    stage.turn();
    mock.timers.tick(120_000);
    assert.equal(stage.watchdogs, 0);
    await watch.close();
  }));

Deno.test("a status is told when it changes, and only then", () =>
  withTimers(async (stage) => {
    const watch = stage.watch(null);
    mock.timers.tick(60_000);
    assert.equal(stage.told.length, 1);
    stage.status = "PAPER, 2 markets; halted: daily_loss";
    mock.timers.tick(5_000);
    assert.deepEqual(stage.told.slice(1), [{ STATUS: "PAPER, 2 markets; halted: daily_loss" }]);
    watch.stopping();
    assert.equal(stage.told[2].STOPPING, "1");
    await watch.close();
  }));

Deno.test("a manager that cannot be reached is said once, and the run goes on", () =>
  withTimers(async (stage) => {
    stage.refuses = "Connection refused";
    const watch = stage.watch(60_000_000);
    for (let n = 0; n < 5; n++) {
      stage.turn();
      mock.timers.tick(20_000);
      await Promise.resolve();
    }
    assert.deepEqual(stage.troubles, ["Connection refused"]);
    await watch.close();
  }));
