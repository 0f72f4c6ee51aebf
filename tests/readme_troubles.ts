/**
 * Reads the README's table of what may befall a run, so that the tests that try it hold kbot to what is written there.
 * @module
 */

import assert from "node:assert/strict";

export interface Trouble {
  readonly happened: string;
  /** The messages that a person sees; `…` stands for what differs. */
  readonly messages: readonly string[];
  /** The exit code that is named. */
  readonly code: number | null;
}

const HEAD = /^\| what happened +\| what kbot does +\| what you see +\| what you do +\|$/;

/** Every row of the table. */
export function readmeTroubles(markdown: string): Trouble[] {
  const lines = markdown.split("\n");
  const head = lines.findIndex((line) => HEAD.test(line));
  assert.ok(head >= 0, "README.md has no table of troubles");
  const end = lines.findIndex((line, at) => at > head && !line.startsWith("|"));
  return lines.slice(head + 2, end).map((line) => {
    const [happened, , sees] = line.split("|").slice(1, -1).map((cell) => cell.trim());
    const messages = [...sees.matchAll(/`([^`]+)`/g)].map(([, text]) => text).filter((text) =>
      !text.startsWith("kbot ")
    );
    const code = /exit code (\d)/.exec(sees);
    return { happened, messages, code: code === null ? null : Number(code[1]) };
  });
}

/** A message as a pattern. */
export function patternOf(message: string): RegExp {
  return new RegExp(message.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^\\n]*"));
}

const TROUBLES = readmeTroubles(Deno.readTextFileSync(new URL("../README.md", import.meta.url)));

/** The row of the README about it. */
export function troubleOf(happened: string): Trouble {
  return TROUBLES.find((each) => each.happened === happened) ?? assert.fail(`README.md says nothing of: ${happened}`);
}

/** Fails where a person would not see what the row says; of messages with "or" between them one is enough. */
export function assertSeen({ happened, messages }: Trouble, output: string): void {
  assert.ok(messages.length > 0, happened);
  const seen = messages.filter((message) => patternOf(message).test(output));
  assert.ok(seen.length > 0, `${happened}: none of ${messages.join(" or ")} in:\n${output.slice(-3_000)}`);
}
