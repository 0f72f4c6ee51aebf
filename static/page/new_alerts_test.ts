import assert from "node:assert/strict";
import type { AlertView } from "../../src/server/status.ts";
import { AlertNews } from "./new_alerts.ts";

const alerts = (...numbers: number[]): AlertView[] =>
  numbers.map((number) => ({
    number,
    at: "2026-11-20T12:00:00Z",
    severity: "info",
    event: "transfer",
    text: `alert ${number}`,
    count: 1,
  }));

const numbers = (news: ReturnType<AlertNews["take"]>) => [news.alerts.map(({ number }) => number), news.missed];

Deno.test("what was told before the page was opened is no news, what comes after it is, once", () => {
  const news = new AlertNews();
  assert.deepEqual(numbers(news.take("r1", alerts(1, 2, 3))), [[], 0]);
  assert.deepEqual(numbers(news.take("r1", alerts(1, 2, 3))), [[], 0]);
  assert.deepEqual(numbers(news.take("r1", alerts(2, 3, 4, 5))), [[4, 5], 0]);
  assert.deepEqual(numbers(news.take("r1", alerts(2, 3, 4, 5))), [[], 0]);
});

Deno.test("alerts that came too fast are counted", () => {
  const news = new AlertNews();
  news.take("r1", []);
  assert.deepEqual(numbers(news.take("r1", alerts(20, 21))), [[20, 21], 19]);
});

Deno.test("a run that begins while the page is open is news from its first alert on", () => {
  const news = new AlertNews();
  news.take("r1", alerts(1, 2, 3));
  assert.deepEqual(numbers(news.take("r2", alerts(1))), [[1], 0]);
  assert.deepEqual(numbers(news.take("r2", alerts(1, 2))), [[2], 0]);
});
