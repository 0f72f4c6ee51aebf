/**
 * Compares volatility forecasters in a thread of its own: fitting one anew takes tens of milliseconds.
 * @module
 */

import { messageOf } from "../../store/message.ts";
import { Selections } from "./selections.ts";
import type { ForecastsAsked, ThreadSaid } from "./thread_messages.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<ForecastsAsked>) => void) | null;
  postMessage(said: ThreadSaid): void;
}

const scope = self as unknown as WorkerScope;
const selections = new Selections();

function answerTo(asked: ForecastsAsked): ThreadSaid {
  try {
    return { type: "answered", answers: selections.answer(asked) };
  } catch (error) {
    return { type: "failed", error: messageOf(error) };
  }
}

scope.onmessage = ({ data }) => scope.postMessage(answerTo(data));
