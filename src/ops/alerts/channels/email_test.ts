import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { SMTPServer } from "smtp-server";
import { Secret } from "../../../config/secret.ts";
import { TEST_AUTHORITY, TEST_CERTIFICATE, TEST_KEY } from "../../../venues/kalshi/fast/certificate_fixture.ts";
import { alertOf, batchOf } from "../alert_fixture.ts";
import { Email, type EmailParts } from "./email.ts";
import { NO_SIGNAL } from "./local_server_fixture.ts";

const PASSWORD = "planted-password-123";

interface Mail {
  readonly secure: boolean;
  readonly user: string;
  readonly recipients: readonly string[];
  readonly text: string;
}

/** A real SMTP server; `refuse` gives an answer other than 250 to a mail. */
async function withMailServer(
  { secure, startTls = true, refuse = null }: {
    readonly secure: boolean;
    readonly startTls?: boolean;
    readonly refuse?: { readonly code: number; readonly text: string } | null;
  },
  test: (parts: EmailParts, mails: Mail[]) => Promise<void>,
): Promise<void> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    secure,
    key: TEST_KEY,
    cert: TEST_CERTIFICATE,
    disabledCommands: startTls ? [] : ["STARTTLS"],
    authOptional: !startTls,
    onAuth: ({ username, password }, _session, callback) =>
      password === PASSWORD ? callback(null, { user: username ?? "" }) : callback(new Error("Wrong credentials")),
    onData: (stream, session, callback) => {
      let text = "";
      stream.on("data", (chunk: Uint8Array) => text += new TextDecoder().decode(chunk));
      stream.on("end", () => {
        if (refuse !== null) return callback(Object.assign(new Error(refuse.text), { responseCode: refuse.code }));
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ secure: session.secure, user: String(session.user), recipients, text });
        callback(null);
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  try {
    await test({
      host: "localhost",
      port,
      security: secure ? "tls" : "starttls",
      user: "kbot",
      password: new Secret(PASSWORD),
      from: "kbot <kbot@example.com>",
      to: ["me@example.com", "you@example.com"],
      authority: TEST_AUTHORITY,
    }, mails);
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

const EVIL = "Löss ☃\r\nBcc: evil@example.com\r\n.\r\nMAIL FROM:<x>";

for (const secure of [false, true]) {
  Deno.test(`a mail goes out ${secure ? "over TLS from the start" : "after STARTTLS"}, logged in, to all recipients`, () =>
    withMailServer({ secure }, async (parts, mails) => {
      const batch = batchOf([alertOf({ text: EVIL })]);
      const delivery = await new Email(parts).deliver(batch, NO_SIGNAL);
      assert.ok(delivery.ok, JSON.stringify(delivery));
      const [{ text, ...rest }] = mails;
      assert.deepEqual(rest, { secure: true, user: "kbot", recipients: ["me@example.com", "you@example.com"] });
      const [head, body] = text.split("\r\n\r\n");
      assert.match(head, /^Subject: kbot PAPER at Kalshi: warning\r?$/m);
      assert.match(head, new RegExp(`^Message-ID: <${batch.id}@kbot>\r?$`, "im"));
      assert.doesNotMatch(head, /^Bcc/m);
      assert.ok(body.length > 0);
      assert.ok((await new Email(parts).probe(NO_SIGNAL)).ok);
    }));
}

Deno.test("a wrong password is refused for good, and shown nowhere", () =>
  withMailServer({ secure: true }, async (parts) => {
    const delivery = await new Email({ ...parts, password: new Secret("planted-wrong") }).deliver(batchOf(), NO_SIGNAL);
    assert.ok(!delivery.ok && !delivery.again);
    assert.match(delivery.reason, /535/);
    assert.doesNotMatch(delivery.reason, /planted/);
  }));

Deno.test("without STARTTLS nothing is said: neither the password nor the mail", () =>
  withMailServer({ secure: false, startTls: false }, async (parts, mails) => {
    const delivery = await new Email(parts).deliver(batchOf(), NO_SIGNAL);
    assert.ok(!delivery.ok);
    assert.match(delivery.reason, /STARTTLS/i);
    assert.deepEqual(mails, []);
    // On this machine it may be meant so.
    const plain = await new Email({ ...parts, security: "none", user: null, password: null }).deliver(
      batchOf(),
      NO_SIGNAL,
    );
    assert.ok(plain.ok, JSON.stringify(plain));
    assert.equal(mails.length, 1);
  }));

Deno.test("a certificate that nobody trusts is not trusted", () =>
  withMailServer({ secure: true }, async (parts, mails) => {
    for (const security of ["tls"] as const) {
      const delivery = await new Email({ ...parts, security, authority: null }).deliver(batchOf(), NO_SIGNAL);
      assert.ok(!delivery.ok);
      assert.match(delivery.reason, /certificate/i);
    }
    assert.deepEqual(mails, []);
  }));

/** A server's answer to the mail, and whether it is tried again. */
for (const [code, again] of [[451, true], [554, false]] as const) {
  Deno.test(`a server that answers ${code} is ${again ? "asked again" : "not asked again"}`, () =>
    withMailServer({ secure: false, refuse: { code, text: "not now" } }, async (parts) => {
      const delivery = await new Email(parts).deliver(batchOf(), NO_SIGNAL);
      assert.ok(!delivery.ok);
      assert.equal(delivery.again, again);
    }));
}

Deno.test("a server that takes the connection and says nothing is left when the signal comes", async () => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  for (const security of ["starttls", "tls"] as const) {
    const email = new Email({
      host: "127.0.0.1",
      port,
      security,
      user: null,
      password: null,
      from: "kbot@example.com",
      to: ["me@example.com"],
      authority: TEST_AUTHORITY,
    });
    const delivery = await email.deliver(batchOf(), AbortSignal.timeout(50));
    assert.ok(!delivery.ok && delivery.again, JSON.stringify(delivery));
  }
  server.close();
});
