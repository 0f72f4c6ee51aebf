/**
 * Writes the reference of the configuration into src/config/README.md: deno task config-reference.
 * @module
 */

import { withReference } from "../src/config/reference.ts";

const PAGE = new URL("../src/config/README.md", import.meta.url);

if (import.meta.main) {
  const page = withReference(await Deno.readTextFile(PAGE));
  if (page === null) throw new Error("src/config/README.md has no place for the reference of the configuration");
  await Deno.writeTextFile(PAGE, page);
}
