/**
 * A run's journal, line by line, compressed files too.
 * @module
 */

/** Every line of every file of a run's directory, in order. */
export async function* journalLines(directory: string): AsyncGenerator<string> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(directory)) if (/^\d+\.ndjson(\.gz)?$/.test(name)) names.push(name);
  for (const name of names.sort()) {
    const file = await Deno.open(`${directory}/${name}`);
    const bytes = name.endsWith(".gz") ? file.readable.pipeThrough(new DecompressionStream("gzip")) : file.readable;
    let rest = "";
    for await (const chunk of bytes.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      yield* lines.filter((line) => line !== "");
    }
    if (rest !== "") yield rest;
  }
}
