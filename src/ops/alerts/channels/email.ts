/**
 * Mail by SMTP: TLS from the start, or by STARTTLS, which is insisted on, so that nobody on the way can talk it away.
 * @module
 */

import { connect, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { Secret } from "../../../config/secret.ts";
import { type Channel, delivered, type Delivery, failedFor, refusedFor } from "../channel.ts";
import { type Batch, textOf, titleOf } from "../message.ts";
import { scrubber } from "../scrub.ts";

const TEXT_LENGTH_MAX = 20_000;
/** Of connecting, of the greeting and of every silence after it. */
const PATIENCE_MS = 10_000;

export interface EmailParts {
  readonly host: string;
  readonly port: number;
  /** `tls`: from the start. `none`: in plain text, for a server on this machine. */
  readonly security: "starttls" | "tls" | "none";
  readonly user: string | null;
  readonly password: Secret | null;
  readonly from: string;
  readonly to: readonly string[];
  /** PEM of an authority of one's own; `null` trusts those that the system trusts. */
  readonly authority: string | null;
}

export class Email implements Channel {
  readonly name = "email";
  readonly to: string;
  readonly #parts: EmailParts;
  readonly #scrub: (text: string) => string;

  constructor(parts: EmailParts) {
    this.#parts = parts;
    const { to, host, port, password } = parts;
    this.#scrub = scrubber(password === null ? [] : [password]);
    this.to = `${to.length} ${to.length === 1 ? "address" : "addresses"} by ${host}:${port}`;
  }

  async deliver(batch: Batch, signal: AbortSignal): Promise<Delivery> {
    const { from, to } = this.#parts;
    return await this.#with(signal, async (transport) => {
      const sent = await transport.sendMail({
        from,
        to: [...to],
        subject: titleOf(batch),
        text: `${textOf(batch, TEXT_LENGTH_MAX)}\n`,
        // Of a message that is sent again a mailbox can show one.
        messageId: `<${batch.id}@kbot>`,
        headers: { "auto-submitted": "auto-generated" },
      });
      const { length } = sent.rejected;
      return delivered(length === 0 ? sent.response : `${length} of ${to.length} addresses refused; ${sent.response}`);
    });
  }

  /** Connects, and logs in. */
  async probe(signal: AbortSignal): Promise<Delivery> {
    return await this.#with(signal, async (transport) => {
      await transport.verify();
      return delivered(`${this.to}${this.#parts.user === null ? "" : ", logged in"}`);
    });
  }

  async #with(signal: AbortSignal, job: (transport: Transport) => Promise<Delivery>): Promise<Delivery> {
    const transport = await transportOf(this.#parts, signal);
    try {
      return await job(transport);
    } catch (error) {
      return signal.aborted ? failedFor("it took too long") : judgedError(error, this.#scrub);
    } finally {
      transport.close();
    }
  }
}

type Transport = Awaited<ReturnType<typeof transportOf>>;

async function transportOf(parts: EmailParts, signal: AbortSignal) {
  // Loaded where there is a mail to send: no other run waits for it at its start.
  const { createTransport } = await import("nodemailer");
  const { host, port, security, user, password, authority } = parts;
  return createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user === null || password === null ? {} : { auth: { user, pass: password.reveal() } }),
    tls: trusted(authority),
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: socketOpener(parts, signal),
  });
}

const trusted = (authority: string | null) => authority === null ? {} : { ca: [authority] };

type SocketCallback = (error: Error | null, socket?: { connection: Socket; secured: boolean }) => void;

/**
 * Opens the connection: here, because it has to end with the signal, and because the library's own way to open TLS from the
 * start waits for ever on Deno 2.4.
 */
function socketOpener({ host, port, security, authority }: EmailParts, signal: AbortSignal) {
  return (_options: unknown, callback: SocketCallback): void => {
    if (signal.aborted) return callback(new Error("It took too long"));
    const secured = security === "tls";
    const socket: Socket = secured
      ? connectSecurely({ host, port, servername: host, ...trusted(authority) })
      : connect({ host, port });
    let over = false;
    const end = (error: Error | null) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket.removeListener("error", end);
      if (error === null) return callback(null, { connection: socket, secured });
      socket.on("error", () => {});
      socket.destroy();
      callback(error);
    };
    const timer = setTimeout(() => end(new Error(`No connection within ${PATIENCE_MS / 1_000} s`)), PATIENCE_MS);
    const leave = () => {
      end(new Error("It took too long"));
      socket.destroy();
    };
    signal.addEventListener("abort", leave, { once: true });
    socket.once("close", () => signal.removeEventListener("abort", leave));
    socket.once(secured ? "secureConnect" : "connect", () => end(null));
    socket.once("error", end);
  };
}

/** An answer of 5xx, and of the login, is for good; the network's troubles and 4xx pass. */
function judgedError(error: unknown, scrub: (text: string) => string): Delivery {
  if (!(error instanceof Error)) return failedFor("an error");
  const code = "responseCode" in error && typeof error.responseCode === "number" ? error.responseCode : null;
  const reason = scrub(error.message);
  return code !== null && code >= 500 ? refusedFor(reason) : failedFor(reason);
}
