import assert from "node:assert/strict";
import { CONFIG_SCHEMA, defaultConfig } from "../config/schema.ts";
import { loadConfig } from "../config/load.ts";
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
    assert.equal(reply.problems.length, 3);
    assert.match(reply.problems[2], /^This is kbot \d.*: a key that it does not know may be a newer kbot's/);
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

Deno.test("config init writes a file for its owner alone, which passes config check and means the defaults", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const file = `${directory}/new/kbot.toml`;
    const written = await config({ kind: "config_init", config: undefined, output: file, ...COMMON }, {});
    assert.equal(written.exitCode, 0);
    if (Deno.build.os !== "windows") assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
    const checked = await config({ kind: "config_check", config: file, ...COMMON }, {});
    assert.equal(checked.text, `OK: ${file}`);
    const loaded = await loadConfig({ file, env: {} });
    assert.ok(loaded.ok);
    assert.deepEqual(loaded.config, defaultConfig());

    const again = await config({ kind: "config_init", config: undefined, output: file, ...COMMON }, {});
    assert.equal(again.exitCode, 1);
    assert.deepEqual(again.problems, [`${file} exists: it is not overwritten`]);
    const printed = await config({ kind: "config_init", config: undefined, output: undefined, ...COMMON }, {});
    assert.equal(`${printed.text}\n`, await Deno.readTextFile(file));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("config init tells where it cannot write, and leaves nothing behind", async () => {
  await withFile("", async (file) => {
    const reply = await config({ kind: "config_init", config: undefined, output: `${file}/kbot.toml`, ...COMMON }, {});
    assert.equal(reply.exitCode, 1);
    assert.match(reply.problems.join(), /^Cannot write .*kbot\.toml\/kbot\.toml: /);
  });
});

Deno.test("config schema prints one JSON Schema, also where the configuration is wrong", async () => {
  await withFile("[server]\nport = 0.5\n", async (file) => {
    const reply = await config({ kind: "config_schema", config: file, ...COMMON }, {});
    assert.equal(reply.exitCode, 0);
    assert.deepEqual(JSON.parse(reply.text ?? ""), JSON.parse(JSON.stringify(reply.json)));
    const { properties } = reply.json as { properties: Record<string, unknown> };
    assert.deepEqual(Object.keys(properties), Object.keys(CONFIG_SCHEMA.shape));
  });
});

const KEY_ID = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";

Deno.test("config show --origin says what sets the credentials, and neither the whole id nor anything of the key", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/kbot.toml`;
  const [keyId, privateKey] = [`${directory}/kalshi_key_id`, `${directory}/kalshi_private_key`];
  await Deno.writeTextFile(file, '[venue]\nkey_id = "in-the-file"\n');
  await Deno.writeTextFile(keyId, `${KEY_ID}\n`, { mode: 0o600 });
  await Deno.writeTextFile(privateKey, "-----BEGIN PRIVATE KEY-----\n", { mode: 0o600 });
  const show = async (env: Record<string, string>, named: string) =>
    await config({ kind: "config_show", config: named, origin: true, ...COMMON }, env);
  try {
    const variables = { KBOT_KALSHI_KEY_ID: KEY_ID, KBOT_KALSHI_PRIVATE_KEY_FILE: privateKey };
    const set = await show(variables, file);
    assert.match(set.text ?? "", /^# key_id = "0a1b2c3d\.\.\." {2}# set by KBOT_KALSHI_KEY_ID$/m);
    assert.match(set.text ?? "", /^# private_key_file = "\.\.\." {2}# set by KBOT_KALSHI_PRIVATE_KEY_FILE$/m);
    const { keys } = set.json as { keys: { key: string; value: string; origin: string }[] };
    assert.deepEqual(keys.find(({ key }) => key === "venue.key_id"), {
      key: "venue.key_id",
      value: "0a1b2c3d...",
      origin: "set by KBOT_KALSHI_KEY_ID",
    });

    // What the file names stands before systemd's credentials.
    const mixed = await show({ CREDENTIALS_DIRECTORY: directory }, file);
    assert.match(mixed.text ?? "", /^key_id = "in-the-file" {2}# .*kbot\.toml:2$/m);
    assert.match(
      mixed.text ?? "",
      /^# private_key_file = "\.\.\." {2}# set by systemd credential kalshi_private_key$/m,
    );
    await Deno.writeTextFile(file, "");
    const systemd = await show({ CREDENTIALS_DIRECTORY: directory }, file);
    assert.match(systemd.text ?? "", /^# key_id = "0a1b2c3d\.\.\." {2}# set by systemd credential kalshi_key_id$/m);

    const mistaken = await show({ KBOT_KALSHI_KEY_ID: "short", KBOT_KALSHI_PRIVATE_KEY_FILE: "MIIEvQIBADAN" }, file);
    for (const { text, json } of [set, mixed, systemd, mistaken]) {
      assert.doesNotMatch(`${text}${JSON.stringify(json)}`, /4e5f-6789|BEGIN|MIIE|short/);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
