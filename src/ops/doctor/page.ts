/**
 * Does the page answer, where this state directory's own bot serves it?
 * @module
 */

import { readBounded } from "../read_bounded.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import { CONFIGURATION } from "./configuration.ts";
import { servingPid } from "./own_bot.ts";
import { reasonOf } from "./reason_of.ts";
import { STATE_DIRECTORY } from "./state_directory.ts";

const ANSWER_MS = 3_000;
const ANSWER_BYTES_MAX = 4_096;

export const page: Check = {
  name: "page",
  needs: [CONFIGURATION, STATE_DIRECTORY],
  async run(context) {
    const { host, port } = context.found("config").server;
    const pid = await servingPid(context.found("stateDirectory"), port);
    if (pid === null) return skip("Served while kbot runs, which it does not now on this state directory and port");
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}/healthz`;
    const remedy = `Process ${pid} may hang: see logs/main.ndjson in the state directory, then start it anew`;
    try {
      const ms = context.request.answerMs ?? ANSWER_MS;
      const answer = await fetch(url, { signal: AbortSignal.timeout(ms), redirect: "manual" });
      const body = await readBounded(answer, ANSWER_BYTES_MAX);
      if (answer.ok) return pass(`Served by process ${pid} at ${new URL(url).origin}`);
      return fail(`${url} answers with status ${answer.status}: ${(body ?? "").slice(0, 80)}`, remedy);
    } catch (error) {
      return fail(`${url} does not answer: ${reasonOf(error)}`, remedy);
    }
  },
};
