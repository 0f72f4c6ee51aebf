import assert from "node:assert/strict";
import { join } from "node:path";
import type { Ended } from "../process.ts";
import { debianRoot, installKbot, run, withoutRoot } from "./debian_root.ts";

const why = withoutRoot("buildah", "ip");
if (why !== null) console.log(`SKIPPED: the image that kbot container describes: ${why}`);

interface Image {
  readonly config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Entrypoint: readonly string[];
    readonly Cmd: readonly string[];
    readonly StopSignal: string;
    readonly Healthcheck: { readonly Test: readonly string[] };
  };
}

async function succeed(program: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(program, args);
  assert.equal(code, 0, `${program} ${args.join(" ")}: ${stdout.slice(-2_000)}${stderr.slice(-2_000)}`);
  return stdout.trim();
}

/** Files of a directory, from there; programs of the image are among them and nothing else is. */
function filesIn(directory: string, from = ""): string[] {
  return [...Deno.readDirSync(join(directory, from))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(directory, join(from, name)) : [join("/", from, name)]
  );
}

/** As an engine starts it: its user, a root that cannot be written, room in /tmp and in the volume, no network. */
const START = `set -e
mkdir -p "$1/proc" "$1/dev"
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"
mount -t tmpfs none "$1/tmp" && chmod 1777 "$1/tmp"
mount -t tmpfs none "$1/var/lib/kbot" && chown "$2" "$1/var/lib/kbot" && chmod 700 "$1/var/lib/kbot"
mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev"
ip link set lo up
image=$1 user=$2
shift 2
exec chroot --userspec="$user" --groups= "$image" "$@"`;

Deno.test({
  name: "the image holds kbot and its libraries alone, and trades there as nobody, below a root that cannot be written",
  ignore: why !== null,
  async fn(t) {
    await using root = await debianRoot();
    await installKbot(root.path);
    const context = await Deno.makeTempDir({ prefix: "kbot-image-" });
    const storage = ["--root", join(context, "s"), "--runroot", join(context, "r"), "--storage-driver", "overlay"];
    const buildah = (...args: readonly string[]) => succeed("buildah", ...storage, ...args);
    const mounted: string[] = [];
    try {
      const base = await buildah("from", "scratch");
      await buildah("copy", "--quiet", base, root.path, "/");
      await buildah("commit", "--quiet", base, "localhost/debian:test");
      await buildah("rm", base);
      const build = join(context, "build");
      await Deno.mkdir(build);
      await Deno.copyFile(join(root.path, "usr/local/bin/kbot"), join(build, "kbot"));
      const recipe = await succeed("env", `KBOT_CACHE_DIR=${context}`, join(build, "kbot"), "container");
      await Deno.writeTextFile(join(build, "Containerfile"), recipe);
      const flags = ["--isolation", "chroot", "--format", "docker", "--pull-never", "--build-arg"];
      await buildah("bud", ...flags, "BASE=localhost/debian:test", "--tag", "kbot:test", build);
      const container = await buildah("from", "--pull-never", "localhost/kbot:test");
      mounted.push(container);
      const image = await buildah("mount", container);
      const { config } = (JSON.parse(await buildah("inspect", container)) as { readonly Docker: Image }).Docker;

      await t.step("there is no shell, and nothing that is not needed", () => {
        const files = filesIn(image).filter((file) => !file.startsWith("/opt/kbot/app/"));
        const expected =
          /^\/(etc\/(passwd|group|nsswitch\.conf)|usr\/local\/bin\/kbot|opt\/kbot\/(deno|checked|sums)|lib(64)?\/.*(lib\w+|ld-linux[-\w]*)\.so\.\d+)$/;
        assert.deepEqual(files.filter((file) => !expected.test(file)), []);
      });

      await t.step("it is not root's, and ends by the signal that kbot heeds", () => {
        assert.equal(config.User, "65532:65532");
        assert.equal(config.StopSignal, "SIGTERM");
        assert.deepEqual(config.Healthcheck.Test, ["CMD", ...config.Entrypoint, "alive"]);
      });

      const start = (...args: readonly string[]): Promise<Ended> =>
        run("env", [
          "-i",
          "PATH=/usr/sbin:/usr/bin",
          ...config.Env.filter((each) => !each.startsWith("PATH=")),
          "unshare",
          "--mount",
          "--pid",
          "--fork",
          "--net",
          "sh",
          "-c",
          START,
          "sh",
          image,
          config.User,
          ...args,
        ]);

      await t.step("it says its version, and trades below a root that cannot be written", async () => {
        const version = await start(...config.Entrypoint, "--version");
        assert.match(version.stdout, /^kbot \d/, version.stderr);
        const traded = await start(...config.Entrypoint, "run", "--paper", "--venue", "sim", "--for", "5s", "--json");
        assert.equal(traded.code, 0, traded.stderr);
        assert.ok((JSON.parse(traded.stdout) as { orders: number }).orders > 0);
        assert.doesNotMatch(traded.stderr, /runs as root/);
        const none = await start(...config.Entrypoint, "alive");
        assert.equal(none.code, 1, none.stderr);
        assert.match(none.stderr, /^No bot runs with \/var\/lib\/kbot$/m);
      });
    } finally {
      for (const container of mounted) await run("buildah", [...storage, "umount", container]);
      await Deno.remove(context, { recursive: true });
    }
  },
});
