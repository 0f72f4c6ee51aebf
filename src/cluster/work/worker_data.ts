/**
 * The data sets that a worker has, known by what is in them: a sweep on another machine has the same at another path.
 * @module
 */

import { dataFiles } from "../../backtest/figures/provenance.ts";
import { type DataIdentity, hashOfData } from "../../backtest/search/data_identity.ts";

export interface FoundData {
  readonly path: string;
  readonly spot: string | null;
}

export class WorkerData {
  readonly #paths: ReadonlyMap<string, string>;

  private constructor(paths: ReadonlyMap<string, string>) {
    this.#paths = paths;
  }

  /** Looks at these files and folders; each file of a folder counts by itself, too. */
  static async read(paths: readonly string[]): Promise<WorkerData | { readonly error: string }> {
    const found = new Map<string, string>();
    for (const path of paths) {
      const files = await dataFiles([path]);
      if (files.length === 0) {
        return { error: `No data at ${path}: wanted is a journal, a tape or a recorded data set` };
      }
      for (const file of files) found.set(hashOfData([file]), file.path);
      found.set(hashOfData(files), path);
    }
    return new WorkerData(found);
  }

  /** Where the data of a sweep lies here; the reason where it is not there. */
  find({ data, spot }: DataIdentity): FoundData | { readonly reason: string } {
    const path = this.#paths.get(data);
    const index = spot === null ? null : this.#paths.get(spot);
    if (path !== undefined && index !== undefined) return { path, spot: index };
    const missing = path === undefined ? "data set" : "recorded index";
    return { reason: `it has not the ${missing} of this sweep, by what is in it` };
  }
}
