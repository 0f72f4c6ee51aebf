/** A Worker that answers as the seed of the request says: 1 throws, 2 says nothing, 3 says that it failed. */

import type { PartAnswered, PartAsked } from "./pool_messages.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<PartAsked>) => void;
  postMessage(answer: PartAnswered): void;
};

scope.onmessage = ({ data: { request, blocks } }) => {
  if (request.seed === 1) throw new Error("planted");
  if (request.seed === 2) return;
  if (request.seed === 3) return scope.postMessage({ error: "planted refusal" });
  scope.postMessage({ counts: Float64Array.of(blocks, 0, 0) });
};
