import assert from "node:assert/strict";
import { z } from "zod";
import { exactly, SHAPES } from "./shape.ts";

interface Wanted {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly side: "yes" | "no" | null;
}

const name = z.string();
const sizes = z.array(z.number());
const side = z.enum(["yes", "no"]).nullable();

Deno.test("the compiler takes the schema of a type, and none that lacks, adds, widens or narrows something", () => {
  const good = exactly<Wanted>()(z.strictObject({ name, sizes, side }));
  assert.ok(good.safeParse({ name: "a", sizes: [1], side: null }).success);
  // @ts-expect-error: it lacks a member
  exactly<Wanted>()(z.strictObject({ name, sizes }));
  // @ts-expect-error: it has one that the type has not
  exactly<Wanted>()(z.strictObject({ name, sizes, side, more: name }));
  // @ts-expect-error: it allows more
  exactly<Wanted>()(z.strictObject({ name, sizes, side: z.string().nullable() }));
  // @ts-expect-error: it allows less
  exactly<Wanted>()(z.strictObject({ name, sizes, side: z.enum(["yes", "no"]) }));
  // @ts-expect-error: a list of something else
  exactly<Wanted>()(z.strictObject({ name, sizes: z.array(z.string()), side }));
});

Deno.test("shapes have names that programs made from the document can use", () => {
  for (const id of SHAPES.keys()) assert.match(id, /^[A-Z][A-Za-z]+$/);
});
