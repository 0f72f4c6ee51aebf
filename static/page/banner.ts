/** What can never be mistaken: whose money this is, whether trading is halted, and how fresh the page is. */

import type { HaltView, StateView } from "../../src/engine/view.ts";
import type { RunStatus } from "../../src/server/status.ts";
import { byId, element, KeyedList, type RowNode, setAttribute, setHidden, setText } from "./dom.ts";
import { age, clockTime, words } from "./format.ts";
import { headlineOf, reachOf } from "./halts.ts";
import type { ConnectionState } from "./live.ts";

/** The server speaks every second; silence beyond this is shown as such. */
export const STALE_MS = 2_500;

interface Mode {
  readonly mode: "paper" | "paper-simulated" | "live" | "live-simulated";
  readonly name: string;
  readonly text: string;
}

export function modeOf({ mode, simulated, venue }: Pick<RunStatus, "mode" | "simulated" | "venue">): Mode {
  if (mode === "live") {
    return simulated
      ? {
        mode: "live-simulated",
        name: "SIMULATED EXCHANGE",
        text: "Play money: orders go to an exchange that is simulated",
      }
      : { mode: "live", name: "LIVE", text: `Real money. Orders go to ${venue}` };
  }
  return simulated
    ? {
      mode: "paper-simulated",
      name: "PAPER · SIMULATED EXCHANGE",
      text: "Play money, play prices, modelled fills",
    }
    : { mode: "paper", name: "PAPER", text: `Market data of ${venue}. Fills are modelled, no order is sent` };
}

export class ModeBanner {
  readonly #root = byId("mode", HTMLElement);
  readonly #name = byId("mode-name", HTMLElement);
  readonly #text = byId("mode-text", HTMLElement);

  render(status: RunStatus): void {
    const { mode, name, text } = modeOf(status);
    const speed = status.clock.speed === 1 ? "" : ` · ${status.clock.speed}× speed`;
    setAttribute(this.#root, "data-mode", mode);
    setText(this.#name, name);
    setText(this.#text, text + speed);
  }
}

/** Why the run cannot do its work, except for halts, which have their own place. */
export class TroubleBanner {
  readonly #root = byId("trouble", HTMLElement);

  render({ ready, venueHealth }: RunStatus): void {
    const reasons = ready.ok ? [] : ready.reasons.filter((reason) => !reason.startsWith("Halted"));
    const { trouble } = venueHealth;
    if (trouble !== null && !reasons.some((reason) => reason.includes(trouble))) reasons.unshift(trouble);
    setHidden(this.#root, reasons.length === 0);
    setText(this.#root, `Not ready: ${reasons.join(" · ")}`);
  }
}

/** Sources of data that bring nothing: trading may go on without them, but somebody should know. */
export class SourcesBanner {
  readonly #root = byId("sources", HTMLElement);

  render(troubles: readonly string[]): void {
    setHidden(this.#root, troubles.length === 0);
    setText(this.#root, `Without data: ${troubles.join(" · ")}`);
  }
}

/** Another page is served by now, after an upgrade: this one may not understand what it is sent. */
export class NewerPageBanner {
  readonly #root = byId("newer", HTMLElement);
  /** What this page is of. */
  readonly #own = document.querySelector('meta[name="build"]')?.getAttribute("content") ?? null;

  constructor() {
    const reload = element("button", { type: "button", class: "quiet", text: "Reload" });
    reload.addEventListener("click", () => location.reload());
    this.#root.append(element("span", { text: "kbot serves a newer page than this one" }), reload);
  }

  /** @param served the build that the server names; `null` where it names none */
  render(served: string | null): void {
    setHidden(this.#root, served === null || served === this.#own);
  }
}

export class HaltBanner {
  readonly #root: HTMLElement;
  readonly #headline = element("strong");
  readonly #list: KeyedList<HaltView>;
  readonly #resting = element("p", { id: "resting" });
  readonly #resume: HTMLButtonElement;

  /** @param resume called when a person wants to lift the halts */
  constructor(root: HTMLElement, resume: () => void) {
    this.#root = root;
    const list = element("ul");
    this.#resume = element("button", { type: "button", class: "primary", id: "resume", text: "Resume…" });
    this.#resume.addEventListener("click", resume);
    root.append(this.#headline, list, this.#resting, this.#resume);
    this.#list = new KeyedList(list, haltNode);
  }

  /** Whether anything can still rest: the exchange's own word, as far as it gave one. */
  renderSweep(sweep: RunStatus["venueHealth"]["sweep"]): void {
    setHidden(this.#resting, sweep === null);
    if (sweep === null) return;
    const { confirmed, resting, tries, trouble } = sweep;
    const listed = resting === null ? "" : `, ${resting} in the exchange's list`;
    setText(
      this.#resting,
      confirmed === null
        ? `Orders may still rest: cancelling, try ${tries}${listed}${trouble === null ? "" : `: ${trouble}`}`
        : `The exchange confirmed at ${clockTime(confirmed)} UTC that no order rests`,
    );
  }

  render({ state }: StateView, halts: readonly HaltView[]): void {
    setText(this.#headline, headlineOf(state, halts));
    setAttribute(this.#root, "data-state", state);
    this.#list.render(halts.map((halt) => [halt.name, halt] as const));
    setHidden(this.#root, halts.length === 0);
    // What ends by itself, or with the start of a strategy, no resuming ends.
    setHidden(this.#resume, !halts.some(({ scope, persistent }) => scope === "whole" && persistent));
  }
}

function haltNode(): RowNode<HaltView> {
  const node = element("li");
  return {
    node,
    update: (halt) => {
      const { name, reason, since, ends } = halt;
      setText(
        node,
        `${words(name)} (${reachOf(halt)}): ${reason}. Since ${clockTime(since)} UTC. Ends: ${ends}`,
      );
    },
  };
}

export class ConnectionBadge {
  readonly #node = byId("connection", HTMLElement);

  /** @param ageMs of the newest word; `null` before the first */
  render(state: ConnectionState, ageMs: number | null): void {
    const stale = state.kind === "live" && (ageMs ?? 0) > STALE_MS;
    const fresh = state.kind === "live" && !stale;
    setAttribute(this.#node, "data-state", stale ? "stale" : state.kind);
    setText(this.#node, textOf(state, stale, ageMs));
    // Numbers that are not live must not look live, whatever part of the page one looks at.
    setAttribute(document.body, "data-fresh", fresh ? "yes" : "no");
  }
}

function textOf(state: ConnectionState, stale: boolean, ageMs: number | null): string {
  const old = ageMs === null ? "" : ` · data ${age(Math.floor(ageMs / 1_000) * 1_000)} old`;
  switch (state.kind) {
    case "connecting":
      return "Connecting…";
    case "live":
      return stale ? `Silent${old}` : "Connected";
    case "reconnecting":
      return `Reconnecting…${old}`;
    case "locked":
      return "Token needed to read";
  }
}
