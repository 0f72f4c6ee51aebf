/**
 * Walks Monte Carlo paths in a thread of its own.
 * @module
 */

import { runBlocks } from "../../models/monte_carlo.ts";
import { messageOf } from "../../store/message.ts";
import type { PartAsked, WorkerSaid } from "./pool_messages.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<PartAsked>) => void) | null;
  postMessage(said: WorkerSaid): void;
}

const scope = self as unknown as WorkerScope;

function answerTo({ request, firstBlock, blocks }: PartAsked): WorkerSaid {
  try {
    return { type: "counted", counts: runBlocks(request, firstBlock, blocks) };
  } catch (error) {
    return { type: "failed", error: messageOf(error) };
  }
}

scope.onmessage = ({ data }) => scope.postMessage(answerTo(data));
scope.postMessage({ type: "ready" });
