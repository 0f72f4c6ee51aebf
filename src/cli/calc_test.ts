import assert from "node:assert/strict";
import { calc, feeOf } from "./calc.ts";
import type { CalcCommand } from "./command.ts";
import { parseCommandLine } from "./command_line.ts";

function read(line: string): CalcCommand {
  const parsed = parseCommandLine(["calc", ...line.split(" ")]);
  assert.ok(parsed.ok && parsed.command !== null, JSON.stringify(parsed));
  const { command } = parsed;
  const { kind } = command;
  assert.ok(
    kind === "calc_probability" || kind === "calc_fee" || kind === "calc_kelly" || kind === "calc_event_kelly",
  );
  return command;
}

const FILL = {
  trade_fee: "0.003639",
  rounding_fee: "0.001361",
  rebate: "0.000000",
  net_fee: "0.005000",
  balance_change: "-0.060000",
};

Deno.test("calc fee and calc kelly print the documented examples to the last digit", () => {
  const cases: readonly [line: string, json: unknown][] = [
    [
      "fee --price 0.055 --count 1,1,1 --side buy --role taker --type quadratic --multiplier 1 --grid 0.01 --json",
      { fills: [FILL, FILL, FILL], net_fee: "0.015000" },
    ],
    [
      "kelly --probability 0.6 --price 0.5 --fee 0.0175 --settlement-fee 0 --fraction 0.25 --bankroll 10000 --json",
      { full: 0.170984, applied: 0.042746, stake: "427.461140", contracts: "826.01" },
    ],
  ];
  for (const [line, json] of cases) {
    const reply = calc(read(line));
    assert.equal(reply.exitCode, 0);
    assert.equal(JSON.stringify(reply.json), JSON.stringify(json));
  }
});

Deno.test("calc probability prints the documented closed form, with exactly the documented fields", () => {
  const reply = calc(read("probability --spot 84000 --strike 84100 --sigma 0.0002 --seconds 600 --json"));
  const result = reply.json as Record<string, unknown>;
  assert.deepEqual(Object.keys(result), ["probability", "std_error", "model", "elapsed_us"]);
  assert.ok(String(result.probability).startsWith("0.39988"), String(result.probability));
  assert.equal(result.std_error, 0);
  assert.equal(result.model, "closed");
});

Deno.test("calc probability prints the documented Monte Carlo, and the same one for the same seed", () => {
  const line = "probability --spot 84000 --strike 84010 --sigma 0.0002 --seconds 25 --seen-mean 84020.5 " +
    "--seen-count 35 --model mc --dist gbm --paths 10000 --seed 1 --json";
  const result = calc(read(line)).json as Record<string, unknown>;
  assert.deepEqual(Object.keys(result), ["probability", "std_error", "model", "dist", "paths", "elapsed_us"]);
  const { probability, std_error } = result;
  assert.ok(Math.abs(Number(probability) - 0.537) < 4 * Number(std_error), String(probability));
  assert.equal(Number(std_error).toFixed(3), "0.005");
  assert.equal((calc(read(line)).json as Record<string, unknown>).probability, probability);
});

Deno.test("the day chooses the fee rule, and today's holds where none is named", () => {
  const dated = (date: string) => read(`fee --price 0.055 --count 1 --date ${date}`);
  const net = (command: CalcCommand, now: number) => {
    assert.ok(command.kind === "calc_fee");
    const result = feeOf(command, now);
    return "error" in result ? result.error : result.net_fee;
  };
  // 0.07 x 0.055 x 0.945 = 0.003638...: in February a cent and then 0.065 paid up to 0.07; in May 0.0587 up to 0.06.
  assert.equal(net(dated("2026-02-28"), 0), "0.015000");
  assert.equal(net(dated("2026-05-09"), 0), "0.005000");
  assert.equal(net(dated("2026-09-30"), 0), "0.003700");
  const undated = read("fee --price 0.055 --count 1");
  for (const day of ["2026-02-28", "2026-05-09", "2026-09-30"]) {
    assert.equal(net(undated, Date.parse(day)), net(dated(day), 0), day);
  }
});

Deno.test("the text for people holds the same numbers as the JSON", () => {
  const cases: readonly [line: string, holds: readonly string[]][] = [
    ["fee --price 0.055 --count 1 --grid 0.01", [FILL.trade_fee, FILL.rounding_fee, FILL.balance_change, "$0.005000"]],
    [
      "kelly --probability 0.6 --price 0.5 --fee 0.0175 --fraction 0.25 --bankroll 10000",
      ["17.0984%", "4.2746%", "$427.461140", "826.01 contracts"],
    ],
    ["kelly --probability 0.5 --price 0.5 --fee 0.0175 --bankroll 10", ["No edge after fees"]],
    ["probability --spot 84000 --strike 84100 --sigma 0.0002 --seconds 600", ["0.39988", "closed form"]],
    ["probability --spot 1 --strike 1 --sigma 0.1 --seconds 9 --model mc --paths 50", ["+-", "50 paths"]],
  ];
  for (const [line, holds] of cases) {
    const { text } = calc(read(line));
    for (const part of holds) assert.ok(text?.includes(part), `${part} in ${text}`);
  }
});

Deno.test("what no fee is known for is wrong usage, with the reason and no result", () => {
  const reply = calc(read("fee --price 0.5 --count 1 --type flat"));
  assert.equal(reply.exitCode, 2);
  assert.equal(reply.json, undefined);
  assert.match(reply.problems.join(), /flat/);
});
