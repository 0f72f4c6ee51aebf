import assert from "node:assert/strict";
import { formatMoney } from "../core/units.ts";
import { formatConfigError, formatOrigin } from "./config_error.ts";
import { type ConfigRequest, loadConfig } from "./load.ts";
import type { Config } from "./schema.ts";

async function withFile<T>(text: string | Uint8Array, body: (file: string) => Promise<T>): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-config-" });
  const file = `${directory}/kbot.toml`;
  try {
    if (typeof text === "string") await Deno.writeTextFile(file, text, { mode: 0o600 });
    else await Deno.writeFile(file, text, { mode: 0o600 });
    return await body(file);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The errors of a file, formatted, with its directory taken out. */
function errorsOf(text: string | Uint8Array, more: Partial<ConfigRequest> = {}): Promise<string[]> {
  return withFile(text, async (file) => {
    const loaded = await loadConfig({ env: {}, ...more, file });
    return loaded.ok ? [] : loaded.errors.map((error) => formatConfigError(error).replaceAll(file, "kbot.toml"));
  });
}

function load(text: string, more: Partial<ConfigRequest> = {}): Promise<Config> {
  return withFile(text, async (file) => {
    const loaded = await loadConfig({ env: {}, ...more, file });
    assert.ok(loaded.ok, loaded.ok ? "" : loaded.errors.map(formatConfigError).join("\n"));
    return loaded.config;
  });
}

Deno.test("an empty file means the defaults", async () => {
  const config = await load("");
  assert.equal(config.venue.name, "kalshi");
  assert.equal(formatMoney(config.paper.capital), "10000.000000");
  assert.equal(formatMoney(config.risk.max_order_usd), "500.000000");
  assert.equal(config.server.port, 8080);
  assert.equal(config.strategies.settlement_edge.enabled, true);
});

Deno.test("a flag stands above the environment, that above the file, and that above the default", async () => {
  const file = `[server]\nport = 1\n[log]\nlevel = "debug"\n[risk]\nmax_order_usd = 100\n`;
  await withFile(file, async (path) => {
    const loaded = await loadConfig({
      file: path,
      env: { KBOT_SERVER__PORT: "2", KBOT_LOG__LEVEL: "error", KBOT_TEST_FULL: "1", KBOT_KALSHI_KEY_ID: "x" },
      flags: [{ flag: "--port", key: "server.port", value: 3 }, {
        flag: "--host",
        key: "server.host",
        value: undefined,
      }],
    });
    assert.ok(loaded.ok);
    assert.equal(loaded.config.server.port, 3);
    assert.equal(loaded.config.log.level, "error");
    assert.equal(formatMoney(loaded.config.risk.max_order_usd), "100.000000");
    const origin = (key: string) => formatOrigin(loaded.origins.get(key) ?? assert.fail(key));
    assert.equal(origin("server.port"), "--port");
    assert.equal(origin("log.level"), "KBOT_LOG__LEVEL");
    assert.equal(origin("risk.max_order_usd"), `${path}:6`);
    assert.equal(origin("server.host"), "default");
  });
});

const RIGHT: readonly [toml: string, read: (config: Config) => unknown, value: unknown][] = [
  [`[risk]\nmax_order_usd = "12.50"`, (config) => config.risk.max_order_usd, 12_500_000],
  [`[risk]\nmax_order_usd = 500`, (config) => config.risk.max_order_usd, 500_000_000],
  [`risk = { max_order_usd = "0.01" }`, (config) => config.risk.max_order_usd, 10_000],
  [`risk.max_order_usd = "0.010001"`, (config) => config.risk.max_order_usd, 10_001],
  [`[risk]\nprice_ceiling = "0.985"`, (config) => config.risk.price_ceiling, 9_850],
  [`[risk]\ndaily_loss_pct = 2.5`, (config) => config.risk.daily_loss_pct, 2.5],
  [`[venue]\nname = "sim"`, (config) => config.venue.name, "sim"],
  [`[venue]\nname = "http://localhost:1/trade-api/v2"\nws = "ws://localhost:1"`, (c) => c.venue.ws, "ws://localhost:1"],
  [`[allocation]\ntotal_usd = "1.5"`, (config) => config.allocation.total_usd, 1_500_000],
  [`[allocation.strategies.latency]\nusd = 7`, (config) => config.allocation.strategies.latency.usd, 7_000_000],
  [`[strategies.settlement_edge]\nenabled = false`, (config) => config.strategies.settlement_edge.enabled, false],
];

Deno.test("values are read exactly", async () => {
  for (const [toml, read, value] of RIGHT) assert.equal(read(await load(toml)), value, toml);
});

const FROM_ENVIRONMENT: readonly [variable: string, text: string, read: (config: Config) => unknown, value: unknown][] =
  [
    ["KBOT_RISK__MAX_ORDER_USD", "12.50", (config) => config.risk.max_order_usd, 12_500_000],
    ["KBOT_RISK__MAX_ORDER_USD", "12", (config) => config.risk.max_order_usd, 12_000_000],
    ["KBOT_VENUE__SERIES", "KXBTC15M, KXETH15M", (config) => config.venue.series, ["KXBTC15M", "KXETH15M"]],
    ["KBOT_VENUE__SERIES", "KXBTC15M", (config) => config.venue.series, ["KXBTC15M"]],
    ["KBOT_VENUE__SERIES", `["KXBTC15M"]`, (config) => config.venue.series, ["KXBTC15M"]],
    ["KBOT_VENUE__KEY_ID", "12", (config) => config.venue.key_id, "12"],
    ["KBOT_STRATEGIES__SETTLEMENT_EDGE__ENABLED", "false", (c) => c.strategies.settlement_edge.enabled, false],
    ["KBOT_RISK__DAILY_LOSS_PCT", "2.5", (config) => config.risk.daily_loss_pct, 2.5],
  ];

Deno.test("an environment variable is read as the type its key wants", async () => {
  for (const [variable, text, read, value] of FROM_ENVIRONMENT) {
    assert.deepEqual(read(await load("", { env: { [variable]: text } })), value, `${variable}=${text}`);
  }
});

const WRONG: readonly [toml: string, errors: readonly string[]][] = [
  [`\n[risk]\nmax_order_usd = 600`, [
    `kbot.toml:3: risk.max_order_usd: Found 600, allowed: dollars from 0.01 to 500.00, as text like "12.50" or a whole number like 12`,
  ]],
  [`[risk]\nmax_order_usd = 0.1`, [
    `kbot.toml:2: risk.max_order_usd: Found 0.1, allowed: dollars from 0.01 to 500.00; put a fraction in quotes: "0.1"`,
  ]],
  [`[risk]\nmax_order_usd = true`, [
    `kbot.toml:2: risk.max_order_usd: Found true, allowed: dollars from 0.01 to 500.00, as text like "12.50" or a whole number like 12`,
  ]],
  [`[risk]\nmax_oder_usd = 5`, [
    `kbot.toml:2: risk.max_oder_usd: Found an unknown key, allowed: did you mean risk.max_order_usd?`,
  ]],
  [`[risk]\nport = 5`, [`kbot.toml:2: risk.port: Found an unknown key, allowed: did you mean server.port?`]],
  [`[rsik]\nmax_order_usd = 5`, [`kbot.toml:1: rsik: Found an unknown key, allowed: did you mean risk?`]],
  [`[log]\nzzzzzzzz = 5`, [`kbot.toml:2: log.zzzzzzzz: Found an unknown key, allowed: one of level`]],
  [`[allocation]\nfloor_pct = 60`, [`kbot.toml:2: allocation.floor_pct: Found 60, allowed: at most ceiling_pct`]],
  [`[allocation]\nmethod = "kelly"`, [
    `kbot.toml:2: allocation.method: Found "kelly", allowed: one of "none", "fixed", "risk_parity", "performance"`,
  ]],
  [`[allocation.strategies.latncy]\nusd = 5`, [
    `kbot.toml:1: allocation.strategies.latncy: Found an unknown key, allowed: did you mean allocation.strategies.latency?`,
  ]],
  [`[server]\nport = 70000`, [`kbot.toml:2: server.port: Found 70000, allowed: a whole number from 0 to 65535`]],
  [`[server]\nport = "8080"`, [`kbot.toml:2: server.port: Found "8080", allowed: a whole number from 0 to 65535`]],
  [`[log]\nlevel = "loud"`, [
    `kbot.toml:2: log.level: Found "loud", allowed: one of "debug", "info", "warning", "error"`,
  ]],
  [`[venue]\nname = "kalsi"`, [
    `kbot.toml:2: venue.name: Found "kalsi", allowed: "kalshi", "demo", "sim", or the REST address of an exchange (http:// or https://)`,
  ]],
  [`[venue]\nname = "http://localhost:1"`, [
    `kbot.toml:2: venue.ws: Found no address beside venue.name http://localhost:1, allowed: the exchange's ws:// or wss:// address`,
  ]],
  [`[venue]\nseries = ["KXBTC15M", "kx"]`, [
    `kbot.toml:2: venue.series: Found "kx", allowed: a list of 1 to 64 different series such as "KXBTC15M"`,
  ]],
  [`risk = 5`, [`kbot.toml:1: risk: Found 5, allowed: a section of keys`]],
  [`[server]\nport = 1\nport = 2`, [
    `kbot.toml:3: Found trying to redefine an already defined table or value, allowed: valid TOML 1.0`,
  ]],
  [`[server]\nport = `, [
    `kbot.toml:2: Found invalid value, allowed: valid TOML 1.0`,
  ]],
  [`[server]\nport = "x"\n[log]\nlevel = 3\nlevels = 4`, [
    `kbot.toml:2: server.port: Found "x", allowed: a whole number from 0 to 65535`,
    `kbot.toml:4: log.level: Found 3, allowed: one of "debug", "info", "warning", "error"`,
    `kbot.toml:5: log.levels: Found an unknown key, allowed: did you mean log.level?`,
  ]],
];

Deno.test("a mistake is told with file, line, key, what was found and what is allowed, all of them at once", async () => {
  for (const [toml, errors] of WRONG) assert.deepEqual(await errorsOf(toml), errors, toml);
});

Deno.test("a mistake outside the file names the variable or the flag", async () => {
  const env = { KBOT_SERVER__PRT: "1", KBOT_RISK__MAX_ORDER_USD: "0", KBOT_SERVER__PORT: "9" };
  assert.deepEqual(await errorsOf("", { env, flags: [{ flag: "--port", key: "server.port", value: -1 }] }), [
    "KBOT_SERVER__PRT: Found an unknown variable, allowed: did you mean KBOT_SERVER__PORT?",
    `KBOT_RISK__MAX_ORDER_USD: risk.max_order_usd: Found "0", allowed: dollars from 0.01 to 500.00, as text like "12.50" or a whole number like 12`,
    "--port: server.port: Found -1, allowed: a whole number from 0 to 65535",
  ]);
});

Deno.test("a file that is not readable TOML is refused without repeating what it holds", async () => {
  assert.deepEqual(await errorsOf(new Uint8Array([0xff, 0xfe, 0x00])), [
    "kbot.toml: Found bytes that are not UTF-8, allowed: UTF-8 text",
  ]);
  assert.deepEqual(await errorsOf(new Uint8Array((1 << 20) + 1)), [
    "kbot.toml: Found 1048577 bytes, allowed: at most 1048576 bytes",
  ]);
  const pasted = await errorsOf(`[venue]\nkey_id = "hunter2`);
  assert.equal(pasted.length, 1);
  assert.doesNotMatch(pasted[0], /hunter2/);
  const pem = `[venue]\nprivate_key_file = ["""-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"""]`;
  assert.deepEqual(await errorsOf(pem), [
    `kbot.toml:2: venue.private_key_file: Found ["[redacted]"], allowed: a text`,
  ]);
});

Deno.test("a file that was named must exist; one that was not named need not", async () => {
  const missing = await loadConfig({ file: "/nowhere/kbot.toml", env: {} });
  assert.ok(!missing.ok);
  assert.deepEqual(missing.errors.map(formatConfigError), [
    "/nowhere/kbot.toml: Found no such file, allowed: a file that exists",
  ]);
  const none = await loadConfig({ env: { HOME: "/nowhere" } });
  assert.ok(none.ok);
});

Deno.test("the user's configuration directory is looked into", async () => {
  const home = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${home}/kbot`);
    await Deno.writeTextFile(`${home}/kbot/kbot.toml`, "[server]\nport = 77\n");
    const loaded = await loadConfig({ env: { XDG_CONFIG_HOME: home } });
    assert.ok(loaded.ok);
    assert.equal(loaded.config.server.port, 77);
    assert.equal(loaded.file, `${home}/kbot/kbot.toml`);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("a command's own default holds where nobody sets the key, and shows as a default", async () => {
  const defaults = [{ key: "log.level", value: "debug" }, { key: "server.port", value: 9 }];
  await withFile(`[server]\nport = 1\n`, async (file) => {
    const loaded = await loadConfig({ file, env: {}, defaults });
    assert.ok(loaded.ok);
    assert.equal(loaded.config.log.level, "debug");
    assert.equal(loaded.config.server.port, 1);
    assert.equal(formatOrigin(loaded.origins.get("log.level") ?? assert.fail("no origin")), "default");
    const flags = [{ flag: "--level", key: "log.level", value: "error" }];
    const flagged = await loadConfig({ file, env: {}, flags, defaults });
    assert.ok(flagged.ok && flagged.config.log.level === "error");
    await assert.rejects(loadConfig({ file, env: {}, defaults: [{ key: "log.loud", value: 1 }] }), /no key/);
  });
});

for (
  const [what, mode, text, refused] of [
    [
      "with a password in an address, readable by others,",
      0o644,
      'feeds.rates.from = "https://x.example/?api_key=abcdef123456"',
      true,
    ],
    [
      "with a private key in it, readable by its group,",
      0o640,
      'venue.key_id = """-----BEGIN PRIVATE KEY-----\nMC4"""',
      true,
    ],
    ["with a secret in a comment, readable by others,", 0o604, "# password = hunter2hunter2", true],
    ["with a secret, readable by its owner alone,", 0o600, "# password = hunter2hunter2", false],
    ["without a secret, readable by others,", 0o644, 'venue.private_key_file = "/etc/kbot/kalshi.pem"', false],
  ] as const
) {
  Deno.test({
    name: `a file ${what} is ${refused ? "refused" : "taken"}`,
    ignore: Deno.build.os === "windows",
    fn: () =>
      withFile(text, async (file) => {
        await Deno.chmod(file, mode);
        const loaded = await loadConfig({ file, env: {} });
        assert.equal(loaded.ok, !refused);
        if (loaded.ok) return;
        const [error] = loaded.errors.map(formatConfigError);
        assert.match(error, /looks like a secret, readable by others \(mode 6[04][04]\), allowed: mode 600/);
        assert.doesNotMatch(error, /abcdef|hunter2|MC4/);
      }),
  });
}
