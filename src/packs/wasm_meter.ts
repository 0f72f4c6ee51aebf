/**
 * Writes a bound into a WASM module: a counter that falls at every turn of every loop, at every call and with every block of
 * memory that is moved, and ends the code where it is used up. An interpreter's own interrupts bound what its program does,
 * not what its built-in functions do in between: a search in a text, or the flattening of a nested list, can take years
 * without asking. What is counted here is all there is, and counted alike on every machine.
 *
 * The module's own changeable globals (the stack pointer among them) become exports, so that its state can be put back.
 * @module
 */

/** The export that holds what is left of the bound: a changeable i32. Below zero the module traps. */
export const FUEL = "kbot_fuel";
/** Begins the names of the module's own changeable globals. */
export const STATE = "kbot_state_";

/** Bytes of moved memory that count as much as a turn of a loop. */
const BYTES_PER_UNIT_LOG2 = 6;

const SECTION = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;
const GLOBAL_KIND = 3;
const I32 = 0x7f;
const MUTABLE = 1;

/** A module that cannot be metered: it is damaged, or uses instructions that are not known here. */
export class MeterError extends Error {
  override readonly name = "MeterError";
}

class Reader {
  at: number;

  constructor(readonly bytes: Uint8Array, from = 0, readonly end: number = bytes.length) {
    this.at = from;
  }

  get isDone(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    if (this.at >= this.end) throw new MeterError(`The module ends within an instruction at byte ${this.at}`);
    return this.bytes[this.at++];
  }

  /** An unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new MeterError(`A number of more than 32 bits at byte ${this.at}`);
  }

  /** Passes over a LEB128 of either sign. */
  skipNumber(): void {
    for (let length = 0; length < 10; length++) if (this.byte() < 0x80) return;
    throw new MeterError(`A number of more than 64 bits at byte ${this.at}`);
  }

  skip(length: number): void {
    if (length > this.end - this.at) throw new MeterError(`The module ends early: at byte ${this.at}`);
    this.at += length;
  }
}

/** Bytes that grow; half a megabyte is too much for a list. */
class Writer {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  put(bytes: Uint8Array | readonly number[]): this {
    const wanted = this.#length + bytes.length;
    if (wanted > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = wanted;
    return this;
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

const nameBytes = (name: string): number[] => [...leb(name.length), ...new TextEncoder().encode(name)];

/** What the sections before the code say. */
interface Shape {
  /** Parameters of each type of function. */
  readonly parameters: number[];
  /** The type of each function with a body. */
  readonly functions: number[];
  importedGlobals: number;
  /** Numbers of the module's own changeable globals. */
  readonly changeable: number[];
  /** All its own globals. */
  globals: number;
}

/**
 * The same module with the bound written into it.
 *
 * @throws MeterError
 */
export function meter(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const reader = new Reader(module);
  const out = new Writer().put(module.subarray(0, 8));
  reader.skip(8);
  const shape: Shape = { parameters: [], functions: [], importedGlobals: 0, changeable: [], globals: 0 };
  while (!reader.isDone) {
    const id = reader.byte();
    const size = reader.u32();
    const from = reader.at;
    reader.skip(size);
    const section = new Reader(module, from, from + size);
    const body = rewritten(id, section, shape) ?? module.subarray(from, from + size);
    out.put([id]).put(leb(body.length)).put(body);
  }
  return out.take();
}

/** A section that changes, `null` for one that stays; what later ones need of it is noted in the shape. */
function rewritten(id: number, section: Reader, shape: Shape): Uint8Array | null {
  switch (id) {
    case SECTION.type:
      readTypes(section, shape);
      return null;
    case SECTION.import:
      readImports(section, shape);
      return null;
    case SECTION.function:
      for (let left = section.u32(); left > 0; left--) shape.functions.push(section.u32());
      return null;
    case SECTION.global:
      return withFuel(section, shape);
    case SECTION.export:
      return withStateShown(section, shape);
    case SECTION.code:
      return meteredCode(section, shape);
    default:
      return null;
  }
}

function readTypes(section: Reader, { parameters }: Shape): void {
  for (let left = section.u32(); left > 0; left--) {
    if (section.byte() !== 0x60) throw new MeterError("A type that is no plain function");
    const count = section.u32();
    parameters.push(count);
    section.skip(count);
    section.skip(section.u32());
  }
}

function readImports(section: Reader, shape: Shape): void {
  for (let left = section.u32(); left > 0; left--) {
    section.skip(section.u32());
    section.skip(section.u32());
    const kind = section.byte();
    if (kind === 0) section.u32();
    else if (kind === 1) section.skip(1), skipLimits(section);
    else if (kind === 2) skipLimits(section);
    else if (kind === GLOBAL_KIND) section.skip(2), shape.importedGlobals++;
    else throw new MeterError(`An import of unknown kind ${kind}`);
  }
}

function skipLimits(section: Reader): void {
  const flags = section.byte();
  section.u32();
  if ((flags & 1) !== 0) section.u32();
}

/** One more global at the end: what is left of the bound. */
function withFuel(section: Reader, shape: Shape): Uint8Array {
  const count = section.u32();
  const from = section.at;
  for (let k = 0; k < count; k++) {
    section.skip(1);
    if (section.byte() === MUTABLE) shape.changeable.push(shape.importedGlobals + k);
    while (skipInstruction(section) !== 0x0b);
  }
  shape.globals = count;
  return new Writer().put(leb(count + 1)).put(section.bytes.subarray(from, section.end))
    .put([I32, MUTABLE, 0x41, ...MOST_FUEL, 0x0b]).take();
}

/** 2^31 - 1 as a signed LEB128: what a module starts with, since it may run something while it is made. */
const MOST_FUEL = [0xff, 0xff, 0xff, 0xff, 0x07];

const fuelOf = (shape: Shape): number => shape.importedGlobals + shape.globals;

function withStateShown(section: Reader, shape: Shape): Uint8Array {
  const count = section.u32();
  const out = new Writer().put(leb(count + 1 + shape.changeable.length))
    .put(section.bytes.subarray(section.at, section.end))
    .put(nameBytes(FUEL)).put([GLOBAL_KIND]).put(leb(fuelOf(shape)));
  for (const global of shape.changeable) out.put(nameBytes(STATE + global)).put([GLOBAL_KIND]).put(leb(global));
  return out.take();
}

function meteredCode(section: Reader, shape: Shape): Uint8Array {
  const fuel = leb(fuelOf(shape));
  // global.get, i32.const 0, i32.lt_s, if, unreachable, end
  const check = [0x23, ...fuel, 0x41, 0, 0x48, 0x04, 0x40, 0x00, 0x0b];
  const oneUnit = [0x23, ...fuel, 0x41, 1, 0x6b, 0x24, ...fuel, ...check];
  const count = section.u32();
  const out = new Writer().put(leb(count));
  for (let k = 0; k < count; k++) {
    const size = section.u32();
    const body = new Reader(section.bytes, section.at, section.at + size);
    section.skip(size);
    const spare = shape.parameters[shape.functions[k]] + countLocals(body);
    // local.tee spare, global.get fuel, local.get spare, i32.const, i32.shr_u, i32.sub, global.set fuel
    const byLength = [0x22, ...leb(spare), 0x23, ...fuel, 0x20, ...leb(spare), 0x41, BYTES_PER_UNIT_LOG2];
    const ofLength = [...byLength, 0x76, 0x6b, 0x24, ...fuel, ...check];
    const metered = meteredBody(body, oneUnit, ofLength);
    out.put(leb(metered.length)).put(metered);
  }
  return out.take();
}

/** Locals that the body declares; the reader stays at its start. */
function countLocals(body: Reader): number {
  const start = body.at;
  let locals = 0;
  for (let groups = body.u32(); groups > 0; groups--) {
    locals += body.u32();
    body.skip(1);
  }
  body.at = start;
  return locals;
}

function meteredBody(body: Reader, oneUnit: readonly number[], ofLength: readonly number[]): Uint8Array {
  const out = new Writer();
  const groups = body.u32();
  const declared = body.at;
  for (let k = 0; k < groups; k++) {
    body.u32();
    body.skip(1);
  }
  out.put(leb(groups + 1)).put(body.bytes.subarray(declared, body.at)).put([1, I32]).put(oneUnit);
  let copied = body.at;
  const upTo = (at: number): Writer => {
    out.put(body.bytes.subarray(copied, at));
    copied = at;
    return out;
  };
  while (!body.isDone) {
    const start = body.at;
    const opcode = skipInstruction(body);
    if (opcode === LOOP) upTo(body.at).put(oneUnit);
    else if (opcode === MEMORY_COPY || opcode === MEMORY_FILL) upTo(start).put(ofLength);
  }
  return upTo(body.end).take();
}

const LOOP = 0x03;
const PREFIX = 0xfc;
const MEMORY_COPY = PREFIX << 8 | 10;
const MEMORY_FILL = PREFIX << 8 | 11;

/** Passes over one instruction and gives its opcode, with that of its prefix above it. */
function skipInstruction(code: Reader): number {
  const opcode = code.byte();
  switch (opcode) {
    case 0x02: // block
    case LOOP:
    case 0x04: // if
    case 0x41: // i32.const
    case 0x42: // i64.const
      code.skipNumber();
      return opcode;
    case 0x0e: // br_table
      for (let left = code.u32(); left > 0; left--) code.u32();
      code.u32();
      return opcode;
    case 0x11: // call_indirect
      code.u32();
      code.u32();
      return opcode;
    case 0x1c: // select with types
      code.skip(code.u32());
      return opcode;
    case 0x43: // f32.const
      code.skip(4);
      return opcode;
    case 0x44: // f64.const
      code.skip(8);
      return opcode;
    case PREFIX:
      return skipPrefixed(code);
  }
  if (opcode >= 0x28 && opcode <= 0x3e) { // loads and stores
    code.u32();
    code.u32();
  } else if (WITH_ONE_NUMBER.has(opcode)) code.u32();
  else if (!(WITHOUT_NUMBERS.has(opcode) || (opcode >= 0x45 && opcode <= 0xc4))) {
    throw new MeterError(`Instruction 0x${opcode.toString(16)} at byte ${code.at - 1} is not known`);
  }
  return opcode;
}

/** br, br_if, call, the locals, globals and tables, memory.size, memory.grow, ref.null, ref.func. */
const WITH_ONE_NUMBER: ReadonlySet<number> = new Set(
  [0x0c, 0x0d, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x3f, 0x40, 0xd0, 0xd2],
);
/** unreachable, nop, else, end, return, drop, select, ref.is_null. */
const WITHOUT_NUMBERS: ReadonlySet<number> = new Set([0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1]);

/** Saturating conversions (0 to 7) have no number; memory.copy has two, memory.fill one. What else there is moves tables. */
function skipPrefixed(code: Reader): number {
  const second = code.u32();
  if (second === 10) code.skip(2);
  else if (second === 11) code.skip(1);
  else if (second > 7) throw new MeterError(`Instruction 0xfc ${second} at byte ${code.at} is not known`);
  return PREFIX << 8 | second;
}
