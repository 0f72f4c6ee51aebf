/**
 * The dialog in front of every control. Two steps, so that no stray click stops or starts anything, the token where
 * this tab does not have it yet, and the answer: first the server's, then the sight of it in the engine's own state.
 * @module
 */

import { byId, setHidden, setText } from "./dom.ts";
import { forgetToken, rememberedToken, rememberToken } from "./token.ts";

export interface Control {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly danger: boolean;
  /** Under `/api/v1/`; `null` only checks the token, by reading. */
  readonly path: string | null;
  /** What is sent with it, beside who asks. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** What the page must see before the control counts as done, and how that is said. */
  readonly done: () => boolean;
  readonly doneText: string;
  /** Called once the token has proved right. */
  readonly after?: () => void;
}

type Outcome = { readonly ok: true; readonly text: string } | {
  readonly ok: false;
  readonly text: string;
  /** What the answer says of the token. */
  readonly token: "right" | "wrong" | "unknown";
};

const ANSWER_MS_MAX = 10_000;
/** How long the engine may take to show what was asked before the page says that it has not. */
const CONFIRM_MS_MAX = 5_000;

export class ControlDialog {
  readonly #dialog = byId("control", HTMLDialogElement);
  readonly #title = byId("control-title", HTMLElement);
  readonly #text = byId("control-text", HTMLElement);
  readonly #tokenPart = byId("control-token", HTMLElement);
  readonly #token = byId("token", HTMLInputElement);
  readonly #hint = byId("token-hint", HTMLElement);
  readonly #result = byId("control-result", HTMLElement);
  readonly #cancel = byId("control-cancel", HTMLButtonElement);
  readonly #confirm = byId("control-confirm", HTMLButtonElement);
  #control: Control | null = null;
  #waitingUntilMs: number | null = null;
  #accepted = "";

  constructor() {
    byId("control-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#perform();
    });
    this.#cancel.addEventListener("click", () => this.#dialog.close());
    // A key that is still down from before answers nothing here.
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.repeat && (event.key === "Enter" || event.key === " ")) event.preventDefault();
    });
    this.#dialog.addEventListener("close", () => {
      this.#control = null;
      this.#waitingUntilMs = null;
      this.#token.value = "";
    });
  }

  /**
   * @param tokenPlace where the person finds the token
   * @param decided the person has confirmed already: it is sent at once where this tab has the token
   */
  open(control: Control, tokenPlace: string, decided = false): void {
    if (this.#dialog.open) return;
    this.#control = control;
    this.#waitingUntilMs = null;
    setText(this.#title, control.title);
    setText(this.#text, control.text);
    setText(this.#confirm, control.confirm);
    this.#confirm.className = control.danger ? "danger" : "primary";
    setText(this.#hint, tokenPlace);
    this.#say("", "");
    this.#confirm.disabled = false;
    setHidden(this.#confirm, false);
    setText(this.#cancel, "Cancel");
    this.#askForToken(rememberedToken() === null);
    this.#dialog.showModal();
    if (rememberedToken() === null) this.#token.focus();
    else this.#confirm.focus();
    if (decided && rememberedToken() !== null) void this.#perform();
  }

  /** Looks whether what was asked for can be seen; called whenever the page's state moved, and now and then. */
  check(): void {
    if (this.#waitingUntilMs === null || this.#control === null) return;
    if (this.#control.done()) {
      this.#waitingUntilMs = null;
      this.#say("good", `${this.#control.doneText}. ${this.#accepted}`);
    } else if (performance.now() > this.#waitingUntilMs) {
      this.#waitingUntilMs = null;
      this.#say("warn", `Accepted (${this.#accepted}), but this page has not seen it take effect yet`);
    }
  }

  async #perform(): Promise<void> {
    const control = this.#control;
    if (control === null || this.#confirm.disabled) return;
    const token = rememberedToken() ?? this.#token.value.trim();
    if (token === "") {
      this.#say("bad", "The token is missing");
      this.#token.focus();
      return;
    }
    this.#confirm.disabled = true;
    this.#say("", "Asking…");
    const outcome = await send(control, token);
    if (this.#control !== control) return;
    this.#confirm.disabled = false;
    if (!outcome.ok) {
      this.#say("bad", outcome.text);
      if (outcome.token === "right") {
        rememberToken(token);
        this.#askForToken(false);
      } else if (outcome.token === "wrong") {
        forgetToken();
        this.#askForToken(true);
        this.#token.select();
      }
      return;
    }
    rememberToken(token);
    this.#askForToken(false);
    setHidden(this.#confirm, true);
    setText(this.#cancel, "Close");
    this.#cancel.focus();
    this.#accepted = outcome.text;
    this.#say("", `Accepted: ${outcome.text}`);
    this.#waitingUntilMs = performance.now() + CONFIRM_MS_MAX;
    control.after?.();
    this.check();
  }

  #askForToken(ask: boolean): void {
    setHidden(this.#tokenPart, !ask);
  }

  #say(tone: "" | "good" | "warn" | "bad", text: string): void {
    this.#result.dataset.tone = tone;
    setText(this.#result, text);
  }
}

/** Answers that come from behind the check of the token: what was asked for is refused, or not there. */
const BEHIND_TOKEN: ReadonlySet<number> = new Set([400, 404, 409]);

async function send({ path, body: sent = {} }: Control, token: string): Promise<Outcome> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path ?? "status"}`, {
      method: path === null ? "GET" : "POST",
      headers: {
        "Authorization": `Bearer ${token}`,
        ...(path === null ? {} : { "Content-Type": "application/json" }),
      },
      body: path === null ? undefined : JSON.stringify({ via: "page", ...sent }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
  } catch {
    // A token with letters that no header can carry ends here too, and is wrong in any case.
    const text = "kbot did not answer. On its server, `kbot kill` does the same";
    return { ok: false, text, token: /^[\x21-\x7e]+$/.test(token) ? "unknown" : "wrong" };
  }
  const body = await response.json().catch(() => null);
  if (response.ok) return { ok: true, text: typeof body?.text === "string" ? body.text : "done" };
  const message = body?.error?.message;
  return {
    ok: false,
    text: typeof message === "string" ? message : `The server answered ${response.status}`,
    token: response.status === 401 ? "wrong" : BEHIND_TOKEN.has(response.status) ? "right" : "unknown",
  };
}
