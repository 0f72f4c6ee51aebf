/**
 * May a run keep as many files and connections open as it needs? Tried by opening some: limits of the system, of systemd
 * and of a container all show there.
 * @module
 */

import { messageOf } from "../../store/message.ts";
import { type Check, fail, pass, skip } from "./check.ts";

/**
 * A run with all feeds has some 80 open. Markets need none of their own, one connection carries a thousand; the page's
 * readers, up to some hundred, need one each.
 */
const NEEDED = 400;

export const openFiles: Check = {
  name: "open files",
  async run(context) {
    const { machine } = context;
    const open: { close(): void }[] = [];
    try {
      while (open.length < NEEDED) open.push(await machine.openFile());
      return pass(`${NEEDED} more can be open at once: enough for 1,000 markets`);
    } catch (error) {
      if (open.length === 0) return skip(`Cannot be tried: ${messageOf(error)}`);
      return fail(
        `Only ${open.length} more files can be open at once, ${NEEDED} are needed: ${messageOf(error)}`,
        "Raise the limit: ulimit -n 8192 before the start, or LimitNOFILE=8192 in the unit",
      );
    } finally {
      for (const file of open) file.close();
    }
  },
};
