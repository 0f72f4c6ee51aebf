import assert from "node:assert/strict";
import { Authenticator, type SignedRequest } from "./auth.ts";
import { makeEd25519Key, makeRsaKey, type MemberKey } from "./keys.ts";
import { sign } from "./client_fixture.ts";

const NOW = 1_791_295_080_000;
const PATH = "/trade-api/v2/portfolio/balance";
const keys = await Promise.all([makeRsaKey(), makeEd25519Key()]);
const authenticator = new Authenticator(keys, () => NOW);

async function signed(key: MemberKey, changes: Partial<SignedRequest> = {}, text?: string): Promise<SignedRequest> {
  const timestamp = changes.timestamp ?? String(NOW);
  const signature = await sign(key.privateKeyPem, key.kind, text ?? `${timestamp}GET${PATH}`);
  return { key: key.keyId, timestamp, signature, method: "GET", path: PATH, ...changes };
}

for (const key of keys) {
  Deno.test(`a ${key.kind} signature over timestamp, method and path is accepted`, async () => {
    assert.equal(await authenticator.check(await signed(key)), null);
  });

  Deno.test(`a ${key.kind} signature over another path is refused`, async () => {
    const failure = await authenticator.check(await signed(key, {}, `${NOW}GET${PATH}?limit=1`));
    assert.deepEqual(failure, {
      error: {
        code: "authentication_error",
        message: "authentication_error",
        details: "INCORRECT_API_KEY_SIGNATURE",
      },
    });
  });
}

Deno.test("an RSA signature with another salt length is refused", async () => {
  const [rsa] = keys;
  const signature = await sign(rsa.privateKeyPem, "rsa", `${NOW}GET${PATH}`, 20);
  const failure = await authenticator.check({ ...await signed(rsa), signature });
  assert.equal(failure?.error.details, "INCORRECT_API_KEY_SIGNATURE");
});

const FAILURES: readonly [string, Partial<SignedRequest>, Record<string, string>][] = [
  ["an unknown key", { key: "00000000-0000-0000-0000-000000000000" }, {
    code: "authentication_error",
    message: "authentication_error",
    details: "NOT_FOUND",
  }],
  ["no signature", { signature: null }, {
    code: "signature_is_missing_from_headers",
    message: "signature is missing from headers",
  }],
  ...[
    ["no key", { key: null }],
    ["an empty key", { key: "" }],
    ["no timestamp", { timestamp: null }],
    ["no header at all", { key: null, timestamp: null, signature: null }],
  ].map(([what, changes]): [string, Partial<SignedRequest>, Record<string, string>] => [
    what as string,
    changes as Partial<SignedRequest>,
    { code: "signature_is_missing_from_headers", message: "signature is missing from headers" },
  ]),
  ["a timestamp 16 s old", { timestamp: String(NOW - 16_000) }, {
    code: "header_timestamp_expired",
    message: "header timestamp expired",
  }],
  ["a timestamp 16 s ahead", { timestamp: String(NOW + 16_000) }, {
    code: "header_timestamp_expired",
    message: "header timestamp expired",
  }],
  ["a signature that is no base64", { signature: "%%%" }, {
    code: "authentication_error",
    message: "authentication_error",
    details: "INCORRECT_API_KEY_SIGNATURE",
  }],
];

for (const [what, changes, error] of FAILURES) {
  Deno.test(`${what} gets the recorded 401 body`, async () => {
    assert.deepEqual(await authenticator.check(await signed(keys[0], changes)), { error });
  });
}

Deno.test("10 s of clock difference are accepted either way", async () => {
  for (const skew of [-10_000, 10_000]) {
    assert.equal(await authenticator.check(await signed(keys[1], { timestamp: String(NOW + skew) })), null);
  }
});
