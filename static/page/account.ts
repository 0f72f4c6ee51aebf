/** The account's tiles: NAV with its line, bankroll, the day, and how long the run has been up. */

import type { AccountView } from "../../src/engine/view.ts";
import type { PortfolioPoint } from "../../src/server/status.ts";
import { element, flash, setAttribute, setText } from "./dom.ts";
import { duration, money, signOf } from "./format.ts";

const POINTS_MAX = 240;
const SVG = "http://www.w3.org/2000/svg";

interface Tile {
  readonly node: HTMLElement;
  readonly value: HTMLElement;
  set(text: string, detail: string, tone?: string): void;
}

function tile(label: string, id: string, kind: string): Tile {
  const value = element("p", { class: "figure", id });
  const detail = element("p", { class: "detail" });
  const node = element("div", { class: `tile ${kind}` }, element("h2", { class: "label", text: label }), value, detail);
  return {
    node,
    value,
    set: (text, more, tone) => {
      setText(value, text);
      setText(detail, more);
      setAttribute(value, "data-tone", tone ?? null);
    },
  };
}

export class AccountPanel {
  readonly #nav = tile("Net asset value", "nav", "lead");
  readonly #cash = tile("Bankroll", "cash", "");
  readonly #daily = tile("P&L today", "daily-pnl", "");
  readonly #exposure = tile("At risk", "exposure", "");
  readonly #results = tile("Realised", "realised", "");
  readonly #fees = tile("Fees", "fees", "");
  readonly #activity = tile("Fills", "fills", "");
  readonly #uptime = tile("Uptime", "uptime", "wide");
  readonly #line = document.createElementNS(SVG, "polyline");
  readonly #points: { at: number; nav: number }[] = [];
  #lastNav = "";

  constructor(parent: HTMLElement) {
    const chart = document.createElementNS(SVG, "svg");
    chart.setAttribute("class", "spark");
    chart.setAttribute("viewBox", "0 0 240 48");
    chart.setAttribute("preserveAspectRatio", "none");
    chart.setAttribute("aria-hidden", "true");
    chart.append(this.#line);
    this.#nav.node.append(chart);
    const rest = [this.#cash, this.#daily, this.#exposure, this.#results, this.#fees, this.#activity, this.#uptime];
    parent.append(this.#nav.node, ...rest.map(({ node }) => node));
  }

  render(account: AccountView, at: string): void {
    const change = `${money(account.startingCapital)} at the start`;
    if (this.#lastNav !== "" && account.nav !== this.#lastNav) {
      flash(this.#nav.value, Number(account.nav) > Number(this.#lastNav) ? "up" : "down");
    }
    this.#lastNav = account.nav;
    this.#nav.set(money(account.nav), change);
    this.#cash.set(money(account.cash), "cash on the exchange");
    this.#daily.set(money(account.dailyPnl, true), "since midnight UTC", signOf(account.dailyPnl));
    this.#exposure.set(money(account.exposure), "positions and orders");
    this.#results.set(
      money(account.realised, true),
      `${money(account.unrealised, true)} unrealised`,
      signOf(account.realised),
    );
    this.#fees.set(money(account.fees), "paid so far");
    this.#activity.set(String(account.fills), `${account.orders} orders · ${account.wins} won, ${account.losses} lost`);
    this.#add(Date.parse(at), Number(account.nav));
  }

  renderUptime(seconds: number | null, startedAt: string): void {
    this.#uptime.set(seconds === null ? "–" : duration(seconds), startedAt);
  }

  /** What was before this page was opened. */
  history(points: readonly PortfolioPoint[]): void {
    const first = this.#points[0]?.at ?? Infinity;
    const earlier = points.map(({ at, nav }) => ({ at: Date.parse(at), nav: Number(nav) }))
      .filter(({ at, nav }) => at < first && Number.isFinite(nav));
    const known = earlier.findIndex(({ nav }) => nav !== 0);
    if (known >= 0) this.#points.unshift(...earlier.slice(known));
    this.#draw();
  }

  /** At most one point a second of the run's clock; the oldest go first. */
  #add(at: number, nav: number): void {
    // Before the exchange has told the account it is worth nothing, which would press the line flat.
    if (!Number.isFinite(nav) || (nav === 0 && this.#points.length === 0)) return;
    const last = this.#points.at(-1);
    if (last !== undefined && at - last.at < 1_000) last.nav = nav;
    else this.#points.push({ at, nav });
    this.#draw();
  }

  #draw(): void {
    if (this.#points.length > POINTS_MAX) this.#points.splice(0, this.#points.length - POINTS_MAX);
    if (this.#points.length < 2) return;
    const values = this.#points.map(({ nav }) => nav);
    const low = Math.min(...values);
    const span = Math.max(...values) - low || 1;
    const from = this.#points[0].at;
    const length = (this.#points.at(-1)?.at ?? from) - from || 1;
    const spots = this.#points.map(({ at, nav }) =>
      `${(240 * (at - from) / length).toFixed(1)},${(44 - 40 * (nav - low) / span).toFixed(1)}`
    );
    this.#line.setAttribute("points", spots.join(" "));
    const up = values[values.length - 1] >= values[0];
    this.#line.setAttribute("class", up ? "gain" : "loss");
  }
}
