/**
 * What `kbot --version` says.
 * @module
 */

/** The version of this source. */
export const VERSION = "0.1.0";

const ROOT = new URL("../../", import.meta.url);
const COMMIT = /^[0-9a-f]{40}$/;

declare const KBOT_BUILD: string | undefined;

/** Where a compiled kbot comes from, put in by src/compile/bundle.ts: `commit 0123456789ab`. */
export const BUILD = typeof KBOT_BUILD === "undefined" ? undefined : KBOT_BUILD;

/** `kbot 0.1.0 (deno 2.9.6)`; a compiled one says its commit, too: `kbot 0.1.0 (commit 0123456789ab, deno 2.9.6)`. */
export function versionText(build: string | undefined = BUILD): string {
  return `kbot ${VERSION} (${build === undefined ? "" : `${build}, `}deno ${Deno.version.deno})`;
}

/** What `kbot --version --json` says. */
export interface VersionFacts {
  readonly version: string;
  /** `null` where it is not known, as in an unpacked archive. */
  readonly commit: string | null;
  readonly deno: string;
  readonly v8: string;
  readonly typescript: string;
  /** The machine that it is made for, as compilers name it. */
  readonly target: string;
  /** Made into one file, and not run from its source. */
  readonly compiled: boolean;
}

export function versionFacts(build: string | undefined = BUILD): VersionFacts {
  const { deno, v8, typescript } = Deno.version;
  return {
    version: VERSION,
    commit: build === undefined ? sourceCommit() : /^commit ([0-9a-f]+)/.exec(build)?.[1] ?? null,
    ...{ deno, v8, typescript },
    target: Deno.build.target,
    compiled: build !== undefined,
  };
}

/**
 * The commit that is checked out where this source lies, for reports.
 *
 * @param root the project's root; a compiled binary and an unpacked archive have no `.git` there
 * @returns 40 hexadecimal digits, or `null` where it is not known
 */
export function sourceCommit(root: URL = ROOT): string | null {
  try {
    const read = (path: string) => Deno.readTextFileSync(new URL(`.git/${path}`, root)).trim();
    const head = read("HEAD");
    const ref = head.startsWith("ref: ") ? head.slice(5) : null;
    const commit = ref === null ? head : readRef(ref, read);
    return COMMIT.test(commit) ? commit : null;
  } catch {
    return null;
  }
}

/** A branch's commit, from its own file or from the packed ones. */
function readRef(ref: string, read: (path: string) => string): string {
  try {
    return read(ref);
  } catch {
    const line = read("packed-refs").split("\n").find((each) => each.endsWith(` ${ref}`));
    return line?.slice(0, 40) ?? "";
  }
}
