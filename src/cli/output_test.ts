import assert from "node:assert/strict";
import { refused, say } from "./output.ts";

/** What is printed on stdout, then on stderr. */
function printed(print: () => void): readonly string[] {
  const { log, error } = console;
  const said: [string[], string[]] = [[], []];
  console.log = (text: string) => said[0].push(text);
  console.error = (text: string) => said[1].push(text);
  try {
    print();
  } finally {
    console.log = log;
    console.error = error;
  }
  return said.flat();
}

const CASES: readonly [what: string, text: string, shown: string][] = [
  ["a title of the window, and a screen that is cleared", "a\x1b]0;b\x07c\x1b[2Jd", "a ]0;b c [2Jd"],
  ["what some terminals take for the same", "a\x9b2Jb", "a 2Jb"],
  ["the way back over what was said", "a\x08\x7fb", "a  b"],
  ["ends of lines, tabs and colours, which stay", "a\tb\r\n\x1b[1;31mc\x1b[0m", "a\tb\r\n\x1b[1;31mc\x1b[0m"],
  ["letters of any language", "Zürich 東京 …", "Zürich 東京 …"],
];

for (const [what, text, shown] of CASES) {
  Deno.test(`what others said drives no terminal: ${what}`, () => {
    assert.deepEqual(printed(() => say({ ...refused(1, text), text }, false)), [shown, shown]);
  });
}
