import assert from "node:assert/strict";
import { readPrivateKey } from "./pem.ts";
import { createSigner } from "./signer.ts";

const base64Lines = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replace(/.{64}/g, "$&\n");

const pem = (label: string, bytes: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${base64Lines(bytes)}\n-----END ${label}-----\n`;

const rsaPair = () =>
  crypto.subtle.generateKey(
    { name: "RSA-PSS", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
    true,
    ["sign", "verify"],
  ) as Promise<CryptoKeyPair>;
const edPair = () => crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;
const exportKey = async (pair: CryptoKeyPair) =>
  new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));

/** The PKCS#1 key inside a PKCS#8 one: the octet string after version and algorithm (26 bytes for 2048 bits). */
const pkcs1Of = (pkcs8: Uint8Array): Uint8Array => pkcs8.slice(26);

async function verify(pair: CryptoKeyPair, headers: Record<string, string>, text: string): Promise<boolean> {
  const signature = Uint8Array.from(atob(headers["KALSHI-ACCESS-SIGNATURE"]), (character) => character.charCodeAt(0));
  const scheme = pair.publicKey.algorithm.name === "RSA-PSS"
    ? { name: "RSA-PSS", saltLength: 32 }
    : { name: "Ed25519" };
  return await crypto.subtle.verify(scheme, pair.publicKey, signature, new TextEncoder().encode(text));
}

const KEY_ID = "11111111-2222-3333-4444-555555555555";

Deno.test("a signature over timestamp, method and path verifies for every kind of key file", async () => {
  const rsa = await rsaPair();
  const ed = await edPair();
  const files: [string, CryptoKeyPair, string][] = [
    ["RSA as PKCS#8", rsa, pem("PRIVATE KEY", await exportKey(rsa))],
    ["RSA as PKCS#1", rsa, pem("RSA PRIVATE KEY", pkcs1Of(await exportKey(rsa)))],
    ["Ed25519 as PKCS#8", ed, pem("PRIVATE KEY", await exportKey(ed))],
    ["lines ended the Windows way", ed, pem("PRIVATE KEY", await exportKey(ed)).replaceAll("\n", "\r\n")],
  ];
  for (const [kind, pair, text] of files) {
    const signer = await createSigner(KEY_ID, text);
    const headers = await signer.headers("get", "/trade-api/v2/portfolio/orders?limit=5&cursor=x", 1_703_123_456_789);
    assert.equal(headers["KALSHI-ACCESS-KEY"], KEY_ID);
    assert.equal(headers["KALSHI-ACCESS-TIMESTAMP"], "1703123456789");
    assert.ok(await verify(pair, headers, "1703123456789GET/trade-api/v2/portfolio/orders"), kind);
    assert.ok(!await verify(pair, headers, "1703123456789GET/trade-api/v2/portfolio/orders?limit=5&cursor=x"), kind);
  }
});

Deno.test("an RSA key wrapped from PKCS#1 is byte for byte the PKCS#8 key", async () => {
  const pkcs8 = await exportKey(await rsaPair());
  const key = readPrivateKey(pem("RSA PRIVATE KEY", pkcs1Of(pkcs8)));
  assert.deepEqual(key.der, pkcs8);
  assert.equal(key.algorithm, "RSA-PSS");
});

Deno.test("unusable key files are refused in words that hold nothing of the key", async () => {
  const good = await exportKey(await edPair());
  const elliptic = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const secret = base64Lines(good).slice(0, 20);
  const cases: [string, RegExp][] = [
    ["", /no PEM file/],
    [secret, /no PEM file/],
    [pem("PUBLIC KEY", good), /PUBLIC KEY/],
    [pem("ENCRYPTED PRIVATE KEY", good), /passphrase/],
    [pem("EC PRIVATE KEY", good), /EC PRIVATE KEY/],
    [pem("PRIVATE KEY", await exportKey(elliptic)), /allowed are RSA and Ed25519/],
    [pem("PRIVATE KEY", good.slice(0, 20)), /damaged/],
    [pem("RSA PRIVATE KEY", good), /damaged/],
    [`-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----`, /damaged/],
    ["x".repeat(70_000), /no PEM file/],
  ];
  for (const [text, expected] of cases) {
    await assert.rejects(createSigner(KEY_ID, text), (error: Error) => {
      assert.match(error.message, expected);
      assert.ok(!error.message.includes(secret.slice(0, 12)));
      assert.equal(error.cause, undefined);
      return true;
    });
  }
});

Deno.test("a key id that no header can carry is refused", async () => {
  const text = pem("PRIVATE KEY", await exportKey(await edPair()));
  for (const id of ["", "a b", "a\r\nx: y", "k".repeat(201)]) await assert.rejects(createSigner(id, text), /Key id/);
});
