/** A Worker that answers as the first price it is told says: 1 throws, 2 says nothing, 3 says that it failed. */

import type { ForecastsAsked, ThreadSaid } from "./thread_messages.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ForecastsAsked>) => void;
  postMessage(said: ThreadSaid): void;
};

scope.onmessage = ({ data: { told } }) => {
  const [price] = told[0].prices;
  if (price === 1) throw new Error("planted");
  if (price === 2) return;
  scope.postMessage(price === 3 ? { type: "failed", error: "planted refusal" } : { type: "answered", answers: [] });
};
