/**
 * Every address of the API, in the order of the document.
 * @module
 */

import type { Endpoint } from "./endpoint.ts";
import { CONTROL_ENDPOINTS } from "./control_endpoints.ts";
import { HALT_HISTORY } from "./halt_history_endpoint.ts";
import { HISTORY_ENDPOINTS } from "./history_endpoints.ts";
import { PRICE_ENDPOINTS } from "./price_endpoints.ts";
import { RISK_ENDPOINTS } from "./risk_endpoints.ts";
import { RUN_ENDPOINTS } from "./run_endpoints.ts";
import { TRADING_ENDPOINTS } from "./trading_endpoints.ts";

export const ENDPOINTS: readonly Endpoint[] = [
  ...RUN_ENDPOINTS,
  ...TRADING_ENDPOINTS,
  ...RISK_ENDPOINTS,
  HALT_HISTORY,
  ...PRICE_ENDPOINTS,
  ...HISTORY_ENDPOINTS,
  ...CONTROL_ENDPOINTS,
];
