import assert from "node:assert/strict";
import { lineOfKey, lineOfTable } from "./toml_lines.ts";

const TEXT = `# risk.max = 1
top = 1
[risk]            # a comment
  max_order_usd = 5
"quoted key" = 6
text = """
[server]
port = 1
"""
[ server ]
host = "a = b"
port = 2
[strategies.settlement_edge]
enabled = true
[log]
inline.level = "x"
[venue]
series = [
  "A",
]
paper = { capital = 1 }
`;

const CASES: readonly [key: string, line: number | null][] = [
  ["top", 2],
  ["risk", 3],
  ["risk.max_order_usd", 4],
  ["risk.quoted key", 5],
  ["risk.absent", 3],
  ["server", 10],
  ["server.port", 12],
  ["strategies.settlement_edge.enabled", 14],
  ["log.inline.level", 16],
  ["venue.series", 18],
  ["venue.paper.capital", 21],
  ["nowhere", null],
];

Deno.test("a key is found in its table, dotted, inline, behind comments and multi-line texts", () => {
  for (const [key, line] of CASES) assert.equal(lineOfKey(TEXT, key), line, key);
});

Deno.test("each of several tables of a name has its line", () => {
  const text =
    `[[packs]]\nfile = "a"\n[x]\ny = """\n[[packs]]\n"""\n [[ packs ]] # the second\n[[packs.inner]]\n[packs]\n`;
  assert.deepEqual([0, 1, 2].map((index) => lineOfTable(text, "packs", index)), [1, 7, null]);
  assert.equal(lineOfTable("packs = [{ file = 'a' }]", "packs", 0), null);
});
