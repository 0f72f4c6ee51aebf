/**
 * Deno KV as the store uses it, in memory: it outlives the process, and a commit is there whole or not at all.
 * @module
 */

type Key = Deno.KvKey;
type Row = { readonly key: Key; readonly value: unknown };

/** Text before numbers, as Deno KV orders the parts of a key; no other kinds are used. */
function compareParts(a: Deno.KvKeyPart, b: Deno.KvKeyPart): number {
  if (typeof a !== typeof b) return typeof a === "string" ? -1 : 1;
  if (typeof a === "symbol" || typeof b === "symbol") throw new TypeError("Not a key of Deno KV");
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareKeys(a: Key, b: Key): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const order = compareParts(a[at], b[at]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const nameOf = (key: Key): string => JSON.stringify(key);
const startsWith = (key: Key, prefix: Key): boolean =>
  key.length > prefix.length && prefix.every((part, at) => key[at] === part);

/** What the disk holds of a database. */
export class DatabaseFile {
  readonly rows = new Map<string, Row>();

  selected(selector: { prefix?: Key; start?: Key; end?: Key }): Row[] {
    const { prefix, start, end } = selector;
    return [...this.rows.values()].filter(({ key }) =>
      (prefix === undefined || startsWith(key, prefix)) &&
      (start === undefined || compareKeys(key, start) >= 0) && (end === undefined || compareKeys(key, end) < 0)
    ).sort((a, b) => compareKeys(a.key, b.key));
  }
}

/** Runs something as an operation of the machine: late, or never where the process dies meanwhile, or failing. */
export type Operate = <Value>(what: "read" | "commit", perform: () => Value) => Promise<Value>;

/** One process's handle to a database. */
export class SimulatedKv {
  readonly #file: DatabaseFile;
  readonly #operate: Operate;

  constructor(file: DatabaseFile, operate: Operate) {
    this.#file = file;
    this.#operate = operate;
  }

  get(key: Key): Promise<{ key: Key; value: unknown; versionstamp: string | null }> {
    return this.#operate("read", () => {
      const row = this.#file.rows.get(nameOf(key));
      return { key, value: structuredClone(row?.value ?? null), versionstamp: row === undefined ? null : "0" };
    });
  }

  set(key: Key, value: unknown): Promise<{ ok: true; versionstamp: string }> {
    return this.atomic().set(key, value).commit();
  }

  async *list(
    selector: { prefix?: Key; start?: Key; end?: Key },
    { reverse = false, limit = Infinity }: { reverse?: boolean; limit?: number } = {},
  ): AsyncGenerator<{ key: Key; value: unknown; versionstamp: string }> {
    const rows = await this.#operate("read", () => this.#file.selected(selector));
    if (reverse) rows.reverse();
    for (const { key, value } of rows.slice(0, limit)) yield { key, value: structuredClone(value), versionstamp: "0" };
  }

  atomic() {
    const writes: (() => void)[] = [];
    const operation = {
      set: (key: Key, value: unknown) => {
        const kept = structuredClone(value);
        writes.push(() => this.#file.rows.set(nameOf(key), { key, value: kept }));
        return operation;
      },
      delete: (key: Key) => {
        writes.push(() => this.#file.rows.delete(nameOf(key)));
        return operation;
      },
      commit: (): Promise<{ ok: true; versionstamp: string }> =>
        this.#operate("commit", () => {
          for (const write of writes) write();
          return { ok: true as const, versionstamp: "0" };
        }),
    };
    return operation;
  }

  close(): void {}
}
