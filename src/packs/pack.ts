/**
 * A strategy pack: one JavaScript file that is a strategy, known by the hash of its bytes. It runs in a sandbox of its own
 * and takes part like any other strategy.
 * @module
 */

import { count, ONE_CONTRACT, price } from "../core/units.ts";
import { feeAdjustedKelly } from "../models/kelly.ts";
import { contractsFor, costOf, feeOf } from "../strategies/bet.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import { register, type Registration } from "../strategies/registry.ts";
import type { Opinion } from "../strategies/strategy.ts";
import type { StrategyView } from "../strategies/view.ts";
import { opinionOf } from "./answer.ts";
import { type Declaration, readDeclaration } from "./declaration.ts";
import { questionOf } from "./question.ts";
import { type HostFunctions, Sandbox } from "./sandbox.ts";

/** A strategy is some hundred lines. What is larger is something else, and would be kept with every state. */
export const PACK_BYTES_MAX = 256 * 1024;

export interface Pack {
  /** Where it was read. */
  readonly file: string;
  /** Of its bytes, 64 hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly declaration: Declaration;
  readonly registration: Registration;
  /** Steps that its last decision took; the sandbox allows 10 million. */
  steps(): number;
}

/** The hash by which a configuration pins a pack. */
export async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Makes a pack of a file's bytes.
 *
 * @throws PackError where it is no pack
 */
export async function makePack(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<Pack> {
  const name = file.split(/[/\\]/).at(-1) ?? file;
  const sandbox = await Sandbox.open(name, new TextDecoder().decode(bytes));
  const declaration = readDeclaration(sandbox.declaration);
  return {
    file,
    sha256: await hashOf(bytes),
    bytes,
    declaration,
    registration: registrationOf(declaration, sandbox),
    steps: () => sandbox.steps,
  };
}

function registrationOf({ name, title, trades, parameters, more }: Declaration, sandbox: Sandbox): Registration {
  // Parameters are put into JSON once for each object of them, of which each run has one.
  const written = new WeakMap<object, string>();
  const textOf = (settings: object): string => {
    const known = written.get(settings) ?? JSON.stringify(settings);
    written.set(settings, known);
    return known;
  };
  return register({
    name,
    title,
    startsOff: true,
    parameters,
    hooks: STANDARD_HOOKS,
    trades,
    decide: (view: StrategyView, settings: Record<string, unknown>): Opinion =>
      opinionOf(sandbox.ask(questionOf(view, textOf(settings), more), new Reckoning(view)), view),
  });
}

/** What `kbot` can do for a pack: the very functions that every strategy reckons with. */
class Reckoning implements HostFunctions {
  constructor(readonly view: StrategyView) {}

  fee(at: number, role: number): number {
    return feeOf(this.view.market, price(at), roleOf(role));
  }

  kelly(probability: number, cost: number, fee: number): number {
    return feeAdjustedKelly({ probability, price: cost, fee, settlementFee: 0 });
  }

  floor(at: number): number {
    return this.view.grid.floor(price(Math.floor(at))) ?? 0;
  }

  ceil(at: number): number {
    return this.view.grid.ceil(price(Math.ceil(at))) ?? 0;
  }

  contracts(side: number, at: number, role: number, kelly: number, most: number, depth: number): number {
    const way = side === 0 ? "bid" : "ask";
    const bet = {
      side: way,
      cost: costOf(way, price(at)),
      fee: feeOf(this.view.market, price(at), roleOf(role)),
      edge: 0,
    };
    const bounds = { position: most / ONE_CONTRACT, depth: depth / ONE_CONTRACT };
    return count(contractsFor(this.view, { ...bet, side: way }, kelly, bounds));
  }
}

const roleOf = (role: number) => role === 0 ? "taker" as const : "maker" as const;
