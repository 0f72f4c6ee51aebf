/**
 * Bugs planted into kbot, to prove that the simulation finds them: each is a few words of a module replaced. The mutant
 * lies in a directory of its own, and an import map puts it in the module's place; the code itself stays as it is.
 * @module
 */

import type { Rule } from "./watch.ts";

interface Edit {
  /** Below the project's root. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly put: string;
}

export interface Mutation {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** The rules that may tell it, whichever is broken first. */
  readonly rules: readonly Rule[];
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: "orders leave before the journal was handed to the disk",
    edits: [{ file: "src/runner/pump.ts", find: "const written = this.flush();", put: "const written = true;" }],
    rules: ["journal"],
  },
  {
    name: "no market has a cap",
    edits: [
      {
        file: "src/risk/guardian.ts",
        find: "used: stakes.market, added, limit: limits.market",
        put: "used: 0, added, limit: limits.market",
      },
      { file: "src/risk/limits.ts", find: "limits.market - stakes.market,", put: "limits.market," },
    ],
    rules: ["caps"],
  },
  {
    name: "a gap in the sequence goes unnoticed",
    edits: [{
      file: "src/core/sequence.ts",
      find: "const gap = point.seq !== subscription.seq + 1;",
      put: "const gap = false;",
    }],
    rules: ["book"],
  },
  {
    name: "nobody asks whether a halt stands",
    edits: [
      {
        file: "src/engine/order_entry.ts",
        find: "const halt = this.#halts.over(strategy, index);",
        put: "const halt = null as any;",
      },
      {
        file: "src/engine/decisions.ts",
        find: "const halt = desk.halts.first ?? desk.halts.on(state.index);",
        put: "const halt = null as any;",
      },
      {
        file: "src/engine/decisions.ts",
        find: "const halt = this.#desk.halts.over(strategy.name, state.index);",
        put: "const halt = null as any;",
      },
    ],
    rules: ["halted"],
  },
  {
    name: "REDUCING lets an opening order out",
    edits: [
      {
        file: "src/engine/order_entry.ts",
        find: 'reducing: halt?.level === "reducing" ? halt.reason : null,',
        put: "reducing: null,",
      },
      {
        file: "src/engine/decisions.ts",
        find: 'const reducing = halt?.level === "reducing" ? halt : null;',
        put: "const reducing = null as any;",
      },
    ],
    rules: ["reducing", "strategy"],
  },
  {
    name: "a halt that a person has to lift is forgotten over a restart",
    edits: [{
      file: "src/store/kv_store.ts",
      find: "halts: halts.filter((halt) => halt.active && halt.persistent),",
      put: 'halts: halts.filter((halt) => halt.active && halt.persistent && halt.name === "kill"),',
    }],
    rules: ["forgotten"],
  },
  {
    name: "a strategy that was stopped trades again after a restart",
    edits: [{
      file: "src/engine/strategy_states.ts",
      find: "const before = resumed.find((record) => record.name === name);",
      put: "const before = undefined as any;",
    }],
    rules: ["strategy"],
  },
  {
    name: "an answer that was lost counts as a refusal",
    edits: [{
      file: "src/venues/kalshi/trading.ts",
      find: "if (!isExplicit(failure)) return",
      put: "if (failure === null) return",
    }],
    rules: ["once", "rest", "orders", "caps", "position"],
  },
  {
    name: "an execution that is heard twice counts twice",
    edits: [{
      file: "src/execution/executions.ts",
      find: "if (this.#tradeIds.has(tradeId)) return false;",
      put: "",
    }],
    rules: ["rest", "position", "cash", "orders"],
  },
  {
    name: "what a dead run left in its journal is not taken up",
    edits: [{
      file: "src/store/recover.ts",
      find: "const result = await recovery.run(stateDirectory, run, run === mark?.run ? mark.line : 0);",
      put: "if (mark !== null) continue;\n      const result = await recovery.run(stateDirectory, run, 0);",
    }],
    rules: ["once", "orders", "fills", "rest", "position"],
  },
  {
    name: "every run numbers its orders from one",
    edits: [{
      file: "src/engine/portfolio.ts",
      find: "this.#nextIntent = nextIntent(options);",
      put: "this.#nextIntent = 1;",
    }],
    rules: ["once"],
  },
  {
    name: "fees are not paid",
    edits: [{
      file: "src/execution/ledger.ts",
      find: "this.#cash = money(this.#cash - execution.fee);",
      put: "",
    }],
    rules: ["cash", "profit", "rest"],
  },
  {
    name: "executions that were missed are not read",
    edits: [
      { file: "src/venues/kalshi/catch_up.ts", find: "await this.#options.fills.catchUp() &&", put: "" },
      { file: "src/venues/kalshi/venue.ts", find: "return this.#trading.fetchFills(action);", put: "return;" },
    ],
    rules: ["rest", "fills", "position", "cash"],
  },
  {
    name: "orders leave though the journal cannot be written",
    edits: [{
      file: "src/runner/pump.ts",
      find: 'if (written || action.type !== "place") {',
      put: "if (written || action !== null) {",
    }],
    rules: ["journal"],
  },
  {
    name: "what was acted on is not forced to the disk first",
    edits: [{
      file: "src/store/journal_writer.ts",
      find: 'if (this.#settings.sync === "every") this.#file.syncDataSync();',
      put: "",
    }],
    rules: ["once", "orders", "fills", "rest"],
  },
  {
    name: "a write that failed half way is not cut back",
    edits: [{
      file: "src/store/journal_writer.ts",
      find: "if (this.#trouble !== null) this.#repairOffset();",
      put: "",
    }],
    rules: ["journal", "once", "orders", "fills", "rest", "replay"],
  },
];

const ROOT = new URL("../../", import.meta.url);

/** Where a mutant's imports lead, from wherever it lies. */
function absolute(text: string, file: URL): string {
  return text.replaceAll(/(from|import)(\s+|\()"(\.[^"]+)"/g, (_, word: string, space: string, path: string) => {
    return `${word}${space}"${new URL(path, file).href}"`;
  });
}

/**
 * Writes a mutant into a directory, and a configuration for Deno that puts it in its place: the path of that.
 * @throws Error where what is to be replaced does not stand in its file once
 */
export async function plant({ edits, name }: Mutation, directory: string): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const texts = new Map<string, string>();
  for (const { file, find, put } of edits) {
    const text = texts.get(file) ?? await Deno.readTextFile(new URL(file, ROOT));
    const times = text.split(find).length - 1;
    if (times !== 1) throw new Error(`Mutation "${name}": ${file} holds ${times} times: ${find}`);
    texts.set(file, text.replace(find, () => put));
  }
  for (const [file, text] of texts) {
    const place = `${directory}/${file.replaceAll("/", "_")}`;
    const original = new URL(file, ROOT);
    await Deno.writeTextFile(
      place,
      absolute(text, original).replaceAll("import.meta.url", JSON.stringify(original.href)),
    );
    imports[original.href] = `file://${place}`;
  }
  const config = `${directory}/deno.json`;
  await Deno.writeTextFile(config, JSON.stringify({ imports, nodeModulesDir: "none", unstable: ["kv"] }));
  return config;
}
