/**
 * What runs in a sandbox before the pack does: it takes away what would tell two runs apart, adds the few functions that a
 * pack may call, and keeps the way in and out to itself. Whatever a pack does to its globals, these functions were taken
 * before.
 * @module
 */

import { NUMBERS_MAX, VIEW_SOURCE } from "./question.ts";

/** Bounds what an answer may be long, characters: all targets that are allowed need less. */
export const ANSWER_MAX = 65_536;
/** Bounds the words of an error. */
const WORDS_MAX = 400;

/** Begins an answer, and the words of an error. */
export const GIVEN = "=";
export const THROWN = "!";

/** A number that nothing else holds: by it the place of the numbers is found in the interpreter's memory. */
export const MARK = -1.2345678901234567e-89;

/**
 * Called with the functions of the host; gives `adopt` (the pack's default export -> its declaration), `ask`, and `first`, the
 * first of the numbers through which views come in.
 */
export const PRELUDE = String.raw`(function (host) {
  "use strict";
  const { parse, stringify } = JSON;
  const { isInteger } = Number;
  const { freeze, defineProperty } = Object;
  const { apply } = Reflect;
  const text = String;
  const { slice, split } = String.prototype;
  const wholePrice = (price) => {
    if (typeof price === "number" && isInteger(price) && price > 0 && price < 10000) return price;
    throw new TypeError("A price is a whole number of ten-thousandths of a dollar from 1 to 9999");
  };
  const plainNumber = (value, name) => {
    if (typeof value === "number" && value === value) return value;
    throw new TypeError(name + " is a number");
  };
  const oneOf = (value, first, second, name) => {
    if (value === first) return 0;
    if (value === second) return 1;
    throw new TypeError(name + " is " + first + " or " + second);
  };
  const orNull = (price) => price === 0 ? null : price;
  const kbot = freeze({
    fee: (price, role = "taker") => host.fee(wholePrice(price), oneOf(role, "taker", "maker", "The role")),
    kelly: (probability, cost, fee) =>
      host.kelly(plainNumber(probability, "The probability"), plainNumber(cost, "The cost"), plainNumber(fee, "The fee")),
    floor: (price) => orNull(host.floor(plainNumber(price, "A price"))),
    ceil: (price) => orNull(host.ceil(plainNumber(price, "A price"))),
    contracts: ({ side, price, role = "taker", kelly, most, depth = Infinity }) =>
      host.contracts(
        oneOf(side, "bid", "ask", "The side"),
        wholePrice(price),
        oneOf(role, "taker", "maker", "The role"),
        plainNumber(kelly, "kelly"),
        plainNumber(most, "most"),
        plainNumber(depth, "depth"),
      ),
  });
  defineProperty(globalThis, "kbot", { value: kbot, enumerable: true });
  delete Math.random;
  let decide = null;
  const numbers = new Float64Array(${NUMBERS_MAX}).fill(${MARK});
  const number = (slot) => {
    const value = numbers[slot];
    return value === value ? value : null;
  };
  const flag = (slot) => numbers[slot] === 1;
  const word = (line) => line === "" ? null : line;
  const levels = (slot) => {
    const found = [];
    const end = slot + 1 + 2 * numbers[slot];
    for (let at = slot + 1; at < end; at += 2) found[found.length] = { price: numbers[at], count: numbers[at + 1] };
    return found;
  };
  const viewOf = (words) => (${VIEW_SOURCE});
  const words = (caught) => {
    try {
      if (typeof caught !== "object" || caught === null) return text(caught);
      const place = /[(\s]((?!kbot\.js)[^\s()]+:\d+:\d+)/.exec(text(caught.stack));
      return text(caught.name) + ": " + text(caught.message) + (place === null ? "" : " at " + place[1]);
    } catch {
      return "something that cannot be put into words";
    }
  };
  const guarded = (run) => (first, second) => {
    try {
      const said = run(first, second);
      if (typeof said !== "string") return "${THROWN}It gave nothing that JSON can say";
      if (said.length > ${ANSWER_MAX}) return "${THROWN}It said " + said.length + " characters, allowed: ${ANSWER_MAX}";
      return "${GIVEN}" + said;
    } catch (caught) {
      return "${THROWN}" + apply(slice, words(caught), [0, ${WORDS_MAX}]);
    }
  };
  return {
    adopt: guarded((pack) => {
      if (typeof pack !== "object" || pack === null) throw "Found no default export that is an object";
      const { decide: found, ...declaration } = pack;
      if (typeof found !== "function") throw "Found no function decide in the default export";
      decide = (view, parameters) => apply(found, pack, [view, parameters]);
      return stringify(declaration);
    }),
    ask: guarded((lines, extra) => {
      const { parameters, more } = parse(extra);
      const view = viewOf(apply(split, lines, ["\n"]));
      for (const name in more) view[name] = more[name];
      return stringify(decide(view, parameters));
    }),
    first: () => numbers[0],
  };
})`;
