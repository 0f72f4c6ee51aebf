import assert from "node:assert/strict";
import { join } from "node:path";
import { readAlertSecret } from "./secrets.ts";

const VARIABLE = "KBOT_ALERT_WEBHOOK_SECRET";

async function withFiles(test: (directory: string, file: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-secrets-" });
  try {
    const file = join(directory, "secret");
    await Deno.writeTextFile(file, "planted-from-file\n", { mode: 0o600 });
    await Deno.writeTextFile(join(directory, VARIABLE.toLowerCase()), "planted-from-systemd", { mode: 0o444 });
    await test(directory, file);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const revealed = async (file: string | null, env: Record<string, string>): Promise<string | null> => {
  const read = await readAlertSecret(VARIABLE, file, env);
  assert.ok(read.ok, JSON.stringify(read));
  return read.secret?.reveal() ?? null;
};

Deno.test("a secret comes from the environment, else from its file, else from systemd, else from nowhere", () =>
  withFiles(async (directory, file) => {
    const systemd = { CREDENTIALS_DIRECTORY: directory };
    assert.equal(await revealed(file, { ...systemd, [VARIABLE]: "planted-from-env" }), "planted-from-env");
    assert.equal(await revealed(file, systemd), "planted-from-file");
    assert.equal(await revealed(null, systemd), "planted-from-systemd");
    assert.equal(await revealed(null, { CREDENTIALS_DIRECTORY: join(directory, "other") }), null);
    assert.equal(await revealed(null, {}), null);
  }));

Deno.test("a file that others may read, is not there, is empty or of many lines is refused, and not repeated", () =>
  withFiles(async (directory, file) => {
    const reason = async (path: string): Promise<string> => {
      const read = await readAlertSecret(VARIABLE, path, {});
      assert.ok(!read.ok);
      assert.doesNotMatch(read.reason, /planted/);
      return read.reason;
    };
    assert.match(await reason(join(directory, "none")), /^Cannot read .*none: no such file$/);
    await Deno.writeTextFile(file, " \n");
    assert.match(await reason(file), /^Nothing in .*secret: allowed is a secret on one line$/);
    await Deno.writeTextFile(file, "planted\nplanted\n");
    assert.match(await reason(file), /allowed is one line of at most 4096 characters$/);
    await Deno.writeTextFile(file, "planted".repeat(1_000));
    assert.match(await reason(file), /allowed is one line of at most 4096 characters$/);
    if (Deno.build.os === "windows") return;
    await Deno.chmod(file, 0o640);
    assert.match(await reason(file), /^Readable by others: .* run chmod 600 /);
  }));
