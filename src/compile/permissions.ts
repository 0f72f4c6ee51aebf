/**
 * A set of permissions of deno.json as flags: `-P` came with Deno 2.5, and a compiled program has no deno.json.
 * @module
 */

type Scope = boolean | readonly string[] | {
  readonly allow?: boolean | readonly string[];
  readonly deny?: boolean | readonly string[];
};

/** As deno.json has it: `{ "net": { "allow": true, "deny": ["169.254.169.254"] }, "run": false }`. */
export type PermissionSet = Readonly<Record<string, Scope>>;

const KINDS: readonly string[] = ["net", "read", "write", "env", "sys", "run", "ffi", "import"];

/**
 * The flags of a set. What it does not name is not allowed, and never asked for.
 *
 * @example
 * ```ts
 * import { permissionFlags } from "./permissions.ts";
 * import assert from "node:assert/strict";
 * const flags = permissionFlags({ net: { allow: true, deny: ["10.0.0.1"] }, sys: ["statfs"], run: false });
 * assert.deepEqual(flags, ["--no-prompt", "--allow-net", "--deny-net=10.0.0.1", "--allow-sys=statfs", "--deny-run"]);
 * ```
 * @throws Error on what has no flag: silently it would be more than was meant, or less
 */
export function permissionFlags(set: PermissionSet): readonly string[] {
  const flags = ["--no-prompt"];
  for (const [kind, scope] of Object.entries(set)) {
    if (!KINDS.includes(kind)) throw new Error(`Permission ${kind}: allowed are ${KINDS.join(", ")}`);
    const { allow = false, deny = false } = isPlain(scope) ? { allow: scope, deny: scope === false } : scope;
    flags.push(...flag(`--allow-${kind}`, allow), ...flag(`--deny-${kind}`, deny));
  }
  return flags;
}

const isPlain = (scope: Scope): scope is boolean | readonly string[] =>
  typeof scope === "boolean" || Array.isArray(scope);

function flag(name: string, value: boolean | readonly string[]): readonly string[] {
  if (typeof value === "boolean") return value ? [name] : [];
  const odd = value.find((each) => !/^[\w.:/-]+$/.test(each));
  if (odd !== undefined) throw new Error(`${name}: found ${JSON.stringify(odd)}, which a flag cannot carry`);
  return value.length === 0 ? [] : [`${name}=${value.join(",")}`];
}
