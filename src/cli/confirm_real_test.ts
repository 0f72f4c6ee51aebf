import assert from "node:assert/strict";
import { join } from "node:path";
import { findPhrase } from "./confirm_real.ts";

const PHRASE = "TRADE REAL MONEY";

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  /** Of the file of `--confirm-file`, and its mode. */
  readonly file?: readonly [text: string, mode: number];
  /** Of systemd's credential. */
  readonly credential?: string;
}

async function phrase({ env = {}, file, credential }: Given) {
  const directory = await Deno.makeTempDir({ prefix: "kbot-phrase-" });
  try {
    const path = join(directory, "phrase");
    if (file !== undefined) {
      await Deno.writeTextFile(path, file[0]);
      if (Deno.build.os !== "windows") await Deno.chmod(path, file[1]);
    }
    if (credential !== undefined) await Deno.writeTextFile(join(directory, "kbot_live_confirm"), credential);
    const credentials: Record<string, string> = credential === undefined ? {} : { CREDENTIALS_DIRECTORY: directory };
    const found = await findPhrase(
      "Live orders at X",
      { ...credentials, ...env },
      file === undefined ? undefined : path,
    );
    return found.kind === "missing" ? found.reason : found.kind;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const CASES: [what: string, given: Given, wanted: RegExp][] = [
  ["in the environment", { env: { KBOT_LIVE_CONFIRM: PHRASE } }, /^given$/],
  [
    "misspelt in the environment",
    { env: { KBOT_LIVE_CONFIRM: "trade real money" } },
    /in KBOT_LIVE_CONFIRM, which holds something else/,
  ],
  ["empty in the environment", { env: { KBOT_LIVE_CONFIRM: "" } }, /in KBOT_LIVE_CONFIRM, which holds something else/],
  ["in a file of its owner's", { file: [`${PHRASE}\n`, 0o600] }, /^given$/],
  ["misspelt in a file", { file: ["yes", 0o600] }, /which holds something else/],
  ["misspelt in a file and right in the environment", {
    file: ["yes", 0o600],
    env: { KBOT_LIVE_CONFIRM: PHRASE },
  }, /which holds something else/],
  ["in systemd's credential", { credential: PHRASE }, /^given$/],
  ["misspelt in systemd's credential", { credential: "no" }, /which holds something else/],
];

for (const [what, given, wanted] of CASES) {
  Deno.test(`the phrase ${what}`, async () => assert.match(await phrase(given), wanted));
}

Deno.test({
  name: "the phrase in a file that others can read is refused, with the remedy",
  ignore: Deno.build.os === "windows",
  fn: async () => assert.match(await phrase({ file: [PHRASE, 0o644] }), /Readable by others: .* run chmod 600/),
});

Deno.test("a file that is not there is no phrase", async () => {
  const found = await findPhrase("Live orders at X", {}, "/nonexistent/phrase");
  assert.ok(found.kind === "missing");
  assert.match(found.reason, /Cannot read \/nonexistent\/phrase: no such file/);
});
