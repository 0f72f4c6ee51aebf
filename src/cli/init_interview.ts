/**
 * Asks a person on a terminal, question by question.
 * @module
 */

import type { Answers, InitQuestionName, Question, Read } from "./init_questions.ts";

/** Where it is asked, and answered line by line. */
export interface Conversation {
  say(text: string): void;
  /** The next line without its end; `null` where there is none any more (Ctrl-D). */
  line(): Promise<string | null>;
}

/** Wrong answers to one question before it is given up. */
const TRIES_MAX = 20;

export type Interviewed =
  | { readonly ok: true; readonly answers: Answers; readonly read: readonly Read[] }
  /** Nobody answers any more. */
  | { readonly ok: false; readonly reason: string };

const STOPPED = "Stopped: nothing was written";

/**
 * Asks what no flag has answered.
 *
 * @param given by flags; they were read before
 */
export async function interview(
  questions: readonly Question[],
  given: Answers,
  conversation: Conversation,
): Promise<Interviewed> {
  const answers = new Map<InitQuestionName, string>();
  const read: Read[] = [];
  conversation.say("Enter takes what stands in brackets, ? explains, Ctrl-C stops and leaves nothing behind.\n");
  for (const question of questions) {
    if (!question.applies(answers)) continue;
    const flag = given.get(question.name);
    const answer = flag === undefined ? await askOne(question, answers, conversation) : flag;
    if (answer === null) return { ok: false, reason: STOPPED };
    answers.set(question.name, answer);
    read.push(question.read(answer));
  }
  return { ok: true, answers, read };
}

/** `null` where there is no answer. */
async function askOne(question: Question, answers: Answers, conversation: Conversation): Promise<string | null> {
  const preset = question.preset(answers);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    conversation.say(`${question.ask} [${preset === "" ? "none" : preset}]: `);
    const line = await conversation.line();
    if (line === null) {
      conversation.say("\n");
      return null;
    }
    const text = line.trim();
    if (text === "?") {
      conversation.say(`  ${question.help}\n`);
      continue;
    }
    const answer = text === "" ? preset : text;
    const read = question.read(answer);
    if (read.ok) return answer;
    conversation.say(`  ${read.reason}\n`);
  }
  return null;
}

/** Of one line; a longer one is no answer. */
const LINE_BYTES_MAX = 4_096;

/** The terminal: questions on stderr, so that stdout holds nothing but the result. */
export class TerminalConversation implements Conversation {
  readonly #decoder = new TextDecoder();
  #rest = "";

  say(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }

  async line(): Promise<string | null> {
    const bytes = new Uint8Array(LINE_BYTES_MAX);
    while (!this.#rest.includes("\n") && this.#rest.length < LINE_BYTES_MAX) {
      const length = await Deno.stdin.read(bytes);
      if (length === null) return null;
      this.#rest += this.#decoder.decode(bytes.subarray(0, length), { stream: true });
    }
    const end = this.#rest.indexOf("\n");
    const line = end < 0 ? this.#rest : this.#rest.slice(0, end);
    this.#rest = end < 0 ? "" : this.#rest.slice(end + 1);
    return line.replace(/\r$/, "");
  }
}
