/**
 * The member's accounts: a primary one, number 0, and up to 63 subaccounts of its making (KALSHI.md 2.4, 3.12). All
 * belong to one owner, so that they never trade with each other.
 * @module
 */

import { Account } from "./account.ts";

export const SUBACCOUNT_MAX = 63;

export class Members {
  readonly primary: Account;
  readonly #accounts = new Map<number, Account>();
  /** Subaccounts whose opposite positions are not netted: remembered and told, without effect here. */
  readonly #unnetted = new Set<number>();

  constructor(owner: number) {
    this.primary = new Account(owner);
    this.#accounts.set(0, this.primary);
  }

  /** The account of this number; `null` where none was made. */
  account(subaccount: number): Account | null {
    return this.#accounts.get(subaccount) ?? null;
  }

  /** In order of their numbers. */
  get all(): readonly Account[] {
    return [...this.#accounts.values()];
  }

  /** Makes the next subaccount; `null` once there are 63. */
  create(): Account | null {
    const number = this.#accounts.size;
    if (number > SUBACCOUNT_MAX) return null;
    const account = new Account(this.primary.owner, number);
    this.#accounts.set(number, account);
    return account;
  }

  nets(subaccount: number): boolean {
    return !this.#unnetted.has(subaccount);
  }

  setNetting(subaccount: number, enabled: boolean): void {
    if (enabled) this.#unnetted.delete(subaccount);
    else this.#unnetted.add(subaccount);
  }
}
