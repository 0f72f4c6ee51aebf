import assert from "node:assert/strict";
import type { VenueHealthInput } from "../core/input.ts";
import { micros } from "../core/units.ts";
import type { VenueVitals } from "../venues/venue.ts";
import { VenueWatch } from "./venue_watch.ts";

const at = (seconds: number) => micros(1_800_000_000_000_000 + seconds * 1_000_000);

function watched() {
  const told: VenueHealthInput[] = [];
  let vitals: VenueVitals = { ended: 0, failed: 0, clock: null };
  const watch = new VenueWatch({ vitals: () => vitals }, (input) => told.push(input));
  return { told, watch, now: (change: Partial<VenueVitals>) => vitals = { ...vitals, ...change } };
}

Deno.test("what ended and failed is told once a second, as the difference, and nothing where nothing happened", () => {
  const { told, watch, now } = watched();
  watch.tick(at(0));
  now({ ended: 5, failed: 1 });
  for (const second of [1, 1.3, 1.9]) watch.tick(at(second));
  now({ ended: 7, failed: 1 });
  watch.tick(at(2));
  watch.tick(at(3));
  assert.deepEqual(told, [
    { type: "venue_health", at: at(1), calls: 5, failed: 1, clock: null },
    { type: "venue_health", at: at(2), calls: 2, failed: 0, clock: null },
  ]);
});

Deno.test("the clock's bounds are told in whole milliseconds that hold them, and only when those change", () => {
  const { told, watch, now } = watched();
  now({ clock: { low: -1_500, high: 2_001 } });
  watch.tick(at(1));
  now({ clock: { low: -1_100, high: 2_999 } });
  watch.tick(at(2));
  now({ clock: null });
  watch.tick(at(3));
  assert.deepEqual(told.map(({ clock }) => clock), [{ low: -2_000, high: 3_000 }, null]);
});
