/**
 * The token, for this tab only. It is kept after it has proved right and forgotten when it proves wrong; it is never
 * part of an address.
 * @module
 */

const KEY = "kbot.token";

export const rememberedToken = (): string | null => sessionStorage.getItem(KEY);
export const rememberToken = (token: string): void => sessionStorage.setItem(KEY, token);
export const forgetToken = (): void => sessionStorage.removeItem(KEY);
