/**
 * `kbot systemd`: prints or installs the units of a service.
 * @module
 */

import { dirname, isAbsolute, join } from "node:path";
import { type UnitFile, unitFiles, WRITTEN_BY } from "../ops/systemd/units.ts";
import { messageOf } from "../store/message.ts";
import { EXIT, type SystemdCommand } from "./command.ts";
import { done, refused, type Reply } from "./output.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Where a program lies that is there for everybody; what is printed where kbot runs from its source. */
const USUAL_PROGRAM = "/usr/local/bin/kbot";
const MACHINE_UNITS = "/etc/systemd/system";
/** Out of sight for the service (ProtectHome). */
const HOMES = /^\/(home|root|run\/user)\//;

/** This very file, where kbot is one: the self-extracting one says it by itself. */
function ownFile(env: Env): string | null {
  return env.KBOT_FILE ?? (Deno.build.standalone ? Deno.execPath() : null);
}

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
  const files = unitFiles({ program: program ?? USUAL_PROGRAM, user: command.user });
  if (!command.install) {
    const text = files.map(({ path, text }) => `# ${path}\n${text}`).join("\n").trimEnd();
    return done(text, { program: program ?? USUAL_PROGRAM, files });
  }
  const wrong = await unfit(program, command.user);
  if (wrong !== null) return refused(EXIT.usage, wrong);
  const target = directory ?? unitDirectory(command.user, env);
  if (target === null) return refused(EXIT.usage, "HOME is not set: nobody's units can be found");
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
