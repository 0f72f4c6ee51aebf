/** What an attacker sends: from this machine, through a browser that shows another page, or from anywhere through a proxy. */
import assert from "node:assert/strict";
import { FakeSources } from "./fake_sources.ts";
import { FAILURES_OF_ONE_MAX } from "./failure_limit.ts";
import { LIVE_CLIENTS_MAX } from "./live_hub.ts";
import { startServer } from "./server.ts";

const TOKEN = "dGhlLXRva2VuLW9mLXRoZS1hdHRhY2stZHJpbGxz";
const FULL = Deno.env.get("KBOT_TEST_FULL") === "1";
const SEED = Number(Deno.env.get("KBOT_TEST_SEED") ?? 20_261_120);
const REQUESTS = FULL ? 50_000 : 2_000;
const SLOW_CLIENTS = FULL ? 1_000 : 100;
const AT_ONCE = 20;
/** No answer within this is none, where an attacker's own request may have left it open. */
const SILENCE_MS = 1_000;
/** Longer than any machine takes for an answer that must come. */
const ANSWER_MS = 60_000;

interface Stage {
  readonly sources: FakeSources;
  readonly url: string;
  readonly port: number;
}

async function underAttack(attack: (stage: Stage) => Promise<void>): Promise<void> {
  const sources = new FakeSources();
  const server = await startServer({ hostname: "127.0.0.1", port: 0, token: TOKEN, sources });
  if (!server.ok) assert.fail(server.reason);
  try {
    await attack({ sources, url: server.url, port: server.port });
    await assertServes(server.url, sources);
  } finally {
    await server.stop();
  }
}

/** Whoever has the token is served as if nothing had been, and nobody else was. */
async function assertServes(url: string, sources: FakeSources): Promise<void> {
  assert.deepEqual(sources.requests, [], "no control got through");
  assert.equal((await fetch(`${url}healthz`).then((answer) => answer.json())).alive, true);
  const kill = await fetch(`${url}api/v1/kill`, { method: "POST", headers: { authorization: `Bearer ${TOKEN}` } });
  assert.deepEqual([kill.status, (await kill.json()).accepted], [200, true]);
  assert.equal(sources.requests.length, 1);
}

/** Sends bytes as they are; what came back first, `""` for nothing. */
async function send(port: number, bytes: Uint8Array, patienceMs = ANSWER_MS): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const timer = setTimeout(() => connection.close(), patienceMs);
  // Whoever refuses may do so before all was sent, and take no more of it.
  const write = async () => {
    for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
  };
  try {
    await write().catch(() => {});
    const answer = new Uint8Array(64 * 1024);
    const length = await connection.read(answer);
    return new TextDecoder().decode(answer.subarray(0, length ?? 0));
  } catch {
    return "";
  } finally {
    clearTimeout(timer);
    try {
      connection.close();
    } catch {
      // Its time was over.
    }
  }
}

const text = (lines: readonly string[], body = ""): Uint8Array =>
  new TextEncoder().encode(lines.join("\r\n") + "\r\n\r\n" + body);

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

/** Numbers from 0 up to a bound, the same every time. */
function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

const METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get", "P\0ST", ""];
const PATHS = [
  "/",
  "/api/v1/kill",
  "/api/v1/reduce",
  "/api/v1/resume",
  "/api/v1/strategies/market_making/start",
  "/api/v1/strategies/%2e%2e/stop",
  "/api/v1/account",
  "/api/v1/trades?limit=99999999999&before=%00",
  "/api/v1/markets/%ff%fe",
  "/api/v1/trades?format=csv&strategy=%0d%0aX-Split:%20yes",
  "/api/v1/performance?from=2026-11-20&to=%00",
  "/api/v1/strategies/__proto__",
  "/api/v1/audit?before=9999-99-99T99:99:99Z",
  "/docs",
  "/live",
  "/metrics",
  "/assets/../../../../etc/passwd",
  "/assets/%2e%2e%2f%2e%2e%2ftoken",
  "//evil.example/api/v1/kill",
  "http://evil.example/api/v1/kill",
  "/api/v1/kill/../kill",
  "/API/V1/KILL",
  "/api/v1/kill%00",
  "*",
];
const HEADERS = [
  "Host: evil.example",
  "Host: 127.0.0.1@evil.example",
  "Host:",
  "Origin: null",
  "Origin: http://localhost",
  "Origin: https://evil.example",
  "Sec-Fetch-Site: cross-site",
  "Sec-Fetch-Site: same-origin",
  "Authorization: Bearer",
  `Authorization: Bearer ${TOKEN.slice(0, -1)}`,
  `Authorization: Bearer ${TOKEN}${TOKEN}`,
  `Authorization: Basic ${btoa(`kbot:${TOKEN}`)}`,
  `Cookie: token=${TOKEN}`,
  `X-Token: ${TOKEN}`,
  "Content-Length: -1",
  "Content-Length: 4\r\nContent-Length: 40",
  "Transfer-Encoding: chunked",
  "Content-Type: application/json",
  "Content-Type: text/plain",
  "X-HTTP-Method-Override: POST",
  "X-Forwarded-For: 127.0.0.1",
  "X-Forwarded-Host: 127.0.0.1",
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13",
  "Last-Event-ID: ../../x",
  "Range: bytes=0-99999999999",
  "Expect: 100-continue",
  "\tfolded: x",
  "no colon at all",
];
const BODIES = ["", "{}", '{"via":"page"}', "{", "via=page", "0\r\n\r\n", "ffffffff\r\nx", "\0\0\0", "[".repeat(3_000)];

/** One request: a well-formed one whose parts are wrong in some way, or bytes spoilt at random. */
function anyRequest(random: (below: number) => number): Uint8Array {
  const one = <T>(of: readonly T[]): T => of[random(of.length)];
  const headers = Array.from({ length: random(5) }, () => one(HEADERS));
  const host = random(4) === 0 ? [] : ["Host: 127.0.0.1"];
  const version = one(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/9.9", ""]);
  const bytes = text([`${one(METHODS)} ${one(PATHS)} ${version}`, ...host, ...headers], one(BODIES));
  if (random(3) > 0) return bytes;
  for (let n = random(4); n >= 0; n--) bytes[random(bytes.length)] = random(256);
  return bytes;
}

Deno.test(`none of ${REQUESTS} spoilt requests reaches a control, breaks the server or learns the token`, () =>
  underAttack(async ({ port, sources }) => {
    console.log(`seed ${SEED}`);
    const random = seeded(SEED);
    const answers = new Map<number, number>();
    for (let sent = 0; sent < REQUESTS; sent += AT_ONCE) {
      const requests = Array.from({ length: AT_ONCE }, () => anyRequest(random));
      for (
        const [index, answer] of (await Promise.all(requests.map((bytes) => send(port, bytes, SILENCE_MS)))).entries()
      ) {
        const status = statusOf(answer);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        const request = () => JSON.stringify(new TextDecoder().decode(requests[index]).slice(0, 400));
        assert.ok(status !== 500, `${request()} broke something`);
        assert.ok(!answer.includes(TOKEN) || status === 0, `${request()} learnt the token`);
        assert.doesNotMatch(answer, /access-control-allow|root:x:0/i, request());
        assert.deepEqual(sources.requests, [], `${request()} got through`);
      }
    }
    // Refusals of every kind were met, or the requests were not what they should be.
    for (const status of [400, 401, 403, 404, 405, 421]) assert.ok(answers.has(status), `never ${status}`);
  }));

Deno.test("slow clients that never finish their headers keep nobody else waiting", () =>
  underAttack(async ({ port, url }) => {
    const slow: Deno.Conn[] = [];
    const byte = new TextEncoder();
    try {
      for (let n = 0; n < SLOW_CLIENTS; n++) {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port });
        slow.push(connection);
        await connection.write(byte.encode("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "));
      }
      for (let round = 0; round < 3; round++) {
        for (const connection of slow) await connection.write(byte.encode("x")).catch(() => 0);
        const answer = await fetch(`${url}api/v1/account`);
        assert.equal(answer.status, 200);
        await answer.body?.cancel();
      }
    } finally {
      for (const connection of slow) connection.close();
    }
  }));

Deno.test("a body of many megabytes is refused after its first kilobytes, with the token as without", () =>
  underAttack(async ({ port }) => {
    for (const [authorization, status] of [[`Bearer ${TOKEN}`, 413], ["Bearer wrong", 401]] as const) {
      const head = text([
        "POST /api/v1/kill HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        `Content-Length: ${1 << 30}`,
        `Authorization: ${authorization}`,
      ], " ".repeat(64 * 1024));
      assert.equal(statusOf(await send(port, head)), status);
    }
  }));

Deno.test("headers of a megabyte are refused or cut off", () =>
  underAttack(async ({ port }) => {
    for (
      const header of [`X-Long: ${"x".repeat(1 << 20)}`, ...[
        Array.from({ length: 5_000 }, (_, n) => `X-${n}: x`).join("\r\n"),
      ]]
    ) {
      const status = statusOf(await send(port, text(["GET /healthz HTTP/1.1", "Host: 127.0.0.1", header])));
      assert.ok(status === 0 || status === 431 || status === 400, `status ${status}`);
    }
  }));

Deno.test("a page of another site posts nothing, whatever form its request takes", () =>
  underAttack(async ({ url }) => {
    const attempts: Readonly<Record<string, string>>[] = [
      { "origin": "https://evil.example", "content-type": "text/plain" },
      { "origin": "https://evil.example", "content-type": "application/x-www-form-urlencoded" },
      { "origin": "null" },
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
      // As a page would with a token that it somehow learnt.
      { "origin": "https://evil.example", "authorization": `Bearer ${TOKEN}`, "content-type": "application/json" },
    ];
    for (const headers of attempts) {
      const answer = await fetch(`${url}api/v1/kill`, { method: "POST", headers, body: '{"via":"page"}' });
      assert.equal(answer.status, 403, JSON.stringify(headers));
      await answer.body?.cancel();
    }
    const preflight = await fetch(`${url}api/v1/kill`, {
      method: "OPTIONS",
      headers: { "origin": "https://evil.example", "access-control-request-method": "POST" },
    });
    assert.equal(preflight.headers.get("access-control-allow-origin"), null);
    await preflight.body?.cancel();
  }));

Deno.test("a stolen address of something to read carries nothing that opens a control", () =>
  underAttack(async ({ url }) => {
    for (const path of ["live", "api/v1/account", "metrics"]) {
      const elsewhere = await fetch(url + path, {
        headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
      });
      assert.equal(elsewhere.status, 403, path);
      await elsewhere.body?.cancel();
    }
    for (const query of [`token=${TOKEN}`, `access_token=${TOKEN}`, `authorization=Bearer%20${TOKEN}`]) {
      const answer = await fetch(`${url}api/v1/kill?${query}`, { method: "POST" });
      assert.equal(answer.status, 401, query);
      await answer.body?.cancel();
    }
  }));

Deno.test("a flood of open pages is bounded, and room comes back when they go", () =>
  underAttack(async ({ url }) => {
    const pages: Response[] = [];
    for (let n = 0; n < LIVE_CLIENTS_MAX + 50; n++) pages.push(await fetch(`${url}live`));
    assert.equal(pages.filter(({ status }) => status === 200).length, LIVE_CLIENTS_MAX);
    assert.equal(pages.filter(({ status }) => status === 503).length, 50);
    for (const page of pages) await page.body?.cancel();
    const deadline = performance.now() + ANSWER_MS;
    for (;;) {
      const page = await fetch(`${url}live`);
      await page.body?.cancel();
      if (page.status === 200) break;
      assert.ok(performance.now() < deadline, "No room came back");
    }
  }));

Deno.test("guesses of the token are soon answered with 429, and the right one still passes", () =>
  underAttack(async ({ url, sources }) => {
    const guess = async (n: number): Promise<number> => {
      const headers = { authorization: `Bearer guess-${n}` };
      const answer = await fetch(`${url}api/v1/kill`, { method: "POST", headers });
      await answer.body?.cancel();
      return answer.status;
    };
    const statuses: number[] = [];
    for (let n = 0; n < FAILURES_OF_ONE_MAX + 5; n++) statuses.push(await guess(n));
    assert.deepEqual(statuses.slice(0, FAILURES_OF_ONE_MAX), Array(FAILURES_OF_ONE_MAX).fill(401));
    assert.deepEqual(statuses.slice(FAILURES_OF_ONE_MAX), Array(5).fill(429));
    assert.deepEqual(sources.requests, []);
  }));

Deno.test("no answer of any route holds the token", () =>
  underAttack(async ({ url }) => {
    const paths = [
      "",
      "healthz",
      "readyz",
      "metrics",
      "nothing",
      "docs",
      "api/v1/openapi.json",
      "api/v1/grafana.json",
      "api/v1/audit",
      "api/v1/status",
      "api/v1/view",
      "api/v1/account",
    ];
    for (const path of [...paths, "api/v1/logs", "api/v1/feeds", "api/v1/risk", "api/v1/strategies", "api/v1/prices"]) {
      const answer = await fetch(url + path, { headers: { authorization: `Bearer ${TOKEN}` } });
      const told = JSON.stringify([...answer.headers]) + await answer.text();
      assert.ok(!told.includes(TOKEN), path);
    }
  }));
