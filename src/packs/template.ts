/**
 * What `kbot pack init` writes: a pack that works, explained line by line.
 * @module
 */

/** @param name of the strategy, as kbot.toml will name its section */
export const packTemplate = (name: string): string =>
  `// A strategy pack of kbot: this file is a strategy. Its default export says what it is and decides.
//
//   kbot pack check ${name}.js     checks it and prints its hash
//
// Then, in kbot.toml:
//
//   [[packs]]
//   file = "${name}.js"
//   sha256 = "..."                 as pack check printed it; a changed file is not run
//
//   [strategies.${name}]
//   enabled = true
//
// It runs in a sandbox: no files, no network, no clock (view.at is the time), no randomness, no Date. Nothing is kept
// between two calls of decide. A decision that takes more than 10 million steps or 6 MB, or that throws, stops the strategy.
//
// Units, all whole numbers: prices in $0.0001 and always of YES (5100 is $0.51), counts in 0.01 contract (100 is one
// contract), money in $0.000001, times in microseconds since 1970. A bid buys YES; an ask sells YES, which buys NO.

export default {
  name: "${name}",
  title: "Late YES (an example)",
  // Series it trades: "KXBTC15M", or "KXBTC*" for all that begin so.
  trades: ["KXBTC15M"],
  // The keys of its section in kbot.toml. Each has a default and a text. Numbers may have min, max, whole: true, and
  // search: where kbot sweep looks, evenly or by ratio (scale: "log"). A text has oneOf, the words that it may be; true
  // or false need nothing more.
  parameters: {
    min_edge: {
      default: 0.02,
      min: 0,
      max: 1,
      search: { low: 0.005, high: 0.08, scale: "log" },
      unit: "dollars",
      text: "Least net edge per contract",
    },
    kelly_fraction: { default: 0.1, min: 0, max: 1, unit: "fraction", text: "Part of full Kelly to use" },
    max_contracts: { default: 20, min: 1, max: 1000, whole: true, unit: "contracts", text: "Largest position" },
    max_seconds: { default: 120, min: 0, max: 900, unit: "seconds", text: "Farther from settlement nothing is sent" },
  },

  // What it wants of one market now. The view holds, among others: at, secondsToClose, ticker, strike, status, synced,
  // crossed, bids and asks (the ten best, each { price, count }), index, spot, probability (of YES, by kbot's model),
  // position, ownPosition, restingBid, restingAsk, nav, headroom.
  decide(view, parameters) {
    if (view.status !== "active" || !view.synced || view.crossed) return no("not_open", "The book cannot be traded on");
    if (view.secondsToClose > parameters.max_seconds) return no("too_early", "Far from settlement");
    const [ask] = view.asks;
    if (ask === undefined || view.probability === null) return no("no_price", "No price or no probability");

    const cost = ask.price / 10_000;
    const fee = kbot.fee(ask.price, "taker"); // dollars a contract
    const edge = view.probability - cost - fee;
    if (edge < parameters.min_edge) return { ...no("no_edge", \`Edge \${edge.toFixed(4)}\`), edge, edgeSide: "yes" };

    const kelly = parameters.kelly_fraction * kbot.kelly(view.probability, cost, fee);
    // As much as Kelly, the position allowed, what is displayed and the limits of risk all allow.
    const most = parameters.max_contracts * 100;
    const count = kbot.contracts({ side: "bid", price: ask.price, kelly, most, depth: ask.count });
    if (count === 0) return { ...no("too_small", "Less than one contract is allowed here"), edge, edgeSide: "yes" };
    return {
      targets: [{ side: "bid", price: ask.price, count, timeInForce: "immediate_or_cancel", signal: "late", kelly }],
      edge,
      edgeSide: "yes",
    };
  },
};

// Why it keeps still: a word for counting and a text for people.
const no = (code, text) => ({ refusal: { code, text } });
`;
