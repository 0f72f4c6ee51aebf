import assert from "node:assert/strict";
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

/** Intervals that go on when they are told to: node:test has no fake ones on Deno 2.4. */
class Intervals {
  readonly #tasks = new Map<number, { readonly everyMs: number; readonly task: () => void; due: number }>();
  #now = 0;

  readonly set = (task: () => void, everyMs: number): number => {
    const id = this.#tasks.size + 1;
    this.#tasks.set(id, { everyMs, task, due: this.#now + everyMs });
    return id;
  };

  readonly clear = (id: number): void => {
    this.#tasks.delete(id);
  };

  tick(ms: number): void {
    for (const end = this.#now + ms; this.#now < end;) {
      this.#now = Math.min(end, ...[...this.#tasks.values()].map(({ due }) => due));
      for (const each of this.#tasks.values()) {
        if (each.due > this.#now) continue;
        each.due += each.everyMs;
        each.task();
      }
    }
  }
}

async function withTimers(work: (stage: Stage, timers: Intervals) => Promise<void>): Promise<void> {
  const { setInterval, clearInterval } = globalThis;
  const timers = new Intervals();
  Object.assign(globalThis, { setInterval: timers.set, clearInterval: timers.clear });
  try {
    await work(new Stage(), timers);
  } finally {
    Object.assign(globalThis, { setInterval, clearInterval });
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
  withTimers(async (stage, timers) => {
    const watch = stage.watch(60_000_000);
    for (let n = 0; n < 3; n++) {
      stage.turn();
      timers.tick(20_000);
    }
    assert.equal(stage.watchdogs, 3);
    timers.tick(120_000);
    assert.equal(stage.watchdogs, 3, "the timers run, and the engine does not");
    stage.turn();
    timers.tick(20_000);
    assert.equal(stage.watchdogs, 4);
    await watch.close();
    timers.tick(60_000);
    assert.equal(stage.watchdogs, 4);
  }));

Deno.test("a manager without a watchdog is sent none", () =>
  withTimers(async (stage, timers) => {
    const watch = stage.watch(null);
    stage.turn();
    timers.tick(120_000);
    assert.equal(stage.watchdogs, 0);
    await watch.close();
  }));

Deno.test("a status is told when it changes, and only then", () =>
  withTimers(async (stage, timers) => {
    const watch = stage.watch(null);
    timers.tick(60_000);
    assert.equal(stage.told.length, 1);
    stage.status = "PAPER, 2 markets; halted: daily_loss";
    timers.tick(5_000);
    assert.deepEqual(stage.told.slice(1), [{ STATUS: "PAPER, 2 markets; halted: daily_loss" }]);
    watch.stopping();
    assert.equal(stage.told[2].STOPPING, "1");
    await watch.close();
  }));

Deno.test("a manager that cannot be reached is said once, and the run goes on", () =>
  withTimers(async (stage, timers) => {
    stage.refuses = "Connection refused";
    const watch = stage.watch(60_000_000);
    for (let n = 0; n < 5; n++) {
      stage.turn();
      timers.tick(20_000);
      await Promise.resolve();
    }
    assert.deepEqual(stage.troubles, ["Connection refused"]);
    await watch.close();
  }));

Deno.test("a reload is told when it begins and when it is over, with how the run fares then", async () => {
  await withTimers(async (stage) => {
    const watch = stage.watch(null);
    watch.reloading();
    stage.status = "PAPER, 7 markets";
    watch.reloaded();
    assert.deepEqual(stage.told.slice(1), [
      { RELOADING: "1", STATUS: "Reading the configuration again" },
      { READY: "1", STATUS: "PAPER, 7 markets" },
    ]);
    await watch.close();
  });
});
