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
import { hasKillFile } from "../store/kill_file.ts";
import { done, refused, type Reply } from "./output.ts";
import { type Answer, findBot, type RunningBot } from "./running_bot.ts";
import { describeRunning, inDollars, STATUS_SHAPES, tally } from "./status_text.ts";

type Env = Readonly<Record<string, string>>;

/** Finds out. 1 only where something that should be readable is not. */
export async function status(command: StatusCommand, env: Env = Deno.env.toObject()): Promise<Reply> {
  const state = statePath(command.state, env);
  if (!state.ok) return refused(EXIT.usage, state.reason);
  const found = await findBot(state.path);
  switch (found.kind) {
    case "running":
      return await running(found.bot);
    case "silent":
      return refused(EXIT.failed, found.reason);
    case "none":
      return await left(state.path);
  }
}

async function running(bot: RunningBot): Promise<Reply> {
  const [status, account, risk] = await Promise.all(["/status", "/account", "/risk"].map((path) => bot.get(path)));
  const silent = [status, account, risk].find((answer) => !answer.ok);
  if (silent !== undefined && !silent.ok) return refused(EXIT.failed, silent.reason);
  const parsed = STATUS_SHAPES.safeParse({ status: bodyOf(status), account: bodyOf(account), risk: bodyOf(risk) });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = `${issue.path.join(".")}: ${issue.message}`;
    return refused(EXIT.failed, `Answer of ${bot.run.url} is not understood: ${where}`);
  }
  const { pid, url } = bot.run;
  return done(describeRunning(parsed.data, bot.run), { running: true, pid, url, ...parsed.data });
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
    const opened = await openKvStore(path, { looksOnly: true });
    if (!opened.ok) return opened;
    const resume = await opened.store.loadResumeState();
    await opened.store.close();
    return { ok: true, resume };
  } finally {
    locked.lock.release();
  }
}

async function left(stateDirectory: string): Promise<Reply> {
  const stored = await readStored(stateDirectory);
  if (!stored.ok) return refused(EXIT.failed, stored.reason);
  const killed = hasKillFile(stateDirectory);
  const { resume } = stored;
  return done(describeStored(stateDirectory, resume, killed), {
    running: false,
    state: stateDirectory,
    killed,
    account: resume === null || resume.account === null ? null : accountRow(resume.account),
    positions: resume === null ? [] : openPositions(resume),
    halts: (resume?.halts ?? []).map(({ name, reason, at, level = "halted" }) => {
      return { name, reason, since: formatTime(at), level };
    }),
    strategies: (resume?.strategies ?? []).map(({ name, phase, reason, losses }) => ({ name, phase, reason, losses })),
  });
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
      `Last account (${row.at}): cash ${inDollars(row.cash)}, realised ${inDollars(row.realised)}, ` +
        `fees ${inDollars(row.fees)}`,
      tally(row),
      ...openPositions(resume).map((open) => `Position ${open.ticker}: ${open.position} for ${inDollars(open.cost)}`),
      ...resume.halts.map((halt) => `Halt that stays: ${halt.name}: ${halt.reason}`),
      ...(resume.strategies ?? []).filter(({ phase }) => phase !== "active")
        .map(({ name, phase, reason }) => `Strategy that stays ${phase.replaceAll("_", " ")}: ${name}, ${reason}`),
    );
  }
  if (killed) lines.push("Killed: the next bot starts stopped, until kbot resume");
  return lines.join("\n");
}
