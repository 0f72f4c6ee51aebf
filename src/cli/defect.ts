/**
 * Who hears of a defect that nobody caught. A command that has something to put in order first takes it over while it runs.
 * @module
 */

type Listener = (error: unknown) => void;

let listener: Listener | null = null;

/** Takes over until the returned function is called. */
export function onDefect(taking: Listener): () => void {
  listener = taking;
  return () => {
    if (listener === taking) listener = null;
  };
}

/** Hands a defect to whoever took over; false where nobody did. */
export function handOver(error: unknown): boolean {
  if (listener === null) return false;
  listener(error);
  return true;
}
