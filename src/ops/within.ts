/**
 * Waits for something, but not for ever.
 * @module
 */

/**
 * What a task comes to, where it does so in time; `undefined` where it takes longer. Nobody stops it then: what it fails with
 * later is told to nobody.
 *
 * No timer is left behind by a task that was done in time.
 *
 * @throws what the task fails with in time
 */
export async function within<Done>(ms: number, task: Done | PromiseLike<Done>): Promise<Done | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([task, late]);
  } finally {
    clearTimeout(timer);
  }
}
