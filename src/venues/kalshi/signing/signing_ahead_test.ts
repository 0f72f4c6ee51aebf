import assert from "node:assert/strict";
import type { Pkcs8Key } from "../pem.ts";
import type { AccessHeaders } from "../signature.ts";
import { createSigner } from "../signer.ts";
import { SigningAhead } from "./signing_ahead.ts";

const PAIR = await crypto.subtle.generateKey(
  { name: "RSA-PSS", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
  true,
  ["sign", "verify"],
) as CryptoKeyPair;
const KEY: Pkcs8Key = {
  algorithm: "RSA-PSS",
  der: new Uint8Array(await crypto.subtle.exportKey("pkcs8", PAIR.privateKey)),
};

async function verifies(
  headers: AccessHeaders,
  methodAndPath: string,
  publicKey: CryptoKey = PAIR.publicKey,
): Promise<boolean> {
  const signature = Uint8Array.from(atob(headers["KALSHI-ACCESS-SIGNATURE"]), (each) => each.charCodeAt(0));
  const text = new TextEncoder().encode(headers["KALSHI-ACCESS-TIMESTAMP"] + methodAndPath);
  return await crypto.subtle.verify({ name: publicKey.algorithm.name, saltLength: 32 }, publicKey, signature, text);
}

async function withAhead(
  test: (ahead: SigningAhead, troubles: string[]) => Promise<void>,
  { maxAgeMs = 1_000, key = KEY }: { maxAgeMs?: number; key?: Pkcs8Key } = {},
): Promise<void> {
  const troubles: string[] = [];
  const ahead = new SigningAhead("the-key", key, { maxAgeMs, onTrouble: (reason) => troubles.push(reason) });
  try {
    await test(ahead, troubles);
  } finally {
    ahead.stop();
  }
}

async function eventually<T>(look: () => T | null): Promise<T> {
  for (let round = 0; round < 6_000; round++) {
    const found = look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("It did not happen within 60 s");
}

Deno.test("headers are there before they are asked for, and verify", () =>
  withAhead(async (ahead) => {
    ahead.always("POST", "/trade-api/v2/portfolio/events/orders");
    ahead.expect("delete", "/trade-api/v2/portfolio/events/orders/abc?exchange_index=2");
    const create = await eventually(() => ahead.ready("POST", "/trade-api/v2/portfolio/events/orders", Date.now()));
    assert.equal(create["KALSHI-ACCESS-KEY"], "the-key");
    assert.ok(await verifies(create, "POST/trade-api/v2/portfolio/events/orders"));
    const path = "/trade-api/v2/portfolio/events/orders/abc?exchange_index=2&market_ticker=T";
    const cancel = await eventually(() => ahead.ready("DELETE", path, Date.now()));
    assert.ok(await verifies(cancel, "DELETE/trade-api/v2/portfolio/events/orders/abc"));
  }));

Deno.test("signatures are renewed, and one that is older than allowed is not given out", () =>
  withAhead(async (ahead) => {
    ahead.always("POST", "/a");
    const first = await eventually(() => ahead.ready("POST", "/a", Date.now()));
    const renewed = await eventually(() => {
      const now = ahead.ready("POST", "/a", Date.now());
      return now !== null && now["KALSHI-ACCESS-TIMESTAMP"] !== first["KALSHI-ACCESS-TIMESTAMP"] ? now : null;
    });
    assert.ok(await verifies(renewed, "POST/a"));
    assert.equal(ahead.ready("POST", "/a", Date.now() + 60_000), null);
    assert.equal(ahead.ready("POST", "/a", Date.now() - 60_000), null);
  }, { maxAgeMs: 500 }));

Deno.test("nothing is ready for what nobody announced, what was forgotten, and after the stop", () =>
  withAhead(async (ahead) => {
    ahead.always("POST", "/a");
    ahead.expect("DELETE", "/b");
    await eventually(() => ahead.ready("DELETE", "/b", Date.now()));
    await eventually(() => ahead.ready("POST", "/a", Date.now()));
    assert.equal(ahead.ready("GET", "/a", Date.now()), null);
    ahead.forget("DELETE", "/b");
    ahead.forget("DELETE", "/never-there");
    assert.equal(ahead.ready("DELETE", "/b", Date.now()), null);
    ahead.stop();
    assert.equal(ahead.ready("POST", "/a", Date.now()), null);
  }));

Deno.test("beyond 32 orders the oldest makes room, and places are used again", () =>
  withAhead(async (ahead) => {
    for (let order = 0; order < 40; order++) ahead.expect("DELETE", `/orders/${order}`);
    const last = await eventually(() => ahead.ready("DELETE", "/orders/39", Date.now()));
    assert.ok(await verifies(last, "DELETE/orders/39"));
    assert.equal(ahead.ready("DELETE", "/orders/7", Date.now()), null);
    ahead.forget("DELETE", "/orders/20");
    ahead.expect("DELETE", "/orders/new");
    const fresh = await eventually(() => ahead.ready("DELETE", "/orders/new", Date.now()));
    assert.ok(await verifies(fresh, "DELETE/orders/new"));
    await eventually(() => ahead.ready("DELETE", "/orders/8", Date.now()));
  }, { maxAgeMs: 600_000 }));

Deno.test("a key that cannot be used ends signing ahead, once, in words without the key", () =>
  withAhead(async (ahead, troubles) => {
    ahead.always("POST", "/a");
    await eventually(() => troubles.length > 0 ? true : null);
    assert.deepEqual(troubles, [
      "Requests are signed one by one, which takes longer: " +
      "Private key file is damaged: it holds no usable RSA-PSS key",
    ]);
    assert.equal(ahead.ready("POST", "/a", Date.now()), null);
  }, { key: { algorithm: "RSA-PSS", der: KEY.der.slice(0, 100) } }));

Deno.test("the caller's own copy of the key stays whole", () =>
  withAhead(() => {
    assert.ok(KEY.der.length > 1_000 && KEY.der.some((byte) => byte !== 0));
    return Promise.resolve();
  }));

Deno.test("keys of both kinds are signed with ahead", async () => {
  const pem = (der: Uint8Array) =>
    `-----BEGIN PRIVATE KEY-----\n${btoa(String.fromCharCode(...der))}\n-----END PRIVATE KEY-----\n`;
  const ed = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]) as CryptoKeyPair;
  const edDer = new Uint8Array(await crypto.subtle.exportKey("pkcs8", ed.privateKey));
  for (const [der, publicKey] of [[edDer, ed.publicKey], [KEY.der, PAIR.publicKey]] as const) {
    const signer = await createSigner("k", pem(der));
    const ahead = signer.ahead?.({ maxAgeMs: 1_000, onTrouble: () => {} });
    assert.ok(ahead !== undefined);
    ahead.always("POST", "/a");
    assert.ok(await verifies(await eventually(() => ahead.ready("POST", "/a", Date.now())), "POST/a", publicKey));
    ahead.stop();
  }
});

Deno.test("headers are the same ones until there is a newer signature", () =>
  withAhead(async (ahead) => {
    ahead.always("POST", "/a");
    const first = await eventually(() => ahead.ready("POST", "/a", Date.now()));
    assert.equal(ahead.ready("POST", "/a", Date.now()), first);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(ahead.ready("POST", "/a", Date.now()), first, "looked at meanwhile, and not made anew");
  }, { maxAgeMs: 600_000 }));
