/**
 * What moves together, as the section `[risk]` has it (risk/correlation.ts).
 * @module
 */

import { z } from "zod";
import { CORRELATED_BY } from "../risk/correlation.ts";

/** Each is looked at for every series once, and shown as a limit of its own. */
const GROUPS_MAX = 16;
const PATTERNS_MAX = 64;

const NAME = /^[A-Za-z0-9][A-Za-z0-9 _.-]{0,39}$/;
const PATTERN = /^[A-Z0-9]{1,32}\*?$/;

const patterns = () => {
  const allowed = `a list of 1 to ${PATTERNS_MAX} series such as "KXFED", or with * at the end, as "KXFED*"`;
  return z.array(z.string().regex(PATTERN, { error: allowed })).min(1, { error: allowed }).max(PATTERNS_MAX, {
    error: allowed,
  }).meta({ allowed });
};

const group = z.strictObject({
  name: z.string().regex(NAME).meta({ allowed: "a name of at most 40 letters, digits, spaces, dots, - and _" }),
  series: patterns(),
  max_pct: z.number().positive().max(100),
  same_day: z.boolean().default(false),
});

const allowed =
  `at most ${GROUPS_MAX} tables with names of their own, each with name, series, max_pct, and same_day where it is meant`;

/** Of `[risk]`. */
export const correlation = {
  correlated_by: z.enum(CORRELATED_BY).default("index").describe(
    "What moves together: index, all markets that settle on the same index (or of the same series), or close, only those " +
      "of them that close at the same time",
  ),
  group: z.array(group).max(GROUPS_MAX).refine(
    (groups) => new Set(groups.map(({ name }) => name)).size === groups.length,
    { error: allowed },
  ).default([]).describe(
    "Groups of series that move together as well, each with a bound of its own: tables [[risk.group]] with name, series, " +
      "max_pct, the most at risk in percent of NAV, and same_day = true where only markets of one day count together",
  ).meta({ allowed }),
};
