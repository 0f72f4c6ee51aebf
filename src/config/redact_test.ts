import assert from "node:assert/strict";
import { inspect } from "node:util";
import { redact } from "./redact.ts";
import { Secret } from "./secret.ts";

const PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----";

const CASES: readonly [text: string, redacted: string][] = [
  ["Nothing to hide, 12.50 at 0.55", "Nothing to hide, 12.50 at 0.55"],
  [`a ${PEM} b`, "a [redacted] b"],
  [`a ${PEM}\n${PEM} b`, "a [redacted]\n[redacted] b"],
  [`{"pem":${JSON.stringify(PEM)},"n":1}`, `{"pem":"[redacted]","n":1}`],
  [`{"pem":"-----BEGIN PRIVATE KEY-----\\nMIIE","n":1}`, `{"pem":"[redacted]","n":1}`],
  ["-----BEGIN PRIVATE KEY-----\nMIIE", "[redacted]"],
  ["Authorization: Bearer abcdefghijkl", "Authorization: Bearer [redacted]"],
  ["KALSHI-ACCESS-SIGNATURE: abcd+/efgh==", "KALSHI-ACCESS-SIGNATURE: [redacted]"],
  [`{"token":"abcdef\\"ghijkl","n":1}`, `{"token":"[redacted]","n":1}`],
  ["/live?token=abcdefgh&after=3", "/live?token=[redacted]&after=3"],
  ["password = hunter2hunter2", "password = [redacted]"],
  ["The token is in /home/ann/kbot/token", "The token is in /home/ann/kbot/token"],
  ["Ticker KXBTC15M-26SEP251500-00", "Ticker KXBTC15M-26SEP251500-00"],
];

Deno.test("what looks like a secret is taken out and the rest stays", () => {
  for (const [text, redacted] of CASES) {
    assert.equal(redact(text), redacted);
    assert.equal(redact(redacted), redacted, "redacting again changes nothing");
  }
});

Deno.test("a secret shows itself in no way of printing but reveal", () => {
  const secret = new Secret("hunter2");
  const shown = [
    String(secret),
    `${secret}`,
    "" + secret,
    JSON.stringify([secret, { secret }]),
    inspect({ secret }, { showHidden: true, depth: 9 }),
    Deno.inspect({ secret }),
    Object.values(secret).join(),
    JSON.stringify(structuredClone({ ...secret })),
  ];
  for (const text of shown) assert.doesNotMatch(text, /hunter2/);
  assert.equal(secret.reveal(), "hunter2");
});
