/**
 * For tests: a real HTTP server on this machine that remembers what it was asked.
 * @module
 */

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

/** Runs a test beside a server; `answer` may be replaced while it runs. */
export async function withServer(
  answer: (asked: Asked) => Response | Promise<Response>,
  test: (origin: string, asked: Asked[]) => Promise<void>,
): Promise<void> {
  const all: Asked[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const asked = {
      method: request.method,
      url: new URL(request.url),
      headers: request.headers,
      body: await request.text(),
    };
    all.push(asked);
    return await answer(asked);
  });
  try {
    await test(`http://127.0.0.1:${server.addr.port}`, all);
  } finally {
    await server.shutdown();
  }
}

/** A signal that never comes. */
export const NO_SIGNAL = new AbortController().signal;
