import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../../config/secret.ts";
import { scrubber } from "./scrub.ts";

Deno.test("a secret is found in an address, in JSON, in a form and in basic authentication", () => {
  const secret = 'a "b"+c d&é/=';
  const scrub = scrubber([new Secret(secret)]);
  const basic = btoa(String.fromCharCode(...new TextEncoder().encode(secret)));
  for (
    const text of [
      secret,
      `https://x/${encodeURIComponent(secret)}/send`,
      JSON.stringify({ key: secret }),
      new URLSearchParams({ k: secret }).toString(),
      `Basic ${basic}`,
    ]
  ) {
    const clean = scrub(`before ${text} after`);
    assert.ok(clean.includes("[redacted]") && clean.startsWith("before"), clean);
    assert.ok(!clean.includes("+c d&") && !clean.includes(basic) && !clean.includes("%22b%22"), clean);
  }
});

Deno.test("no secret of eight letters or more comes through, wherever it stands", () =>
  fc.assert(
    fc.property(
      fc.stringMatching(/^[A-Za-z0-9:_-]{8,60}$/),
      fc.string({ maxLength: 40 }),
      fc.string({ maxLength: 40 }),
      (secret, before, after) => {
        const clean = scrubber([new Secret(secret)])(`${before}${secret}${after}`);
        assert.ok(!clean.includes(secret), clean);
      },
    ),
    { seed: 9 },
  ));
