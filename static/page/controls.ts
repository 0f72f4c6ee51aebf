/**
 * What a person may ask of the run, each with its words and with what the page must see before it counts as done.
 * @module
 */

import type { ParameterValue } from "../../src/server/sources.ts";
import type { Control } from "./control.ts";
import { words } from "./format.ts";
import type { PageState } from "./state.ts";
import { mayStop } from "./strategies.ts";

export const killControl = (state: PageState): Control => ({
  title: "Stop all trading?",
  text: `Cancels every resting order on ${state.status?.venue ?? "the venue"} and sends no new one, ` +
    "also after a restart, until someone resumes. Positions stay open. Held for a second, the kill switch does this at once.",
  confirm: "Stop trading now",
  danger: true,
  path: "kill",
  done: () => halts(state).some(({ name }) => name.startsWith("kill")),
  doneText: "Trading is halted",
});

export const reduceControl = (state: PageState): Control => ({
  title: "Let only what closes go out?",
  text: "Nothing new is opened, also after a restart, until someone resumes. What closes a position goes on.",
  confirm: "Only close",
  danger: true,
  path: "reduce",
  done: () => halts(state).some(({ name }) => name === "reduce"),
  doneText: "Only what closes goes out",
});

export const resumeControl = (state: PageState): Control => ({
  title: "Resume trading?",
  text: "Lifts what of the whole a person may lift. Strategies that run may send orders at once.",
  confirm: "Resume trading",
  danger: false,
  path: "resume",
  done: () => !halts(state).some(({ scope, persistent }) => scope === "whole" && persistent),
  doneText: "Trading goes on",
});

type Strategy = NonNullable<PageState["sections"]["strategies"]>[number];

/** Ends a strategy that runs, and starts another one. */
export function switchControl(state: PageState, { name, ...row }: Strategy): Control {
  const running = mayStop(row);
  return {
    title: `${running ? "Stop" : "Start"} ${words(name)}?`,
    text: running ? "Its resting orders are cancelled. Positions stay open." : "It may send orders at once.",
    confirm: running ? "Stop it" : "Start it",
    danger: running,
    path: `strategies/${encodeURIComponent(name)}/${running ? "stop" : "start"}`,
    done: () => strategies(state).some((row) => row.name === name && mayStop(row) !== running),
    doneText: `${words(name)} is ${running ? "stopped" : "running"}`,
  };
}

export const windUpControl = (state: PageState, { name }: Strategy): Control => ({
  title: `Wind up ${words(name)}?`,
  text: "It opens nothing new and closes what it holds; then it stops.",
  confirm: "Wind it up",
  danger: true,
  path: `strategies/${encodeURIComponent(name)}/wind-up`,
  // With nothing left to close it stops at once.
  done: () => strategies(state).some((row) => row.name === name && ["winding_up", "stopped"].includes(row.phase)),
  doneText: `${words(name)} is winding up`,
});

/** @param after called once the server has taken them */
export const parametersControl = (
  name: string,
  values: Readonly<Record<string, ParameterValue>>,
  after: () => void,
): Control => ({
  title: `Change ${words(name)}?`,
  text: `From the next decision on: ${
    Object.entries(values).map(([parameter, value]) => `${parameter} = ${JSON.stringify(value)}`).join(", ")
  }. It holds until the run ends or kbot.toml is read again; what is to stay belongs into that file.`,
  confirm: "Change it",
  danger: true,
  path: `strategies/${encodeURIComponent(name)}/parameters`,
  body: { values },
  done: () => true,
  doneText: `${words(name)} has other parameters`,
  after,
});

const halts = ({ sections }: PageState) => sections.halts ?? [];
const strategies = ({ sections }: PageState) => sections.strategies ?? [];
