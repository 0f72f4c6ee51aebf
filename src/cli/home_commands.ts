/**
 * The commands about where a bot lives: systemd, container, cloud-init, alive.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map, multiple } from "@optique/core/modifiers";
import { command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import type { AliveCommand, CloudInitCommand, ContainerCommand, SystemdCommand } from "./command.ts";
import { path } from "./flag_values.ts";
import { about, type Asked, choosable, required, toggle, words, type WrongUse, wrongUse } from "./flags.ts";

const systemdFlags = object({
  user: toggle("--user", "For your own service manager instead of the machine's"),
  install: toggle("--install", "Write the units instead of printing them; the machine's need root"),
  check: toggle("--check", "Look at the unit that is installed, its drop-ins among it, for what would end badly"),
  program: choosable("--program", path("FILE"), "The one file of kbot (else this one), by its absolute path"),
});

type SystemdFlags = typeof systemdFlags["$valueType"][number];

function systemdCommand(flags: SystemdFlags): Asked<SystemdCommand> | WrongUse {
  if (flags.check && flags.install) return wrongUse("--check looks at what --install has written: give one of them");
  return { kind: "systemd", ...flags };
}

const systemd = command(
  "systemd",
  map(systemdFlags, systemdCommand),
  about(
    "Print or install the units of a systemd service, of a weekly restart, and examples of drop-ins",
    "The service trades on paper until a drop-in says otherwise. With --json one object: program, files [{path, text}]; " +
      "with --install: written, next; with --check: unit, dropIns, findings. Exit code 2: the program cannot be a " +
      "service's; 1: a file cannot be written or is not kbot's, or --check found something.",
    ["systemd", "systemd --install --program /usr/local/bin/kbot"],
  ),
);

const container = command(
  "container",
  map(object({ kind: constant("container") }), (asked): Asked<ContainerCommand> => asked),
  about(
    "Print the recipe of a container image: this kbot and the C library alone, no shell, no root",
    "Its first lines say how it is built and started. The image is of the kind of this kbot: made by deno compile, or " +
      "self-extracting. With --json one object: packing, containerfile.",
    ["container >Containerfile"],
  ),
);

const SHA256 = string({ metavar: "HEX" });

const cloudInit = command(
  "cloud-init",
  map(
    object({
      kind: constant("cloud_init"),
      url: required("--url", string({ metavar: "URL" }), "Where the machine gets the one file; https alone"),
      sha256: choosable("--sha256", SHA256, "What sha256sum says of that file (else this one's)"),
      sshKey: required("--ssh-key", path("FILE"), "Public key of whoever may log in, such as ~/.ssh/id_ed25519.pub"),
      sshFrom: multiple(option("--ssh-from", string({ metavar: "NETWORK" }), {
        description: words("Open SSH to this address or network alone (repeatable)"),
      })),
    }),
    (asked): Asked<CloudInitCommand> => asked,
  ),
  about(
    "Print what a new machine in a cloud does at its first start, to become kbot's",
    "A service that trades on paper, a firewall that lets SSH in, security updates, and a right clock. Give it to the " +
      "cloud as user data of a small Debian. With --json one object: sha256, cloudInit.",
    ["cloud-init --url https://files.example/kbot --ssh-key ~/.ssh/id_ed25519.pub --ssh-from 203.0.113.0/24"],
  ),
);

const alive = command(
  "alive",
  map(object({ kind: constant("alive") }), (asked): Asked<AliveCommand> => asked),
  about(
    "Say by the exit code whether the bot of a state directory answers",
    "For a supervisor or a container's health check. Exit code 0: it does; 1: none runs, or it does not answer within " +
      "seconds. With --json one object: alive, then run, pid and url, or reason.",
    ["alive", "alive --state /var/lib/kbot"],
  ),
);

/** Where a bot lives, and whether it does. */
export const homeCommands = or(systemd, container, cloudInit, alive);
