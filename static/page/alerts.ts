/**
 * Alerts: the newest in a panel with how the channels fare, each new one as a toast, and as a notification of the system
 * where the reader has allowed that.
 * @module
 */

import type { AlertChannelStatus, AlertView, RunStatus } from "../../src/server/status.ts";
import { modeOf } from "./banner.ts";
import { element, KeyedList, type RowNode, setAttribute, setHidden, setText } from "./dom.ts";
import { clockTime, words } from "./format.ts";
import { AlertNews } from "./new_alerts.ts";

/** Toasts at once; the oldest make room. */
const TOASTS_MAX = 4;
const TOAST_MS = 10_000;

export class AlertsPanel {
  readonly #news = new AlertNews();
  readonly #toasts: HTMLElement;
  readonly #list: KeyedList<AlertView>;
  readonly #channels: KeyedList<AlertChannelStatus>;
  readonly #empty = element("p", { class: "detail", text: "Nothing yet" });
  readonly #ask = element("button", { type: "button", class: "quiet", text: "Notify me on this screen" });

  /** @param toasts where the new ones appear */
  constructor(parent: HTMLElement, toasts: HTMLElement) {
    this.#toasts = toasts;
    const list = element("ol", { class: "alerts" });
    const channels = element("dl", { class: "facts" });
    parent.append(this.#empty, list, channels, this.#ask);
    this.#list = new KeyedList(list, alertNode);
    this.#channels = new KeyedList(channels, channelNode);
    this.#ask.addEventListener("click", () => void this.#askLeave());
    this.#showAsk();
  }

  render(status: RunStatus): void {
    const { recent, channels } = status.alerts;
    this.#list.render(recent.toReversed().map((alert) => [String(alert.number), alert] as const));
    this.#channels.render(channels.map((channel) => [channel.name, channel] as const));
    setHidden(this.#empty, recent.length > 0);
    const { alerts, missed } = this.#news.take(status.run, recent);
    const { name } = modeOf(status);
    if (missed > 0) this.#toast("warning", `${name}: ${missed} alerts came too fast to be shown; the log has them`);
    for (const alert of alerts) {
      this.#toast(alert.severity, `${name}: ${textOf(alert)}`);
      notify(`kbot ${name}: ${alert.severity}`, alert);
    }
  }

  /** What is critical stays until it is put away. */
  #toast(severity: AlertView["severity"], text: string): void {
    const close = element("button", { type: "button", class: "quiet", "aria-label": "Put away", text: "×" });
    const toast = element("div", { class: "toast", "data-severity": severity }, element("p", { text }), close);
    close.addEventListener("click", () => toast.remove());
    this.#toasts.append(toast);
    while (this.#toasts.childElementCount > TOASTS_MAX) {
      (this.#toasts.querySelector('.toast:not([data-severity="critical"])') ?? this.#toasts.firstElementChild)
        ?.remove();
    }
    if (severity !== "critical") setTimeout(() => toast.remove(), TOAST_MS);
  }

  async #askLeave(): Promise<void> {
    await Notification.requestPermission();
    this.#showAsk();
  }

  /** Asked only where it can be answered: by a click, and once. */
  #showAsk(): void {
    setHidden(this.#ask, !("Notification" in globalThis) || Notification.permission !== "default");
  }
}

const textOf = ({ text, count }: AlertView): string => count <= 1 ? text : `${text} (${count} times)`;

function notify(title: string, { text, number, severity }: AlertView): void {
  if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
  try {
    new Notification(title, { body: text, tag: `kbot ${number}`, requireInteraction: severity === "critical" });
  } catch {
    // Some phones want a worker for that, which this page has not; the toast is there.
  }
}

function alertNode(): RowNode<AlertView> {
  const time = element("time");
  const text = element("span");
  const node = element("li", {}, time, text);
  return {
    node,
    update: (alert) => {
      setAttribute(node, "data-severity", alert.severity);
      setText(time, clockTime(alert.at));
      setText(text, textOf(alert));
      setAttribute(node, "title", words(alert.event));
    },
  };
}

function channelNode(): RowNode<AlertChannelStatus> {
  const name = element("dt");
  const value = element("dd");
  return {
    node: element("div", {}, name, value),
    update: (channel) => {
      setText(name, words(channel.name));
      setText(value, channelText(channel));
      setAttribute(value, "data-tone", channel.trouble === null ? (channel.lost > 0 ? "warn" : null) : "bad");
      setAttribute(value, "title", `${channel.to}, from ${channel.least}`);
    },
  };
}

function channelText({ delivered, waiting, lost, trouble }: AlertChannelStatus): string {
  const figures = [`${delivered} told`];
  if (waiting > 0) figures.push(`${waiting} waiting`);
  if (lost > 0) figures.push(`${lost} lost`);
  return trouble === null ? figures.join(", ") : `${figures.join(", ")}: ${trouble}`;
}
