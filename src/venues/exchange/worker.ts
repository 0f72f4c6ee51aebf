/**
 * The exchange in a Worker, so that the demo's exchange never shares a thread with the bot. Every request is answered by
 * one reply, in order.
 * @module
 */

import { type RunningExchange, startExchange } from "./server.ts";
import { type RunningTape, startTape } from "./tape/tape_server.ts";
import type { WorkerReply, WorkerRequest } from "./worker_messages.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(reply: WorkerReply): void;
}

const scope = self as unknown as WorkerScope;
let running: RunningExchange | RunningTape | null = null;

function requireRunning(): RunningExchange | RunningTape {
  if (running === null) throw new Error("The exchange has not been started");
  return running;
}

async function perform(request: WorkerRequest): Promise<WorkerReply> {
  switch (request.type) {
    case "start": {
      if (running !== null) throw new Error("The exchange has been started already");
      const { options, tape } = request;
      running = await (tape === null ? startExchange(options) : startTape(options, tape));
      return { type: "started", info: running.info, privateKeyPem: running.privateKeyPem, now: running.now() };
    }
    case "advance": {
      const exchange = requireRunning();
      const over = "readOn" in exchange && await exchange.readOn(request.to);
      await exchange.heardOut();
      exchange.advance(request.to);
      await exchange.cutsEnded();
      return { type: "advanced", now: exchange.now(), frames: exchange.framesSent(), over };
    }
    case "frames":
      return { type: "frames", frames: requireRunning().framesSent() };
    case "fault":
      requireRunning().setFault(request.name, request.on);
      return { type: "fault" };
    case "stop": {
      await running?.stop();
      running = null;
      return { type: "stopped" };
    }
  }
}

/** Settled when every request so far has been answered. */
let answered: Promise<void> = Promise.resolve();

scope.onmessage = (event) => {
  answered = answered.then(() => perform(event.data)).then(
    (reply) => scope.postMessage(reply),
    (error: unknown) => {
      scope.postMessage({ type: "failed", reason: error instanceof Error ? error.message : String(error) });
    },
  );
};
