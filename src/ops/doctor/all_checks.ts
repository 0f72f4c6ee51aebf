/**
 * All checks in their order: this machine, the exchange as anybody sees it, our account there, the live connection.
 * @module
 */

import { alerts } from "./alerts.ts";
import type { Check } from "./check.ts";
import { clock } from "./clock.ts";
import { cluster } from "./cluster.ts";
import { configuration } from "./configuration.ts";
import { credentials } from "./credentials.ts";
import { diskSpace } from "./disk_space.ts";
import { dns } from "./dns.ts";
import { easternTime } from "./eastern_time.ts";
import { FEED_CHECKS } from "./feeds.ts";
import { journal } from "./journal.ts";
import { keyFile } from "./key_file.ts";
import { lastRun } from "./last_run.ts";
import { logDirectory } from "./log_directory.ts";
import { markets } from "./markets.ts";
import { memory } from "./memory.ts";
import { openFiles } from "./open_files.ts";
import { order } from "./order.ts";
import { orderBook } from "./order_book.ts";
import { page } from "./page.ts";
import { pagePort } from "./page_port.ts";
import { pageToken } from "./page_token.ts";
import { privateKey } from "./private_key.ts";
import { rateLimits } from "./rate_limits.ts";
import { rest } from "./rest.ts";
import { secretFiles } from "./secret_files.ts";
import { series } from "./series.ts";
import { settlementIndex } from "./settlement_index.ts";
import { shardBalance } from "./shard_balance.ts";
import { signature } from "./signature.ts";
import { stateDirectory } from "./state_directory.ts";
import { stateIdentity } from "./state_identity.ts";
import { stateLock } from "./state_lock.ts";
import { store } from "./store.ts";
import { timeZone } from "./time_zone.ts";
import { traceEndpoint } from "./trace_endpoint.ts";
import { trading } from "./trading.ts";
import { user } from "./user.ts";
import { venue } from "./venue.ts";
import { wasm } from "./wasm.ts";
import { webSocket } from "./web_socket.ts";

/** A check stands behind those that it needs. */
export const ALL_CHECKS: readonly Check[] = [
  user,
  configuration,
  secretFiles,
  stateDirectory,
  stateLock,
  diskSpace,
  logDirectory,
  pageToken,
  store,
  journal,
  lastRun,
  pagePort,
  page,
  memory,
  openFiles,
  wasm,
  timeZone,
  easternTime,
  alerts,
  traceEndpoint,
  cluster,
  venue,
  stateIdentity,
  dns,
  rest,
  clock,
  series,
  markets,
  trading,
  credentials,
  keyFile,
  privateKey,
  signature,
  rateLimits,
  shardBalance,
  webSocket,
  orderBook,
  settlementIndex,
  ...FEED_CHECKS,
  order,
];
