import assert from "node:assert/strict";
import { dirname, join } from "node:path";

const ROOT = new URL("../", import.meta.url).pathname;
const PAGES = ["README.md", "src/strategies/README.md", "src/feeds/README.md", "src/config/README.md"];

const LINK = /\]\((?!https?:\/\/)([^)\s#]*)(?:#([^)\s]*))?\)/g;
const FENCED = /^```[\s\S]*?^```$/gm;

const readPage = (page: string): Promise<string> => Deno.readTextFile(join(ROOT, page));

/** As a heading's address is made: small letters, blanks as hyphens, and of what else there is only hyphens and underscores. */
const slugOf = (heading: string): string =>
  heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");

const headingsOf = (text: string, level: RegExp): string[] =>
  text.replace(FENCED, "").split("\n").filter((line) => level.test(line)).map((line) => line.replace(/^#+ /, ""));

for (const page of PAGES) {
  Deno.test(`every link of ${page} leads somewhere`, async () => {
    const text = await readPage(page);
    const links = [...text.replace(FENCED, "").matchAll(LINK)];
    for (const [link, path, anchor] of links) {
      const target = path === "" ? page : join(dirname(page), path);
      const info = await Deno.stat(join(ROOT, target)).catch(() => null);
      assert.ok(info !== null, `${link}: there is no ${target}`);
      if (anchor === undefined) continue;
      const slugs = headingsOf(await readPage(target), /^#{1,6} /).map(slugOf);
      assert.ok(slugs.includes(anchor), `${link}: ${target} has no such heading`);
    }
    for (const heading of headingsOf(text, /^#{2,4} /)) {
      const same = headingsOf(text, /^#{2,4} /).filter((other) => slugOf(other) === slugOf(heading));
      assert.equal(same.length, 1, `${page} has two headings of the address ${slugOf(heading)}`);
    }
  });
}

Deno.test("the README's contents name every section, in order", async () => {
  const text = await readPage("README.md");
  const [contents] = /^<!-- contents -->\n[\s\S]*?^<!-- end of contents -->$/m.exec(text) ??
    assert.fail("README.md has no contents");
  const listed = [...contents.matchAll(/\[([^\]]+)\]\(#([^)]+)\)/g)].map(([, title, slug]) => [title, slug]);
  const sections = headingsOf(text, /^## /);
  assert.deepEqual(listed, sections.map((title) => [title, slugOf(title)]));
});

Deno.test("addresses of headings are made as readers of Markdown make them", () => {
  assert.equal(slugOf("Is everything in place? kbot doctor"), "is-everything-in-place-kbot-doctor");
  assert.equal(slugOf("S1 settlement edge (`settlement_edge`)"), "s1-settlement-edge-settlement_edge");
});
