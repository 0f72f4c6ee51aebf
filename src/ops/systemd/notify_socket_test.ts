import assert from "node:assert/strict";
import { join } from "node:path";
import { NotifySocket, watchdogMicros } from "./notify_socket.ts";

const posix = Deno.build.os !== "windows";
const decoder = new TextDecoder();

async function withDirectory(work: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "kbot-test-" });
  try {
    await work(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test({
  name: "what is sent arrives in order, a message each, and the socket leaves nothing behind",
  ignore: !posix,
  fn: () =>
    withDirectory(async (directory) => {
      const manager = Deno.listenDatagram({ transport: "unixpacket", path: join(directory, "manager") });
      const opened = NotifySocket.open({ NOTIFY_SOCKET: join(directory, "manager") }, directory);
      assert.ok(opened.kind === "open");
      void opened.socket.send({ READY: "1", STATUS: "two\nlines" });
      assert.equal(await opened.socket.send({ WATCHDOG: "1" }), null);
      assert.equal(decoder.decode((await manager.receive())[0]), "READY=1\nSTATUS=two lines\n");
      assert.equal(decoder.decode((await manager.receive())[0]), "WATCHDOG=1\n");
      await opened.socket.close();
      manager.close();
      assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["manager"]);
    }),
});

Deno.test({
  name: "a manager that is gone is an answer, not a crash",
  ignore: !posix,
  fn: () =>
    withDirectory(async (directory) => {
      const opened = NotifySocket.open({ NOTIFY_SOCKET: join(directory, "nobody") }, directory);
      assert.ok(opened.kind === "open");
      assert.match(await opened.socket.send({ READY: "1" }) ?? "", /No such file/);
      await opened.socket.close();
    }),
});

Deno.test({
  name: "the socket of a killed process of the same number is replaced",
  ignore: !posix,
  fn: () =>
    withDirectory(async (directory) => {
      await Deno.writeTextFile(join(directory, `notify-${Deno.pid}`), "");
      const opened = NotifySocket.open({ NOTIFY_SOCKET: "/nowhere" }, directory);
      assert.ok(opened.kind === "open");
      await opened.socket.close();
    }),
});

const REFUSED: readonly (readonly [socket: string, directory: string, reason: RegExp])[] = [
  ["@abstract", "/tmp", /Deno knows no abstract sockets/],
  ["relative", "/tmp", /must be a path that begins with \//],
  ["/run/systemd/notify", `/tmp/${"x".repeat(120)}`, /too long for a socket's path/],
  ["/run/systemd/notify", "/nonexistent/kbot", /cannot be written to/],
];

for (const [socket, directory, reason] of REFUSED) {
  Deno.test(`NOTIFY_SOCKET ${socket} from ${directory.slice(0, 20)} is refused with a reason`, () => {
    const opened = NotifySocket.open({ NOTIFY_SOCKET: socket }, directory);
    assert.ok(opened.kind === "failed");
    assert.match(opened.reason, reason);
  });
}

Deno.test("without a service manager there is nothing to tell", () => {
  assert.deepEqual(NotifySocket.open({}, "/tmp"), { kind: "none" });
});

Deno.test("a watchdog counts only where it is asked of this process", () => {
  const cases: readonly [env: Record<string, string>, micros: number | null][] = [
    [{}, null],
    [{ WATCHDOG_USEC: "60000000" }, 60_000_000],
    [{ WATCHDOG_USEC: "60000000", WATCHDOG_PID: "7" }, 60_000_000],
    [{ WATCHDOG_USEC: "60000000", WATCHDOG_PID: "8" }, null],
    [{ WATCHDOG_USEC: "0" }, null],
    [{ WATCHDOG_USEC: "soon" }, null],
    [{ WATCHDOG_USEC: "-5" }, null],
  ];
  for (const [env, micros] of cases) assert.equal(watchdogMicros(env, 7), micros, JSON.stringify(env));
});
