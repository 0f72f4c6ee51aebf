import assert from "node:assert/strict";
import { ALL_CHECKS } from "../ops/doctor/all_checks.ts";

const decoder = new TextDecoder();

/** Runs kbot as a process of its own, where no bot of whoever tests has a configuration or a state. */
async function kbot(env: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const home = await Deno.makeTempDir({ prefix: "kbot-doctor-" });
  const own = { NO_COLOR: "1", KBOT_SERVER__PORT: "0", XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, ...env };
  const args = ["run", "--quiet", "--no-check", "-A", main, ...argv];
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, env: own }).output();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("kbot doctor --venue sim --order makes every check against an exchange of its own, and none fails", async () => {
  const { code, out, err } = await kbot({}, "doctor", "--venue", "sim", "--order", "--json");
  assert.equal(err, "");
  const report = JSON.parse(out);
  assert.deepEqual(Object.keys(report), ["ok", "checks"]);
  assert.deepEqual(report.checks.map((check: { name: string }) => check.name), ALL_CHECKS.map(({ name }) => name));
  const others = report.checks.filter((check: { status: string }) => check.status !== "PASS");
  // No page is served now, neither a collector nor a cluster is configured, and Kalshi's temperature index is not simulated.
  const skipped = ["page", "trace endpoint", "cluster", "feed weather_index"].map((name) => [name, "SKIP"]);
  assert.deepEqual(others.map(({ name, status }: { name: string; status: string }) => [name, status]), skipped);
  for (const check of report.checks) {
    assert.deepEqual(Object.keys(check).sort(), ["blocked_by", "detail", "ms", "name", "remedy", "status"]);
  }
  assert.equal(report.ok, true);
  assert.equal(code, 0);
});

Deno.test("a wrong configuration ends with 2, anything else that failed with 1", async () => {
  const wrong = await kbot({ KBOT_RISK__MAX_ORDER_USD: "600" }, "doctor", "--venue", "sim", "--json");
  assert.equal(wrong.code, 2);
  const [first] = JSON.parse(wrong.out).checks.filter(({ status }: { status: string }) => status === "FAIL");
  assert.equal(first.name, "configuration");
  const nowhere = ["--venue", "http://127.0.0.1:4/trade-api/v2", "--venue-ws", "ws://127.0.0.1:4/trade-api/ws/v2"];
  const unreachable = await kbot({}, "doctor", "--state", "/tmp/kbot-doctor-no-state", ...nowhere);
  assert.equal(unreachable.code, 1);
  assert.match(unreachable.out, /^FAIL {2}rest {16}.*Connection refused/m);
  assert.match(unreachable.out, /\n\n\d+ passed, 1 failed, \d+ skipped\n$/);
});
