import assert from "node:assert/strict";
import { join } from "node:path";
import { startReplay } from "../src/venues/exchange/replay/replay_server.ts";
import { keepPort, type KeptPort } from "./ports.ts";
import { Kbot, runKbot, temporaryDirectory } from "./process.ts";
import { assertSeen, troubleOf } from "./readme_troubles.ts";

/** Nothing listens there: what a machine without a network looks like to a client. */
const deadVenue = ({ port }: KeptPort): readonly string[] => [
  ...["--venue", `http://127.0.0.1:${port}/trade-api/v2`],
  ...["--venue-ws", `ws://127.0.0.1:${port}/trade-api/ws/v2`],
];

Deno.test("paper trading without a network says what it cannot reach, serves its page, and points to the demo", async () => {
  await using state = await temporaryDirectory();
  using dead = keepPort();
  await using kbot = new Kbot(["--paper", ...deadVenue(dead), "--port", "0", "--state", state.path]);
  const [, url] = await kbot.until(/Status page: (http\S+)/);
  await kbot.until(/Cannot reach/);
  const ready = await fetch(new URL("/readyz", url));
  assert.equal(ready.status, 503);
  assert.match(await ready.text(), /Cannot reach|not connected/);
  const page = await fetch(url);
  assert.equal(page.status, 200);
  await page.body?.cancel();
  assert.match(kbot.stderr, /kbot demo/);
  kbot.signal("SIGTERM");
  const ended = await kbot.end();
  assert.equal(ended.code, 0, ended.stderr);
});

Deno.test("live trading at Kalshi without credentials or without the phrase does not start", async () => {
  await using state = await temporaryDirectory();
  const without = await runKbot(["--live", "--port", "0", "--state", state.path]);
  assert.equal(without.code, 2);
  assert.match(without.stderr, /needs credentials/);
  const key = join(state.path, "key.pem");
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
  const der = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const pem = `-----BEGIN PRIVATE KEY-----\n${btoa(String.fromCharCode(...der))}\n-----END PRIVATE KEY-----\n`;
  await Deno.writeTextFile(key, pem, { mode: 0o600 });
  const env = { KBOT_KALSHI_KEY_ID: "11111111-2222-3333-4444-555555555555", KBOT_KALSHI_PRIVATE_KEY_FILE: key };
  const withoutPhrase = await runKbot(["--live", "--port", "0", "--state", join(state.path, "s")], env);
  assert.equal(withoutPhrase.code, 2);
  assert.match(withoutPhrase.stderr, /TRADE REAL MONEY/);
  assert.doesNotMatch(withoutPhrase.stderr, /BEGIN PRIVATE KEY/);
  // What says nothing of itself may be a proxy of the real Kalshi.
  using dead = keepPort();
  const address = ["--live", ...deadVenue(dead), "--port", "0", "--state", join(state.path, "t")];
  const elsewhere = await runKbot(address, env);
  assert.equal(elsewhere.code, 2);
  assert.match(elsewhere.stderr, /Live orders at 127\.0\.0\.1:\d+ need the phrase "TRADE REAL MONEY"/);
});

Deno.test("a run against a tape at full speed, whose time cannot be followed, is refused as wrong use", async () => {
  await using state = await temporaryDirectory();
  const path = join(state.path, "tape.ndjson");
  const msg = { market_ticker: "KXBTC15M-26MAY130915-15", yes_dollars_fp: [["0.4000", "10.00"]] };
  await Deno.writeTextFile(
    path,
    JSON.stringify({ recv_ms: 1_778_677_183_220, event: { type: "orderbook_snapshot", msg } }),
  );
  const replay = await startReplay({ path, port: 0, speed: "max", keyDirectory: null });
  try {
    assert.equal(replay.info.clock.speed, null);
    const { rest, ws } = replay.info;
    const ended = await runKbot(["--paper", "--venue", rest, "--venue-ws", ws, "--port", "0", "--state", state.path]);
    assert.equal(ended.code, 2, ended.stderr);
    assert.match(ended.stderr, /replays as fast as it is read: a run needs one with a finite --speed/);
    assert.doesNotMatch(ended.stderr, /TimeoutOverflowWarning/);
  } finally {
    await replay.stop();
  }
});

Deno.test("a port in use, a state directory in use, and one of another venue are refused in words", async () => {
  await using state = await temporaryDirectory();
  await using first = new Kbot(["--paper", "--venue", "sim", "--port", "0", "--state", state.path]);
  const [, url] = await first.until(/Status page: (http\S+)/);
  const second = await runKbot(["--paper", "--venue", "sim", "--port", "0", "--state", state.path]);
  const row = troubleOf("a second kbot on the same state directory");
  assert.equal(second.code, row.code);
  assertSeen(row, second.stderr);
  assert.match(second.stderr, new RegExp(`${state.path} is in use by process `));
  const undisturbed = await fetch(new URL("/healthz", url));
  assert.equal(undisturbed.status, 200, await undisturbed.text());

  await using other = await temporaryDirectory();
  const port = new URL(url).port;
  const taken = await runKbot(["--paper", "--venue", "sim", "--port", port, "--state", other.path]);
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, new RegExp(`Port ${port} .*in use`));
  assert.deepEqual([...Deno.readDirSync(join(other.path, "journal"))], [], "a run that never began leaves no journal");

  first.signal("SIGTERM");
  await first.end();
  const foreign = await runKbot(["demo", "--for", "1s", "--port", "0", "--state", state.path]);
  assert.equal(foreign.code, 2);
  assert.match(foreign.stderr, /belongs to paper trading at sim/);
});

Deno.test("a configuration with a wrong type or an unknown key stops the start with its place", async () => {
  await using state = await temporaryDirectory();
  const file = join(state.path, "kbot.toml");
  await Deno.writeTextFile(file, '[risk]\nmax_order_usd = "lots"\n\n[servr]\nport = 1\n');
  const ended = await runKbot(["--paper", "--venue", "sim", "--config", file, "--port", "0", "--state", state.path]);
  assert.equal(ended.code, 2);
  assert.match(ended.stderr, /kbot\.toml:2.*max_order_usd/);
  assert.match(ended.stderr, /servr.*server/s);
});

Deno.test("a state of a newer kbot is refused in words", async () => {
  await using state = await temporaryDirectory();
  const kv = await Deno.openKv(join(state.path, "state.kv"));
  await kv.set(["schema"], 99);
  kv.close();
  using dead = keepPort();
  const ended = await runKbot(["--paper", ...deadVenue(dead), "--port", "0", "--state", state.path]);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /newer kbot/);
});

Deno.test("a halt by the kill switch stands in the next run, on the embedded exchange too", async () => {
  await using state = await temporaryDirectory();
  const args = ["demo", "--speed", "20", "--seed", "7", "--port", "0", "--state", state.path];
  await using first = new Kbot(args);
  await first.until(/Status page: http/);
  const killed = await runKbot(["kill", "--state", state.path]);
  assert.equal(killed.code, 0, killed.stderr);
  first.signal("SIGKILL");
  await first.end();
  const second = await runKbot([...args, "--for", "4s", "--json"]);
  assert.equal(second.code, 0, second.stderr);
  const summary = JSON.parse(second.stdout) as { orders: number; halts: string[] };
  assert.deepEqual(summary.halts, ["kill"]);
  assert.equal(summary.orders, 0);
  const resumed = await runKbot(["resume", "--state", state.path]);
  assert.match(resumed.stdout + resumed.stderr, /./);
});
