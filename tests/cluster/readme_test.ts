/** What the README gives for two servers is understood by nats-server and by kbot as it stands there. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { temporaryDirectory } from "../process.ts";
import { certificates, run } from "./certificates.ts";
import { findNatsServer, NO_NATS_SERVER } from "./nats_cluster.ts";

const binary = await findNatsServer();
if (binary === null) console.log(NO_NATS_SERVER);

const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

/** The first block of that language that holds the text. */
function block(language: string, holding: string): string {
  const found = [...readme.matchAll(new RegExp("```" + language + "\\n([\\s\\S]*?)```", "g"))]
    .map(([, text]) => text).find((text) => text.includes(holding));
  assert.ok(found !== undefined, `The README has no ${language} block with ${holding}`);
  return found;
}

Deno.test("nats-server takes the README's configuration", { ignore: binary === null }, async () => {
  assert.ok(binary !== null);
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await certificates(path);
  const text = block("text", "server_name")
    .replaceAll("/etc/nats/ca.pem", join(path, "ca.pem"))
    .replaceAll(/\/etc\/nats\/a\.(pem|key)/g, (_, end) => join(path, `server.${end}`))
    .replaceAll("/var/lib/nats", join(path, "data"));
  assert.doesNotMatch(text, /\/(etc\/nats|var\/lib)\//);
  const file = join(path, "nats-server.conf");
  await Deno.writeTextFile(file, text);
  await run(binary, ["-t", "-c", file], path);
});

Deno.test("kbot takes the README's section [cluster]", async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, "kbot.toml");
  await Deno.writeTextFile(file, block("toml", "[cluster]"));
  const loaded = await loadConfig({ file, env: {} });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { servers, name, lease_ms, replicas } = loaded.config.cluster;
  assert.deepEqual([servers.length, name, lease_ms, replicas], [3, "a", 10_000, 3]);
});
