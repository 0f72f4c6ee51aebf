/**
 * What open pages cost the process that trades: its processor time with so many pages that follow the live updates, less that
 * of the same stretch without any.
 * @module
 */

import { fileURLToPath } from "node:url";
import { median } from "./measure.ts";
import { ROOT } from "./processes.ts";
import type { Row, Section } from "./table.ts";

const PAGES = 50;
const MARKETS = 100;
const SECONDS = 3;
const ROUNDS = 3;

/** A page that reads all it is sent. */
class Page {
  bytes = 0;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #done: Promise<void>;

  private constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader;
    this.#done = this.#read();
  }

  static async open(url: string): Promise<Page> {
    const { body } = await fetch(`${url}live`);
    if (body === null) throw new Error("There are no live updates");
    return new Page(body.getReader());
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      this.bytes += value.length;
    }
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
    await this.#done;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

export async function pages(): Promise<Section> {
  const program = fileURLToPath(new URL("./pages_server_process.ts", import.meta.url));
  const args = ["run", "--quiet", "-A", "--no-check", program, `${MARKETS}`, `${SECONDS}`];
  const server = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdin: "piped", stdout: "piped" }).spawn();
  const writer = server.stdin.getWriter();
  const lines = linesOf(server.stdout);
  const url = (await lines.next()).value ?? "";
  const stretch = async (): Promise<number> => {
    await writer.write(new TextEncoder().encode("go\n"));
    const { cpuSeconds } = JSON.parse((await lines.next()).value ?? "{}") as { cpuSeconds: number };
    return cpuSeconds / SECONDS;
  };
  const shares: { readonly alone: number; readonly one: number; readonly all: number; readonly bytes: number }[] = [];
  // The first round warms the compiler up.
  for (let round = -1; round < ROUNDS; round++) {
    const alone = await stretch();
    const first = await Page.open(url);
    const one = await stretch();
    const others = await Promise.all(Array.from({ length: PAGES - 1 }, () => Page.open(url)));
    const all = await stretch();
    if (round >= 0) shares.push({ alone, one, all, bytes: first.bytes / 2 / SECONDS });
    await Promise.all([first, ...others].map((page) => page.close()));
  }
  await writer.close();
  await server.status;
  const percent = (of: (share: (typeof shares)[number]) => number): string =>
    `${(median(shares.map(of)) * 100).toFixed(1)} % of a core`;
  const rows: Row[] = [
    { what: "no page", figure: percent(({ alone }) => alone), beside: "the sources' own work", budget: "" },
    { what: "1 page, over none", figure: percent(({ alone, one }) => one - alone), beside: "", budget: "" },
    {
      what: `${PAGES} pages, over none`,
      figure: percent(({ alone, all }) => all - alone),
      beside: `${Math.round(median(shares.map(({ bytes }) => bytes)) / 1_024)} KiB/s to each`,
      budget: "10 % of a core",
    },
  ];
  return { title: `Live pages, ${MARKETS} markets of which a tenth moves ten times a second`, rows };
}
