/**
 * `kbot transfer`: cash from one shard to another, because each shard's cash is traded on that shard alone
 * (KALSHI.md 3.15).
 * @module
 */

import { KEY_REMEDY, loadCredentials } from "../config/credentials.ts";
import { formatDollars } from "../config/fields.ts";
import { loadConfig } from "../config/load.ts";
import type { Money } from "../core/units.ts";
import { chooseVenue, type ChosenVenue } from "../runner/venue_choice.ts";
import type { BalanceBody } from "../venues/kalshi/bodies_account.ts";
import { describeFailure, isExplicit } from "../venues/kalshi/failure.ts";
import { webSocketOf } from "../venues/kalshi/hosts.ts";
import { KalshiRest } from "../venues/kalshi/rest.ts";
import { transferSurely } from "../venues/kalshi/transfer.ts";
import { EXIT, type TransferCommand } from "./command.ts";
import { confirmReal } from "./confirm_real.ts";
import { done, refused, type Reply } from "./output.ts";
import { wrongConfig } from "./wrong_config.ts";

/** A transfer is taken first and made later: so long is waited for that. */
const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 500;

/** Moves the cash, once. 2 where something was asked for that cannot be, 1 where it did not work. */
export async function transfer(
  command: TransferCommand,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<Reply> {
  const { venue } = command;
  const isAddress = venue?.includes("://") === true;
  const flags = [
    { flag: "--venue", key: "venue.name", value: venue },
    // Nothing is heard here, but the configuration wants both addresses or none.
    { flag: "--venue-ws", key: "venue.ws", value: isAddress ? webSocketOf(venue) ?? undefined : undefined },
  ];
  const loaded = await loadConfig({ file: command.config, env, flags });
  if (!loaded.ok) return wrongConfig(loaded.errors);
  const { name, ws } = loaded.config.venue;
  if (name === "sim") {
    return refused(EXIT.usage, "The embedded exchange ends with its run: give --venue the address of a kbot exchange");
  }
  const found = await loadCredentials(loaded.config, env);
  if (found.kind === "refused") return refused(EXIT.usage, found.reason);
  if (found.kind === "absent") return refused(EXIT.usage, `A transfer needs an API key. ${KEY_REMEDY}`);
  const chosen = await chooseVenue({ name, ws, credentials: found.credentials, seed: 1, speed: 1 });
  if (!chosen.ok) return refused(chosen.kind === "usage" ? EXIT.usage : EXIT.failed, chosen.reason);
  const missing = chosen.venue.real ? await confirmed(chosen.venue, command, env) : null;
  return missing === null ? await at(chosen.venue, command) : refused(EXIT.usage, missing);
}

/** The phrase that live trading asks for, too; the reason where it is missing. */
function confirmed(
  { title }: ChosenVenue,
  { amount, from, to }: TransferCommand,
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  const what = `$${formatDollars(amount)} will move from shard ${from} to shard ${to} of your account at ${title}`;
  return confirmReal(`Transfers at ${title}`, what, env);
}

async function at(venue: ChosenVenue, command: TransferCommand): Promise<Reply> {
  const rest = new KalshiRest({ base: venue.host.rest, signer: venue.signer, clock: venue.clock });
  try {
    return await move(rest, venue, command);
  } finally {
    rest.stop();
  }
}

async function move(rest: KalshiRest, venue: ChosenVenue, { from, to, amount }: TransferCommand): Promise<Reply> {
  const before = await rest.balance();
  if (!before.ok) return refused(EXIT.failed, `Balance cannot be read: ${describeFailure(before.failure)}`);
  const held = before.value.byShard.get(from) ?? 0;
  if (held < amount) {
    const lies = `$${formatDollars(held as Money)}`;
    return refused(EXIT.failed, `Shard ${from} holds ${lies}, less than was to be moved; ${inWords(before.value)}`);
  }
  const request = { amount, fromShard: from, toShard: to, clientTransferId: crypto.randomUUID() };
  const moved = await transferSurely(rest, request);
  if (!moved.ok) {
    const doubt = isExplicit(moved.failure)
      ? "nothing was moved"
      : "whether it was moved is not known: look at the balances before it is tried again";
    return refused(EXIT.failed, `Transfer: ${describeFailure(moved.failure)}; ${doubt}`);
  }
  const complete = await untilComplete(rest, moved.value);
  const after = await rest.balance();
  const shards = after.ok
    ? Object.fromEntries(sorted(after.value).map(([shard, cash]) => [shard, formatDollars(cash)]))
    : null;
  const left = after.ok ? inWords(after.value) : "what each shard holds cannot be read";
  const what = `$${formatDollars(amount)} from shard ${from} to shard ${to}`;
  const state = complete ? "moved" : "taken by the exchange, and not made yet";
  return done(
    `${venue.title}: ${what} ${state}; ${left}`,
    {
      venue: venue.title,
      simulated: venue.simulated,
      transfer_id: moved.value,
      from,
      to,
      usd: formatDollars(amount),
      complete,
      shards,
    },
  );
}

/** Waits until the exchange calls it complete, but not for ever. */
async function untilComplete(rest: KalshiRest, id: string): Promise<boolean> {
  for (let waited = 0; waited <= PATIENCE_MS; waited += LOOK_EVERY_MS) {
    const found = await rest.transferred(id);
    if (found.ok && found.value.complete) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return false;
}

const sorted = (balance: BalanceBody) => [...balance.byShard].sort(([a], [b]) => a - b);

const inWords = (balance: BalanceBody): string =>
  `cash: ${sorted(balance).map(([shard, cash]) => `$${formatDollars(cash)} on shard ${shard}`).join(", ")}`;
