import assert from "node:assert/strict";
import fc from "fast-check";
import { DecisionHash } from "./decision_hash.ts";

type Item = string | number;

function hashOf(items: readonly Item[]): string {
  const hash = new DecisionHash();
  for (const item of items) {
    if (typeof item === "string") hash.add(item);
    else hash.addNumber(item);
  }
  return hash.digest();
}

const PINNED: readonly (readonly [string, readonly Item[], string])[] = [
  ["nothing", [], "940a0ebd36bf99aa"],
  ["an empty text", [""], "573688b3661dcd8a"],
  ["a text", ["place KXBTC15M-26SEP251500-00 bid 5600 100"], "d57f7176c60fe93e"],
  ["text beyond ASCII", ["Zürich \u{1f600}"], "1d6498ce633b3690"],
  ["numbers", [0, 1, -1.5, 84000.25, 2 ** 53, 1e-300, NaN, Infinity], "461e4635716528bf"],
];

for (const [name, items, expected] of PINNED) {
  Deno.test(`the hash of ${name} is the same on every machine and in every version`, () => {
    assert.equal(hashOf(items), expected);
  });
}

const DIFFERENT: readonly (readonly [string, readonly Item[], readonly Item[]])[] = [
  ["order", ["a", "b"], ["b", "a"]],
  ["where one text ends and the next begins", ["ab", "c"], ["a", "bc"]],
  ["an empty text", ["a"], ["a", ""]],
  ["text and number", ["1"], [1]],
  ["the last bit of a float", [0.1 + 0.2], [0.3]],
  ["the sign", [1], [-1]],
  ["a trailing NUL", ["a"], ["a\0"]],
  ["zero and nothing", [0], []],
];

for (const [name, left, right] of DIFFERENT) {
  Deno.test(`the hash tells apart ${name}`, () => assert.notEqual(hashOf(left), hashOf(right)));
}

Deno.test("minus zero hashes as zero, because a journal cannot tell them apart", () => {
  assert.equal(hashOf([-0]), hashOf([0]));
});

Deno.test("reading the digest does not change what comes after", () => {
  const hash = new DecisionHash();
  hash.add("one");
  const early = hash.digest();
  assert.equal(hash.digest(), early);
  hash.add("two");
  assert.equal(hash.digest(), hashOf(["one", "two"]));
  assert.match(early, /^[0-9a-f]{16}$/);
});

Deno.test("200,000 near-equal decisions have no two equal hashes, in neither lane alone more than chance allows", () => {
  const seen = new Set<string>();
  const first = new Set<string>();
  const second = new Set<string>();
  const total = 200_000;
  for (let k = 0; k < total; k++) {
    const digest = hashOf(["place T bid", k]);
    seen.add(digest);
    first.add(digest.slice(0, 8));
    second.add(digest.slice(8));
  }
  assert.equal(seen.size, total);
  // By the birthday bound some 4.7 pairs collide in 32 bits; 20 would be far outside chance.
  assert.ok(total - first.size < 20, `${total - first.size} collisions in the first lane`);
  assert.ok(total - second.size < 20, `${total - second.size} collisions in the second lane`);
});

Deno.test("changing any one item changes the hash", () => {
  const item = fc.oneof(fc.string(), fc.double());
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 20 }), fc.nat(), item, (items, pick, other) => {
      const at = pick % items.length;
      const old = items[at];
      // Zero and minus zero are one value here.
      fc.pre(typeof old !== typeof other || (old !== other && !(Number.isNaN(old) && Number.isNaN(other))));
      const changed = items.map((one, k) => k === at ? other : one);
      assert.notEqual(hashOf(changed), hashOf(items));
    }),
    { seed: 3, numRuns: 500 },
  );
});
