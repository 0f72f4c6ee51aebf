/**
 * Where a pack runs: QuickJS, an interpreter of JavaScript, compiled to WASM. It has a memory of its own and no function of
 * this process but those handed in, so that a pack reaches no file, socket, clock, chance or object of kbot.
 *
 * | bound | by |
 * | --- | --- |
 * | steps of a decision, counted in WASM and therefore alike on every machine | {@link STEPS_MAX} |
 * | memory | {@link MEMORY_MAX} |
 * | depth of calls | {@link STACK_MAX} |
 *
 * After each question the memory is put back as it was after the file had been read. A decision thus follows from the file
 * and the question alone: nothing is kept between two, whatever a pack tries, and no failure outlives its question.
 * @module
 */

import variant from "@jitl/quickjs-wasmfile-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";
import { PackError } from "./pack_error.ts";
import { GIVEN, MARK, PRELUDE } from "./prelude.ts";
import { NUMBERS_MAX, type Question } from "./question.ts";
import { FUEL, meter, STATE } from "./wasm_meter.ts";

/** Turns of loops and calls of functions in WASM; a simple line of JavaScript takes some ten. Some hundredths of a second. */
export const STEPS_MAX = 10_000_000;
/** For reading the file: once, and larger files take longer. */
const STEPS_TO_READ_MAX = 100_000_000;
/** What a function of the host counts as: it takes longer than a turn of a loop. */
const STEPS_OF_HOST = 1_000;
/** Far above what a strategy needs, and below what the memory of the WASM module holds without growing. */
export const MEMORY_MAX = 6 << 20;
/** Some seven hundred calls deep. More would come near the end of the process's own stack, of which nobody knows the place. */
export const STACK_MAX = 128 << 10;

/** The functions that a pack may call, of numbers. They are asked within a question only. */
export interface HostFunctions {
  /** Dollars a contract. @param role 0 taker, 1 maker */
  fee(price: number, role: number): number;
  kelly(probability: number, cost: number, fee: number): number;
  /** The nearest tradable price, 0 for none. */
  floor(price: number): number;
  ceil(price: number): number;
  /** @param side 0 bid, 1 ask */
  contracts(side: number, price: number, role: number, kelly: number, most: number, depth: number): number;
}

const HOST_FUNCTIONS: readonly (keyof HostFunctions)[] = ["fee", "kelly", "floor", "ceil", "contracts"];

/** The interpreter's WASM, made once. */
let metered: WebAssembly.Module | null = null;

function interpreter(): WebAssembly.Module {
  const url = new URL(import.meta.resolve("@jitl/quickjs-wasmfile-release-sync/wasm"));
  return metered ??= new WebAssembly.Module(meter(Deno.readFileSync(url)));
}

/** Numbers inside a WASM instance that belong to its state beside its memory. */
interface Registers {
  readonly fuel: WebAssembly.Global;
  readonly stackPointer: WebAssembly.Global;
}

function registersOf(exports: WebAssembly.Exports): Registers {
  const shown = Object.keys(exports).filter((name) => name.startsWith(STATE));
  const [stackPointer] = shown.map((name) => exports[name]);
  const fuel = exports[FUEL];
  if (shown.length !== 1 || !(stackPointer instanceof WebAssembly.Global) || !(fuel instanceof WebAssembly.Global)) {
    throw new Error(`The interpreter has other globals than its stack pointer: ${shown.join(", ")}`);
  }
  return { fuel, stackPointer };
}

async function newInterpreter(): Promise<{ readonly quickjs: QuickJSWASMModule; readonly registers: Registers }> {
  let registers: Registers | null = null;
  const packaged: unknown = variant;
  if (!isSyncVariant(packaged)) throw new Error("The package of the interpreter is not as it was");
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(packaged, {
    emscriptenModule: {
      instantiateWasm(imports, receive) {
        const instance = new WebAssembly.Instance(interpreter(), imports);
        registers = registersOf(instance.exports);
        registers.fuel.value = STEPS_TO_READ_MAX;
        receive(instance);
        return instance.exports;
      },
    },
  }));
  if (registers === null) throw new Error("The interpreter was made without asking for its WASM");
  return { quickjs, registers };
}

/** The package's types are those of its CommonJS form, which is one object deeper. */
const isSyncVariant = (found: unknown): found is QuickJSSyncVariant =>
  typeof found === "object" && found !== null && "type" in found && found.type === "sync" &&
  "importFFI" in found && "importModuleLoader" in found;

/** A pack that has been read and may be asked. */
export class Sandbox {
  /** What the default export says beside its functions, as JSON. */
  readonly declaration: string;
  readonly #context: QuickJSContext;
  readonly #registers: Registers;
  readonly #ask: QuickJSHandle;
  readonly #rest: MemoryImage;
  readonly #memory: WebAssembly.Memory;
  /** Where in it the numbers of a question go. */
  readonly #numbersAt: number;
  #host: HostFunctions | null = null;
  #steps = 0;

  /**
   * Reads a pack.
   *
   * @param file its name, for places in errors
   * @throws PackError where it is no JavaScript, fails, or exports no strategy
   */
  static async open(file: string, source: string): Promise<Sandbox> {
    const { quickjs, registers } = await newInterpreter();
    return new Sandbox(quickjs, registers, file, source);
  }

  private constructor(quickjs: QuickJSWASMModule, registers: Registers, file: string, source: string) {
    this.#registers = registers;
    const stackPointer: number = registers.stackPointer.value;
    const runtime = quickjs.newRuntime({ memoryLimitBytes: MEMORY_MAX, maxStackSizeBytes: STACK_MAX });
    const context = runtime.newContext({ intrinsics: INTRINSICS });
    this.#context = context;
    this.#memory = quickjs.getWasmMemory();
    const { adopt, ask, first } = this.#prelude();
    this.#ask = ask;
    this.#numbersAt = this.#findNumbers(first);
    this.declaration = this.#told(STEPS_TO_READ_MAX, () => {
      const evaluated = context.evalCode(source, file, { type: "module" });
      if (evaluated.error !== undefined) throw new PackError(syntaxText(context.dump(evaluated.error)));
      const exported = context.getProp(evaluated.value, "default");
      return context.callFunction(adopt, context.undefined, exported);
    });
    registers.stackPointer.value = stackPointer;
    this.#rest = new MemoryImage(this.#memory, stackPointer);
  }

  /** Steps that the last question took. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Asks the pack for a decision.
   *
   * @returns JSON, of which nothing is known
   * @throws PackError
   */
  ask(question: Question, host: HostFunctions): string {
    this.#host = host;
    const context = this.#context;
    const { stackPointer } = this.#registers;
    const rest: number = stackPointer.value;
    try {
      question.fill(new Float64Array(this.#memory.buffer, this.#numbersAt, NUMBERS_MAX));
      return this.#told(STEPS_MAX, () => {
        // What is made here is not given back: the whole memory is put back.
        const [words, extra] = [context.newString(question.words), context.newString(question.extra)];
        return context.callFunction(this.#ask, context.undefined, words, extra);
      });
    } finally {
      this.#host = null;
      stackPointer.value = rest;
      this.#rest.putBack();
    }
  }

  /** Runs something in the sandbox that ends with a text of the prelude. */
  #told(stepsMax: number, run: () => ReturnType<QuickJSContext["callFunction"]>): string {
    const { fuel } = this.#registers;
    fuel.value = stepsMax;
    let said: string;
    try {
      const result = run();
      if (result.error !== undefined) throw new PackError(syntaxText(this.#context.dump(result.error)));
      said = this.#context.getString(result.value);
    } catch (error) {
      if (fuel.value < 0) throw new PackError(`It takes more than ${stepsMax} steps`);
      if (error instanceof PackError) throw error;
      throw new PackError(`It broke its sandbox: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#steps = stepsMax - fuel.value;
    }
    if (said.startsWith(GIVEN)) return said.slice(GIVEN.length);
    throw new PackError(said.slice(1));
  }

  /** The interpreter does not say where it keeps a list, but what is written there must come out. */
  #findNumbers(first: QuickJSHandle): number {
    const context = this.#context;
    const all = new Float64Array(this.#memory.buffer);
    for (let at = all.indexOf(MARK); at >= 0; at = all.indexOf(MARK, at + 1)) {
      if (!all.subarray(at, at + NUMBERS_MAX).every((value) => value === MARK)) continue;
      all[at] = PROBE;
      const found = context.getNumber(context.unwrapResult(context.callFunction(first, context.undefined)));
      all[at] = MARK;
      if (found === PROBE) return at * Float64Array.BYTES_PER_ELEMENT;
    }
    throw new Error("The numbers are not found in the interpreter's memory");
  }

  #prelude(): { readonly adopt: QuickJSHandle; readonly ask: QuickJSHandle; readonly first: QuickJSHandle } {
    const context = this.#context;
    const host = context.newObject();
    for (const name of HOST_FUNCTIONS) {
      const asked = context.newFunction(name, (...handles) => {
        if (this.#host === null) throw new Error("kbot may be asked within decide only");
        this.#registers.fuel.value -= STEPS_OF_HOST;
        const numbers = handles.map((handle) => context.getNumber(handle));
        return context.newNumber(Reflect.apply(this.#host[name], this.#host, numbers));
      });
      context.setProp(host, name, asked);
    }
    const made = context.unwrapResult(context.evalCode(PRELUDE, "kbot.js"));
    const both = context.unwrapResult(context.callFunction(made, context.undefined, host));
    const [adopt, ask, first] = ["adopt", "ask", "first"].map((name) => context.getProp(both, name));
    return { adopt, ask, first };
  }
}

/** Any number but {@link MARK}. */
const PROBE = 42.5;

/** No dates: they tell the time. Promises only because modules need them. */
const INTRINSICS = {
  BaseObjects: true,
  Eval: true,
  StringNormalize: true,
  RegExp: true,
  RegExpCompiler: true,
  JSON: true,
  Proxy: true,
  MapSet: true,
  TypedArrays: true,
  Promise: true,
  BigInt: true,
} as const;

/** An error that the interpreter itself reports, in one line. */
function syntaxText(dumped: unknown): string {
  if (typeof dumped !== "object" || dumped === null) return String(dumped).slice(0, 400);
  const { name, message, stack } = dumped as Record<string, unknown>;
  const place = /[(\s]([^\s()]+:\d+(?::\d+)?)/.exec(String(stack));
  return `${name}: ${message}${place === null ? "" : ` at ${place[1]}`}`.slice(0, 400);
}

/**
 * What of a WASM memory is in use, to be put back. Between the data and the heap lies the stack, five megabytes of which
 * nothing counts while no function runs: it is left out.
 */
class MemoryImage {
  readonly #memory: WebAssembly.Memory;
  readonly #low: Uint8Array;
  readonly #high: Uint8Array;
  readonly #stackPointer: number;

  constructor(memory: WebAssembly.Memory, stackPointer: number) {
    const bytes = new Uint8Array(memory.buffer);
    const lowEnd = lastUsed(bytes, Math.max(0, stackPointer - USED_STACK_MAX)) + MARGIN;
    this.#memory = memory;
    this.#stackPointer = stackPointer;
    this.#low = bytes.slice(0, Math.min(lowEnd, stackPointer));
    this.#high = bytes.slice(stackPointer, lastUsed(bytes, bytes.length) + 1);
  }

  putBack(): void {
    const bytes = new Uint8Array(this.#memory.buffer);
    bytes.set(this.#low, 0);
    bytes.set(this.#high, this.#stackPointer);
  }
}

/** The interpreter's stack reaches {@link STACK_MAX} and what its built-in functions use beyond: never so far. */
const USED_STACK_MAX = 1 << 20;
/** Data that is zero at first lies behind what is not. */
const MARGIN = 1 << 14;

/** The place of the last byte below `end` that is not zero. */
function lastUsed(bytes: Uint8Array, end: number): number {
  let at = end - 1;
  while (at > 0 && bytes[at] === 0) at--;
  return at;
}
