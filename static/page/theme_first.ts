/** Runs before anything is drawn, so that a page in light colours never flashes dark ones. */

import { applyTheme } from "./theme.ts";

applyTheme();
