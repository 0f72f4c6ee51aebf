/**
 * Waits a while, but not beyond the end of what it waits for.
 * @module
 */

/**
 * Resolves after the time, or as soon as the signal is aborted. Nothing is left behind at the signal: it may be waited for in
 * a loop for as long as a process lives, which racing with a promise of that life may not.
 */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
