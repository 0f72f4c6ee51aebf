import assert from "node:assert/strict";
import { loadClusterAccess } from "../../src/cluster/access.ts";
import { type ClusterResult, connectCluster } from "../../src/cluster/connection.ts";
import { cluster as clusterSchema, type ClusterConfig } from "../../src/config/cluster_schema.ts";
import { temporaryDirectory } from "../process.ts";
import { certificates } from "./certificates.ts";
import { hasNatsServer, NatsCluster, NO_NATS_SERVER } from "./nats_cluster.ts";

const CAN = await hasNatsServer();
if (!CAN) console.log(NO_NATS_SERVER);

const configOf = (keys: Record<string, unknown>): ClusterConfig => clusterSchema.parse({ name: "a", ...keys });

/** Of a server that is there; a bound, not a claim. */
const PATIENCE_MS = 60_000;

async function connectOnce(keys: Record<string, unknown>): Promise<ClusterResult> {
  const config = configOf(keys);
  const loaded = await loadClusterAccess(config, {});
  assert.ok(loaded.ok, loaded.ok ? "" : loaded.reason);
  return await connectCluster(config, loaded.access, "test");
}

/** To a server that is there: a busy machine may let the time for its answer pass. */
async function connect(keys: Record<string, unknown>): Promise<ClusterResult> {
  for (const ends = performance.now() + PATIENCE_MS;;) {
    const result = await connectOnce(keys);
    if (result.ok || result.kind === "refused" || performance.now() > ends) return result;
  }
}

async function failure(keys: Record<string, unknown>, ask = connect): Promise<{ kind: string; reason: string }> {
  const result = await ask(keys);
  if (!result.ok) return result;
  await result.connection.close();
  throw new Error("It connected");
}

async function withServer(more: string, work: (servers: readonly string[]) => Promise<void>): Promise<void> {
  await using server = await NatsCluster.start({ nodes: 1, more });
  await work(server.servers);
}

Deno.test("a connection survives the loss of the server that it talks to", { ignore: !CAN }, async () => {
  await using cluster = await NatsCluster.start();
  const result = await connect({ servers: cluster.servers });
  assert.ok(result.ok);
  const { connection } = result;
  const seen: boolean[] = [];
  const back = new Promise<void>((resolve) =>
    connection.onChange(({ connected }) => {
      seen.push(connected);
      if (connected) resolve();
    })
  );
  const lost = connection.health.server;
  await cluster.nodes.find(({ ports }) => lost.endsWith(`:${ports.client}`))?.kill();
  await back;
  assert.deepEqual(seen, [false, true]);
  assert.notEqual(connection.health.server, lost);
  assert.equal(connection.health.losses, 1);
  await connection.close();
});

Deno.test("where nobody listens it is an outage, and nobody has to mend a setting", async () => {
  const { kind, reason } = await failure({ servers: ["nats://127.0.0.1:1"] }, connectOnce);
  assert.equal(kind, "outage");
  assert.match(reason, /^NATS at nats:\/\/127\.0\.0\.1:1 cannot be reached \(/);
});

Deno.test(
  "a wrong password is refused in words that do not hold it, and the right one gets in",
  { ignore: !CAN },
  async () => {
    await withServer('authorization { user: "kbot", password: "right-one" }', async (servers) => {
      await using directory = await temporaryDirectory();
      const file = `${directory.path}/password`;
      await Deno.writeTextFile(file, "wrong-one\n", { mode: 0o600 });
      const keys = { servers, user: "kbot", password_file: file };
      const { kind, reason } = await failure(keys);
      assert.equal(kind, "refused");
      assert.match(reason, /refuses the login/);
      assert.doesNotMatch(reason, /wrong-one|right-one/);
      await Deno.writeTextFile(file, "right-one\n");
      const result = await connect(keys);
      assert.ok(result.ok);
      await result.connection.close();
    });
  },
);

Deno.test("an NKEY gets in by its seed", { ignore: !CAN }, async () => {
  const { nkeys } = await import("@nats-io/nats-core");
  const pair = nkeys.createUser();
  await withServer(`authorization { users: [{ nkey: ${pair.getPublicKey()} }] }`, async (servers) => {
    await using directory = await temporaryDirectory();
    const file = `${directory.path}/nkey`;
    await Deno.writeFile(file, pair.getSeed(), { mode: 0o600 });
    const result = await connect({ servers, nkey_file: file });
    assert.ok(result.ok);
    await result.connection.close();
    assert.equal((await failure({ servers })).kind, "refused");
  });
});

Deno.test(
  "TLS: only a server whose certificate the authority signed is talked to, and never without",
  { ignore: !CAN },
  async () => {
    await using directory = await temporaryDirectory();
    const { path } = directory;
    await certificates(path);
    await withServer(`tls { cert_file: "${path}/server.pem", key_file: "${path}/server.key" }`, async (servers) => {
      const secured = servers.map((server) => server.replace("nats://", "tls://"));
      const trusted = await connect({ servers: secured, ca_file: `${path}/ca.pem` });
      assert.ok(trusted.ok, trusted.ok ? "" : trusted.reason);
      await trusted.connection.nats.flush();
      await trusted.connection.close();
      const unknown = await failure({ servers: secured });
      assert.equal(unknown.kind, "refused", unknown.reason);
      assert.match(unknown.reason, /certificate/);
      const plain = await failure({ servers });
      assert.equal(plain.kind, "refused", plain.reason);
      assert.match(plain.reason, /write tls:\/\/ addresses/);
    });
    await withServer("", async (servers) => {
      const { kind, reason } = await failure({ servers: servers.map((server) => server.replace("nats://", "tls://")) });
      assert.equal(kind, "refused", reason);
      assert.match(reason, /speaks no TLS/);
    });
  },
);

Deno.test("a server that hangs before it says who it is is given up, and costs no socket", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ended = listener.accept().then(async (peer) => {
    const length = await peer.read(new Uint8Array(1)).catch(() => null);
    peer.close();
    return length;
  });
  const { port } = listener.addr as Deno.NetAddr;
  const { kind } = await failure({ servers: [`nats://127.0.0.1:${port}`] }, connectOnce);
  assert.equal(kind, "outage");
  assert.equal(await ended, null, "it hangs up");
});

for (const words of ["HTTP/1.1 400 Bad Request\r\n", "INFO {\r\n", "\r\n"]) {
  Deno.test(`what is no NATS server is said to be none: ${JSON.stringify(words)}`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const served = listener.accept().then(async (peer) => {
      await peer.write(new TextEncoder().encode(words));
      await peer.read(new Uint8Array(1)).catch(() => null);
      peer.close();
    });
    const { port } = listener.addr as Deno.NetAddr;
    const { reason } = await failure({ servers: [`nats://127.0.0.1:${port}`] }, connectOnce);
    assert.match(reason, /no NATS server: it does not say who it is/);
    await served;
  });
}
