/**
 * `deno task references`: makes the references anew, in a temporary file, and tells how far the stored ones are off.
 * What this machine has no Python or no package for is named and left out. To store them:
 *
 *     python3 tests/references/references.py tests/references/references.json
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readReferences, type Reference, type References } from "./stored.ts";

const PROGRAM = fileURLToPath(new URL("./references.py", import.meta.url));
const STORED = new URL("./references.json", import.meta.url);
/** The packages of Debian belong to its own Python, which need not be the first one found. */
const PYTHONS = ["/usr/bin/python3", "python3"];
const PACKAGES = ["numpy", "scipy", "QuantLib"];
/** Simulations of other versions may draw other numbers: values may be this many standard errors apart. */
const DEVIATIONS = 5;
/** Where nothing is drawn: roundings of other versions, amplified by finite differences. */
const ROUNDING = 1e-9;

/** The packages that a Python lacks; `null` where there is no such Python. */
async function lackedBy(python: string): Promise<readonly string[] | null> {
  const probe = `import importlib.util as u; print(*[p for p in ${JSON.stringify(PACKAGES)} if not u.find_spec(p)])`;
  try {
    const { success, stdout } = await new Deno.Command(python, { args: ["-c", probe], stderr: "inherit" }).output();
    if (!success) return null;
    return new TextDecoder().decode(stdout).trim().split(" ").filter((name) => name !== "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The Python that lacks the fewest packages. */
async function bestPython(): Promise<string | null> {
  let best: { readonly python: string; readonly lacked: number } | null = null;
  for (const python of PYTHONS) {
    const lacked = await lackedBy(python);
    if (lacked !== null && (best === null || lacked.length < best.lacked)) best = { python, lacked: lacked.length };
  }
  return best?.python ?? null;
}

/** Runs the program; what it leaves out it says on stderr. */
async function recomputed(python: string): Promise<References> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "references.json");
    const args = [PROGRAM, path];
    const { success } = await new Deno.Command(python, { args, stdout: "inherit", stderr: "inherit" }).output();
    if (!success) throw new Error(`${python} ${PROGRAM} failed`);
    return readReferences(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const nameOf = ({ model, name }: Reference): string => `${model}, ${name}`;

/** How far two references are apart, in what is allowed; infinite where they are not the same question. */
function distance(stored: Reference, anew: Reference): number {
  if (JSON.stringify(stored.given) !== JSON.stringify(anew.given)) return Infinity;
  if (Object.keys(stored.values).join() !== Object.keys(anew.values).join()) return Infinity;
  return Math.max(
    ...Object.entries(stored.values).map(([key, value]) => {
      const errors = Math.hypot(stored.errors[key], anew.errors[key]);
      return Math.abs(anew.values[key] - value) / (DEVIATIONS * errors + ROUNDING * Math.max(1e-3, Math.abs(value)));
    }),
  );
}

/** Prints the comparison, model by model; how many references differ. */
function report(stored: References, anew: References): number {
  const byName = new Map(anew.references.map((reference) => [nameOf(reference), reference]));
  let differing = 0;
  for (const [model, all] of Map.groupBy(stored.references, (reference) => reference.model)) {
    const pairs = all.flatMap((reference): [Reference, number][] => {
      const other = byName.get(nameOf(reference));
      return other === undefined ? [] : [[reference, distance(reference, other)]];
    });
    if (pairs.length === 0) {
      console.log(`${model}: left out`);
      continue;
    }
    const wrong = pairs.filter(([, apart]) => !(apart <= 1));
    const farthest = Math.max(0, ...pairs.map(([, apart]) => apart));
    const counts = `${pairs.length} of ${all.length} made anew, ${wrong.length} differ`;
    console.log(`${model}: ${counts}; farthest at ${farthest.toPrecision(2)} of what is allowed`);
    for (const [reference, apart] of wrong) console.log(`  ${reference.name}: ${apart.toPrecision(3)} times`);
    differing += wrong.length;
  }
  const known = new Set(stored.references.map(nameOf));
  for (const name of [...byName.keys()].filter((name) => !known.has(name))) {
    console.log(`Not stored: ${name}`);
    differing++;
  }
  return differing;
}

const listed = ({ versions }: References): string =>
  Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");

const python = await bestPython();
if (python === null) {
  console.log("Skipped: no Python was found (python3)");
} else {
  const stored = readReferences(STORED);
  const anew = await recomputed(python);
  console.log(`Stored: ${listed(stored)}\nAnew: ${listed(anew)}`);
  if (report(stored, anew) > 0) Deno.exit(1);
}
