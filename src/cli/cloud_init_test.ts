import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { writeCloudInit } from "./cloud_init.ts";
import type { CloudInitCommand } from "./command.ts";
import { parseCommandLine } from "./command_line.ts";

const URL_OF_KBOT = "https://files.example/kbot";
const KEY = `ssh-ed25519 ${"A".repeat(68)} ann@example`;
const SUM = "0123456789abcdef".repeat(4);

async function withKey(work: (key: string, directory: string) => Promise<void>, text = `${KEY}\n`): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "kbot-test-" });
  try {
    const key = join(directory, "id_ed25519.pub");
    await Deno.writeTextFile(key, text);
    await work(key, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function asked(...args: readonly string[]): CloudInitCommand {
  const parsed = parseCommandLine(["cloud-init", ...args]);
  assert.ok(parsed.ok && parsed.command?.kind === "cloud_init", "message" in parsed ? parsed.message : "");
  return parsed.command;
}

Deno.test("the command line asks for it with its flags, and says which must be given", () => {
  const command = asked("--url", URL_OF_KBOT, "--ssh-key", "k", "--ssh-from", "203.0.113.0/24", "--ssh-from", "::1");
  assert.deepEqual(command.sshFrom, ["203.0.113.0/24", "::1"]);
  const parsed = parseCommandLine(["cloud-init", "--url", URL_OF_KBOT]);
  assert.ok(!parsed.ok);
  assert.match(parsed.message, /--ssh-key/);
});

Deno.test("from the source it wants to be told what lies at the address; the one file takes its own hash", () =>
  withKey(async (key, directory) => {
    const command = asked("--url", URL_OF_KBOT, "--ssh-key", key);
    const refused = await writeCloudInit(command, {});
    assert.equal(refused.exitCode, 2);
    assert.match(refused.problems[0], /--sha256/);
    const file = join(directory, "kbot");
    await Deno.writeTextFile(file, "kbot");
    const own = await writeCloudInit(command, { KBOT_FILE: file });
    assert.equal(own.exitCode, 0, own.problems.join());
    assert.match(own.text ?? "", new RegExp(`sum=\\$\\{2:-${createHash("sha256").update("kbot").digest("hex")}\\}`));
    const told = await writeCloudInit({ ...command, sha256: SUM.toUpperCase() }, {});
    assert.match(told.text ?? "", new RegExp(SUM));
  }));

Deno.test("a private key is refused, and no letter of it shown", () =>
  withKey(async (key) => {
    const reply = await writeCloudInit(asked("--url", URL_OF_KBOT, "--ssh-key", key, "--sha256", SUM), {});
    assert.equal(reply.exitCode, 2);
    assert.doesNotMatch(JSON.stringify(reply), /b3BlbnNzaC1rZXk/);
  }, "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n"));

Deno.test("a key's file that is not there, too large or no file is told", () =>
  withKey(async (key, directory) => {
    for (const path of [join(directory, "absent"), directory, key]) {
      const reply = await writeCloudInit(asked("--url", URL_OF_KBOT, "--ssh-key", path, "--sha256", SUM), {});
      assert.equal(reply.exitCode, 2);
      assert.match(reply.problems[0], /^--ssh-key: /);
    }
  }, "A".repeat(20_000)));
