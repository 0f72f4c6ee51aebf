/**
 * Reads a stream of server-sent events from its text, piece by piece. `EventSource` would do it too, but cannot say
 * why a server refused, send the token where reading needs it, or let us choose when to come back.
 * @module
 */

export interface ServerEvent {
  /** The newest id seen, this event's or an earlier one's. */
  readonly id: string;
  readonly data: string;
}

/** More than any honest message; a line that grows beyond it is not one. */
const PENDING_CHARACTERS_MAX = 16_000_000;

export class EventReader {
  #pending = "";
  #id = "";
  #data: string[] = [];

  /** Takes the next piece of text and gives the events that it completes. Throws where the stream cannot be one. */
  push(text: string): ServerEvent[] {
    this.#pending += text;
    const events: ServerEvent[] = [];
    let from = 0;
    for (;;) {
      const end = this.#pending.indexOf("\n", from);
      if (end < 0) break;
      const event = this.#line(this.#pending.slice(from, end).replace(/\r$/, ""));
      if (event !== null) events.push(event);
      from = end + 1;
    }
    this.#pending = this.#pending.slice(from);
    if (this.#pending.length > PENDING_CHARACTERS_MAX) throw new RangeError("A line of the live stream has no end");
    return events;
  }

  #line(line: string): ServerEvent | null {
    if (line === "") {
      if (this.#data.length === 0) return null;
      const data = this.#data.join("\n");
      this.#data = [];
      return { id: this.#id, data };
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    if (field === "id") this.#id = value;
    return null;
  }
}
