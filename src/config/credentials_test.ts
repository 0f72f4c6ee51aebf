import assert from "node:assert/strict";
import { type CredentialsResult, loadCredentials } from "./credentials.ts";
import { CONFIG_SCHEMA } from "./schema.ts";

const PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n";

interface Setting {
  readonly mode?: number;
  readonly text?: string;
  readonly venue?: (directory: string) => Record<string, string>;
  readonly env?: (directory: string) => Record<string, string>;
}

/** Writes `key.pem` and systemd's two files into a fresh directory and loads the credentials. */
async function load(setting: Setting): Promise<CredentialsResult> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/key.pem`, setting.text ?? PEM);
    await Deno.chmod(`${directory}/key.pem`, setting.mode ?? 0o600);
    await Deno.writeTextFile(`${directory}/kalshi_key_id`, "from-systemd\n");
    await Deno.writeTextFile(`${directory}/kalshi_private_key`, PEM);
    const config = CONFIG_SCHEMA.parse({ venue: setting.venue?.(directory) ?? {} });
    return await loadCredentials(config, setting.env?.(directory) ?? {});
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const inEnvironment = (directory: string) => ({
  KBOT_KALSHI_KEY_ID: "from-environment",
  KBOT_KALSHI_PRIVATE_KEY_FILE: `${directory}/key.pem`,
});
const inConfiguration = (directory: string) => ({ key_id: "from-file", private_key_file: `${directory}/key.pem` });
const bySystemd = (directory: string) => ({ CREDENTIALS_DIRECTORY: directory });

const FOUND: readonly [setting: Setting, keyId: string][] = [
  [{ env: inEnvironment }, "from-environment"],
  [{ venue: inConfiguration }, "from-file"],
  [{ env: inEnvironment, venue: inConfiguration }, "from-environment"],
  [{ env: bySystemd }, "from-systemd"],
  [{ env: bySystemd, venue: inConfiguration }, "from-file"],
];

Deno.test("the API key comes from the environment, else the configuration, else systemd", async () => {
  for (const [setting, keyId] of FOUND) {
    const result = await load(setting);
    assert.ok(result.kind === "found", JSON.stringify(result));
    assert.equal(result.credentials.keyId, keyId);
    assert.equal(result.credentials.privateKey.reveal(), PEM);
    assert.doesNotMatch(JSON.stringify(result), /MIIEvQ/);
  }
});

Deno.test("without any key the remedy is named", async () => {
  const result = await load({});
  assert.ok(result.kind === "absent");
  assert.match(result.remedy, /KBOT_KALSHI_PRIVATE_KEY_FILE/);
});

const REFUSED: readonly [setting: Setting, reason: RegExp][] = [
  [{ env: inEnvironment, mode: 0o644 }, /^Readable by others: .* has mode 644, allowed is 600; run chmod 600 /],
  [{ venue: inConfiguration, mode: 0o640 }, /mode 640/],
  [{ venue: inConfiguration, text: "no key" }, /^No private key in .*BEGIN PRIVATE KEY/],
  [{ venue: inConfiguration, text: "x".repeat(100_000) }, /^Too large for a secret/],
  [{ venue: () => ({ key_id: "x" }) }, /^Key id without a private key/],
  [{ venue: () => ({ private_key_file: "/nowhere.pem" }) }, /^Private key without a key id/],
  [{ venue: () => ({ key_id: "x", private_key_file: "/nowhere.pem" }) }, /^Cannot read \/nowhere.pem: no such file/],
  [{ venue: (directory) => ({ key_id: "x", private_key_file: directory }) }, /^No regular file/],
];

Deno.test({
  name: "a key that others may read, half a key or something else is refused with the reason",
  ignore: Deno.build.os === "windows",
  async fn() {
    for (const [setting, reason] of REFUSED) {
      const result = await load(setting);
      assert.ok(result.kind === "refused", JSON.stringify(result));
      assert.match(result.reason, reason);
      assert.doesNotMatch(result.reason, /MIIEvQ/);
    }
  },
});
