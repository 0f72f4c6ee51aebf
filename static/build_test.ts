import assert from "node:assert/strict";
import { buildPage } from "./build.ts";

/** All that a browser loads of the page, compressed. */
const BYTES_MAX = 200_000;

const target = new URL("./build/", import.meta.url);

interface Manifest {
  readonly index: string;
  readonly files: Readonly<Record<string, string>>;
}

async function manifest(): Promise<Manifest> {
  await buildPage();
  return JSON.parse(await Deno.readTextFile(new URL("manifest.json", target)));
}

Deno.test("the whole page is below 200 kB compressed", async () => {
  const { index, files } = await manifest();
  let bytes = 0;
  for (const name of [index, ...Object.keys(files)]) {
    const body = new Blob([await Deno.readFile(new URL(name, target))]).stream();
    bytes += (await new Response(body.pipeThrough(new CompressionStream("gzip"))).arrayBuffer()).byteLength;
  }
  assert.ok(bytes > 0 && bytes < BYTES_MAX, `${bytes} bytes`);
});

Deno.test("the page names its own files and nothing else, and has no script or style within", async () => {
  const { index, files } = await manifest();
  const html = await Deno.readTextFile(new URL(index, target));
  const named = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, address]) => address);
  const own = [...Object.keys(files).map((name) => `/assets/${name}`), "/docs"];
  assert.deepEqual(named.toSorted(), own.toSorted());
  assert.doesNotMatch(html, /\{\{|<style|style=|<script(?![^>]*src=)|\son\w+=/);
  for (const name of Object.keys(files)) {
    const text = await Deno.readTextFile(new URL(name, target));
    // Namespaces of SVG are names, no addresses.
    const addresses = [...text.matchAll(/https?:\/\/[^\s"'`)]+/g)].map(([address]) => address);
    assert.deepEqual(addresses.filter((address) => address !== "http://www.w3.org/2000/svg"), [], name);
  }
});
