/**
 * The commands about pairs of markets: pairs list, pairs review.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import type { PairsListCommand, PairsReviewCommand } from "./command.ts";
import { marketTicker, pairName, personName } from "./flag_values.ts";
import { about, aboutFamily, type Asked, choosable, needsOneOf, toggle, words } from "./flags.ts";
import { realVenueFlag } from "./venue_flags.ts";

const list = command(
  "list",
  map(object({ kind: constant("pairs_list") }), (asked): Asked<PairsListCommand> => asked),
  about(
    "List the pairs of Kalshi and Polymarket markets, and who has read their rules",
    "The pairs are those of feeds.polymarket.pairs, else those that come with kbot. With --json one object: file, pairs.",
    ["pairs list"],
  ),
);

const review = command(
  "review",
  map(
    object({
      kind: constant("pairs_review"),
      name: argument(pairName(), { description: words("Name of the pair, as pairs list shows it") }),
      venue: realVenueFlag(),
      market: choosable("--market", marketTicker(), "Kalshi market whose rules are read (else one that is open now)"),
      by: choosable("--by", personName(), "Who has read both texts"),
      yes: toggle("--yes", "Sign without asking; needs --by"),
    }),
    (asked): Asked<PairsReviewCommand> => asked,
  ),
  about(
    "Read the rules of both sides of a pair, and sign for them",
    "Both texts are fetched and shown on stderr with the difference that is written beside the pair. Once somebody signs, " +
      "on the terminal or with --yes --by NAME, their hashes are written to the file that feeds.polymarket.pairs names " +
      "(anew, without its comments; begun with kbot's pairs where there is none). A run uses a pair only while both sides' " +
      "rules have these hashes. No key is used. Exit code 1: nobody signed, or something could not be read; 2: wrong use. " +
      "With --json one object: name, file, reviewed_by, reviewed_on, rules_sha256.",
    ["pairs review btc-15m", 'pairs review btc-15m --yes --by "A. Reader"'],
  ),
);

const MEMBERS = ["list", "review"];

export const pairs = command(
  "pairs",
  or(list, review, needsOneOf("pairs", MEMBERS)),
  aboutFamily("List or review the pairs of Kalshi and Polymarket markets", MEMBERS, [
    "pairs list",
    "pairs review btc-15m",
  ]),
);
