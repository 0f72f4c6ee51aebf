import assert from "node:assert/strict";
import type { Micros } from "../../core/units.ts";
import { UnknownFields } from "./fields.ts";
import { type ParsedFrame, parseFrame, parseFrameObject } from "./frames.ts";

const SHARED = new URL("../../../../shared/", import.meta.url);
const AT = 1_779_691_725_000_000 as Micros;

interface Recording {
  readonly frame?: unknown;
  readonly event?: unknown;
  readonly raw?: string;
}

async function* lines(url: URL): AsyncGenerator<string> {
  const file = await Deno.open(url);
  const bytes: ReadableStream<BufferSource> = url.pathname.endsWith(".gz")
    ? (file.readable as ReadableStream<BufferSource>).pipeThrough(new DecompressionStream("gzip"))
    : file.readable as ReadableStream<BufferSource>;
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (part.trim() !== "") yield part;
  }
  if (rest.trim() !== "") yield rest;
}

function recordings(folder: string, ending: RegExp): URL[] | null {
  const base = new URL(folder, SHARED);
  try {
    return [...Deno.readDirSync(base)].filter(({ name }) => ending.test(name)).map(({ name }) => new URL(name, base));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`Skipped: no recorded frames at ${base.pathname}`);
    return null;
  }
}

function parseLine(line: string, unknown: UnknownFields): ParsedFrame | null {
  const record = JSON.parse(line) as Recording;
  if (typeof record.raw === "string") return parseFrame(record.raw, AT, 1, unknown);
  const frame = record.frame ?? record.event;
  if (frame !== undefined) return parseFrameObject(frame, AT, 1, unknown);
  return "control" in record ? null : parseFrame(line, AT, 1, unknown);
}

/** Fields of the recorder's own on quotes, which the exchange did not send. */
const RECORDERS_OWN = ["no_ask", "no_ask_size_fp", "no_bid", "no_bid_size_fp", "yes_ask", "yes_bid"];

const SOURCES: [folder: string, ending: RegExp, kinds: readonly string[]][] = [
  ["data/kxbtc15m_ws/", /\.ndjson\.gz$/, ["book_delta", "book_snapshot", "quote", "reply"]],
  ["data/kxgold15m_ws/", /\.ndjson\.gz$/, ["book_delta", "book_snapshot", "trade"]],
  ["data/rest_fixtures/", /^ws_frames.*\.jsonl$/, ["book_delta", "book_snapshot", "reply"]],
  ["kalshi/samples/ws-lines/", /\.ndjson$/, ["book_delta", "index", "lifecycle", "trade"]],
  ["kalshi/samples/zkiihne-gold15m-2026-08/", /\.ndjson$/, ["book_delta", "book_snapshot", "trade"]],
  ["kalshi/samples/fortuna-demo-2026-06/", /\.jsonl$/, ["book_delta", "book_snapshot", "reply"]],
];

for (const [folder, ending, kinds] of SOURCES) {
  Deno.test(`every recorded frame of ${folder} is understood, field by field`, async () => {
    const files = recordings(folder, ending);
    if (files === null) return;
    const seen = new Set<string>();
    const unknown = new UnknownFields();
    for (const file of files) {
      for await (const line of lines(file)) {
        const parsed = parseLine(line, unknown);
        if (parsed === null) continue;
        assert.notEqual(parsed.kind, "refused", `${line.slice(0, 300)} -> ${JSON.stringify(parsed)}`);
        assert.notEqual(parsed.kind, "ignored", line.slice(0, 300));
        seen.add(parsed.kind === "input" ? parsed.input.type : parsed.kind);
      }
    }
    assert.deepEqual([...seen].sort(), [...kinds].sort());
    const surprising = Object.keys(unknown.counts()).filter((path) =>
      !RECORDERS_OWN.includes(path.replace("msg.", ""))
    );
    assert.deepEqual(surprising, []);
  });
}
