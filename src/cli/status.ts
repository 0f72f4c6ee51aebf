/**
 * `kbot status`: the running bot as its API shows it, else what the last one left in the store.
 * @module
 */

import { statePath } from "../config/state_path.ts";
import type { AccountRecord, ResumeState } from "../core/record.ts";
import { formatCount, formatMoney, formatTime } from "../core/units.ts";
import { openKvStore } from "../store/kv_store.ts";
import { lockStateDirectory } from "../store/lock.ts";
import { statePaths } from "../store/state_directory.ts";
import { EXIT, type StatusCommand } from "./command.ts";
import { hasKillFile } from "./kill_file.ts";
import { printError, printJson, printText } from "./output.ts";
import { type Answer, findBot, type RunningBot } from "./running_bot.ts";
import { describeRunning, STATUS_SHAPES } from "./status_text.ts";

type Env = Readonly<Record<string, string>>;

/** Prints it. 1 only where something that should be readable is not. */
export async function status(command: StatusCommand, env: Env = Deno.env.toObject()): Promise<number> {
  const state = statePath(command.state, env);
  if (!state.ok) {
    printError(state.reason);
    return EXIT.usage;
  }
  const found = await findBot(state.path);
  switch (found.kind) {
    case "running":
      return await showRunning(command, found.bot);
    case "silent":
      return fail(`A bot uses this state but cannot be asked: ${found.reason}`);
    case "none":
      return await showStored(command, state.path);
  }
}

function fail(reason: string): number {
  printError(reason);
  return EXIT.failed;
}

async function showRunning(command: StatusCommand, bot: RunningBot): Promise<number> {
  const [status, account, risk] = await Promise.all(["/status", "/account", "/risk"].map((path) => bot.get(path)));
  const refused = [status, account, risk].find((answer) => !answer.ok);
  if (refused !== undefined && !refused.ok) return fail(refused.reason);
  const parsed = STATUS_SHAPES.safeParse({ status: bodyOf(status), account: bodyOf(account), risk: bodyOf(risk) });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail(`Answer of ${bot.run.url} is not understood: ${issue.path.join(".")}: ${issue.message}`);
  }
  const { pid, url } = bot.run;
  if (command.json) printJson({ running: true, pid, url, ...parsed.data });
  else printText(describeRunning(parsed.data, bot.run));
  return EXIT.done;
}

const bodyOf = (answer: Answer): unknown => answer.ok ? answer.body : null;

type Stored =
  | { readonly ok: true; readonly resume: ResumeState | null }
  | { readonly ok: false; readonly reason: string };

/** Reads the store under the directory's lock, so that no bot starts meanwhile; nothing is made where nothing is. */
async function readStored(stateDirectory: string): Promise<Stored> {
  const { store: path } = statePaths(stateDirectory);
  try {
    await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { ok: true, resume: null };
    throw error;
  }
  const locked = await lockStateDirectory(stateDirectory);
  if (!locked.ok) return locked;
  try {
    const opened = await openKvStore(path);
    if (!opened.ok) return opened;
    const resume = await opened.store.loadResumeState();
    await opened.store.close();
    return { ok: true, resume };
  } finally {
    locked.lock.release();
  }
}

async function showStored(command: StatusCommand, stateDirectory: string): Promise<number> {
  const stored = await readStored(stateDirectory);
  if (!stored.ok) return fail(stored.reason);
  const killed = await hasKillFile(stateDirectory);
  const { resume } = stored;
  if (command.json) {
    printJson({
      running: false,
      state: stateDirectory,
      killed,
      account: resume === null || resume.account === null ? null : accountRow(resume.account),
      positions: resume === null ? [] : openPositions(resume),
      halts: resume === null
        ? []
        : resume.halts.map(({ name, reason, at }) => ({ name, reason, since: formatTime(at) })),
    });
    return EXIT.done;
  }
  printText(describeStored(stateDirectory, resume, killed));
  return EXIT.done;
}

/** What can be said without prices: no NAV, which needs the markets' values. */
const accountRow = (account: AccountRecord) => ({
  startingCapital: formatMoney(account.startingCapital),
  cash: formatMoney(account.cash),
  realised: formatMoney(account.realised),
  fees: formatMoney(account.fees),
  orders: account.orders,
  fills: account.fills,
  settled: account.settled,
  at: formatTime(account.updatedAt),
});

const openPositions = (resume: ResumeState) =>
  resume.positions.filter((row) => row.position !== 0).map((row) => ({
    ticker: row.ticker,
    position: formatCount(row.position),
    cost: formatMoney(row.cost),
  }));

function describeStored(stateDirectory: string, resume: ResumeState | null, killed: boolean): string {
  const lines = [`No bot runs with ${stateDirectory}`];
  if (resume === null || resume.account === null) lines.push("Nothing was traded with it yet");
  else {
    const row = accountRow(resume.account);
    lines.push(
      `Last account (${row.at}): cash $${row.cash}, realised $${row.realised}, fees $${row.fees}`,
      `${row.orders} orders, ${row.fills} fills, ${row.settled} settled`,
      ...openPositions(resume).map((open) => `Position ${open.ticker}: ${open.position} for $${open.cost}`),
      ...resume.halts.map((halt) => `Halt that stays: ${halt.name}: ${halt.reason}`),
    );
  }
  if (killed) lines.push("Killed: the next bot starts stopped, until kbot resume");
  return lines.join("\n");
}
