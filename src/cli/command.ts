/**
 * What a command line can ask for, checked and in units: the result of command_line.ts, the argument of each command.
 * @module
 */

import type { Method, Objective } from "../backtest/search/choices.ts";
import type { AskedRange } from "../backtest/search/parameter_text.ts";
import type { FeeType } from "../core/market.ts";
import type { Count, Micros, Money, Price } from "../core/units.ts";
import type { LatencyModel } from "../execution/latency.ts";
import type { KernelName } from "../models/monte_carlo_kernel.ts";
import type { Distribution, Estimator, Mode } from "../models/monte_carlo_request.ts";
import type { ChannelName } from "../ops/alerts/channel.ts";
import type { ExportFormat } from "../store/export/column.ts";
import type { ExportTableName } from "../store/export/tables.ts";
import type { KellySizing } from "../models/kelly.ts";
import type { InitQuestionName } from "./init_questions.ts";
import type { Shell } from "./completion_scripts.ts";
import type { CalcRule } from "./calc_probability_question.ts";

/** What every command takes. */
export interface CommonOptions {
  /** `--config FILE`. */
  readonly config: string | undefined;
  /** `--state DIR`. */
  readonly state: string | undefined;
  /** `--json`: one machine-readable answer on stdout; everything else on stderr. */
  readonly json: boolean;
}

/** Flags of the embedded exchange and of any run. `undefined` where not given. */
interface SimulationOptions {
  /** `--for`: seconds. */
  readonly forSeconds: number | undefined;
  /** `--speed`: simulated seconds per second. */
  readonly speed: number | undefined;
  /** `--seed`: 0 to 2^32 - 1. */
  readonly seed: number | undefined;
  /** `--port` of the status page; 0 takes any free one. */
  readonly port: number | undefined;
}

export interface RunCommand extends CommonOptions, SimulationOptions {
  readonly kind: "run";
  readonly execution: "paper" | "live";
  /** `kalshi`, `demo`, `sim` or a REST address; the configuration decides where it is `undefined`. */
  readonly venue: string | undefined;
  readonly venueWs: string | undefined;
  /** Of the cluster; the configuration decides where it is `undefined`. */
  readonly feed: string | undefined;
  /** `--canary`: most at risk on a first live day. */
  readonly canary: Money | undefined;
  /** `--confirm-file`: holds the phrase that real money needs. */
  readonly confirmFile: string | undefined;
  /** A recording that the embedded exchange plays instead of simulating. */
  readonly tape: string | undefined;
  /** Recorded prices that stand for the index of that recording. */
  readonly spot: string | undefined;
}

/** `run --live --venue sim`, in a state directory of its own unless one is given. */
export interface DemoCommand extends CommonOptions, SimulationOptions {
  readonly kind: "demo";
}

export interface ExchangeCommand extends CommonOptions {
  readonly kind: "exchange";
  readonly port: number | undefined;
  readonly seed: number | undefined;
  /** `max` for a replay alone. */
  readonly speed: number | "max" | undefined;
  /** Listed beside the quarter-hourly ones. */
  readonly series: readonly string[];
  readonly faults: readonly string[];
  /** A recorded tape to serve instead of a simulation. */
  readonly replay: string | undefined;
}

export interface TransferCommand extends CommonOptions {
  readonly kind: "transfer";
  /** Shards. */
  readonly from: number;
  readonly to: number;
  /** Whole hundredths of a cent. */
  readonly amount: Money;
  /** As of `run`; the configuration decides where it is `undefined`. */
  readonly venue: string | undefined;
}

export interface ReplayCommand extends CommonOptions {
  readonly kind: "replay";
  /** A run's directory or one of its files. */
  readonly journal: string;
  readonly verify: boolean;
}

export interface ExplainCommand extends CommonOptions {
  readonly kind: "explain";
  /** Its own id, the exchange's, or how one of them begins. */
  readonly order: string;
  /** A run's directory or one of its files; those of the state where it is `undefined`. */
  readonly journal: string | undefined;
}

/** Where figures are written to, beside the terminal. */
export interface ReportFiles {
  /** `--report`: a page that opens offline. */
  readonly report: string | undefined;
  /** `--csv` and `--parquet`: directories for tables. */
  readonly csv: string | undefined;
  readonly parquet: string | undefined;
}

export interface BacktestCommand extends CommonOptions, ReportFiles {
  readonly kind: "backtest";
  /** A journal or a recorded data set. */
  readonly path: string;
  readonly spot: string | undefined;
  readonly strategy: string | undefined;
  readonly capital: Money | undefined;
  readonly maxLoss: Money | undefined;
  readonly orderLatency: LatencyModel | undefined;
  readonly feedLatency: LatencyModel | undefined;
  /** A journal that both are measured in. */
  readonly latencyFrom: string | undefined;
  /** `--check-lookahead`: moments at which the run is done again without the future, instead of a report. */
  readonly checkLookahead: number | undefined;
}

export interface ReportCommand extends CommonOptions, ReportFiles {
  readonly kind: "report";
  /** Starts of UTC days, both included; everything where not given. */
  readonly from: Micros | undefined;
  readonly to: Micros | undefined;
  readonly strategy: string | undefined;
}

export interface SweepCommand extends CommonOptions, ReportFiles {
  readonly kind: "sweep";
  /** A journal, a tape or a recorded data set. */
  readonly path: string;
  readonly spot: string | undefined;
  readonly strategy: string;
  /** None: what the strategy declares. */
  readonly parameters: readonly AskedRange[];
  readonly method: Method | undefined;
  readonly trials: number | undefined;
  readonly objective: Objective | undefined;
  readonly seed: number | undefined;
  readonly workers: number | undefined;
  readonly folds: number | undefined;
  /** Seconds. */
  readonly embargo: number | undefined;
  readonly stopEarly: boolean;
  readonly capital: Money | undefined;
  readonly maxLoss: Money | undefined;
  /** Where results are kept. */
  readonly out: string | undefined;
  /** `--cluster`: workers run the trials. */
  readonly cluster: boolean;
}

export interface WorkerCommand extends CommonOptions {
  readonly kind: "worker";
  /** Data sets that lie here; never empty. */
  readonly data: readonly string[];
  readonly threads: number | undefined;
  readonly forSeconds: number | undefined;
}

export interface ParityCommand extends CommonOptions {
  readonly kind: "parity";
  /** Of a live run: its directory or one of its files. */
  readonly journal: string;
}

export interface CalibrateCommand extends CommonOptions {
  readonly kind: "calibrate";
  /** A journal, a tape or a recorded data set. */
  readonly path: string;
  readonly spot: string | undefined;
  /** An SVG file to write the reliability diagram to. */
  readonly plot: string | undefined;
}

export interface CalcProbabilityCommand extends CommonOptions {
  readonly kind: "calc_probability";
  readonly spot: number;
  /** This one, or several in `strikes`. */
  readonly strike: number | undefined;
  readonly strikes: readonly number[] | undefined;
  /** The upper strike; only with rule `between`, whose lower one is `strike`. */
  readonly cap: number | undefined;
  readonly sigma: number;
  readonly seconds: number;
  /** Both or neither. */
  readonly seenMean: number | undefined;
  readonly seenCount: number | undefined;
  readonly model: "closed" | "mc";
  readonly dist: Distribution;
  readonly paths: number;
  readonly seed: number;
  /** `undefined`: plain; the mode in which the price model is exact with the fewest steps; strict. */
  readonly estimator: Estimator | undefined;
  readonly mode: Mode | undefined;
  readonly kernel: KernelName | undefined;
  /** Numbers of the price models, each only with its own. */
  readonly jumpIntensity: number | undefined;
  readonly jumpMean: number | undefined;
  readonly jumpDeviation: number | undefined;
  readonly degrees: number | undefined;
  readonly reversion: number | undefined;
  readonly varianceVolatility: number | undefined;
  readonly correlation: number | undefined;
  /** The file of a bootstrap's returns. */
  readonly returns: string | undefined;
  /** `undefined`: the unrounded mean against the strike. */
  readonly rule: CalcRule | undefined;
  /** Decimals that the mean is rounded to; only with a rule. */
  readonly decimals: number;
}

export interface CalcFeeCommand extends CommonOptions {
  readonly kind: "calc_fee";
  readonly price: Price;
  readonly counts: readonly Count[];
  readonly side: "buy" | "sell";
  readonly role: "taker" | "maker";
  readonly type: FeeType;
  readonly multiplierMillionths: number;
  /** The account's precision; `undefined`: a direct member's under the rule of the day. */
  readonly grid: Money | undefined;
  /** Start of the UTC day whose rule applies; `undefined`: today's. */
  readonly date: Micros | undefined;
}

export interface CalcKellyCommand extends CommonOptions {
  readonly kind: "calc_kelly";
  readonly probability: number;
  readonly price: number;
  readonly fee: number;
  readonly settlementFee: number;
  readonly fraction: number;
  readonly bankroll: Money;
}

/** The bets on one event together, as a file has them. */
export interface CalcEventKellyCommand extends CommonOptions {
  readonly kind: "calc_event_kelly";
  readonly outcomes: string;
  readonly bankroll: Money;
  readonly fraction: number;
  readonly mode: KellySizing["mode"];
  readonly leastEdge: number;
  /** `undefined`: the least edge, from which on nothing is taken off. */
  readonly targetEdge: number | undefined;
}

/** Of recorded prices, or of one market's quotes. */
export type CalcVolatilityCommand =
  & CommonOptions
  & {
    readonly kind: "calc_volatility";
    /** What is looked ahead; to settlement for a quote. */
    readonly seconds: number;
  }
  & (
    | { readonly given: "prices"; readonly prices: string }
    | {
      readonly given: "quote";
      readonly spot: number;
      readonly strike: number;
      /** Of YES, as probabilities. */
      readonly bid: number;
      readonly ask: number;
    }
  );

export type CalcCommand = CalcProbabilityCommand | CalcFeeCommand | CalcKellyCommand | CalcEventKellyCommand;

export interface ConfigCheckCommand extends CommonOptions {
  readonly kind: "config_check";
}

export interface ConfigShowCommand extends CommonOptions {
  readonly kind: "config_show";
  readonly origin: boolean;
}

export interface ConfigInitCommand extends CommonOptions {
  readonly kind: "config_init";
  /** A file that does not exist yet; stdout where it is `undefined`. */
  readonly output: string | undefined;
}

export interface ConfigSchemaCommand extends CommonOptions {
  readonly kind: "config_schema";
}

export type ConfigCommand = ConfigCheckCommand | ConfigShowCommand | ConfigInitCommand | ConfigSchemaCommand;

/** How to begin, and where alerts go. */
export const INIT_MODES = ["paper", "demo", "live"] as const;
export const INIT_ALERTS = ["none", "telegram", "webhook", "email"] as const;

export interface InitCommand extends CommonOptions {
  readonly kind: "init";
  /** A file that does not exist yet; the user's own place where it is `undefined`. */
  readonly output: string | undefined;
  /** Asks nothing. */
  readonly yes: boolean;
  /** What flags answer, as it was typed. */
  readonly answers: Readonly<Partial<Record<InitQuestionName, string | undefined>>>;
}

export interface CompletionsCommand extends CommonOptions {
  readonly kind: "completions";
  readonly shell: Shell;
}

export interface StatusCommand extends CommonOptions {
  readonly kind: "status";
}

export interface TopCommand extends CommonOptions {
  readonly kind: "top";
  /** Seconds between two refreshes; half a second where it is `undefined`. */
  readonly everySeconds: number | undefined;
  readonly forSeconds: number | undefined;
  /** One refresh as plain text or JSON, and no more. */
  readonly once: boolean;
  /** Tells the terminal of no alert. */
  readonly noNotices: boolean;
}

export interface WhyCommand extends CommonOptions {
  readonly kind: "why";
  /** How a market's ticker begins; all markets where it is `undefined`. */
  readonly ticker: string | undefined;
}

export interface ControlCommand extends CommonOptions {
  readonly kind: "kill" | "reduce" | "resume";
}

export interface StrategyCommand extends CommonOptions {
  readonly kind: "strategy_start" | "strategy_stop" | "strategy_wind_up";
  readonly name: string;
}

export interface DoctorCommand extends CommonOptions {
  readonly kind: "doctor";
  /** As of `run`; the configuration decides where it is `undefined`. */
  readonly venue: string | undefined;
  readonly venueWs: string | undefined;
  /** `--order`: create an order and cancel it, where that costs no real money. */
  readonly order: boolean;
}

export interface SystemdCommand extends CommonOptions {
  readonly kind: "systemd";
  /** For one person's own manager. */
  readonly user: boolean;
  /** Writes the units instead of printing them. */
  readonly install: boolean;
  /** Looks at what is installed instead. */
  readonly check: boolean;
  /** The one file; this one where it is `undefined`. */
  readonly program: string | undefined;
}

export interface ContainerCommand extends CommonOptions {
  readonly kind: "container";
}

export interface CloudInitCommand extends CommonOptions {
  readonly kind: "cloud_init";
  /** Where the machine gets the one file. */
  readonly url: string;
  /** Of that file, in hexadecimal digits; of this one where it is `undefined`. */
  readonly sha256: string | undefined;
  /** A file with the public key of whoever may log in. */
  readonly sshKey: string;
  /** Networks that SSH is open to; none for all. */
  readonly sshFrom: readonly string[];
}

export interface AliveCommand extends CommonOptions {
  readonly kind: "alive";
}

export interface RecordCommand extends CommonOptions {
  readonly kind: "record";
  /** As of `run`; the configuration decides where it is `undefined`. */
  readonly venue: string | undefined;
  readonly venueWs: string | undefined;
  /** As of `run`. */
  readonly feed: string | undefined;
  /** As which feed of the cluster it is published. */
  readonly publish: string | undefined;
  /** Holds a directory for each tape. */
  readonly out: string | undefined;
  readonly forSeconds: number | undefined;
  readonly speed: number | undefined;
  readonly seed: number | undefined;
}

export interface ExportCommand extends CommonOptions {
  readonly kind: "export";
  /** None: all of them. */
  readonly tables: readonly ExportTableName[];
  /** A tape instead of a state's tables. */
  readonly tape: string | undefined;
  readonly format: ExportFormat;
  /** A file for one table or a tape, `-` for stdout; a directory for several tables. */
  readonly out: string;
}

export interface PairsListCommand extends CommonOptions {
  readonly kind: "pairs_list";
}

export interface PairsReviewCommand extends CommonOptions {
  readonly kind: "pairs_review";
  /** Of the pair. */
  readonly name: string;
  /** As of `import`; the configuration decides where it is `undefined`. */
  readonly venue: string | undefined;
  /** Whose rules are read; one that is open now where it is `undefined`. */
  readonly market: string | undefined;
  /** Who has read both texts. */
  readonly by: string | undefined;
  /** Signs without asking. */
  readonly yes: boolean;
}

export type PairsCommand = PairsListCommand | PairsReviewCommand;

export interface PackCheckCommand extends CommonOptions {
  readonly kind: "pack_check";
  /** The pack. */
  readonly file: string;
}

export interface PackInitCommand extends CommonOptions {
  readonly kind: "pack_init";
  /** Where it is written. */
  readonly file: string;
}

export type PackCommand = PackCheckCommand | PackInitCommand;

/** Whose history. */
export const IMPORT_KINDS = ["kalshi", "coinbase"] as const;
export type ImportKind = typeof IMPORT_KINDS[number];

export interface ImportCommand extends CommonOptions {
  readonly kind: "import";
  /** `kalshi` or `demo` or a REST address; the configuration decides where it is `undefined`. */
  readonly venue: string | undefined;
  /** None: those of the configuration. */
  readonly series: readonly string[];
  /** Never empty. */
  readonly kinds: readonly ImportKind[];
  /** Starts of UTC days, both included; `to` is today where it is `undefined`. */
  readonly from: Micros;
  readonly to: Micros | undefined;
}

export interface AuditVerifyCommand extends CommonOptions {
  readonly kind: "audit_verify";
  /** `--journals`: compare every entry with the journal's line, too. */
  readonly journals: boolean;
}

export interface AuditExportCommand extends CommonOptions {
  readonly kind: "audit_export";
  readonly format: ExportFormat;
  /** A file, `-` for stdout. */
  readonly out: string;
}

export type AuditCommand = AuditVerifyCommand | AuditExportCommand;

export interface StoreCheckCommand extends CommonOptions {
  readonly kind: "store_check";
}

export interface StoreRebuildCommand extends CommonOptions {
  readonly kind: "store_rebuild";
}

export interface StoreCompactCommand extends CommonOptions {
  readonly kind: "store_compact";
}

export interface StoreBackupCommand extends CommonOptions {
  readonly kind: "store_backup";
  /** A directory that does not exist yet. */
  readonly out: string;
  /** Those before the database's mark, too. */
  readonly allJournals: boolean;
}

export interface StoreRestoreCommand extends CommonOptions {
  readonly kind: "store_restore";
  /** A backup's directory. */
  readonly from: string;
}

export interface StoreVersionsCommand extends CommonOptions {
  readonly kind: "store_versions";
}

export interface StoreRollbackCommand extends CommonOptions {
  readonly kind: "store_rollback";
  /** Schema of the database; the newest that this kbot knows where absent. */
  readonly to?: number | undefined;
}

export type StoreCommand =
  | StoreCheckCommand
  | StoreVersionsCommand
  | StoreRebuildCommand
  | StoreCompactCommand
  | StoreBackupCommand
  | StoreRestoreCommand
  | StoreRollbackCommand;

export interface AlertTestCommand extends CommonOptions {
  readonly kind: "alert_test";
  /** All that are configured where it is `undefined`. */
  readonly channel: ChannelName | undefined;
}

export interface AlertEventsCommand extends CommonOptions {
  readonly kind: "alert_events";
}

export type Command =
  | RunCommand
  | DemoCommand
  | ExchangeCommand
  | TransferCommand
  | RecordCommand
  | ImportCommand
  | ExportCommand
  | ReplayCommand
  | ExplainCommand
  | BacktestCommand
  | ReportCommand
  | ParityCommand
  | SweepCommand
  | WorkerCommand
  | CalibrateCommand
  | CalcCommand
  | CalcVolatilityCommand
  | PairsCommand
  | PackCommand
  | AuditCommand
  | StoreCommand
  | AlertTestCommand
  | AlertEventsCommand
  | ConfigCommand
  | CompletionsCommand
  | InitCommand
  | StatusCommand
  | TopCommand
  | WhyCommand
  | ControlCommand
  | StrategyCommand
  | DoctorCommand
  | SystemdCommand
  | ContainerCommand
  | CloudInitCommand
  | AliveCommand;

/** Exit codes (DESIGN.md 4); a run that risk halted ends with 3. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;
