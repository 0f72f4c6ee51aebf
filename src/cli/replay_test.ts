import assert from "node:assert/strict";
import { replay } from "./replay.ts";

Deno.test("what cannot be replayed is refused with 2, in words that drive no terminal", async () => {
  const journal = "none\u001b]2;title\u0007";
  const printed: string[] = [];
  const { error } = console;
  console.error = (text: string) => printed.push(text);
  try {
    const common = { config: undefined, state: undefined, json: false };
    assert.equal(await replay({ ...common, journal, verify: false }), 2);
  } finally {
    console.error = error;
  }
  assert.match(printed.join("\n"), /^Journal cannot be replayed: .*none ]2;title /);
});
