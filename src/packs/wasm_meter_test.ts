import assert from "node:assert/strict";
import fc from "fast-check";
import { FUEL, meter, MeterError, STATE } from "./wasm_meter.ts";

/** A section: its id, and its body with its length before it. */
const section = (id: number, body: readonly number[]): number[] => [id, body.length, ...body];
const body = (locals: readonly number[], code: readonly number[]): number[] => {
  const bytes = [...locals, ...code, 0x0b];
  return [bytes.length, ...bytes];
};
const END = 0x0b;

/**
 * Three functions: `turns(n)` turns a loop n times, `calls(n)` calls itself n times, `fill(n)` fills n bytes of memory. The
 * global before them may change, the second may not.
 */
const MODULE = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]),
  ...section(3, [3, 0, 0, 0]),
  ...section(5, [1, 0, 16]),
  ...section(6, [2, 0x7f, 1, 0x41, 7, END, 0x7f, 0, 0x41, 8, END]),
  ...section(7, [3, 1, 97, 0, 0, 1, 98, 0, 1, 1, 99, 0, 2]),
  ...section(10, [
    3,
    // loop: n - 1, again while it is not 0
    ...body([1, 1, 0x7f], [0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, END, 0x20, 0]),
    // if n: calls(n - 1)
    ...body([0], [0x20, 0, 0x04, 0x7f, 0x20, 0, 0x41, 1, 0x6b, 0x10, 1, 0x05, 0x41, 0, END]),
    // memory.fill(0, 1, n)
    ...body([0], [0x41, 0, 0x41, 1, 0x20, 0, 0xfc, 11, 0, 0x20, 0]),
  ]),
]);

interface Metered {
  readonly fuel: WebAssembly.Global;
  readonly exports: WebAssembly.Exports;
  run(name: string, argument: number): number;
}

function instance(): Metered {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(meter(MODULE)));
  const fuel = exports[FUEL];
  assert.ok(fuel instanceof WebAssembly.Global);
  return {
    fuel,
    exports,
    run(name, argument) {
      const run = exports[name];
      assert.ok(typeof run === "function");
      return run(argument);
    },
  };
}

Deno.test("every turn of a loop and every call takes one step, moved memory one for 64 bytes", () => {
  const cases: readonly (readonly [name: string, argument: number, steps: number])[] = [
    ["a", 1, 2],
    ["a", 1_000, 1_001],
    ["b", 0, 1],
    ["b", 100, 101],
    ["c", 0, 1],
    ["c", 63, 1],
    ["c", 65_536, 1_025],
  ];
  const { fuel, run } = instance();
  for (const [name, argument, steps] of cases) {
    fuel.value = 1_000_000;
    run(name, argument);
    assert.equal(1_000_000 - fuel.value, steps, `${name}(${argument})`);
  }
});

Deno.test("code ends where its steps are used up, neither before nor after", () => {
  const { fuel, run } = instance();
  for (const [name, argument, steps] of [["a", 500, 501], ["b", 50, 51], ["c", 6_400, 101]] as const) {
    fuel.value = steps;
    run(name, argument);
    assert.equal(fuel.value, 0);
    fuel.value = steps - 1;
    assert.throws(() => run(name, argument), WebAssembly.RuntimeError);
    assert.ok(fuel.value < 0);
  }
});

Deno.test("memory is not moved where its steps are not left", () => {
  const { exports, fuel, run } = instance();
  assert.ok(!("memory" in exports));
  fuel.value = 10;
  assert.throws(() => run("c", 65_536), WebAssembly.RuntimeError);
});

Deno.test("the globals that may change are shown, the others are not", () => {
  const { exports } = instance();
  assert.deepEqual(Object.keys(exports).sort(), ["a", "b", "c", FUEL, `${STATE}0`].sort());
});

Deno.test("a damaged module is refused by the meter, or metered for the machine to refuse", () => {
  const tryMetering = (module: Uint8Array): void => {
    try {
      meter(module);
    } catch (error) {
      assert.ok(error instanceof MeterError, String(error));
    }
  };
  fc.assert(
    fc.property(fc.nat(MODULE.length - 9), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = MODULE.slice();
      damaged[at + 8] ^= change;
      tryMetering(damaged);
    }),
    { numRuns: Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000 },
  );
  for (let length = 0; length < MODULE.length; length++) tryMetering(MODULE.slice(0, length));
  assert.throws(() => meter(MODULE.slice(0, -1)), { name: "MeterError" });
});

Deno.test("instructions that are not known here are refused by name", () => {
  const simd = new Uint8Array([
    ...[0, 97, 115, 109, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(10, [1, ...body([0], [0xfd, 12, ...Array(16).fill(0), 0x1a])]),
  ]);
  assert.ok(WebAssembly.validate(simd));
  assert.throws(() => meter(simd), { name: "MeterError", message: /Instruction 0xfd/ });
});
