/**
 * Is there an API key?
 * @module
 */

import { findKeySources, KEY_REMEDY } from "../../config/credentials.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import { VENUE } from "./venue.ts";

export const CREDENTIALS = "credentials";

/** Enough to tell two keys apart. */
const SHOWN = 8;

export const credentials: Check = {
  name: CREDENTIALS,
  needs: [VENUE],
  async run(context) {
    const { ownKey } = context.found("venue");
    const { keyId, keyFile, trusted } = ownKey ??
      await findKeySources(context.found("config"), context.request.env);
    if (keyId === null && keyFile === null) {
      const without = "No API key: paper trading works by polling, live trading and the WebSocket need one";
      return context.request.order ? fail(without, KEY_REMEDY) : skip(without, KEY_REMEDY);
    }
    if (keyId === null) return fail(`Private key ${keyFile} without a key id`, KEY_REMEDY);
    if (keyFile === null) return fail("Key id without a private key", KEY_REMEDY);
    context.note("keyId", keyId);
    context.note("keyFile", { path: keyFile, trusted });
    return pass(`Key ${keyId.slice(0, SHOWN)}... in ${keyFile}`);
  },
};
