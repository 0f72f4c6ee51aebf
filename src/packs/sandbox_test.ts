import assert from "node:assert/strict";
import { PackError } from "./pack_error.ts";
import type { Question } from "./question.ts";
import { type HostFunctions, MEMORY_MAX, Sandbox, STEPS_MAX } from "./sandbox.ts";

/** Stands for the functions of kbot where a test is about something else. */
const HOST: HostFunctions = {
  fee: () => 0.0175,
  kelly: (probability, cost, fee) => probability - cost - fee,
  floor: (at) => at,
  ceil: () => 0,
  contracts: (_side, _price, _role, _kelly, most) => most,
};

const questionWith = (parameters: Record<string, unknown>): Question => ({
  words: "KXBTC15M-26NOV200715-15",
  extra: JSON.stringify({ parameters, more: {} }),
  fill: (numbers) => void numbers.fill(0),
});

const QUESTION = questionWith({ least: 0.02 });

const packOf = (body: string): string => `export default { decide(view, parameters) { ${body} } }`;
const open = (body: string): Promise<Sandbox> => Sandbox.open("pack.js", packOf(body));

class Done extends Error {}

/** What the pack says to the question, or the words of its error. */
function say(pack: Sandbox): string {
  try {
    return pack.ask(QUESTION, HOST);
  } catch (error) {
    assert.ok(error instanceof PackError, String(error));
    return `${error.name}: ${error.message}`;
  }
}

Deno.test("a pack answers a question from the view and the parameters, in JSON", async () => {
  const pack = await open("return { ticker: view.ticker, least: parameters.least, fee: kbot.fee(5100) }");
  assert.deepEqual(JSON.parse(say(pack)), { ticker: "KXBTC15M-26NOV200715-15", least: 0.02, fee: 0.0175 });
  assert.equal(pack.declaration, "{}");
});

Deno.test("the declaration is what the default export holds beside decide", async () => {
  const pack = await Sandbox.open("pack.js", "export default { name: 'x', trades: ['A'], decide() {} }");
  assert.deepEqual(JSON.parse(pack.declaration), { name: "x", trades: ["A"] });
});

Deno.test("a file that is no pack is refused with the place of the mistake", async () => {
  const cases: readonly (readonly [source: string, words: RegExp])[] = [
    ["let", /^SyntaxError: variable name expected at pack\.js:1/],
    ["\n\nthrow new Error('no luck')", /^Error: no luck at pack\.js:3:/],
    ["", /^Found no default export that is an object$/],
    ["export default 1", /^Found no default export that is an object$/],
    ["export default null", /^Found no default export that is an object$/],
    ["export default { decide: 1 }", /^Found no function decide in the default export$/],
    ["export default { get decide() { throw 'I will not' } }", /^I will not$/],
    ["import fs from 'node:fs'; export default { decide() {} }", /^ReferenceError: could not load module/],
    ["await 1; export default { decide() {} }", /^Found no default export that is an object$/],
    ["while (true);", /^It takes more than 100000000 steps$/],
    ["const all = []; for (;;) all.push('x'.repeat(1000) + all.length)", /out of memory|more than 100000000 steps/],
    ["export default { name: 'x'.repeat(1e6), decide() {} }", /^It said 1000011 characters, allowed: 65536$/],
    ["export default { loop() {}, toJSON() { while (true); }, decide() {} }", /^It takes more than|JSON can say/],
  ];
  for (const [source, words] of cases) {
    await assert.rejects(Sandbox.open("pack.js", source), (error) => {
      assert.ok(error instanceof PackError, source);
      assert.match(error.message, words, source);
      return true;
    });
  }
});

Deno.test("what reaches out of the sandbox finds nothing there", async () => {
  const found = await open("return Object.getOwnPropertyNames(globalThis).sort()");
  const names: string[] = JSON.parse(say(found));
  for (
    const name of ["Deno", "process", "fetch", "require", "Worker", "WebAssembly", "Date", "performance", "console"]
  ) {
    assert.ok(!names.includes(name), name);
  }
  assert.deepEqual(names.filter((name) => /^[a-z]/.test(name)).sort(), [
    ...["decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "eval", "globalThis"],
    ...["isFinite", "isNaN", "kbot", "parseFloat", "parseInt", "undefined", "unescape"],
  ]);
  const cases: readonly (readonly [body: string, answer: RegExp])[] = [
    ["return String(globalThis.Deno)", /^"undefined"$/],
    ["return typeof [].constructor.constructor('return Deno')()", /^PackError: ReferenceError/],
    ["return view.constructor.constructor('return this')() === globalThis", /^true$/],
    ["return kbot.fee.constructor('return typeof Deno')()", /^"undefined"$/],
    ["return Object.isFrozen(kbot)", /^true$/],
    ["kbot.fee = () => 0; return 1", /^PackError: TypeError/],
    ["import('node:fs').then(() => {}); return 1", /^1$/],
    ["return String(Math.random)", /^"undefined"$/],
    ["return new Date().getTime()", /^PackError: ReferenceError: 'Date' is not defined/],
    ["return eval('typeof Deno')", /^"undefined"$/],
    ["return kbot.fee({ valueOf() { return 5100 } })", /^PackError: TypeError: A price is/],
  ];
  for (const [body, answer] of cases) assert.match(say(await open(body)), answer, body);
});

Deno.test("what a pack does to the prototypes of its objects stays in its sandbox and in its question", async () => {
  const pack = await open(`
    const before = [typeof ({}).polluted, typeof [].map, JSON.stringify(1)];
    Object.prototype.polluted = true;
    Array.prototype.map = null;
    JSON.stringify = () => "{}";
    JSON.parse = null;
    String.prototype.slice = null;
    return before;
  `);
  for (let k = 0; k < 3; k++) assert.deepEqual(JSON.parse(say(pack)), ["undefined", "function", "1"]);
  assert.equal("polluted" in {}, false);
  const proto = JSON.parse(say(await open(`return JSON.parse('{"__proto__": {"polluted": true}}')`)));
  assert.equal(proto.polluted, undefined);
  assert.equal("polluted" in {}, false);
});

Deno.test("what never ends is ended after the same number of steps each time, in built-in functions too", async () => {
  const bodies = [
    "while (true);",
    "eval('for (;;);')",
    "new Function('for (;;);')()",
    "for (;;) kbot.fee(5100)",
    "for (;;) { try { (function f() { f() })() } catch {} }",
    "[].indexOf.call({ length: 2 ** 53 - 1 }, 1)",
    "new Array(2 ** 32 - 1).sort()",
    "const s = 'a'.repeat(4e5); s.indexOf('a'.repeat(2e5) + 'b')",
    "let a = []; for (let k = 0; k < 60; k++) a = [a, a]; a.flat(Infinity)",
    "/(a+)+b/.test('a'.repeat(40))",
    "const u = new Uint8Array(5e6); for (;;) u.copyWithin(0, 1)",
    "throw { get message() { for (;;); } }",
    "throw { name: 'x', message: { toString() { for (;;); } } }",
    "return { get targets() { for (;;); } }",
    "return { toJSON() { for (;;); } }",
    "return new Proxy({}, { ownKeys() { for (;;); } })",
  ];
  for (const body of bodies) {
    const pack = await open(body);
    for (let k = 0; k < 2; k++) {
      assert.equal(say(pack), `PackError: It takes more than ${STEPS_MAX} steps`, body);
    }
  }
});

Deno.test("what is too large, too deep or no data is refused, and the next question is answered as the first", async () => {
  const cases: readonly (readonly [body: string, answer: RegExp])[] = [
    ["return new Uint8Array(7e6)", /^PackError: InternalError: out of memory/],
    ["let s = 'x'; for (;;) s += s", /^PackError: InternalError: (string too long|out of memory)/],
    ["(function f() { f() })()", /^PackError: InternalError: stack overflow/],
    ["JSON.parse('['.repeat(1e5))", /^PackError: SyntaxError: stack overflow/],
    ["return 'x'.repeat(1e5)", /^PackError: It said 100002 characters, allowed: 65536/],
    ["return undefined", /^PackError: It gave nothing that JSON can say/],
    ["return () => 1", /^PackError: It gave nothing that JSON can say/],
    ["return 1n", /^PackError: TypeError: Do not know how to serialize a BigInt/],
    ["const a = {}; a.a = a; return a", /^PackError: TypeError: circular reference/],
    ["return (async () => 1)()", /^\{\}$/],
    ["throw null", /^PackError: null$/],
    [
      "throw { toString() { throw 1 }, get name() { throw 2 } }",
      /^PackError: something that cannot be put into words$/,
    ],
    ["throw new Error('x'.repeat(1e4))", /^PackError: Error: x{393}$/],
  ];
  for (const [body, answer] of cases) {
    const pack = await open(body);
    const first = say(pack);
    assert.match(first, answer, body);
    const { steps } = pack;
    for (let k = 0; k < 3; k++) {
      assert.equal(say(pack), first, body);
      assert.equal(pack.steps, steps, body);
    }
  }
});

Deno.test("a pack can hold no more than its memory", async () => {
  const pack = await open("return new Uint8Array(parameters.bytes).length");
  const ask = (bytes: number) => pack.ask(questionWith({ bytes }), HOST);
  assert.equal(ask(MEMORY_MAX / 2), String(MEMORY_MAX / 2));
  assert.throws(() => ask(MEMORY_MAX), { name: "PackError", message: /out of memory/ });
  assert.equal(ask(MEMORY_MAX / 2), String(MEMORY_MAX / 2));
});

Deno.test("nothing is kept between two questions, in whatever a pack tries to keep it", async () => {
  const pack = await Sandbox.open(
    "pack.js",
    `let count = 0; const seen = [];
     export default { calls: 0, decide() {
       globalThis.calls = (globalThis.calls ?? 0) + 1;
       seen.push(1);
       kbot.fee.calls = (kbot.fee.calls ?? 0) + 1;
       Object.prototype.calls2 = (Object.prototype.calls2 ?? 0) + 1;
       return [++count, ++this.calls, globalThis.calls, seen.length, kbot.fee.calls, ({}).calls2];
     } }`,
  );
  for (let k = 0; k < 5; k++) assert.equal(say(pack), "[1,1,1,1,1,1]");
});

Deno.test("many questions of many sizes leave a pack as it was", async () => {
  const pack = await open(`
    const made = [];
    for (let k = 0; k < parameters.size; k++) made.push({ k, text: "x".repeat(k % 50) });
    if (parameters.fail) throw new Error("failed");
    return made.length;
  `);
  const first = [pack.ask(questionWith({ size: 10 }), HOST), pack.steps];
  const rounds = Deno.env.get("KBOT_TEST_FULL") === "1" ? 100_000 : 2_000;
  for (let k = 0; k < rounds; k++) {
    const question = questionWith({ size: k * 7919 % 300, fail: k % 3 === 0 });
    try {
      pack.ask(question, HOST);
    } catch (error) {
      assert.ok(error instanceof PackError);
    }
  }
  assert.deepEqual([pack.ask(questionWith({ size: 10 }), HOST), pack.steps], first);
});

Deno.test("where the process's own stack runs out, the pack fails and is whole again for the next question", async () => {
  const pack = await open("return (function f(n) { return n === 0 ? 0 : 1 + f(n - 1) })(200)");
  assert.equal(say(pack), "200");
  let failed = 0;
  const deeper = (): void => {
    try {
      deeper();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    // Near the end of the stack there is not even room for the question; farther up there is.
    try {
      if (say(pack) !== "200") failed++;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      failed++;
    }
    if (failed > 0) throw new Done();
  };
  assert.throws(deeper, Done);
  for (let k = 0; k < 3; k++) assert.equal(say(pack), "200");
});

Deno.test("the functions of kbot are there within decide only", async () => {
  await assert.rejects(
    Sandbox.open("pack.js", "const fee = kbot.fee(5100); export default { decide() { return fee } }"),
    { name: "PackError", message: /kbot may be asked within decide only/ },
  );
});

Deno.test("arguments of the functions of kbot are checked before they leave the sandbox", async () => {
  const cases: readonly (readonly [call: string, answer: RegExp])[] = [
    ["kbot.fee(0)", /A price is a whole number/],
    ["kbot.fee(NaN)", /A price is a whole number/],
    ["kbot.fee('5100')", /A price is a whole number/],
    ["kbot.fee(5100, 'both')", /The role is taker or maker/],
    ["kbot.kelly(0.6, 0.5)", /The fee is a number/],
    ["kbot.floor('1')", /A price is a number/],
    ["kbot.contracts({ side: 'yes', price: 5100, kelly: 0.1, most: 100 })", /The side is bid or ask/],
    ["kbot.contracts({ side: 'bid', price: 5100, kelly: NaN, most: 100 })", /kelly is a number/],
    ["kbot.contracts()", /TypeError/],
    ["kbot.ceil(9999.5)", /^null$/],
    ["kbot.contracts({ side: 'ask', price: 5100, kelly: 0.1, most: 700 })", /^700$/],
  ];
  for (const [call, answer] of cases) assert.match(say(await open(`return ${call}`)), answer, call);
});
