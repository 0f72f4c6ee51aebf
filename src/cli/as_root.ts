/**
 * A run of the machine's administrator, who may do everything that a mistake could do.
 * @module
 */

const ROOT = 0;

/** The user's number; `null` where there is none (Windows), or where it may not be known. */
function ownUser(): number | null {
  try {
    return Deno.uid();
  } catch {
    return null;
  }
}

/** What is said to root; `null` for everybody else. */
export function rootWarning(user: number | null = ownUser()): string | null {
  if (user !== ROOT) return null;
  return "kbot runs as root, and needs nothing that only root may do: a user of its own can do less harm " +
    "(kbot systemd --install makes a service with one)";
}
