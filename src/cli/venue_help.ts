/**
 * What the help of every command that talks to an exchange says about keys, environments and shards.
 * @module
 */

export const VENUE_HELP =
  "Keys: KBOT_KALSHI_KEY_ID names the API key, KBOT_KALSHI_PRIVATE_KEY_FILE its PEM file (mode 600): RSA (BEGIN RSA " +
  "PRIVATE KEY or BEGIN PRIVATE KEY) or Ed25519 (BEGIN PRIVATE KEY). " +
  "Environments: kalshi is real money, demo is Kalshi's demo with play money; each has its own accounts and keys. " +
  "Shards: cash is kept in shards, and crypto trades on shard 2: cash on shard 0 has to be moved there first " +
  "(kbot transfer).";
