/**
 * A tar archive (POSIX ustar) of files in memory: the same content makes the same bytes, whoever packs it and when.
 * @module
 */

export interface ArchivedFile {
  /** With forward slashes, at most 100 bytes. */
  readonly path: string;
  readonly body: Uint8Array;
  readonly executable?: boolean;
}

const BLOCK = 512;
const NAME_MAX = 100;

/** @throws Error on a path that the format has no room for */
export function archive(files: readonly ArchivedFile[]): Uint8Array<ArrayBuffer> {
  const folders = [...new Set(files.flatMap(({ path }) => foldersOf(path)))].sort();
  const parts = [
    ...folders.map((path) => header(`${path}/`, 0, "755", "5")),
    ...files.flatMap(({ path, body, executable }) => [
      header(path, body.length, executable === true ? "755" : "644", "0"),
      body,
      new Uint8Array((BLOCK - body.length % BLOCK) % BLOCK),
    ]),
    new Uint8Array(2 * BLOCK),
  ];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `a/b/c` -> `a`, `a/b`. */
function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, n) => parts.slice(0, n + 1).join("/"));
}

function header(path: string, size: number, mode: string, type: "0" | "5"): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
  if (new TextEncoder().encode(path).length > NAME_MAX) throw new Error(`${path}: longer than ${NAME_MAX} bytes`);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0") + "\0";
  put(0, path);
  put(100, `${mode.padStart(7, "0")}\0`);
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(0, 11));
  // The sum is taken with spaces in its own place.
  put(148, " ".repeat(8));
  put(156, type);
  put(257, "ustar\0" + "00");
  put(148, octal(block.reduce((sum, byte) => sum + byte, 0), 6) + " ");
  return block;
}
