/**
 * The text of an HTTP answer, or of a request's body made one, in bounded memory.
 * @module
 */

/** `null` where the body is longer than `bytesMax`: then the rest of it is never asked for. */
export async function readBounded(response: Response, bytesMax: number): Promise<string | null> {
  if (Number(response.headers.get("content-length")) > bytesMax) {
    await response.body?.cancel();
    return null;
  }
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > bytesMax) return null;
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  parts.push(decoder.decode());
  return parts.join("");
}
