/**
 * Writes the reference of the configuration into the README: deno task config-reference.
 * @module
 */

import { withReference } from "../src/config/reference.ts";

const README = new URL("../README.md", import.meta.url);

if (import.meta.main) {
  const page = withReference(await Deno.readTextFile(README));
  if (page === null) throw new Error("README.md has no place for the reference of the configuration");
  await Deno.writeTextFile(README, page);
}
