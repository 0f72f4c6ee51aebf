import assert from "node:assert/strict";
import plugin from "./plugin.ts";

type Case = readonly [file: string, source: string];

/** Runs the whole plugin and names the rules that object. */
function objections([file, source]: Case): string[] {
  return Deno.lint.runPlugin(plugin, file, source).map((diagnostic) => diagnostic.id);
}

function check(rule: string, allowed: readonly Case[], refused: readonly Case[]): void {
  for (const example of allowed) assert.deepEqual(objections(example), [], `must be allowed: ${example.join(": ")}`);
  for (const example of refused) {
    assert.deepEqual(objections(example), [`kbot/${rule}`], `must be refused once: ${example.join(": ")}`);
  }
}

Deno.test("imports point from cli down to core and never back", () => {
  check("import-direction", [
    ["src/core/book.ts", `import { price } from "./units.ts";`],
    ["src/models/closed.ts", `import { price } from "../core/units.ts";`],
    ["src/strategies/edge.ts", `import { z } from "zod";`],
    ["src/strategies/edge.ts", `import type { X } from "../risk/limits.ts";`],
    ["src/engine/step.ts", `import { x } from "../risk/limits.ts";`],
    ["src/server/app.ts", `import { x } from "../store/trades.ts";`],
    ["src/venues/kalshi/rest.ts", `import { x } from "../../core/units.ts";`],
    ["src/venues/kalshi/rest.ts", `import { x } from "../venue.ts";`],
    ["src/packs/pack.ts", `import { x } from "../strategies/bet.ts";`],
    ["src/cli/demo.ts", `import { x } from "../engine/step.ts";`],
    ["src/main.ts", `import { x } from "./cli/demo.ts";`],
    ["src/models/kernel.ts", `import bytes from "../../wasm/build/gbm.ts";`],
    ["src/server/page.ts", `import page from "../../static/build/page.ts";`],
    ["src/core/book_test.ts", `import { x } from "../venues/venue.ts"; import fc from "fast-check";`],
    ["src/core/book_fixture.ts", `import fc from "fast-check"; import { x } from "./ring_fixture.ts";`],
    ["src/core/book_test.ts", `import { x } from "./book_fixture.ts";`],
    ["tests/demo_test.ts", `import { x } from "../src/cli/demo.ts"; import { chromium } from "playwright-core";`],
    ["static/main.ts", `import type { View } from "../src/engine/view.ts";`],
    ["static/main.ts", `import { type A, type B } from "../src/engine/view.ts";`],
    ["static/main.ts", `import type { Live } from "../src/server/live.ts";`],
    ["static/main.ts", `import { formatMoney } from "../src/core/units.ts";`],
    ["static/build.ts", `import * as esbuild from "esbuild";`],
  ], [
    ["src/core/book.ts", `import { x } from "../models/closed.ts";`],
    ["src/core/book.ts", `import type { X } from "../models/closed.ts";`],
    ["src/core/book.ts", `export { x } from "../models/closed.ts";`],
    ["src/core/book.ts", `export * from "../models/closed.ts";`],
    ["src/core/book.ts", `type X = import("../models/closed.ts").X;`],
    ["src/core/book.ts", `const x = await import("../models/closed.ts");`],
    ["src/core/deep/book.ts", `import { x } from "../../engine/step.ts";`],
    ["src/strategies/edge.ts", `import { x } from "../risk/limits.ts";`],
    ["src/strategies/edge.ts", `import { x } from "../packs/pack.ts";`],
    ["src/risk/limits.ts", `import { x } from "../engine/view.ts";`],
    ["src/engine/step.ts", `import { x } from "../store/trades.ts";`],
    ["src/engine/step.ts", `import { x } from "../unheard_of/trades.ts";`],
    ["src/unheard_of/a.ts", `import { x } from "../core/units.ts";`],
    ["src/server/app.ts", `import { x } from "../cli/run.ts";`],
    ["src/cli/run.ts", `import { x } from "../main.ts";`],
    ["src/cli/run.ts", `import { x } from "./run_test.ts";`],
    ["src/cli/run.ts", `import { x } from "../../tests/demo/run.ts";`],
    ["src/cli/run.ts", `import { x } from "./run_fixture.ts";`],
    ["src/cli/run_fixture.ts", `import { x } from "./run_test.ts";`],
    ["src/core/book_fixture.ts", `import { x } from "../models/closed.ts";`],
    ["src/ops/log_fixture.ts", `import asc from "assemblyscript/asc";`],
    ["src/server/page.ts", `import { x } from "../../static/main.ts";`],
    ["src/server/app.ts", `import fc from "fast-check";`],
    ["src/venues/kalshi/rest.ts", `import { x } from "kalshi-typescript";`],
    ["src/venues/kalshi/rest.ts", `import { x } from "npm:kalshi-typescript@3";`],
    ["src/ops/log.ts", `import { x } from "jsr:@std/log";`],
    ["src/ops/log.ts", `import { x } from "https://example.com/log.ts";`],
    ["src/models/kernel.ts", `import asc from "assemblyscript/asc";`],
    ["src/core/book.ts", `import { readFileSync } from "node:fs";`],
    ["static/main.ts", `import { X } from "../src/engine/view.ts";`],
    ["static/main.ts", `import { type X, y } from "../src/engine/view.ts";`],
    ["static/main.ts", `import type { X } from "../src/engine/step.ts";`],
    ["static/main.ts", `import type { X } from "../src/store/trades.ts";`],
  ]);
});

Deno.test("a pure folder names no clock, no chance, no timer and no I/O", () => {
  check("pure-folders", [
    ["src/core/a.ts", `const at = new Date(0).toISOString(); const utc = Date.UTC(2026, 0, 1);`],
    ["src/core/a.ts", `const m = Math.max(1, 2); const d = Date.parse("2026-01-01T00:00:00Z");`],
    ["src/core/a.ts", `const fetched = row.fetch; const x = { performance: 1, console: 2 }; x.performance;`],
    ["src/core/a.ts", `interface Feed { fetch(): void; process: string } class A { location = 1; caches() {} }`],
    ["src/core/a.ts", `const hour = new Date(ms).getUTCHours();`],
    ["src/core/a_test.ts", `const data = await Deno.readTextFile("x"); console.log(Date.now(), Math.random());`],
    ["src/engine/step_bench.ts", `performance.now();`],
    ["src/ops/clock.ts", `Date.now(); performance.now(); setTimeout(task, 1); new Date();`],
    ["static/main.ts", `fetch("/api/v1/account"); new Date();`],
    ["wasm/build.ts", `Deno.readTextFileSync("x");`],
  ], [
    ["src/core/a.ts", `Date.now();`],
    ["src/core/a_fixture.ts", `Date.now();`],
    ["src/core/a.ts", `Date["now"]();`],
    ["src/core/a.ts", "Date[`now`]();"],
    ["src/core/a.ts", `const { now } = Date;`],
    ["src/core/a.ts", `new Date();`],
    ["src/core/a.ts", `new Date(2026, 0, 1);`],
    ["src/core/a.ts", `const text = Date();`],
    ["src/core/a.ts", `new Date(ms).getHours();`],
    ["src/models/a.ts", `Math.random();`],
    ["src/models/a.ts", `const { random } = Math;`],
    ["src/models/a.ts", `crypto.getRandomValues(new Uint8Array(1));`],
    ["src/strategies/a.ts", `Deno.env.get("HOME");`],
    ["src/strategies/a.ts", `globalThis["fetch"]("https://example.com");`],
    ["src/risk/a.ts", `fetch("https://example.com");`],
    ["src/risk/a.ts", `new WebSocket("wss://example.com");`],
    ["src/execution/a.ts", `setTimeout(() => {}, 1);`],
    ["src/execution/a.ts", `queueMicrotask(task);`],
    ["src/engine/a.ts", `console.log(1);`],
    ["src/engine/a.ts", `performance.now();`],
    ["src/engine/a.ts", `const x = { console };`],
    ["src/engine/a.ts", `const now = Temporal.Now;`],
    ["src/engine/deep/a.ts", `new Worker("x");`],
  ]);
});

Deno.test("outside tests nothing switches the type checker off", () => {
  check("type-escapes", [
    ["src/core/a.ts", `const x: unknown = y; if (!x) throw y; const z = y ?? 0; // any ! @ts-check`],
    ["src/core/a_test.ts", `const x: any = y!; // @ts-ignore: the wrong type is the test`],
    ["tests/demo_test.ts", `rows[0]!.price;`],
    ["src/core/a.ts", `const company = "any"; const shout = "!";`],
  ], [
    ["src/core/a.ts", `const x: any = y;`],
    ["src/core/a.ts", `function f(x: any[]) { return x; }`],
    ["src/core/a.ts", `const x = y as any;`],
    ["src/core/a.ts", `const x = y!;`],
    ["static/main.ts", `document.querySelector("main")!.remove();`],
    ["src/core/a.ts", `// @ts-ignore: it works\nconst x = y;`],
    ["src/core/a.ts", `/* @ts-expect-error */ const x = y;`],
    ["src/core/a.ts", `// @ts-nocheck\nconst x = y;`],
  ]);
});
