/**
 * Are the files that hold secrets for their owner's eyes only, whether anything needs them now or not? The page's token and
 * the private key, which is tried out as well, have checks of their own.
 * @module
 */

import { readSecretFile } from "../../config/credentials.ts";
import { type Check, fail, pass } from "./check.ts";
import { CONFIGURATION } from "./configuration.ts";

/** How keys of the configuration are named that hold the path of a secret. */
const SECRET_KEY = /(?:^|_)(?:token|secret|password|creds|nkey|key)_file$/;
/** It is tried out, which tells more. */
const PRIVATE_KEY = "venue.private_key_file";

type Named = readonly (readonly [key: string, path: string])[];

/** Every key that names a file with a secret, and that file. Sections are as deep as the schema has them. */
function secretFilesOf(section: object, above = ""): Named {
  return Object.entries(section).flatMap(([name, value]): Named => {
    const key = `${above}${name}`;
    if (typeof value === "object" && value !== null) return secretFilesOf(value, `${key}.`);
    return typeof value === "string" && SECRET_KEY.test(name) && key !== PRIVATE_KEY ? [[key, value]] : [];
  });
}

export const secretFiles: Check = {
  name: "secret files",
  needs: [CONFIGURATION],
  async run(context) {
    const files = secretFilesOf(context.found("config"));
    if (files.length === 0) return pass("None is named beside the API key");
    const wrong: string[] = [];
    const open: string[] = [];
    for (const [key, path] of files) {
      const read = await readSecretFile(path);
      if (!("reason" in read)) continue;
      wrong.push(`${key}: ${read.reason.split("; ")[0]}`);
      if (read.reason.startsWith("Readable by others")) open.push(path);
    }
    if (wrong.length === 0) {
      return pass(`${files.length} ${files.length === 1 ? "file is" : "files are"} for their owner only`);
    }
    if (open.length === 0) return fail(wrong.join("; "), "Name the files that hold the secrets");
    return fail(wrong.join("; "), `chmod 600 ${open.join(" ")}; change what others may have read`);
  },
};
