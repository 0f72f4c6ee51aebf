/**
 * kbot: reads the command line and runs one command. Each command is loaded when it is asked for, so that a small one
 * starts fast; the paths are literal, so that `deno compile` finds them.
 * @module
 */

import { type Command, EXIT } from "./cli/command.ts";
import { handOver } from "./cli/defect.ts";
import { type HelpLook, parseCommandLine } from "./cli/command_line.ts";
import { printError, printText, say } from "./cli/output.ts";
import { answeringProgram, printFailure } from "./cli/program_answers.ts";

/** Runs a command to its end. */
async function dispatch(command: Command): Promise<number> {
  switch (command.kind) {
    case "run":
      return await (await import("./cli/run.ts")).run(command);
    case "demo":
      return await (await import("./cli/demo.ts")).demo(command);
    case "exchange":
      return await (await import("./cli/exchange.ts")).exchange(command);
    case "transfer":
      return say(await (await import("./cli/transfer.ts")).transfer(command), command.json);
    case "record":
      return await (await import("./cli/record.ts")).record(command);
    case "import":
      return await (await import("./cli/import.ts")).importHistory(command);
    case "export":
      return await (await import("./cli/export.ts")).exportData(command);
    case "replay":
      return await (await import("./cli/replay.ts")).replay(command);
    case "explain":
      return say(await (await import("./cli/explain.ts")).explain(command), command.json);
    case "backtest":
      return await (await import("./cli/backtest.ts")).backtest(command);
    case "report":
      return say(await (await import("./cli/report.ts")).report(command), command.json);
    case "sweep":
      return await (await import("./cli/sweep.ts")).sweep(command);
    case "worker":
      return say(await (await import("./cli/worker.ts")).worker(command), command.json);
    case "parity":
      return say(await (await import("./cli/parity.ts")).parity(command), command.json);
    case "calibrate":
      return say(await (await import("./cli/calibrate.ts")).calibrate(command), command.json);
    case "calc_volatility":
      return say(await (await import("./cli/calc_volatility.ts")).calcVolatility(command), command.json);
    case "calc_probability":
    case "calc_fee":
    case "calc_kelly":
    case "calc_event_kelly":
      return say((await import("./cli/calc.ts")).calc(command), command.json);
    case "pairs_list":
    case "pairs_review":
      return say(await (await import("./cli/pairs.ts")).pairs(command), command.json);
    case "pack_check":
    case "pack_init":
      return say(await (await import("./cli/pack.ts")).pack(command), command.json);
    case "audit_verify":
    case "audit_export":
      return say(await (await import("./cli/audit.ts")).audit(command), command.json);
    case "store_check":
    case "store_rebuild":
    case "store_compact":
    case "store_rollback":
    case "store_versions":
    case "store_backup":
    case "store_restore":
      return say(await (await import("./cli/store.ts")).store(command), command.json);
    case "alert_test":
    case "alert_events":
      return say(await (await import("./cli/alert.ts")).alert(command), command.json);
    case "config_check":
    case "config_show":
    case "config_init":
    case "config_schema":
      return say(await (await import("./cli/config.ts")).config(command), command.json);
    case "init":
      return say(await (await import("./cli/init.ts")).init(command), command.json);
    case "completions":
      return say((await import("./cli/completions.ts")).completions(command), command.json);
    case "status":
      return say(await (await import("./cli/status.ts")).status(command), command.json);
    case "top":
      return await (await import("./cli/top.ts")).top(command);
    case "why":
      return say(await (await import("./cli/why.ts")).why(command), command.json);
    case "kill":
    case "reduce":
    case "resume":
      return say(await (await import("./cli/control.ts")).control(command), command.json);
    case "strategy_start":
    case "strategy_wind_up":
    case "strategy_stop":
      return say(await (await import("./cli/strategy_switch.ts")).switchStrategy(command), command.json);
    case "doctor":
      return await (await import("./cli/doctor.ts")).doctor(command);
    case "systemd":
      return say(await (await import("./cli/systemd.ts")).systemd(command), command.json);
    case "container":
      return say((await import("./cli/container.ts")).container(), command.json);
    case "cloud_init":
      return say(await (await import("./cli/cloud_init.ts")).writeCloudInit(command), command.json);
    case "alive":
      return say(await (await import("./cli/alive.ts")).alive(command), command.json);
  }
}

/** How help looks on this terminal; a pipe gets plain text, and so does NO_COLOR. */
function helpLook(): HelpLook {
  const terminal = Deno.stdout.isTerminal() && Deno.stderr.isTerminal();
  return {
    colors: terminal && !Deno.noColor,
    width: terminal ? Math.min(120, Math.max(60, Deno.consoleSize().columns)) : 100,
  };
}

/** Data that goes to stdout itself: no object stands behind it. */
const isData = (command: Command): boolean => "out" in command && command.out === "-";

/** Runs one command line. */
export async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseCommandLine(argv, helpLook());
  if (!parsed.ok) {
    printError(parsed.message);
    if (argv.includes("--json")) printFailure(parsed.exitCode, parsed.message);
    return parsed.exitCode;
  }
  const { command } = parsed;
  if (command === null) {
    printText(parsed.text);
    return EXIT.done;
  }
  const run = () => dispatch(command).catch(reportBug);
  return command.json && !isData(command) ? await answeringProgram(run) : await run();
}

/** A bug: what can go wrong in use is reported by the commands themselves. */
function reportBug(error: unknown): number {
  // As head does, which has seen enough.
  if (error instanceof Deno.errors.BrokenPipe) {
    printError("Whoever read the output went away before its end");
    return EXIT.failed;
  }
  const message = error instanceof Error ? error.message : String(error);
  printError(`kbot failed: ${message}`);
  const trace = error instanceof Error ? error.stack : undefined;
  if (Deno.env.get("KBOT_DEBUG") !== undefined && trace !== undefined) printError(trace);
  else printError("This is a defect of kbot; KBOT_DEBUG=1 before the command shows where");
  return EXIT.failed;
}

if (import.meta.main) {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    if (!handOver(event.reason)) Deno.exit(reportBug(event.reason));
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    if (!handOver(event.error)) Deno.exit(reportBug(event.error));
  });
  // Exits by itself: a command is over when it says so, whatever timers or sockets it may have left.
  Deno.exit(await main(Deno.args).catch(reportBug));
}
