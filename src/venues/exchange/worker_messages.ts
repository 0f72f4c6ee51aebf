/**
 * What is said between the main thread and the exchange's Worker.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { ExchangeInfo, ExchangeOptions } from "./server.ts";
import type { TapeRequest } from "./tape/recorded_moments.ts";

export type WorkerRequest =
  | { readonly type: "start"; readonly options: ExchangeOptions; readonly tape: TapeRequest | null }
  | { readonly type: "advance"; readonly to: Micros }
  | { readonly type: "frames" }
  | { readonly type: "fault"; readonly name: string; readonly on: boolean }
  | { readonly type: "stop" };

export type WorkerReply =
  | { readonly type: "started"; readonly info: ExchangeInfo; readonly privateKeyPem: string; readonly now: Micros }
  | { readonly type: "advanced"; readonly now: Micros; readonly frames: number; readonly over: boolean }
  | { readonly type: "frames"; readonly frames: number }
  | { readonly type: "fault" }
  | { readonly type: "stopped" }
  | { readonly type: "failed"; readonly reason: string };
