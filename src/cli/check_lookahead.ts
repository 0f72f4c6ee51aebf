/**
 * `kbot backtest --check-lookahead`: whether decisions, or the data they were made from, know the future.
 * @module
 */

import { backtestEngine, type BacktestOptions } from "../backtest/backtest.ts";
import { checkLookahead, type LookaheadResult } from "../backtest/lookahead/lookahead.ts";
import { RecordedData } from "../backtest/lookahead/recorded_data.ts";
import { messageOf } from "../store/message.ts";
import { EXIT } from "./command.ts";
import { refused, type Reply } from "./output.ts";

/** The moments follow from it alone. */
const SEED = 20_261_120;

/** @param moments at which something was decided; occasions of the data come on top */
export async function lookaheadReply(
  options: Pick<BacktestOptions, "path" | "spot" | "engine" | "capital" | "registry">,
  moments: number,
): Promise<Reply> {
  const data = new RecordedData(options.path, options.spot);
  let found: LookaheadResult;
  try {
    found = await checkLookahead({
      open: (cut) => data.open(cut),
      engine: (startedAt) => backtestEngine(options, { startedAt }),
      moments,
      seed: SEED,
    });
  } catch (error) {
    return refused(EXIT.failed, messageOf(error));
  }
  if (found.decided === 0) {
    return refused(EXIT.failed, `Nothing was decided on ${options.path}: there is nothing to check`, found);
  }
  return {
    exitCode: found.faults.length === 0 ? EXIT.done : EXIT.failed,
    text: textOf(found, data.whole),
    json: { ...found, not_cut: data.whole },
    problems: [],
  };
}

function textOf({ moments, faults, inputs, seed }: LookaheadResult, whole: readonly string[]): string {
  const head = faults.length === 0
    ? `No look ahead: at ${moments.length} moments of ${inputs} inputs nothing changes when what came later is left out, or nonsense`
    : `Look ahead: at ${
      new Set(faults.map(({ at }) => at)).size
    } of ${moments.length} moments what came later changes what was before`;
  return [
    `${head} (seed ${seed})`,
    ...faults.map(({ at, future, words }) => `  ${at}, future ${future}: ${words}`),
    ...(whole.length === 0 ? [] : [`  not checked, because it cannot be cut: ${whole.join(", ")}`]),
  ].join("\n");
}
