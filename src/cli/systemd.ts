/**
 * `kbot systemd`: prints, installs or checks the units of a service.
 * @module
 */

import { dirname, isAbsolute, join } from "node:path";
import { checkUnit } from "../ops/systemd/unit_check.ts";
import type { UnitText } from "../ops/systemd/unit_text.ts";
import { type UnitFile, unitFiles, WRITTEN_BY } from "../ops/systemd/units.ts";
import { messageOf } from "../store/message.ts";
import { EXIT, type SystemdCommand } from "./command.ts";
import { done, refused, type Reply } from "./output.ts";
import { ownFile } from "./own_file.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Where a program lies that is there for everybody; what is printed where kbot runs from its source. */
const USUAL_PROGRAM = "/usr/local/bin/kbot";
const MACHINE_UNITS = "/etc/systemd/system";
const NO_HOME = "HOME is not set: nobody's units can be found";
/** Where the machine's manager looks besides, the first before the last; `systemctl set-property` writes the controls. */
const MACHINE_PLACES = [
  "/etc/systemd/system.control",
  "/run/systemd/system.control",
  MACHINE_UNITS,
  "/run/systemd/system",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
];
const SERVICE = "kbot.service";
/** Out of sight for the service (ProtectHome). */
const HOMES = /^\/(home|root|run\/user)\//;

/** @param directory of the units; the manager's own where it is `undefined` */
export async function systemd(
  command: SystemdCommand,
  env: Env = Deno.env.toObject(),
  directory?: string,
): Promise<Reply> {
  const program = command.program ?? ownFile(env);
  if (program !== null && !isAbsolute(program)) {
    return refused(EXIT.usage, `--program: found ${program}, wanted an absolute path`);
  }
  if (command.check) {
    const places = directory === undefined ? unitPlaces(command.user, env) : [directory];
    return places === null ? refused(EXIT.usage, NO_HOME) : await check(places, command.user);
  }
  const files = unitFiles({ program: program ?? USUAL_PROGRAM, user: command.user });
  if (!command.install) {
    const text = files.map(({ path, text }) => `# ${path}\n${text}`).join("\n").trimEnd();
    return done(text, { program: program ?? USUAL_PROGRAM, files });
  }
  const wrong = await unfit(program, command.user);
  if (wrong !== null) return refused(EXIT.usage, wrong);
  const target = directory ?? unitDirectory(command.user, env);
  if (target === null) return refused(EXIT.usage, NO_HOME);
  return await install(files, target, command.user);
}

/** Why a program cannot be a service's; `null` where it can. */
async function unfit(program: string | null, user: boolean): Promise<string | null> {
  if (program === null) {
    return "kbot runs from its source here: make one file of it with deno task compile, and install by that, or name " +
      "one with --program";
  }
  if (!user && HOMES.test(program)) {
    return `${program} lies in a home, which the service cannot see: put it elsewhere first ` +
      `(install -m 755 ${program} ${USUAL_PROGRAM})`;
  }
  try {
    const { isFile, mode } = await Deno.stat(program);
    if (isFile && ((mode ?? 0o111) & 0o111) !== 0) return null;
    return `${program} is no program: no file, or not executable`;
  } catch (error) {
    return `${program} cannot be found: ${messageOf(error)}`;
  }
}

function unitDirectory(user: boolean, env: Env): string | null {
  if (!user) return MACHINE_UNITS;
  if (env.XDG_CONFIG_HOME?.startsWith("/")) return join(env.XDG_CONFIG_HOME, "systemd/user");
  return env.HOME ? join(env.HOME, ".config/systemd/user") : null;
}

function unitPlaces(user: boolean, env: Env): readonly string[] | null {
  if (!user) return MACHINE_PLACES;
  const own = unitDirectory(true, env);
  return own === null ? null : [own, "/etc/systemd/user"];
}

/** The unit, then its drop-ins as they count: by name, each from the first place that has it. */
async function installedTexts(places: readonly string[]): Promise<readonly UnitText[]> {
  const read = (path: string) => Deno.readTextFile(path).then((text) => ({ path, text }), () => null);
  const unit = (await Promise.all(places.map((place) => read(join(place, SERVICE))))).find((each) => each !== null);
  if (unit === undefined || unit === null) return [];
  const dropIns = new Map<string, string>();
  for (const place of places.toReversed()) {
    const directory = join(place, `${SERVICE}.d`);
    for (const name of namesIn(directory)) if (name.endsWith(".conf")) dropIns.set(name, join(directory, name));
  }
  const paths = [...dropIns].sort(([a], [b]) => a < b ? -1 : 1).map(([, path]) => path);
  return [unit, ...(await Promise.all(paths.map(read))).filter((each) => each !== null)];
}

function namesIn(directory: string): readonly string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name);
  } catch {
    // There is none.
    return [];
  }
}

async function check(places: readonly string[], user: boolean): Promise<Reply> {
  const texts = await installedTexts(places);
  if (texts.length === 0) {
    return refused(EXIT.failed, `No ${SERVICE} lies in ${places.join(", ")}: kbot systemd --install writes it`);
  }
  const findings = checkUnit(texts, user);
  const [{ path: unit }, ...dropIns] = texts;
  const json = { unit, dropIns: dropIns.map(({ path }) => path), findings };
  if (findings.length > 0) return { exitCode: EXIT.failed, text: null, json, problems: findings };
  const more = dropIns.length === 0 ? "no drop-in" : dropIns.map(({ path }) => path).join(", ");
  return done(`${unit} with ${more}: nothing that would end badly`, json);
}

/** Writes all of them or none: what is not ours is found before anything is written. */
async function install(files: readonly UnitFile[], directory: string, user: boolean): Promise<Reply> {
  for (const { path } of files) {
    const there = await Deno.readTextFile(join(directory, path)).catch(() => null);
    if (there !== null && !there.startsWith(WRITTEN_BY)) {
      return refused(EXIT.failed, `${join(directory, path)} was not written by kbot; move it away, or use drop-ins`);
    }
  }
  const written: string[] = [];
  try {
    for (const { path, text } of files) {
      const file = join(directory, path);
      await Deno.mkdir(dirname(file), { recursive: true });
      const draft = `${file}.${crypto.randomUUID()}`;
      await Deno.writeTextFile(draft, text, { mode: 0o644 });
      await Deno.rename(draft, file);
      written.push(file);
    }
  } catch (error) {
    const who = user ? "" : " (the machine's units are root's: sudo, or --user)";
    return refused(EXIT.failed, `The units cannot be written to ${directory}: ${messageOf(error)}${who}`);
  }
  const systemctl = user ? "systemctl --user" : "systemctl";
  const next = [`${systemctl} daemon-reload`, `${systemctl} enable --now kbot.service kbot-restart.timer`];
  const lines = [...written.map((file) => `Wrote ${file}`), "Now run", ...next.map((line) => `  ${line}`)];
  return done(lines.join("\n"), { written, next });
}
