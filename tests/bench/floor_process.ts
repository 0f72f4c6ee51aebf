/**
 * The floor of a backtest: every line of the same files decompressed and parsed as JSON, and nothing done with it.
 * Prints one JSON object.
 *
 *     deno run -A tests/bench/floor_process.ts FILE...
 */

const started = performance.now();
let events = 0;
let rss = 0;
for (const path of Deno.args) {
  const { readable } = await Deno.open(path, { read: true });
  const bytes = path.endsWith(".gz") ? readable.pipeThrough(new DecompressionStream("gzip")) : readable;
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (JSON.parse(line) !== null) events++;
    rss = Math.max(rss, Deno.memoryUsage().rss);
  }
  if (rest !== "" && JSON.parse(rest) !== null) events++;
}
const seconds = (performance.now() - started) / 1_000;
console.log(JSON.stringify({ events, seconds, rssMb: Math.round(rss / 1024 / 1024) }));
