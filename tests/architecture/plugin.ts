/**
 * The project's own lint plugin: the rules of DESIGN.md 2 and STYLE.md that no standard rule knows.
 * @module
 */

import { importDirection } from "./import_direction.ts";
import { pureFolders } from "./pure_folders.ts";
import { typeEscapes } from "./type_escapes.ts";

const plugin: Deno.lint.Plugin = {
  name: "kbot",
  rules: {
    "import-direction": importDirection,
    "pure-folders": pureFolders,
    "type-escapes": typeEscapes,
  },
};

export default plugin;
