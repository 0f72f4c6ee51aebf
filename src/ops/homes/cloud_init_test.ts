import assert from "node:assert/strict";
import { join } from "node:path";
import { cloudInit, type CloudInitOptions, wrongForCloudInit } from "./cloud_init.ts";

const OPTIONS: CloudInitOptions = {
  version: "1.2.3",
  url: "https://files.example/kbot-1.2.3",
  sha256: "0123456789abcdef".repeat(4),
  sshKey: `ssh-ed25519 ${"A".repeat(68)} ann@example`,
  sshFrom: ["203.0.113.7", "2001:db8::/32"],
};

async function run(
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

const there = async (program: string, ...args: readonly string[]): Promise<boolean> => {
  const found = await run(program, args).then(({ code }) => code === 0, () => false);
  if (!found) console.log(`SKIPPED: ${program} is not installed, or cannot be used here`);
  return found;
};

/** The text of one of the files that it writes. */
function fileIn(text: string, path: string): string {
  const [, block] = new RegExp(`path: ${path}\\n.*\\n    content: \\|\\n((?:      .*\\n|\\n)+)`).exec(text) ?? [];
  return (block ?? assert.fail(path)).replace(/^ {6}/gm, "");
}

Deno.test({
  name: "cloud-init's own schema finds nothing wrong",
  ignore: !await there("cloud-init", "--version"),
  async fn() {
    const path = await Deno.makeTempFile({ suffix: ".yaml" });
    try {
      for (const sshFrom of [[], OPTIONS.sshFrom]) {
        await Deno.writeTextFile(path, cloudInit({ ...OPTIONS, sshFrom }));
        const { code, text } = await run("cloud-init", ["schema", "--config-file", path]);
        assert.equal(code, 0, text);
        assert.doesNotMatch(text, /deprecat|warning/i);
      }
    } finally {
      await Deno.remove(path);
    }
  },
});

Deno.test({
  name: "the firewall is one that nft takes",
  ignore: !await there("unshare", "--net", "nft", "list", "ruleset"),
  async fn() {
    const path = await Deno.makeTempFile();
    try {
      for (const [sshFrom, rule] of [[[], /tcp dport 22 accept/], [OPTIONS.sshFrom, /2001:db8::\/32/]] as const) {
        await Deno.writeTextFile(path, fileIn(cloudInit({ ...OPTIONS, sshFrom }), "/etc/nftables.conf"));
        const script = 'nft -f "$1" && nft list ruleset';
        const { code, text } = await run("unshare", ["--net", "sh", "-c", script, "sh", path]);
        assert.equal(code, 0, text);
        assert.match(text, rule);
        assert.match(text, /hook input priority filter; policy drop;/);
      }
    } finally {
      await Deno.remove(path);
    }
  },
});

Deno.test({
  name: "its units are ones that systemd takes",
  ignore: !await there("systemd-analyze", "--version"),
  async fn() {
    const directory = await Deno.makeTempDir();
    try {
      const names = ["kbot-reboot.service", "kbot-reboot.timer"];
      for (const name of names) {
        const text = fileIn(cloudInit(OPTIONS), `/etc/systemd/system/${name}`);
        await Deno.writeTextFile(join(directory, name), text);
      }
      const { code, text } = await run("systemd-analyze", ["verify", ...names.map((name) => join(directory, name))]);
      assert.equal(code, 0, text);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("what is fetched is compared with its hash before it is installed or run", () => {
  const script = fileIn(cloudInit(OPTIONS), "/usr/local/sbin/kbot-install");
  const order = ["curl --proto =https", "sha256sum --check", "install -m 755", "kbot systemd --install"];
  const places = order.map((step) => script.indexOf(step));
  assert.ok(places.every((place) => place > 0), script);
  assert.deepEqual(places, places.toSorted((a, b) => a - b));
  assert.match(script, /^set -eu$/m);
  assert.ok(script.includes(OPTIONS.sha256) && script.includes(OPTIONS.url));
});

Deno.test("who may log in is no user or group that a system has already", async () => {
  const name = /^users:\n {2}- name: (\w+)$/m.exec(cloudInit(OPTIONS))?.[1] ?? assert.fail("No user");
  for (const path of ["/etc/passwd", "/etc/group"]) {
    const known = (await Deno.readTextFile(path).catch(() => "")).split("\n").map((line) => line.split(":")[0]);
    assert.ok(!known.includes(name), `${name} in ${path}`);
  }
});

const WRONG: readonly (readonly [what: Partial<CloudInitOptions>, said: RegExp])[] = [
  [{ url: "http://files.example/kbot" }, /--url: .*wanted an address that begins with https/],
  [{ url: 'https://files.example/"; rm -rf /' }, /--url: /],
  [{ url: "https://files.example/$(id)" }, /--url: /],
  [{ url: "https://files.example/a\nruncmd: x" }, /--url: /],
  [{ sha256: "abc" }, /--sha256: found "abc", wanted 64 hexadecimal digits/],
  [
    { sshKey: "-----BEGIN OPENSSH PRIVATE KEY-----" },
    /^--ssh-key: found something else, wanted one line of a public key, as id_ed25519\.pub is$/,
  ],
  [{ sshKey: `ssh-ed25519 ${"A".repeat(68)}\nroot: x` }, /--ssh-key: /],
  [{ sshFrom: ["203.0.113.0/33"] }, /--ssh-from: found "203\.0\.113\.0\/33"/],
  [{ sshFrom: ["203.0.113.300"] }, /--ssh-from: /],
  [{ sshFrom: ["::/129"] }, /--ssh-from: /],
  [{ sshFrom: ["1:2:3"] }, /--ssh-from: found "1:2:3", wanted an address or a network/],
  [{ sshFrom: ["1::2::3/64"] }, /--ssh-from: /],
  [{ sshFrom: ["0.0.0.0/0 } accept; tcp dport { 1"] }, /--ssh-from: /],
];

for (const [what, said] of WRONG) {
  Deno.test(`refused: ${JSON.stringify(what).slice(0, 60)}`, () => {
    assert.match(wrongForCloudInit({ ...OPTIONS, ...what }) ?? "", said);
  });
}

Deno.test("what is right passes", () => assert.equal(wrongForCloudInit(OPTIONS), null));
