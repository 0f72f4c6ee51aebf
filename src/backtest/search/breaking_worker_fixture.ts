/**
 * A Worker that does as the trial's parameter `does` says: `throw`, `hang`, `fail`, or `die once`, which it remembers by the file
 * of the setup's path. Everything else is answered with the trial's number as its orders.
 *
 * It imports nothing, not even a type: a test checks the types of every Worker when it starts, with all that it imports.
 */

interface Trial {
  readonly number: number;
  readonly parameters: Readonly<Record<string, unknown>>;
}

type Told =
  | { readonly type: "setup"; readonly setup: { readonly path: string } }
  | { readonly type: "pass"; readonly pass: { readonly trials: readonly Trial[] } };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Told>) => void;
  postMessage(said: object): void;
};
let memory = "";

/** Whether it is the first time. */
function first(what: string): boolean {
  const path = `${memory}/${what}`;
  try {
    Deno.statSync(path);
    return false;
  } catch {
    Deno.writeTextFileSync(path, "");
    return true;
  }
}

function resultOf({ number }: Trial) {
  return { profits: Float64Array.of(number), orders: number, fills: 0, through: null, stoppedEarly: false };
}

scope.onmessage = ({ data }) => {
  if (data.type === "setup") {
    memory = data.setup.path;
    if (memory === "/no/start") return scope.postMessage({ type: "failed", error: "planted start" });
    return scope.postMessage({ type: "ready" });
  }
  const { trials } = data.pass;
  const does = trials.map(({ parameters }) => parameters.does);
  if (does.includes("throw")) throw new Error("planted");
  // So that whoever waits for it knows when the silence begins.
  if (does.includes("hang")) return scope.postMessage({ type: "progress", inputs: 0 });
  if (does.includes("fail")) return scope.postMessage({ type: "failed", error: "planted refusal" });
  if (does.includes("die once") && first("died")) throw new Error("planted once");
  scope.postMessage({ type: "progress", inputs: 10 * trials.length });
  scope.postMessage({ type: "ran", results: trials.map(resultOf) });
};
