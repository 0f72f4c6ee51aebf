import assert from "node:assert/strict";
import { sampleStatus, sampleView } from "./fake_sources.ts";
import { grafanaDashboard, PANELS } from "./grafana.ts";
import { metricsText } from "./metrics.ts";

/** Everything that can be measured at all. */
function everyMetric(): string {
  const view = sampleView({
    halts: [{
      name: "kill_switch",
      reason: 'Kill switch, "by" the\npage \\',
      persistent: true,
      since: "2026-09-25T19:00:00.000Z",
      level: "halted",
      scope: "whole",
      subject: null,
      ends: "kbot resume",
    }],
    limits: [{ name: 'Group "a\\b"\nc, 20 %', used: "5.00", limit: "0.00" }, {
      name: "b",
      used: "1.00",
      limit: "4.00",
    }],
    indices: sampleView().indices.map((index) => ({
      ...index,
      sources: [{ ...index.sources[0], source: "composite", basis: { last: 1, mean: 1.5, sd: 1, count: 9 } }],
    })),
  });
  const status = sampleStatus();
  return metricsText(view, {
    ...status,
    venueHealth: { ...status.venueHealth, refused: { "not JSON": 1 } },
    tape: {
      directory: "t",
      recording: true,
      trouble: null,
      messages: 5,
      bySource: {},
      bytes: 10,
      lost: 1,
      gaps: 1,
    },
    alerts: {
      channels: [{
        name: "webhook",
        to: "example.org",
        least: "warning",
        queued: 4,
        suppressed: 7,
        delivered: 3,
        waiting: 0,
        lost: 1,
        dropped: 1,
        failed: 2,
        retried: 1,
        lastDelivered: null,
        trouble: null,
      }],
      recent: [],
      unsaid: { repeated: 5, ignored: 6 },
    },
  }, 2);
}

/** Names, each with the labels that it is told with. */
function told(text: string): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const [, name, labels = ""] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? \S+$/gm)) {
    const of = names.get(name) ?? new Set();
    for (const [, label] of labels.matchAll(/([a-z_]+)="(?:[^"\\]|\\.)*"/g)) of.add(label);
    names.set(name, of);
  }
  return names;
}

Deno.test("every query of the dashboard is of a metric that there is, and every legend of its labels", () => {
  const names = told(everyMetric());
  assert.ok(names.size > 45);
  for (const { title, queries } of PANELS) {
    for (const { expr, legend } of queries) {
      const [name] = expr.match(/(kbot|process)_[a-z_]+/) ?? assert.fail(title);
      const labels = names.get(name);
      assert.ok(labels !== undefined, `${title}: ${name}`);
      for (const [, label] of legend.matchAll(/\{\{(\w+)\}\}/g)) assert.ok(labels.has(label), `${title}: ${label}`);
    }
  }
});

Deno.test("a metric that counts is called total, and rates are taken of those alone", () => {
  const types = new Map([...everyMetric().matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
  for (const [name, type] of types) assert.equal(name.endsWith("_total"), type === "counter", name);
  for (const { expr } of PANELS.flatMap(({ queries }) => queries)) {
    assert.equal(expr.startsWith("rate("), expr.includes("_total"), expr);
  }
});

Deno.test("panels lie beside and below one another and never on one another", () => {
  const { panels } = grafanaDashboard() as { panels: { gridPos: Record<"x" | "y" | "w" | "h", number> }[] };
  for (const [index, { gridPos: one }] of panels.entries()) {
    assert.ok(one.x + one.w <= 24);
    for (const { gridPos: other } of panels.slice(index + 1)) {
      const apart = one.x + one.w <= other.x || other.x + other.w <= one.x || one.y + one.h <= other.y ||
        other.y + other.h <= one.y;
      assert.ok(apart, `${JSON.stringify(one)} ${JSON.stringify(other)}`);
    }
  }
});

Deno.test("a label holds quotes, line breaks and backslashes, and a limit of nothing is left out", () => {
  const text = everyMetric();
  assert.match(text, /^kbot_limit_used_ratio\{limit="b"\} 0\.25$/m);
  assert.doesNotMatch(text, /limit_used_ratio\{limit="Group/);
  const quoted = metricsText(sampleView({ limits: [{ name: 'a "b"\n\\', used: "1", limit: "2" }] }), sampleStatus(), 0);
  assert.ok(quoted.includes(String.raw`kbot_limit_used_ratio{limit="a \"b\"\n\\"} 0.5`));
});

/** Where Debian's package prometheus puts it. */
const PROMTOOL = Deno.env.get("PROMTOOL") ?? "/usr/bin/promtool";
const hasPromtool = await Deno.stat(PROMTOOL).then(() => true, () => false);
if (!hasPromtool) {
  console.warn(`SKIPPED: ${PROMTOOL} is not there (Debian: apt install prometheus); PROMTOOL names another`);
}

async function linted(text: string): Promise<{ success: boolean; said: string }> {
  const process = new Deno.Command(PROMTOOL, {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  })
    .spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout, stderr } = await process.output();
  return { success, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test({
  name: "promtool finds nothing to say of the metrics, and does of one with a wrong name",
  ignore: !hasPromtool,
  async fn() {
    assert.deepEqual(await linted(everyMetric()), { success: true, said: "" });
    const wrong = await linted("# TYPE kbot_latency_ms counter\nkbot_latency_ms 1\n");
    assert.equal(wrong.success, false);
    assert.match(wrong.said, /no help text|_total|ms/);
  },
});

Deno.test({
  name: "promtool reads every query of the dashboard, and refuses a broken one",
  ignore: !hasPromtool,
  async fn() {
    const checked = async (queries: readonly string[]): Promise<{ success: boolean; said: string }> => {
      const path = await Deno.makeTempFile({ suffix: ".yml" });
      const rules = queries.map((expr, number) => ({ record: `panel:query${number}`, expr }));
      // JSON is YAML.
      await Deno.writeTextFile(path, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
      const { success, stdout, stderr } = await new Deno.Command(PROMTOOL, { args: ["check", "rules", path] }).output();
      await Deno.remove(path);
      return { success, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    const queries = PANELS.flatMap((panel) => panel.queries.map(({ expr }) => expr.replace("$__rate_interval", "1m")));
    const all = await checked(queries);
    assert.ok(all.success, all.said);
    assert.match(all.said, new RegExp(`${queries.length} rules found`));
    assert.equal((await checked(["rate(kbot_orders_total["])).success, false);
  },
});

Deno.test("a bot that shares an account says whether it leads; one that is alone says nothing of it", () => {
  const cluster = {
    ...{ role: "standby" as const, name: "b", account: "main", epoch: 7, leader: "a", connected: true },
    ...{ detail: "a leads main, epoch 7", behindMs: null },
  } as const;
  const lines = metricsText(sampleView(), sampleStatus({ cluster }), 0).split("\n");
  assert.ok(lines.includes('kbot_cluster_leader{name="b",account="main"} 0'));
  assert.ok(lines.includes("kbot_cluster_epoch 7"));
  assert.doesNotMatch(metricsText(sampleView(), sampleStatus(), 0), /kbot_cluster/);
});
