import assert from "node:assert/strict";
import { withVenue } from "./scripted_run_fixture.ts";

Deno.test("markets that were being read when the venue was stopped are no trouble of it", async () => {
  const asked = Promise.withResolvers<void>();
  await withVenue({ trade: false }, (exchange) => {
    exchange.on("GET /markets", () => {
      asked.resolve();
      return "hang";
    });
  }, async ({ venue, logs }) => {
    await asked.promise;
    await venue.stop();
    await venue.idle();
    assert.equal(venue.health().trouble, null);
    assert.deepEqual(logs.filter((line) => /^(warn|error) /.test(line)), []);
  });
});
