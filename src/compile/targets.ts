/**
 * The machines that kbot can be compiled for.
 * @module
 */

export interface Target {
  /** As `deno compile --target` has it. */
  readonly triple: string;
  /** The npm package that holds Deno for it. */
  readonly runtime: string;
  /** Has a POSIX shell, which the self-extracting file needs. */
  readonly posix: boolean;
  /** As `uname -s` and `uname -m` say; an array where several mean the same. */
  readonly system: string;
  readonly machines: readonly string[];
}

/** By the name that `--target` takes beside the triple. */
export const TARGETS: Readonly<Record<string, Target>> = {
  "linux-x64": {
    triple: "x86_64-unknown-linux-gnu",
    runtime: "@deno/linux-x64-glibc",
    posix: true,
    system: "Linux",
    machines: ["x86_64", "amd64"],
  },
  "linux-arm64": {
    triple: "aarch64-unknown-linux-gnu",
    runtime: "@deno/linux-arm64-glibc",
    posix: true,
    system: "Linux",
    machines: ["aarch64", "arm64"],
  },
  "macos-x64": {
    triple: "x86_64-apple-darwin",
    runtime: "@deno/darwin-x64",
    posix: true,
    system: "Darwin",
    machines: ["x86_64"],
  },
  "macos-arm64": {
    triple: "aarch64-apple-darwin",
    runtime: "@deno/darwin-arm64",
    posix: true,
    system: "Darwin",
    machines: ["arm64"],
  },
  "windows-x64": {
    triple: "x86_64-pc-windows-msvc",
    runtime: "@deno/win32-x64",
    posix: false,
    system: "Windows",
    machines: ["x86_64"],
  },
};

/** The target of a name or a triple; `null` for an unknown one. */
export function targetOf(name: string): Target | null {
  return TARGETS[name] ?? Object.values(TARGETS).find(({ triple }) => triple === name) ?? null;
}
