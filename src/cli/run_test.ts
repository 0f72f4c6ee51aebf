import assert from "node:assert/strict";
import { main } from "../main.ts";

Deno.test({
  name: "a run says that it runs once it hears signals, for whoever reads that may send one at once",
  ignore: Deno.build.os === "windows",
  async fn() {
    const directory = await Deno.makeTempDir({ prefix: "kbot-test-" });
    const { addSignalListener } = Deno;
    const { error, log } = console;
    const order: string[] = [];
    Deno.addSignalListener = (signal, handler) => {
      order.push(signal);
      addSignalListener(signal, handler);
    };
    console.log = () => {};
    console.error = (text: string) => void (text.startsWith("Status page: ") && order.push("told"));
    try {
      const code = await main(["demo", "--for", "1s", "--speed", "2", "--port", "0", "--state", directory, "--json"]);
      assert.equal(code, 0);
    } finally {
      Deno.addSignalListener = addSignalListener;
      Object.assign(console, { error, log });
      await Deno.remove(directory, { recursive: true });
    }
    assert.deepEqual(order.slice(0, order.indexOf("told")).sort(), ["SIGHUP", "SIGINT", "SIGTERM", "SIGUSR1"]);
  },
});
