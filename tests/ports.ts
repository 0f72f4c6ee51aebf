/**
 * Ports for servers that bind them later, or again and again: nobody else comes by them in between.
 * @module
 */

/**
 * Below those that systems hand out to whoever does not care (from 32768 on Linux, from 49152 on Windows and macOS), so that
 * no test that runs beside takes one, and no connection begins at one; and none that Chromium refuses.
 */
const FIRST = 20_000;
const LAST = 32_767;
/** Of so many tries hardly one fails. */
const TRIES_MAX = 1_000;

/** A port that is kept from all others who ask here, in this process and in others. */
export interface KeptPort extends Disposable {
  readonly port: number;
}

/** It is the same port's UDP half that is held, which no server here wants: a claim that ends with the process. */
export function keepPort(): KeptPort {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = FIRST + Math.floor(Math.random() * (LAST + 1 - FIRST));
    const at = { hostname: "127.0.0.1", port };
    try {
      const claim = Deno.listenDatagram({ transport: "udp", ...at });
      try {
        Deno.listen(at).close();
      } catch (error) {
        claim.close();
        throw error;
      }
      return { port, [Symbol.dispose]: () => claim.close() };
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(`No free port from ${FIRST} to ${LAST} in ${TRIES_MAX} tries`);
}
