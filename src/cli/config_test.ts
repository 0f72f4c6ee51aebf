import assert from "node:assert/strict";
import { config } from "./config.ts";

const COMMON = { state: undefined, json: false };

async function withFile(text: string, use: (file: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const file = `${directory}/kbot.toml`;
    await Deno.writeTextFile(file, text);
    await use(file);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("config check says OK and names the file", async () => {
  await withFile('[risk]\nmax_order_usd = "12.50"\n', async (file) => {
    const reply = await config({ kind: "config_check", config: file, ...COMMON }, {});
    assert.equal(reply.exitCode, 0);
    assert.equal(reply.text, `OK: ${file}`);
    assert.deepEqual(reply.json, { ok: true, file, errors: [] });
  });
});

Deno.test("config check reports every mistake with file, line and key, in words and as JSON", async () => {
  await withFile('[server]\nport = "x"\n[risk]\nmax_ordr_usd = 3\n', async (file) => {
    const reply = await config({ kind: "config_check", config: file, ...COMMON }, {});
    assert.equal(reply.exitCode, 2);
    assert.equal(reply.problems.length, 2);
    const all = reply.problems.join("\n");
    assert.ok(all.includes(`${file}:2: server.port: `), all);
    assert.ok(all.includes(`${file}:4: risk.max_ordr_usd: `), all);
    const { ok, errors } = reply.json as { ok: boolean; errors: { at: string; key: string }[] };
    assert.equal(ok, false);
    assert.deepEqual(errors.map(({ at, key }) => `${at} ${key}`).sort(), [
      `${file}:2 server.port`,
      `${file}:4 risk.max_ordr_usd`,
    ]);
  });
});

Deno.test("config show gives the values in force, nested as in the file; with --origin where each comes from", async () => {
  await withFile('[risk]\nmax_order_usd = "12.50"\n', async (file) => {
    const env = { KBOT_SERVER__PORT: "8123" };
    const plain = await config({ kind: "config_show", config: file, origin: false, ...COMMON }, env);
    const shown = plain.json as { risk: Record<string, unknown>; server: Record<string, unknown> };
    assert.equal(shown.risk.max_order_usd, "12.50");
    assert.equal(shown.server.port, 8_123);
    assert.ok(plain.text?.includes('max_order_usd = "12.50"'));
    assert.ok(!plain.text?.includes(file));

    const traced = await config({ kind: "config_show", config: file, origin: true, ...COMMON }, env);
    assert.ok(traced.text?.includes(`max_order_usd = "12.50"  # ${file}:2`), traced.text ?? "");
    assert.ok(traced.text?.includes("port = 8123  # KBOT_SERVER__PORT"));
    const { keys } = traced.json as { keys: { key: string; origin: string }[] };
    assert.equal(keys.find((row) => row.key === "risk.max_order_usd")?.origin, `${file}:2`);
    assert.equal(keys.find((row) => row.key === "log.level")?.origin, "default");
  });
});

Deno.test("a file that is named and missing is wrong configuration", async () => {
  const reply = await config({ kind: "config_check", config: "/nowhere/kbot.toml", ...COMMON }, {});
  assert.equal(reply.exitCode, 2);
  assert.match(reply.problems.join(), /\/nowhere\/kbot.toml: Found no such file/);
});
