import assert from "node:assert/strict";
import { containerfile, type Packing } from "./containerfile.ts";

const PACKINGS: readonly Packing[] = [
  { kind: "compiled" },
  { kind: "self_extracting", flags: ["--quiet", "--deny-net=169.254.169.254"], main: "main.js" },
];

/** What stands after the last FROM: the image itself. */
const imageOf = (text: string): readonly string[] => text.slice(text.lastIndexOf("\nFROM ") + 1).split("\n");

for (const packing of PACKINGS) {
  const text = containerfile({ version: "1.2.3", packing });
  const image = imageOf(text);

  Deno.test(`${packing.kind}: the image begins with nothing, runs nothing while it is built, and is not root's`, () => {
    assert.equal(image[0], "FROM scratch");
    assert.ok(!image.some((line) => line.startsWith("RUN ")), "there is no shell to run it");
    assert.ok(image.includes("USER 65532:65532"));
    assert.ok(image.includes("VOLUME /var/lib/kbot"));
    assert.ok(image.includes("STOPSIGNAL SIGTERM"));
  });

  Deno.test(`${packing.kind}: what is started and what asks after it are lists, which need no shell`, () => {
    const list = (name: string): readonly string[] => {
      const line = image.map((each) => each.trim()).find((each) => each.startsWith(`${name} [`)) ?? assert.fail(name);
      return JSON.parse(line.slice(name.length)) as readonly string[];
    };
    const [entry, health] = [list("ENTRYPOINT"), image.find((line) => line.startsWith("  CMD ["))?.slice(6) ?? ""];
    assert.ok(entry[0].startsWith("/"));
    assert.deepEqual(JSON.parse(health), [...entry, "alive"]);
    assert.deepEqual(JSON.parse(image.findLast((line) => line.startsWith("CMD "))?.slice(4) ?? ""), ["run", "--paper"]);
    assert.deepEqual(
      entry.slice(1),
      packing.kind === "compiled" ? [] : ["run", ...packing.flags, "/opt/kbot/app/main.js"],
    );
  });
}

Deno.test("the image is given no secret, and the recipe starts no live trading", () => {
  for (const packing of PACKINGS) {
    const lines = containerfile({ version: "1.2.3", packing }).split("\n").filter((line) => !line.startsWith("#"));
    assert.ok(!lines.some((line) => /--live|kalshi_|PRIVATE/.test(line)), lines.join("\n"));
  }
});
