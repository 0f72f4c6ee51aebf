/**
 * `kbot init`: a few questions, or as many flags, that end in a configuration that was checked.
 *
 * No secret is asked for: keys, tokens and passwords stay in files of their own, which the configuration names.
 * @module
 */

import { join, resolve } from "node:path";
import { readSecretFile } from "../config/credentials.ts";
import { defaultFiles, loadConfig } from "../config/load.ts";
import { redact } from "../config/redact.ts";
import { EXIT, type InitCommand } from "./command.ts";
import { initFile, initFileFaults } from "./init_file.ts";
import { type Conversation, interview, type Interviewed, TerminalConversation } from "./init_interview.ts";
import { type Answers, type InitQuestionName, QUESTION_NAMES, QUESTIONS, type Read } from "./init_questions.ts";
import { createFile } from "./new_file.ts";
import { done, type Reply } from "./output.ts";
import { mistakesIn } from "./wrong_config.ts";

type Env = Readonly<Record<string, string>>;

/** @param conversation `null` where there is no terminal to ask on */
export async function init(
  command: InitCommand,
  env: Env = Deno.env.toObject(),
  conversation: Conversation | null = Deno.stdin.isTerminal() ? new TerminalConversation() : null,
): Promise<Reply> {
  const output = command.output ?? defaultFiles(env).at(-1) ?? "kbot.toml";
  if (await exists(output)) {
    return refuse(EXIT.failed, `${output} exists and is not overwritten: edit it, or name another file with --output`);
  }
  const given = givenBy(command);
  const wrongFlags = QUESTIONS.flatMap((question) => {
    const text = given.get(question.name);
    const read = text === undefined ? null : question.read(text);
    return read === null || read.ok ? [] : [`${question.flag}: ${read.reason}`];
  });
  if (wrongFlags.length > 0) return refuse(EXIT.usage, ...wrongFlags);
  const ask = command.yes ? null : conversation;
  if (ask === null && !command.yes) {
    return refuse(EXIT.usage, "No terminal to ask on: --yes takes the default of every question that no flag answers");
  }
  const asked = ask === null ? byDefault(given) : await interview(QUESTIONS, given, ask);
  if (!asked.ok) return refuse(EXIT.failed, asked.reason);
  const unused = QUESTIONS.filter(({ name }) => given.has(name) && !asked.answers.has(name));
  if (unused.length > 0) {
    const mode = asked.answers.get("mode");
    const flags = unused.map(({ flag }) => flag).join(", ");
    return refuse(EXIT.usage, `Not with --mode ${mode} and --alerts ${asked.answers.get("alerts")}: ${flags}`);
  }
  const lacking = QUESTIONS.filter(({ name, needed }) => needed !== undefined && asked.answers.get(name) === "");
  if (ask === null && lacking.length > 0) {
    return refuse(EXIT.usage, ...lacking.map(({ flag, needed }) => `${needed} without ${flag}`));
  }
  const keys = await keysOf(asked, env);
  if (!keys.ok) return refuse(EXIT.usage, keys.reason);
  const text = initFile(keys.keys);
  const faults = initFileFaults(text, output);
  if (faults.length > 0) return refuse(EXIT.usage, ...faults);
  if (ask !== null && !await agrees(ask, text, output)) return refuse(EXIT.failed, "Nothing was written");
  const trouble = await createFile(output, text);
  if (trouble !== null) return refuse(EXIT.failed, trouble);
  const notes = lacking.map(({ flag, needed }) => `${needed} yet: ${flag.slice(2)} is not set`);
  return await told(command, env, output, { answers: asked.answers, notes });
}

const refuse = (exitCode: number, ...reasons: readonly string[]): Reply => ({
  exitCode,
  text: null,
  json: { ok: false, errors: reasons },
  problems: reasons,
});

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

function givenBy(command: InitCommand): Answers {
  const given = new Map<InitQuestionName, string>();
  for (const name of QUESTION_NAMES) {
    const text = command.answers[name];
    if (text !== undefined) given.set(name, text);
  }
  return given;
}

/** Every question with its flag, or with what Enter would say. */
function byDefault(given: Answers): Interviewed {
  const answers = new Map<InitQuestionName, string>();
  const read: Read[] = [];
  for (const question of QUESTIONS) {
    if (!question.applies(answers)) continue;
    const answer = given.get(question.name) ?? question.preset(answers);
    answers.set(question.name, answer);
    read.push(question.read(answer));
  }
  return { ok: true, answers, read };
}

/** A service starts elsewhere, and no shell has read what was typed here. */
function wholePath(path: string, env: Env): string {
  if (path === "") return "";
  return path.startsWith("~/") && env.HOME !== undefined ? join(env.HOME, path.slice(2)) : resolve(path);
}

type Keys =
  | { readonly ok: true; readonly keys: ReadonlyMap<string, unknown> }
  | { readonly ok: false; readonly reason: string };

async function keysOf({ answers, read }: Extract<Interviewed, { readonly ok: true }>, env: Env): Promise<Keys> {
  const keys = new Map(
    read.flatMap((each) => each.ok ? each.keys : []).map(([key, value]) => [
      key,
      key.endsWith("_file") && typeof value === "string" ? wholePath(value, env) : value,
    ]),
  );
  const idFile = wholePath(answers.get("keyIdFile") ?? "", env);
  if (idFile === "") return { ok: true, keys };
  const id = await readSecretFile(idFile);
  if ("reason" in id) return { ok: false, reason: `--key-id-file: ${id.reason}` };
  const text = id.text.trim();
  if (!/^[\w.:-]{1,200}$/.test(text) || redact(text) !== text) {
    return {
      ok: false,
      reason: `--key-id-file: ${idFile} holds no id of a key: allowed is one line of letters, digits and dashes`,
    };
  }
  return { ok: true, keys: new Map([...keys, ["venue.key_id", text]]) };
}

async function agrees(conversation: Conversation, text: string, output: string): Promise<boolean> {
  conversation.say(`\n${text}\nWrite this to ${output}? [yes]: `);
  const answer = (await conversation.line())?.trim().toLowerCase();
  return answer !== undefined && ["", "y", "yes"].includes(answer);
}

/** What was written, whether it is right where it lies, and what comes next. */
async function told(
  { json }: InitCommand,
  env: Env,
  output: string,
  { answers, notes: said }: { readonly answers: Answers; readonly notes: readonly string[] },
): Promise<Reply> {
  const isFound = defaultFiles(env).includes(output);
  const loaded = await loadConfig({ file: output, env });
  if (!loaded.ok) return refuse(EXIT.usage, ...mistakesIn(loaded.errors));
  const mode = answers.get("mode");
  const flag = isFound ? "" : ` --config ${output}`;
  const live = ["kbot --paper --state paper", `kbot --live --canary ${answers.get("dailyLoss")}`];
  const start = mode === "paper" ? ["kbot --paper"] : mode === "demo" ? ["kbot --live"] : live;
  const next = ["kbot doctor", ...start].map((line) => `${line}${flag}`);
  const notes = [...said, ...await notesOn(output, env, answers)];
  const text = [
    `Written and checked: ${output}, readable by you alone`,
    ...notes,
    "Next:",
    ...next.map((line) => `  ${line}`),
  ];
  return { ...done(text.join("\n"), { ok: true, file: output, mode, next, notes }), problems: json ? notes : [] };
}

/** What is not wrong in it, and would surprise all the same. */
async function notesOn(output: string, env: Env, answers: Answers): Promise<readonly string[]> {
  const notes: string[] = [];
  const key = wholePath(answers.get("privateKeyFile") ?? "", env);
  const read = key === "" ? null : await readSecretFile(key);
  if (read !== null && "reason" in read) notes.push(`Not yet in order: ${read.reason}`);
  const files = defaultFiles(env);
  for (const before of files.slice(0, Math.max(0, files.indexOf(output)))) {
    if (await exists(before)) notes.push(`In this folder ${before} is read instead`);
  }
  return notes;
}
