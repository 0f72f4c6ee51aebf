/**
 * The books of the npm package ccxt, which many bots are made with, beside kbot's own.
 * @module
 */

import type { CcxtFigures } from "./ccxt_process.ts";
import { figuresOf } from "./processes.ts";
import { duration, type Row, type Section, times } from "./table.ts";

const REASON_LENGTH_MAX = 120;

export async function ccxtPath(): Promise<Section> {
  const title = "Book change, per delta, beside ccxt 4.5.84";
  try {
    const flags = ["--no-lock", "--node-modules-dir=none"];
    const { rows: [own, theirs, ownWhole, theirWhole] } = await figuresOf<CcxtFigures>("./ccxt_process.ts", [], flags);
    const row = ({ name, nanoseconds }: typeof own, beside = ""): Row => ({
      what: name,
      figure: duration(nanoseconds),
      beside,
      budget: "",
    });
    const slower = (one: typeof own, other: typeof own): string => `${times(other.ratio / one.ratio)} kbot's`;
    return {
      title,
      rows: [row(own), row(theirs, slower(own, theirs)), row(ownWhole), row(theirWhole, slower(ownWhole, theirWhole))],
    };
  } catch (error) {
    // It is downloaded by this benchmark alone, and what is downloaded may not be there.
    const reason = /(?:Error|error): (?:Uncaught )?(?:\(in promise\) )?(?!\.\/)([^\n]*)/.exec(String(error))?.[1] ??
      String(error);
    const what = `skipped, because it cannot be loaded: ${reason.slice(0, REASON_LENGTH_MAX)}`;
    return { title, rows: [{ what, figure: "", beside: "", budget: "" }] };
  }
}
