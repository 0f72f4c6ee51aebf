/** A Worker that answers as the seed of the request says: 1 throws, 2 says nothing, 3 says that it failed. */

import type { PartAsked, WorkerSaid } from "./pool_messages.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<PartAsked>) => void;
  postMessage(said: WorkerSaid): void;
};

scope.onmessage = ({ data: { request, blocks } }) => {
  if (request.seed === 1) throw new Error("planted");
  if (request.seed === 2) return;
  if (request.seed === 3) return scope.postMessage({ type: "failed", error: "planted refusal" });
  scope.postMessage({ type: "counted", counts: Float64Array.of(blocks, 0, 0) });
};
scope.postMessage({ type: "ready" });
