/** The command on a machine without SIMD, which V8 can be told to be: the same bits, only later. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const TIMEOUT_MS = 120_000;

/** The JSON of `kbot calc probability` in a process of its own. */
async function answered(v8Flags: readonly string[], line: string): Promise<Record<string, unknown>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "-A", ...v8Flags, MAIN],
      ...`calc probability --spot 84000 --sigma 0.0002 --model mc --json ${line}`.split(" "),
    ],
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).output();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}

Deno.test({
  name: "a machine without SIMD answers with the same bits",
  // The flag is about processors of this kind.
  ignore: Deno.build.arch !== "x86_64",
  async fn() {
    const lines = [
      "--strikes 83990,84010,84050 --seconds 25 --seen-mean 84020.5 --seen-count 35",
      "--strikes 83900,84010 --seconds 130.5 --dist jump --estimator antithetic --paths 2000",
      "--strikes 83900,84010 --seconds 130.5 --dist heston --estimator control --paths 2000",
      "--strikes 83900,84010 --seconds 130.5 --dist student --paths 2000",
    ];
    for (const line of lines) {
      const [withSimd, without] = await Promise.all([
        answered([], line),
        answered(["--v8-flags=--no-enable-sse4-1,--no-enable-avx"], line),
      ]);
      assert.deepEqual({ ...without, elapsed_us: 0 }, { ...withSimd, elapsed_us: 0 }, line);
    }
  },
});

Deno.test({
  name: "a machine without SIMD has no relaxed kernel, and says so",
  ignore: Deno.build.arch !== "x86_64",
  async fn() {
    await assert.rejects(
      answered(["--v8-flags=--no-enable-sse4-1,--no-enable-avx"], "--strike 84000 --seconds 60 --kernel relaxed"),
      /Kernel must be strict: this machine has no relaxed SIMD/,
    );
  },
});
