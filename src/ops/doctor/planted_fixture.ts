/**
 * For tests: what a planted problem is, and where it is planted.
 * @module
 */

import type { RunningExchange } from "../../venues/exchange/server.ts";
import type { CheckStatus } from "./check.ts";
import type { DoctorRequest } from "./context.ts";
import type { Patient } from "./patient_fixture.ts";

/** What planting changed beside the patient. */
export interface Planting {
  readonly request?: Partial<DoctorRequest>;
  readonly undo?: () => unknown;
}

type Plant = Planting | void | Promise<Planting | void>;

interface Problem {
  readonly problem: string;
  /** Name of the check that finds it. */
  readonly found: string;
  /** `FAIL` where absent; what only warns passes, with a remedy. */
  readonly status?: CheckStatus;
  readonly detail: RegExp;
  readonly remedy: RegExp;
  /** Other checks that fail for the same reason. */
  readonly alsoFails?: readonly string[];
  /** Checks that cannot be made for it; not looked at where absent. */
  readonly cannot?: readonly string[];
}

export interface MachineProblem extends Problem {
  plant(patient: Patient): Plant;
}

export interface VenueProblem extends Problem {
  /** @param exchange that the patient visits, and that is well */
  plant(patient: Patient, exchange: RunningExchange): Plant;
}

/** Nobody listens there. */
export const NOWHERE = { rest: "http://127.0.0.1:4/trade-api/v2", ws: "ws://127.0.0.1:4/trade-api/ws/v2" };

export const RUN = "20261120T040211Z-0001";
export const HEADER = { version: "0.1.0", run: RUN, started: "2026-11-20T04:02:11Z", config: null };

/** A server that is no exchange, or one in front of it; answers whatever the test says, to every path. */
export function serve(answer: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  const host = `127.0.0.1:${server.addr.port}`;
  return {
    port: server.addr.port,
    origin: `http://${host}`,
    rest: `http://${host}/trade-api/v2`,
    ws: `ws://${host}/trade-api/ws/v2`,
    close: () => server.shutdown(),
  };
}
