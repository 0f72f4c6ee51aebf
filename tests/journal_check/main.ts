/**
 * `deno run --allow-read tests/journal_check/main.ts JOURNAL_DIRECTORY`: what journal_check.ts finds. Exits with 1 where an
 * order left that should not have.
 * @module
 */

import { checkJournal } from "./check_journal.ts";

const [directory] = Deno.args;
if (directory === undefined) {
  console.error("Wanted: the directory of a run's journal");
  Deno.exit(2);
}
const { orders, fills, strategies, violations } = await checkJournal(directory);
console.log(`${orders} orders, ${fills} fills`);
for (const [name, { orders, fills, mostInUse }] of strategies) {
  console.log(`${name}: ${orders} orders, ${fills} fills, at most ${(mostInUse / 1e6).toFixed(2)} dollars at stake`);
}
for (const text of violations) console.log(text);
Deno.exit(violations.length === 0 ? 0 : 1);
