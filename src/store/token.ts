/**
 * The page's token: every POST of the server needs it. Made at the first start, kept in a file that only its owner can
 * read, and never shown but once.
 * @module
 */

import { messageOf } from "./message.ts";
import { statePaths } from "./state_directory.ts";
import { writeWhole } from "./whole_file.ts";

export type TokenResult =
  | { readonly ok: true; readonly token: string; readonly path: string; readonly created: boolean }
  | { readonly ok: false; readonly reason: string };

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const FILE_BYTES_MAX = 1_024;
const OTHERS = 0o077;

const refuse = (path: string, what: string): TokenResult => ({ ok: false, reason: `Token file ${path} ${what}` });

function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function readToken(path: string, info: Deno.FileInfo): Promise<TokenResult> {
  if (!info.isFile) return refuse(path, "is not a plain file; remove it, and the next start makes a new one");
  if (info.mode !== null && (info.mode & OTHERS) !== 0) {
    const found = (info.mode & 0o777).toString(8);
    return refuse(path, `can be read by others (mode ${found}); remove it, and the next start makes a new one`);
  }
  if (info.size > FILE_BYTES_MAX) return refuse(path, "holds no token; remove it, and the next start makes a new one");
  const token = (await Deno.readTextFile(path)).trim();
  if (!TOKEN.test(token)) return refuse(path, "holds no token; remove it, and the next start makes a new one");
  return { ok: true, token, path, created: false };
}

async function createToken(path: string): Promise<TokenResult> {
  const token = newToken();
  await writeWhole(path, new TextEncoder().encode(`${token}\n`));
  return { ok: true, token, path, created: true };
}

/**
 * Reads the token of a state directory, or makes it at the first start (`created`). A file that others can read is
 * refused, because they may have read it. Messages never contain the token.
 */
export async function loadToken(stateDirectory: string): Promise<TokenResult> {
  const path = statePaths(stateDirectory).token;
  try {
    const info = await Deno.lstat(path).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    });
    return info === null ? await createToken(path) : await readToken(path, info);
  } catch (error) {
    return refuse(path, `cannot be used: ${messageOf(error)}`);
  }
}
