/**
 * A plain or encrypted connection to one host, without delay for small packets.
 * @module
 */

/** The part of `Deno.Conn` that is used here; tests put something else in its place. */
export interface Stream {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

export interface StreamTarget {
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
  /** PEM certificates that are trusted besides the usual ones. */
  readonly caCerts?: readonly string[];
}

/** Rejects where there is no connection to be had, and soon after the signal where there was none yet. */
export type OpenStream = (target: StreamTarget, signal: AbortSignal) => Promise<Stream>;

/** Where an address of `http:`, `https:`, `ws:` or `wss:` leads. */
export function targetOf(url: URL, caCerts?: readonly string[]): StreamTarget {
  const secure = url.protocol === "https:" || url.protocol === "wss:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  // An IPv6 address stands in brackets in a URL and without them everywhere else.
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return { hostname, port, secure, caCerts };
}

/** Opens a connection. Rejects where nobody listens, or the certificate does not hold. */
export const openStream: OpenStream = async ({ hostname, port, secure, caCerts }, signal) => {
  const plain = await Deno.connect({ hostname, port });
  let current: Deno.Conn = plain;
  const abandon = () => closeQuietly(current);
  signal.addEventListener("abort", abandon);
  try {
    signal.throwIfAborted();
    plain.setNoDelay(true);
    if (!secure) return plain;
    const alpnProtocols = ["http/1.1"];
    const encrypted = await Deno.startTls(plain, { hostname, caCerts: caCerts && [...caCerts], alpnProtocols });
    current = encrypted;
    // Otherwise the handshake happened with the first write, and an order would wait for it.
    await encrypted.handshake();
    return encrypted;
  } catch (error) {
    closeQuietly(current);
    throw error;
  } finally {
    signal.removeEventListener("abort", abandon);
  }
};

/** Nobody answered in time. Deno keeps the socket of a TLS handshake that was given up until the server ends it. */
export class TooLate extends Error {
  override name = "TooLate";
}

/**
 * Opens a connection or gives up after a while; one that comes too late is closed.
 * @throws TooLate, or whatever the attempt failed with
 */
export async function openWithin(open: OpenStream, target: StreamTarget, timeoutMs: number): Promise<Stream> {
  const late = new AbortController();
  const opening = open(target, late.signal);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TooLate(`no connection within ${timeoutMs} ms`));
      late.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([opening, patience]);
  } catch (error) {
    opening.then(closeQuietly, () => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Closes what may be closed already. */
export function closeQuietly(stream: Stream): void {
  try {
    stream.close();
  } catch {
    // It was closed before: that is what was wanted.
  }
}
