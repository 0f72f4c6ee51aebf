/**
 * How well a colour is read on another one (WCAG 2.2), from the colours that style sheets name. For tests.
 * @module
 */

/** Red, green and blue, from 0 to 255. */
export type Colour = readonly number[];

/** `"#1a1200"` -> its three shares. */
export const colourOf = (hex: string): Colour => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** The colours that a style sheet names. */
export async function tokensOf(sheet: URL): Promise<Record<string, Colour>> {
  const text = await Deno.readTextFile(sheet);
  return Object.fromEntries(
    [...text.matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map(([, name, hex]) => [name, colourOf(hex)]),
  );
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1, of a colour on itself, to 21, of black on white. */
export function contrast(one: Colour, other: Colour): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** As `color-mix(in srgb, ...)` mixes them. */
export const mixed = (share: number, colour: Colour, rest: Colour): Colour =>
  colour.map((value, k) => share * value + (1 - share) * rest[k]);
