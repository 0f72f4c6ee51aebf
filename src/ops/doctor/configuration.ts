/**
 * Is the configuration valid?
 * @module
 */

import { formatConfigError } from "../../config/config_error.ts";
import { loadConfig } from "../../config/load.ts";
import { type Check, fail, pass } from "./check.ts";

export const CONFIGURATION = "configuration";

export const configuration: Check = {
  name: CONFIGURATION,
  async run(context) {
    const { configFile, env, venue, venueWs } = context.request;
    const loaded = await loadConfig({
      ...(configFile === undefined ? {} : { file: configFile }),
      env,
      flags: [
        { flag: "--venue", key: "venue.name", value: venue },
        { flag: "--venue-ws", key: "venue.ws", value: venueWs },
      ],
    });
    if (!loaded.ok) {
      return fail(loaded.errors.map(formatConfigError).join("; "), "Correct it where the message says");
    }
    context.note("config", loaded.config);
    return pass(loaded.file ?? "No file: every key at its default or from the environment");
  },
};
