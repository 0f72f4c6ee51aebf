import assert from "node:assert/strict";
import { container } from "./container.ts";

Deno.test("from the source, and of a compiled kbot, the recipe takes one program", () => {
  const reply = container({});
  assert.equal(reply.exitCode, 0);
  assert.match(reply.text ?? "", /^ENTRYPOINT \["\/usr\/local\/bin\/kbot"\]$/m);
  assert.equal((reply.json as { packing: string }).packing, "compiled");
});

Deno.test("of a self-extracting kbot it is unpacked while the image is built", () => {
  const reply = container({}, { kind: "self_extracting", flags: ["--no-prompt"], main: "main.js" });
  assert.match(reply.text ?? "", /^RUN KBOT_CACHE_DIR=\/unpacked sh \/kbot --version/m);
  assert.match(
    reply.text ?? "",
    /^ENTRYPOINT \["\/opt\/kbot\/deno","run","--no-prompt","\/opt\/kbot\/app\/main\.js"\]$/m,
  );
});
