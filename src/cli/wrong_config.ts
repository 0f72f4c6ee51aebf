/**
 * What a command says where the configuration is wrong.
 * @module
 */

import { type ConfigError, describeErrors } from "../config/config_error.ts";
import { EXIT } from "./command.ts";
import { refused, type Reply } from "./output.ts";
import { VERSION } from "./version.ts";

/** Every mistake on a line of its own. */
export const mistakesIn = (errors: readonly ConfigError[]): readonly string[] => describeErrors(errors, VERSION);

/** The same as all that a command says. */
export const wrongConfig = (errors: readonly ConfigError[]): Reply =>
  refused(EXIT.usage, mistakesIn(errors).join("\n"));
