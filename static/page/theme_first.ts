/** Runs before anything is drawn: a page in light colours never flashes dark ones, and an empty page is not seen filling. */

import { applyTheme } from "./theme.ts";

applyTheme();
document.documentElement.dataset.filled = "no";
