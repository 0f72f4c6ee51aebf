/**
 * `kbot why`: for each open market why every strategy keeps still, and which reasons kept orders back longest in the last hour.
 * @module
 */

import { z } from "zod";
import { nearestName } from "../config/nearest.ts";
import { statePath } from "../config/state_path.ts";
import { EXIT, type WhyCommand } from "./command.ts";
import { done, refused, type Reply } from "./output.ts";
import { type Answer, findBot, type RunningBot } from "./running_bot.ts";
import { durationText } from "./status_text.ts";

type Env = Readonly<Record<string, string>>;

const SHAPES = z.object({
  status: z.looseObject({ simulated: z.boolean() }),
  why: z.looseObject({
    at: z.string(),
    lastHour: z.looseObject({
      watchedSeconds: z.number(),
      reasons: z.array(
        z.looseObject({
          strategy: z.string(),
          code: z.string(),
          seconds: z.number(),
          share: z.number(),
          ticker: z.string(),
          text: z.string(),
        }),
      ),
    }),
    markets: z.array(
      z.looseObject({
        ticker: z.string(),
        status: z.string(),
        closeTime: z.string(),
        whyNot: z.string().nullable(),
        stances: z.array(
          z.looseObject({
            strategy: z.string(),
            edge: z.number().nullable(),
            edgeSide: z.string().nullable(),
            code: z.string().nullable(),
            whyNot: z.string().nullable(),
          }),
        ),
      }),
    ),
  }),
});

type Why = z.output<typeof SHAPES>["why"];
type Market = Why["markets"][number];
type Stance = Market["stances"][number];

export async function why(command: WhyCommand, env: Env = Deno.env.toObject()): Promise<Reply> {
  const state = statePath(command.state, env);
  if (!state.ok) return refused(EXIT.usage, state.reason);
  const found = await findBot(state.path);
  switch (found.kind) {
    case "running":
      return await askFor(found.bot, command.ticker);
    case "silent":
      return refused(EXIT.failed, found.reason);
    case "none":
      return refused(EXIT.failed, `No bot runs with ${state.path}: only a running one knows why it keeps still`);
  }
}

async function askFor(bot: RunningBot, ticker: string | undefined): Promise<Reply> {
  const [status, reasons] = await Promise.all(["/status", "/why-not"].map((path) => bot.get(path)));
  const silent = [status, reasons].find((answer) => !answer.ok);
  if (silent !== undefined && !silent.ok) return refused(EXIT.failed, silent.reason);
  const parsed = SHAPES.safeParse({ status: bodyOf(status), why: bodyOf(reasons) });
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    return refused(EXIT.failed, `Answer of ${bot.run.url} is not understood: ${path.join(".")}: ${message}`);
  }
  const { simulated } = parsed.data.status;
  const told = parsed.data.why;
  const markets = told.markets.filter((market) =>
    ticker === undefined ? !isOver(market) : market.ticker.startsWith(ticker)
  )
    .sort((one, other) => one.closeTime < other.closeTime ? -1 : one.closeTime > other.closeTime ? 1 : 0);
  if (ticker !== undefined && markets.length === 0) return unknown(ticker, told);
  return done(describe({ ...told, markets }, simulated), { simulated, ...told, markets });
}

const isOver = ({ stances }: Market): boolean => stances.length > 0 && stances.every(({ code }) => code === "over");

const bodyOf = (answer: Answer): unknown => answer.ok ? answer.body : null;

function unknown(ticker: string, { markets }: Why): Reply {
  const near = nearestName(ticker, markets.map((market) => market.ticker));
  const hint = near === null ? "; kbot why alone lists them" : `: did you mean ${near}?`;
  return refused(EXIT.failed, `No market that is followed begins with ${ticker}${hint}`);
}

function describe({ at, markets, lastHour }: Why, simulated: boolean): string {
  return [
    ...(simulated ? ["SIMULATED EXCHANGE"] : []),
    `At ${at}`,
    ...(markets.length === 0 ? ["No market is open"] : markets.flatMap(marketLines)),
    "",
    ...hourLines(lastHour),
  ].join("\n");
}

function marketLines({ ticker, status, closeTime, whyNot, stances }: Market): string[] {
  const width = Math.max(...stances.map(({ strategy }) => strategy.length));
  return [
    "",
    `${ticker}, ${status}, closes ${closeTime.slice(0, 19)}Z: ${whyNot ?? "may trade"}`,
    ...stances.map((stance) => `  ${stance.strategy.padEnd(width)}  ${stanceText(stance)}`),
  ];
}

function stanceText({ code, whyNot, edge, edgeSide }: Stance): string {
  const best = edge === null ? "" : `, best edge ${edge.toFixed(4)}${edgeSide === null ? "" : ` on ${edgeSide}`}`;
  return code === null ? `may trade${best}` : `${code}: ${whyNot ?? ""}${code === "no_edge" ? "" : best}`;
}

function hourLines({ watchedSeconds, reasons }: Why["lastHour"]): string[] {
  if (reasons.length === 0) return ["In the last hour nothing was kept back"];
  const names = Math.max(...reasons.map(({ strategy }) => strategy.length));
  const codes = Math.max(...reasons.map(({ code }) => code.length));
  return [
    `Kept back longest in the last hour, of ${durationText(watchedSeconds)} over all markets and strategies`,
    ...reasons.map(({ strategy, code, share, seconds, ticker, text }) =>
      `  ${(share * 100).toFixed(1).padStart(5)} %  ${strategy.padEnd(names)}  ${code.padEnd(codes)}  ` +
      `${durationText(seconds)}, last in ${ticker}: ${text}`
    ),
  ];
}
