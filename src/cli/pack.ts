/**
 * `kbot pack`: checking a strategy pack before it is listed in kbot.toml, and beginning one.
 * @module
 */

import { basename } from "node:path";
import { formatCount, formatPrice } from "../core/units.ts";
import { describedParameters, PACK_NAME } from "../packs/declaration.ts";
import { exampleView } from "../packs/example_view.ts";
import type { Pack } from "../packs/pack.ts";
import { PackError } from "../packs/pack_error.ts";
import { isPack, readPack } from "../packs/pack_file.ts";
import { packTemplate } from "../packs/template.ts";
import { messageOf } from "../store/message.ts";
import { STRATEGIES } from "../strategies/registry.ts";
import type { Opinion } from "../strategies/strategy.ts";
import { EXIT, type PackCheckCommand, type PackCommand, type PackInitCommand } from "./command.ts";
import { done, refused, type Reply } from "./output.ts";

/** Checks or begins a pack. 1 where it did not work, 2 where something was asked for that cannot be. */
export async function pack(command: PackCommand): Promise<Reply> {
  return command.kind === "pack_check" ? await check(command) : await init(command);
}

async function check({ file }: PackCheckCommand): Promise<Reply> {
  const read = await readPack(file);
  if (!isPack(read)) return refused(EXIT.failed, `Found ${read.found}, allowed: ${read.allowed}`);
  const { name, title, series } = read.declaration;
  if (STRATEGIES.some((strategy) => strategy.name === name)) {
    const names = STRATEGIES.map((strategy) => strategy.name).join(", ");
    return refused(EXIT.failed, `${file} calls itself ${name}, which is a strategy of kbot: they are ${names}`);
  }
  const tried = trial(read);
  if ("error" in tried) return refused(EXIT.failed, `${file} fails with an example: ${tried.error}`);
  const parameters = describedParameters(read.declaration);
  const text = [
    `Pack ${name}: ${title}`,
    `  trades      ${series.join(", ")}`,
    ...parameters.map(({ name, value, unit, text }) =>
      `  parameter   ${name} = ${JSON.stringify(value)}: ${text}${unit === "" ? "" : ` (${unit})`}`
    ),
    `  example     ${describeTrial(tried)}`,
    "",
    "Once you have read it, list it in kbot.toml:",
    "",
    "[[packs]]",
    `file = ${JSON.stringify(file)}`,
    `sha256 = "${read.sha256}"`,
    "",
    `[strategies.${name}]`,
    "enabled = true",
  ];
  return done(text.join("\n"), { file, sha256: read.sha256, name, title, trades: series, parameters, trial: tried });
}

interface Trial {
  readonly targets: Opinion["targets"];
  readonly refusal: string | null;
  readonly edge: number | null;
  readonly steps: number;
}

/** What it decides about a made-up market of its first series. */
function trial(pack: Pack): Trial | { readonly error: string } {
  const bound = pack.registration.bind({});
  if (!("decide" in bound)) throw new TypeError(`Pack ${bound.name} decides about groups`);
  try {
    const { targets, refusal, edge } = bound.decide(exampleView(pack.declaration.series[0].replace("*", "")));
    return { targets, refusal: refusal?.text ?? null, edge, steps: pack.steps() };
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    return { error: error.message };
  }
}

function describeTrial({ targets, refusal, steps }: Trial): string {
  const wanted = targets.map(({ side, count, price }) => `${side} ${formatCount(count)} at ${formatPrice(price)}`);
  return `${refusal ?? wanted.join(", ")} (${steps} steps)`;
}

async function init({ file }: PackInitCommand): Promise<Reply> {
  const name = basename(file).replace(/\.js$/, "");
  if (!file.endsWith(".js") || !PACK_NAME.test(name)) {
    const allowed = "a path that ends in NAME.js, where NAME is made of small letters, digits and _";
    return refused(EXIT.usage, `Found ${file}, allowed: ${allowed}`);
  }
  if (STRATEGIES.some((strategy) => strategy.name === name)) {
    return refused(EXIT.usage, `Strategy ${name} is one of kbot's: name the file otherwise`);
  }
  try {
    await Deno.writeTextFile(file, packTemplate(name), { createNew: true });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return refused(EXIT.failed, `${file} is there already: left alone`);
    return refused(EXIT.failed, `${file} cannot be written: ${messageOf(error)}`);
  }
  return done(`Written to ${file}; next: kbot pack check ${file}`, { file, name });
}
