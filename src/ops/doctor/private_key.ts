/**
 * Is what the key file holds a private key that can sign? Nothing of it is told but its kind.
 * @module
 */

import { messageOf } from "../../store/message.ts";
import { readPrivateKey } from "../../venues/kalshi/pem.ts";
import { createSigner } from "../../venues/kalshi/signer.ts";
import { type Check, fail, pass } from "./check.ts";
import { KEY_FILE } from "./key_file.ts";

export const PRIVATE_KEY = "private key";

export const privateKey: Check = {
  name: PRIVATE_KEY,
  needs: [KEY_FILE],
  async run(context) {
    const text = context.found("keyText").reveal();
    try {
      const signer = await createSigner(context.found("keyId"), text);
      const { algorithm } = readPrivateKey(text);
      const { rest } = context.found("venue").chosen.host;
      const started = performance.now();
      await signer.headers("GET", new URL(rest).pathname, Date.now());
      context.note("signer", signer);
      return pass(
        `${algorithm === "RSA-PSS" ? "RSA" : algorithm}, signs in ${(performance.now() - started).toFixed(2)} ms`,
      );
    } catch (error) {
      return fail(
        messageOf(error),
        "Store the key as the exchange's site gave it out: a PEM file, RSA or Ed25519, without a passphrase",
      );
    }
  },
};
