/**
 * Reads the commands of a Markdown page. In front of each `sh` block a comment says whether and how it is run:
 *
 * ```text
 * <!-- run: at most 60s -->                  must end by itself, with exit code 0
 * <!-- run: interrupted after 40s, long -->  is stopped by Ctrl-C then; only in the full tests
 * <!-- not run: why -->
 * ```
 * @module
 */

export interface ReadmeBlock {
  /** From 1, of the opening fence. */
  readonly line: number;
  readonly script: string;
  readonly plan: ReadmePlan;
}

export type ReadmePlan =
  | { readonly kind: "run"; readonly seconds: number; readonly interrupt: boolean; readonly long: boolean }
  | { readonly kind: "skip"; readonly why: string }
  | { readonly kind: "unmarked" };

const FENCE = /^```sh$/;
const RUN = /^<!-- run: (at most|interrupted after) (\d+)s(, long)? -->$/;
const SKIP = /^<!-- not run: (.+) -->$/;

function planOf(comment: string): ReadmePlan {
  const run = RUN.exec(comment);
  if (run !== null) {
    const interrupt = run[1] === "interrupted after";
    return { kind: "run", seconds: Number(run[2]), interrupt, long: run[3] !== undefined };
  }
  const skip = SKIP.exec(comment);
  return skip === null ? { kind: "unmarked" } : { kind: "skip", why: skip[1] };
}

/** Every `sh` block of the page, in order. */
export function readmeBlocks(markdown: string): ReadmeBlock[] {
  const lines = markdown.split("\n");
  const blocks: ReadmeBlock[] = [];
  for (const [index, line] of lines.entries()) {
    if (!FENCE.test(line)) continue;
    const end = lines.indexOf("```", index + 1);
    const before = lines.slice(0, index).findLast((text) => text.trim() !== "") ?? "";
    const script = lines.slice(index + 1, end < 0 ? lines.length : end).join("\n");
    blocks.push({ line: index + 1, script, plan: planOf(before) });
  }
  return blocks;
}

/** The arguments of kbot in each line that starts it, with `deno task` or by itself; redirections and comments left out. */
export function kbotLines(script: string): string[][] {
  return script.replaceAll("\\\n", " ").split("\n").flatMap((line) => {
    const found = /^(?:sudo )?(?:\w+=\S* )*(?:deno task )?kbot(?:$| (.*))$/.exec(line.trim());
    if (found === null) return [];
    const words = (found[1] ?? "").replace(/\s#.*$|\s>.*$/, "").match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
    return [words.map((word) => word.replaceAll(/["']/g, ""))];
  });
}
