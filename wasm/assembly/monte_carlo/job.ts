/** What is asked of the kernel, and where the paths of one group put what they saw. */

export const GEOMETRIC: i32 = 0;
export const JUMP: i32 = 1;
export const STUDENT: i32 = 2;
export const HESTON: i32 = 3;
export const BOOTSTRAP: i32 = 4;

/** Standard deviation of a second's log return that comes from normals or from the model's own increments. */
export const SIGMA: i32 = 0;
/** What every second adds to the logarithm, whatever is drawn. */
export const DRIFT: i32 = 1;
/** Length of the first step, seconds; all others take one. */
export const FIRST_STEP: i32 = 2;
/** Jump: half the mean time between jumps, and the mean and deviation of a jump's logarithm. */
export const HALF_GAP: i32 = 3;
export const JUMP_MEAN: i32 = 4;
export const JUMP_DEVIATION: i32 = 5;
/** Student: degrees of freedom. */
export const DEGREES: i32 = 3;
/** Heston: reversion per second and volatility per square root of a second of the relative variance, correlation. */
export const REVERSION: i32 = 3;
export const VARIANCE_VOLATILITY: i32 = 4;
export const CORRELATION: i32 = 5;
export const INDEPENDENCE: i32 = 6;

const PARAMETERS_MAX: i32 = 8;
const PARAMETERS = memory.data(8 * 8, 16);

export let model: i32 = GEOMETRIC;
/** Steps before the first averaged price. */
export let lead: i32 = 0;
/** Prices in the average, 1 to 60. */
export let averaged: i32 = 0;
/** Whether every path has a mirrored one. */
export let paired: bool = false;
/** Whether the path of the plain model from the same normals is wanted beside. */
export let twinned: bool = false;
/** Whether logarithms may leave the range in which the short e^x is good. */
export let wide: bool = true;

export function describe(
  newModel: i32,
  newLead: i32,
  newAveraged: i32,
  newPaired: bool,
  newTwinned: bool,
  newWide: bool,
): void {
  model = newModel;
  lead = newLead;
  averaged = min(newAveraged, ROWS);
  paired = newPaired;
  twinned = newTwinned;
  wide = newWide;
}

export function storeParameter(slot: i32, value: f64): void {
  if (<u32> slot < <u32> PARAMETERS_MAX) store<f64>(PARAMETERS + (<usize> slot << 3), value);
}

export function parameter(slot: i32): f64 {
  return load<f64>(PARAMETERS + (<usize> slot << 3));
}

/** A parameter in all four lanes. */
export function parameterLanes(slot: i32): v128 {
  return f32x4.splat(<f32> parameter(slot));
}

/**
 * Eight paths make a group: A in the four lanes of one vector, B in those of another. Row k holds their logarithms at
 * the averaged price k, relative to the spot, in two parts: the even one stays and the odd one changes its sign in the
 * mirrored path. The twin's rows hold the odd part of the plain model.
 */
const ROWS: i32 = 60;
const EVEN = memory.data(60 * 32, 16);
const ODD = memory.data(60 * 32, 16);
const TWIN = memory.data(60 * 32, 16);

export function setEven(row: i32, a: v128, b: v128): void {
  v128.store(EVEN + (<usize> row << 5), a, 0);
  v128.store(EVEN + (<usize> row << 5), b, 16);
}

export function setOdd(row: i32, a: v128, b: v128): void {
  v128.store(ODD + (<usize> row << 5), a, 0);
  v128.store(ODD + (<usize> row << 5), b, 16);
}

export function setTwin(row: i32, a: v128, b: v128): void {
  v128.store(TWIN + (<usize> row << 5), a, 0);
  v128.store(TWIN + (<usize> row << 5), b, 16);
}

/** Half 0 is A, half 1 is B. */
export function evenAt(row: i32, half: i32): v128 {
  return v128.load(EVEN + (<usize> row << 5) + (<usize> half << 4));
}

export function oddAt(row: i32, half: i32): v128 {
  return v128.load(ODD + (<usize> row << 5) + (<usize> half << 4));
}

export function twinAt(row: i32, half: i32): v128 {
  return v128.load(TWIN + (<usize> row << 5) + (<usize> half << 4));
}

/** Drift x time at a row. */
export function driftAt(row: i32): v128 {
  return f32x4.splat(<f32> (parameter(DRIFT) * (parameter(FIRST_STEP) + <f64> (lead + row))));
}

/** The even part of a model in which it is the same for all paths. */
export function setEvenToDrift(): void {
  for (let row = 0; row < averaged; row++) setEven(row, driftAt(row), driftAt(row));
}
