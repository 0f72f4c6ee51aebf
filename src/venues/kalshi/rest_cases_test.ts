import assert from "node:assert/strict";
import { REST_CASES } from "./rest_cases.ts";
import { fakeRest, jsonAnswer } from "./rest_fixture.ts";

const isPages = (value: unknown): value is { readonly items: unknown; readonly refused: readonly unknown[] } =>
  typeof value === "object" && value !== null && "items" in value && "refused" in value;

for (const { name, call, sends, body, status, answer, value } of REST_CASES) {
  Deno.test(`${name}: is asked for as documented, and read`, async () => {
    const { rest, sent } = fakeRest(() => jsonAnswer(answer, status));
    const result = await call(rest);
    assert.ok(result.ok, JSON.stringify(result));
    assert.deepEqual(sent, [{ line: sends, body }]);
    if (isPages(result.value)) assert.deepEqual(result.value.refused, []);
    if (value !== undefined) assert.deepEqual(isPages(result.value) ? result.value.items : result.value, value);
  });
}

Deno.test("a batch whose answer does not fit what was sent is refused whole", async () => {
  const { rest } = fakeRest(() => jsonAnswer({ orders: [] }, 201));
  const [batch] = REST_CASES.filter(({ name }) => name === "batch of creates");
  const result = await batch.call(rest);
  assert.ok(!result.ok && result.failure.kind === "unreadable");
});
