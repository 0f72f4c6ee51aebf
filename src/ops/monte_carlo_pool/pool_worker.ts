/**
 * Walks Monte Carlo paths in a thread of its own.
 * @module
 */

import { runBlocks } from "../../models/monte_carlo.ts";
import { messageOf } from "../../store/message.ts";
import type { PartAnswered, PartAsked } from "./pool_messages.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<PartAsked>) => void) | null;
  postMessage(answer: PartAnswered): void;
}

const scope = self as unknown as WorkerScope;

function answerTo({ request, firstBlock, blocks }: PartAsked): PartAnswered {
  try {
    return { counts: runBlocks(request, firstBlock, blocks) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

scope.onmessage = ({ data }) => scope.postMessage(answerTo(data));
