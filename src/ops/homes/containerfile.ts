/**
 * The recipe of a container image that holds kbot, Debian's C library, and nothing else: no shell, no package manager, no
 * other program. It is built by steps of Debian's image, which stays behind.
 * @module
 */

/** Where what becomes the image comes from. */
export type Packing =
  /** Made by `deno compile`: one program. */
  | { readonly kind: "compiled" }
  /** Unpacks itself by a shell, which the image has not: it is unpacked while the image is built. */
  | { readonly kind: "self_extracting"; readonly flags: readonly string[]; readonly main: string };

export interface ContainerOptions {
  readonly version: string;
  readonly packing: Packing;
}

/** Nobody's on a usual machine, and a number, so that an engine sees that it is not root. */
const USER = 65_532;
/** Longer than cancelling every order takes, as the unit's TimeoutStopSec. */
const STOP_SECONDS = 60;
const PROGRAM = "/usr/local/bin/kbot";
const UNPACKED = "/opt/kbot";

/** The program with its arguments, as an engine wants it where there is no shell. */
function commandOf(packing: Packing): readonly string[] {
  if (packing.kind === "compiled") return [PROGRAM];
  return [`${UNPACKED}/deno`, "run", ...packing.flags, `${UNPACKED}/app/${packing.main}`];
}

/** How the program gets into `/image`, and which file it is that needs libraries. */
function placing(packing: Packing): { readonly steps: string; readonly binary: string } {
  if (packing.kind === "compiled") {
    return { steps: `RUN install -D -m 755 /kbot /image${PROGRAM}`, binary: PROGRAM };
  }
  return {
    steps: `RUN KBOT_CACHE_DIR=/unpacked sh /kbot --version \\
 && mkdir -p /image/opt && mv /unpacked/kbot/kbot-* /image${UNPACKED} \\
 && rm -rf /image${UNPACKED}/compiled && chmod -R a+rX,go-w /image${UNPACKED}`,
    binary: `${UNPACKED}/deno`,
  };
}

/** What an image of the self-extracting kind needs beside: what Deno compiled goes where it may write. */
const environment = (packing: Packing): string =>
  packing.kind === "compiled" ? "" : " \\\n    DENO_DIR=/tmp/deno DENO_NO_UPDATE_CHECK=1";

/**
 * @example
 * ```ts
 * import { containerfile } from "./containerfile.ts";
 * import assert from "node:assert/strict";
 * const text = containerfile({ version: "1.2.3", packing: { kind: "compiled" } });
 * assert.match(text, /^FROM scratch$/m);
 * assert.match(text, /^USER 65532:65532$/m);
 * ```
 */
export function containerfile({ version, packing }: ContainerOptions): string {
  const command = commandOf(packing);
  const { steps, binary } = placing(packing);
  return `# kbot ${version} in an image of its own: the program and Debian's C library, no shell, no root.
#
#   kbot container >Containerfile     # beside the one file, which must be named kbot
#   podman build --format docker --tag kbot:${version} .
#   podman run --detach --name kbot --network host --read-only --tmpfs /tmp:mode=1777 \\
#     --cap-drop all --security-opt no-new-privileges --memory 1g --pids-limit 128 \\
#     --stop-timeout ${STOP_SECONDS} --restart on-failure:5 \\
#     --volume kbot-state:/var/lib/kbot --volume /etc/kbot:/etc/kbot:ro kbot:${version}
#
# docker takes the same, without --format. The network is the machine's, because the page listens on 127.0.0.1 alone:
# ssh -L 8080:127.0.0.1:8080 leads there. kbot.toml is read from /etc/kbot. It trades on paper; what follows the image's
# name stands instead of "run --paper". For live trading: --secret kalshi_key_id,uid=${USER},mode=0400, the same for
# kalshi_private_key and kbot_live_confirm, and "run --live --canary 20".
ARG BASE=docker.io/library/debian:trixie-slim

FROM \${BASE} AS parts
COPY kbot /kbot
${steps}
# The C library's parts that it names, at the places where it looks for them.
RUN set -eu; for part in $(ldd /image${binary} | grep -o '/[^ ]*'); do \\
      install -D -m 755 "$part" "/image$part"; \\
    done
RUN set -eu; cd /image; mkdir -p etc/kbot var/lib/kbot run/secrets tmp; chmod 1777 tmp; \\
    echo 'kbot:x:${USER}:${USER}:kbot:/var/lib/kbot:/nonexistent' >etc/passwd; \\
    echo 'kbot:x:${USER}:' >etc/group; \\
    echo 'hosts: files dns' >etc/nsswitch.conf; \\
    chown ${USER}:${USER} var/lib/kbot; chmod 700 var/lib/kbot

FROM scratch
COPY --from=parts /image /
USER ${USER}:${USER}
WORKDIR /etc/kbot
# State in /var/lib/kbot; an engine's secrets lie where systemd's credentials are looked for.
ENV XDG_STATE_HOME=/var/lib CREDENTIALS_DIRECTORY=/run/secrets NO_COLOR=1${environment(packing)}
VOLUME /var/lib/kbot
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=20s --start-period=120s --retries=3 \\
  CMD ${JSON.stringify([...command, "alive"])}
ENTRYPOINT ${JSON.stringify(command)}
CMD ["run","--paper"]
`;
}
