/**
 * Writes the answers that the API's document shows: what a server over made-up sources answers to each endpoint's example.
 *
 *     deno run -A tests/api_examples.ts
 */

import { api } from "../src/server/api.ts";
import { ENDPOINTS } from "../src/server/api/endpoints.ts";
import { shortened } from "../src/server/api/examples.ts";
import { FakeSources } from "../src/server/fake_sources.ts";

const examples: Record<string, unknown> = {};
for (const { name, method, example } of ENDPOINTS) {
  const response = await api(FakeSources.forExamples()).request(example, { method });
  if (!response.ok) throw new Error(`${example} is answered with ${response.status}: ${await response.text()}`);
  examples[name] = shortened(await response.json());
}
const path = new URL("../src/server/api/examples.json", import.meta.url);
await Deno.writeTextFile(path, JSON.stringify(examples, null, 2) + "\n");
console.log(`Written: ${Object.keys(examples).length} examples`);
