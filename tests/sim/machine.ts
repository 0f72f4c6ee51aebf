/**
 * The machine that kbot runs on in a simulation: clocks, timers, chance, disk, database and network of the platform,
 * all put in the place of the real ones, so that the very code that users run is what is tried, with nothing in it that
 * knows of tests. Every call leads to the process that lives at the moment; one that died gets nothing done any more.
 *
 * Not simulated, and so not tried: worker threads (there are none to be had: the choice among volatility forecasters
 * answers from within, signing ahead is off), TLS, the `ws` package (`venue.frames = "json"`), the status page's port.
 * @module
 */

import { createHash } from "node:crypto";
import { Selections } from "../../src/ops/volatility_thread/selections.ts";
import type { ForecastsAsked } from "../../src/ops/volatility_thread/thread_messages.ts";
import { type DatabaseFile, SimulatedKv } from "./database.ts";
import type { Inode, SimulatedDisk, WriteFate } from "./disk.ts";
import { never, ProcessDied, type SimulatedProcess } from "./process.ts";

/** What lies outside of a process. */
export interface World {
  /** The process that lives; `null` while there is none. */
  readonly process: SimulatedProcess | null;
  readonly disk: SimulatedDisk;
  readonly database: DatabaseFile;
  /** Microseconds that never go back. */
  readonly steady: number;
  /** The system's time, microseconds, which may be set. */
  readonly wall: number;
  /** What becomes of a write of so many bytes. */
  writeFate(length: number): WriteFate;
  /** Why the database refuses a commit; `null` where it takes it. */
  commitFate(): Error | null;
  connect(process: SimulatedProcess, hostname: string, port: number): Promise<unknown>;
  fetch(process: SimulatedProcess, url: URL, init: RequestInit): Promise<Response>;
  webSocket(process: SimulatedProcess, url: string): object;
}

let world: World | null = null;

/** Gives the machine another world; `null` takes the platform back as it was. */
export function enter(next: World | null): void {
  world = next;
}

/** Whatever lies here is on the simulated disk; everything else is kbot's own program, read as it is. */
const ROOT = "/sim";
const isSimulated = (path: unknown): path is string => typeof path === "string" && path.startsWith(ROOT);

const READ_DELAY = 150;
const WRITE_DELAY = 300;

const current = (): SimulatedProcess | null => world?.process ?? null;

/** The process that asks, where it still lives. */
function living(): SimulatedProcess {
  const process = current();
  if (process === null || process.dead) throw new ProcessDied("The process is dead");
  return process;
}

function operation<Value>(what: string, delay: number, perform: (world: World) => Value): Promise<Value> {
  const process = current();
  const here = world;
  if (here === null || process === null || process.dead) return never<Value>();
  return process.operation(what, delay, () => perform(here));
}

/** A write as the system does it: some of the bytes, all, or an error; where death strikes, any part of it may be there. */
function writeNow(path: string, inode: Inode, offset: () => number, bytes: Uint8Array): number {
  const process = living();
  const here = world as World;
  const death = process.operate(`a write to ${path}`);
  if (death !== null) {
    const part = death === "before" ? 0 : death === "after" ? bytes.length : process.random.integer(0, bytes.length);
    here.disk.append(path, inode, offset(), bytes.slice(0, part));
    throw new ProcessDied("The process died in a write");
  }
  const fate = here.writeFate(bytes.length);
  if (fate.bytes > 0) here.disk.append(path, inode, offset(), bytes.slice(0, fate.bytes));
  if (fate.error !== null) throw fate.error;
  return fate.bytes;
}

class SimulatedFile {
  readonly #path: string;
  readonly #inode: Inode;
  readonly #append: boolean;
  #at = 0;
  #closed = false;

  constructor(path: string, inode: Inode, append: boolean) {
    this.#path = path;
    this.#inode = inode;
    this.#append = append;
  }

  #check(): void {
    if (this.#closed) throw new Deno.errors.BadResource("Bad resource ID");
  }
  #offset(): number {
    return this.#append ? this.#inode.size : this.#at;
  }

  writeSync(bytes: Uint8Array): number {
    this.#check();
    const written = writeNow(this.#path, this.#inode, () => this.#offset(), bytes);
    this.#at = this.#append ? this.#inode.size : this.#at + written;
    return written;
  }
  async write(bytes: Uint8Array): Promise<number> {
    await operation(`a write to ${this.#path}`, WRITE_DELAY, () => {});
    return this.writeSync(bytes);
  }
  async read(into: Uint8Array): Promise<number | null> {
    return await operation(`a read of ${this.#path}`, READ_DELAY, () => {
      this.#check();
      const part = this.#inode.bytes.subarray(this.#at, Math.min(this.#inode.size, this.#at + into.length));
      into.set(part);
      this.#at += part.length;
      return part.length === 0 ? null : part.length;
    });
  }
  async seek(offset: number, whence: Deno.SeekMode): Promise<number> {
    this.#at = whence === Deno.SeekMode.Start
      ? offset
      : whence === Deno.SeekMode.End
      ? this.#inode.size + offset
      : this.#at + offset;
    return await Promise.resolve(this.#at);
  }
  statSync(): Deno.FileInfo {
    this.#check();
    return { isFile: true, isDirectory: false, isSymlink: false, size: this.#inode.size } as Deno.FileInfo;
  }
  stat(): Promise<Deno.FileInfo> {
    return operation("a stat", READ_DELAY, () => this.statSync());
  }
  truncateSync(length = 0): void {
    this.#check();
    living();
    (world as World).disk.truncate(this.#path, this.#inode, length);
  }
  truncate(length = 0): Promise<void> {
    return operation(`a truncation of ${this.#path}`, WRITE_DELAY, () => this.truncateSync(length));
  }
  syncDataSync(): void {
    this.#check();
    if (living().operate(`a sync of ${this.#path}`) !== null) throw new ProcessDied("The process died in a sync");
    this.#inode.synced = this.#inode.size;
  }
  syncSync(): void {
    this.syncDataSync();
  }
  syncData(): Promise<void> {
    const { size } = this.#inode;
    return operation(`a sync of ${this.#path}`, 2_000, () => {
      this.#check();
      this.#inode.synced = Math.max(this.#inode.synced, Math.min(size, this.#inode.size));
    });
  }
  tryLock(): Promise<boolean> {
    return operation("a lock", READ_DELAY, ({ process }) => {
      if (this.#inode.lockedBy !== null && this.#inode.lockedBy !== process) return false;
      this.#inode.lockedBy = process;
      return true;
    });
  }
  async lock(): Promise<void> {
    await this.tryLock();
  }
  get readable(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const room = new Uint8Array(65_536);
        const length = await this.read(room);
        if (length === null) controller.close();
        else controller.enqueue(room.slice(0, length));
      },
    });
  }
  close(): void {
    this.#check();
    this.#closed = true;
    if (this.#inode.lockedBy === current()) this.#inode.lockedBy = null;
  }
  [Symbol.dispose](): void {
    if (!this.#closed) this.close();
  }
}

/** A thread that is none: it answers the one question that a run asks of one. */
class SimulatedWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly #selections = new Selections();
  #ended = false;

  postMessage(asked: ForecastsAsked): void {
    current()?.later(30_000, () => {
      if (!this.#ended) this.onmessage?.({ data: { type: "answered", answers: this.#selections.answer(asked) } });
    });
  }
  terminate(): void {
    this.#ended = true;
  }
}

type Names = Record<string, unknown>;

/** Puts functions in the place of others; those that the world has no say in go to the real ones. */
function replace(target: object, replacements: (real: Names) => Names): void {
  const names = target as Names;
  const real: Names = { ...names };
  const made = replacements(
    new Proxy(real, { get: (kept, name) => kept[name as string] ?? names[name as string] }),
  );
  for (const [name, replacement] of Object.entries(made)) {
    Object.defineProperty(target, name, { value: replacement, configurable: true, writable: true });
  }
}

// deno-lint-ignore no-explicit-any -- functions of the platform, of every shape
type Any = any;

/** A call that goes to the world while there is one, and to the platform while there is none. */
const routed = (real: Any, self: object, simulated: (...args: Any[]) => unknown) => (...args: Any[]): unknown =>
  world === null ? real.apply(self, args) : simulated(...args);

/** A call about a path: simulated where the path is. */
const onPath =
  (real: Any, simulated: (path: string, ...args: Any[]) => unknown) => (path: Any, ...args: Any[]): unknown =>
    world !== null && isSimulated(path) ? simulated(path, ...args) : real.call(Deno, path, ...args);

/** The program's own files, read at once: reading takes no simulated time. */
const atOnce = (real: Any, sync: Any) => (...args: Any[]): unknown => {
  if (world === null) return real.apply(Deno, args);
  try {
    return Promise.resolve(sync.apply(Deno, args));
  } catch (error) {
    return Promise.reject(error);
  }
};

function fileSystem(real: Names): Names {
  const at = (name: string) => real[name] as Any;
  const open = (path: string, options: Deno.OpenOptions = { read: true }) => {
    living();
    return new SimulatedFile(path, (world as World).disk.open(path, options), options.append === true);
  };
  const text = new TextDecoder();
  async function* realDirectory(path: string | URL): AsyncGenerator<Deno.DirEntry> {
    yield* at("readDirSync").call(Deno, path);
  }
  return {
    openSync: onPath(at("openSync"), open),
    open: onPath(at("open"), (path, options) => operation(`an open of ${path}`, READ_DELAY, () => open(path, options))),
    mkdirSync: onPath(at("mkdirSync"), (path, options: Deno.MkdirOptions = {}) => {
      living();
      (world as World).disk.makeDirectory(path, options.mode ?? 0o755, options.recursive ?? false);
    }),
    mkdir: onPath(
      at("mkdir"),
      (path, options: Deno.MkdirOptions = {}) =>
        operation("a mkdir", WRITE_DELAY, ({ disk }) => {
          disk.makeDirectory(path, options.mode ?? 0o755, options.recursive ?? false);
        }),
    ),
    lstatSync: onPath(at("lstatSync"), (path) => (world as World).disk.info(path)),
    lstat: onPath(
      atOnce(at("lstat"), at("lstatSync")),
      (path) => operation("a stat", READ_DELAY, ({ disk }) => disk.info(path)),
    ),
    stat: onPath(
      atOnce(at("stat"), at("statSync")),
      (path) => operation("a stat", READ_DELAY, ({ disk }) => disk.info(path)),
    ),
    chmod: onPath(
      at("chmod"),
      (path, mode) => operation("a chmod", WRITE_DELAY, ({ disk }) => disk.chmod(path, mode)),
    ),
    readFile: onPath(
      atOnce(at("readFile"), at("readFileSync")),
      (path) => operation("a read", READ_DELAY, ({ disk }) => disk.file(path).content),
    ),
    readTextFile: onPath(
      atOnce(at("readTextFile"), at("readTextFileSync")),
      (path) => operation("a read", READ_DELAY, ({ disk }) => text.decode(disk.file(path).content)),
    ),
    writeTextFile: onPath(at("writeTextFile"), async (path, content: string, options: Deno.WriteFileOptions = {}) => {
      const file = await (Deno.open(path, {
        write: true,
        create: !options.createNew,
        truncate: !options.createNew,
        ...options,
      }));
      const bytes = new TextEncoder().encode(content);
      for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
      file.close();
    }),
    rename: onPath(
      at("rename"),
      (from, to) => operation(`a rename to ${to}`, WRITE_DELAY, ({ disk }) => disk.rename(from, to)),
    ),
    remove: onPath(
      at("remove"),
      (path, options: Deno.RemoveOptions = {}) =>
        operation(`a removal of ${path}`, WRITE_DELAY, ({ disk }) => disk.remove(path, options.recursive ?? false)),
    ),
    readDir: (path: string | URL) => {
      if (world === null) return at("readDir").call(Deno, path);
      if (!isSimulated(path)) return realDirectory(path);
      return (async function* () {
        yield* await operation("a look into a directory", READ_DELAY, ({ disk }) => disk.list(path));
      })();
    },
  };
}

function platform(real: Names): Names {
  return {
    ...fileSystem(real),
    openKv: routed(
      real.openKv,
      Deno,
      (_path) =>
        operation(
          "an open of the database",
          WRITE_DELAY,
          (here) =>
            new SimulatedKv(here.database, (what, perform) =>
              operation(`a ${what} of the database`, what === "read" ? READ_DELAY : 1_000, () => {
                const refusal = what === "commit" ? here.commitFate() : null;
                if (refusal !== null) {
                  throw refusal;
                }
                return perform();
              })),
        ),
    ),
    connect: routed(real.connect, Deno, ({ hostname, port }) => {
      const process = current();
      if (process === null || process.dead || process.operate("a connect") !== null) return never();
      return (world as World).connect(process, hostname, port);
    }),
    serve: routed(real.serve, Deno, ({ port }) => ({
      addr: { transport: "tcp", hostname: "127.0.0.1", port: port === 0 ? 8_080 : port },
      finished: Promise.resolve(),
      shutdown: () => Promise.resolve(),
    })),
  };
}

/** What stands for a signature: anybody could make it, which nobody here does. */
function fakeSignature(data: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update("signed").update(data).digest());
}

const bytesOf = (data: BufferSource): Uint8Array =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function subtle(real: Names): Names {
  const self = crypto.subtle;
  return {
    digest: routed(real.digest, self, (algorithm, data) => {
      const name = (typeof algorithm === "string" ? algorithm : algorithm.name).replace("-", "").toLowerCase();
      return Promise.resolve(new Uint8Array(createHash(name).update(bytesOf(data)).digest()).buffer);
    }),
    importKey: routed(real.importKey, self, (_format, _data, algorithm) => Promise.resolve({ algorithm })),
    sign: routed(
      real.sign,
      self,
      (_algorithm, _key, data) => Promise.resolve(fakeSignature(bytesOf(data)).buffer),
    ),
    verify: routed(real.verify, self, (_algorithm, _key, signature, data) => {
      const wanted = fakeSignature(bytesOf(data));
      const found = bytesOf(signature);
      return Promise.resolve(found.length === wanted.length && wanted.every((byte, at) => byte === found[at]));
    }),
  };
}

let installed = false;

/**
 * Puts the simulated machine in the place of the platform's functions, for good; outside of a world they do what they
 * always did. To be called in a process of its own, before kbot's modules take references.
 */
export function install(): void {
  if (installed) return;
  installed = true;
  const RealDate = Date;
  const realWorker = globalThis.Worker;
  const realSocket = globalThis.WebSocket;
  replace(Deno, platform);
  replace(crypto.subtle, subtle);
  const { getRandomValues, randomUUID } = crypto;
  replace(crypto, () => ({
    getRandomValues: routed(getRandomValues, crypto, (into: Uint8Array) => {
      for (let at = 0; at < into.length; at++) into[at] = current()?.random.integer(0, 255) ?? 0;
      return into;
    }),
    randomUUID: routed(randomUUID, crypto, () => current()?.random.uuid() ?? ""),
  }));
  const { random } = Math;
  replace(Math, () => ({ random: routed(random, Math, () => current()?.random.uniform() ?? 0) }));
  const { now } = performance;
  replace(performance, () => ({ now: routed(now, performance, () => (world as World).steady / 1_000) }));
  const wallMs = (): number => Math.floor((world as World).wall / 1_000);
  replace(RealDate, () => ({ now: routed(RealDate.now, RealDate, wallMs) }));
  const SimulatedDate = new Proxy(RealDate, {
    construct: (target, args, made) =>
      Reflect.construct(target, args.length === 0 && world !== null ? [wallMs()] : args, made),
  });
  const { setTimeout, setInterval, clearTimeout, clearInterval, fetch } = globalThis;
  const timer = (every: boolean) => (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const process = current();
    return process === null || process.dead ? 0 : process.setTimer(() => run(...args), ms, every);
  };
  const clear = (number: unknown) => current()?.clearTimer(number);
  replace(globalThis, () => ({
    Date: SimulatedDate,
    setTimeout: routed(setTimeout, globalThis, timer(false)),
    setInterval: routed(setInterval, globalThis, timer(true)),
    clearTimeout: routed(clearTimeout, globalThis, clear),
    clearInterval: routed(clearInterval, globalThis, clear),
    fetch: routed(fetch, globalThis, (input, init = {}) => {
      const process = current();
      if (process === null || process.dead || process.operate("a request") !== null) return never();
      return (world as World).fetch(process, new URL(String(input)), init);
    }),
    Worker: new Proxy(realWorker, {
      construct: (target, args) => world === null ? Reflect.construct(target, args) : new SimulatedWorker(),
    }),
    WebSocket: new Proxy(realSocket, {
      construct: (target, args) => {
        const process = current();
        if (world === null) return Reflect.construct(target, args);
        if (process === null) throw new ProcessDied("The process is dead");
        return world.webSocket(process, String(args[0]));
      },
    }),
  }));
  const { timeout } = AbortSignal;
  replace(AbortSignal, () => ({
    timeout: routed(timeout, AbortSignal, (ms: number) => {
      const controller = new AbortController();
      timer(false)(() => controller.abort(new DOMException("Signal timed out", "TimeoutError")), ms);
      return controller.signal;
    }),
  }));
}
