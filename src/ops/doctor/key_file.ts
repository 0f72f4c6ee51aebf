/**
 * Can the private key be read by its owner, and by nobody else?
 * @module
 */

import { readSecretFile } from "../../config/credentials.ts";
import { Secret } from "../../config/secret.ts";
import { type Check, fail, pass } from "./check.ts";
import { CREDENTIALS } from "./credentials.ts";

export const KEY_FILE = "key file";

export const keyFile: Check = {
  name: KEY_FILE,
  needs: [CREDENTIALS],
  async run(context) {
    const { path, trusted } = context.found("keyFile");
    const read = await readSecretFile(path, trusted);
    if ("reason" in read) {
      const open = read.reason.startsWith("Readable by others");
      return fail(
        read.reason.split("; ")[0],
        open ? `chmod 600 ${path}; make a new key where others may have read it` : "Name the file that holds the key",
      );
    }
    context.note("keyText", new Secret(read.text));
    if (trusted) return pass(`${path} (a credential of systemd)`);
    const { mode } = await Deno.stat(path);
    return pass(mode === null ? path : `${path} (mode ${(mode & 0o777).toString(8)})`);
  },
};
