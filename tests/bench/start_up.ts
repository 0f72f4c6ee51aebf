/**
 * From the start of the process of `kbot demo` to its first quote and its first order.
 * @module
 */

import type { EngineView } from "../../src/engine/view.ts";
import { ROOT } from "./processes.ts";
import type { Row, Section } from "./table.ts";

const ARGUMENTS = "run --quiet --no-prompt -P=kbot src/main.ts demo --port 0 --seed 7".split(" ");
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 4;
const PAGE = /Status page: (http\S+)\n/;
const NEVER = /(?!)/;
const TEXT_KEPT = 10_000;
const REASON_LENGTH_MAX = 80;

interface Moments {
  page: number | null;
  /** A synced book with both sides. */
  quote: number | null;
  /** The model has a probability for it, so that orders may follow. */
  priced: number | null;
  order: number | null;
  rssMb: number | null;
}

export async function startUp(): Promise<Section> {
  const state = await Deno.makeTempDir({ prefix: "kbot-bench-" });
  const title = "Start of `kbot demo`, from the start of its process";
  try {
    const moments = await watch(state);
    if (typeof moments === "string") return { title, rows: [{ ...NOTHING, what: `not measured: ${moments}` }] };
    return { title, rows: rowsOf(moments) };
  } finally {
    await Deno.remove(state, { recursive: true });
  }
}

const NOTHING: Row = { what: "", figure: "", beside: "", budget: "" };

function rowsOf({ page, quote, priced, order, rssMb }: Moments): Row[] {
  const seconds = (moment: number | null): string =>
    moment === null ? `none in ${PATIENCE_MS / 1_000} s` : `${(moment / 1_000).toFixed(2)} s`;
  return [
    { ...NOTHING, what: "page served", figure: seconds(page) },
    { ...NOTHING, what: "first synced book with both sides", figure: seconds(quote), budget: "1 s" },
    { ...NOTHING, what: "first market priced by the model", figure: seconds(priced) },
    { ...NOTHING, what: "first order sent", figure: seconds(order) },
    { ...NOTHING, what: "resident memory at that time", figure: rssMb === null ? "" : `${rssMb.toFixed(0)} MB` },
  ];
}

/** The moments in milliseconds; in words why there are none. */
async function watch(state: string): Promise<Moments | string> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...ARGUMENTS, "--state", state],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const moments: Moments = { page: null, quote: null, priced: null, order: null, rssMb: null };
  const texts = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const said = await readUntil(texts, PAGE);
  const url = PAGE.exec(said)?.[1];
  if (url === undefined) {
    await child.status;
    return said.trim().split("\n")[0].slice(0, REASON_LENGTH_MAX);
  }
  moments.page = performance.now() - started;
  const drained = readUntil(texts, NEVER);
  try {
    await look(url, started, moments);
    moments.rssMb = residentMb(child.pid);
    return moments;
  } finally {
    child.kill("SIGINT");
    await Promise.all([child.status, drained]);
  }
}

/** The text up to where it matches, or all of it. */
async function readUntil(texts: ReadableStreamDefaultReader<string>, wanted: RegExp): Promise<string> {
  let text = "";
  while (!wanted.test(text)) {
    const { value, done } = await texts.read();
    if (done) break;
    text = (text + value).slice(-TEXT_KEPT);
  }
  return text;
}

async function look(url: string, started: number, moments: Moments): Promise<void> {
  while (moments.order === null && performance.now() - started < PATIENCE_MS) {
    const view = await viewAt(url);
    const now = performance.now() - started;
    const quoted = view?.markets.filter(({ bookPhase, bid, ask }) =>
      bookPhase === "synced" && bid !== null && ask !== null
    );
    if (quoted !== undefined && quoted.length > 0) moments.quote ??= now;
    if (quoted?.some(({ modelProbability }) => modelProbability !== null)) moments.priced ??= now;
    if (view !== null && view.account.orders > 0) moments.order ??= now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function viewAt(url: string): Promise<EngineView | null> {
  try {
    const response = await fetch(new URL("/api/v1/view", url));
    return response.ok ? await response.json() as EngineView : null;
  } catch {
    return null;
  }
}

/** Where the system tells it: Linux. */
function residentMb(pid: number): number | null {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
  } catch {
    return null;
  }
}
