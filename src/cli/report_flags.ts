/**
 * The flags that say where figures are written to.
 * @module
 */

import { path } from "./flag_values.ts";
import { choosable } from "./flags.ts";

export const reportFlags = () => ({
  report: choosable("--report", path("FILE.html"), "Write a page with charts that opens offline"),
  csv: choosable("--csv", path("DIR"), "Write trades, days, equity and groups as CSV into this directory"),
  parquet: choosable("--parquet", path("DIR"), "The same as Parquet"),
});
