/**
 * Every second takes one of the returns that were seen, each as likely as any other. They lie in ascending order: the
 * mirrored path takes the one as far from the other end.
 */

import { multiplyAdd } from "../random/vector";
import { drawLaneAt, fillDraws } from "../random/xoshiro";
import { averaged, driftAt, FIRST_STEP, lead, paired, parameter, setEven, setOdd } from "./job";

const RETURNS_MAX: i32 = 4096;
const RETURNS = memory.data(4096 * 4, 16);
let returns: i32 = 1;

/** Steps whose draws are made at once. */
const CHUNK: i32 = 64;

export function storeReturn(index: i32, count: i32, value: f64): void {
  if (<u32> index >= <u32> RETURNS_MAX || <u32> count > <u32> RETURNS_MAX) return;
  store<f32>(RETURNS + (<usize> index << 2), <f32> value);
  returns = max(1, count);
}

/** Where the return lies that a draw chooses: the upper 32 bits of draw x number of returns. */
function chosen(index: i32, lane: i32): usize {
  return <usize> ((<u64> drawLaneAt(index, lane) * <u64> returns) >> 32) << 2;
}

/** The returns at four offsets. */
function returnsAt(base: usize, o0: usize, o1: usize, o2: usize, o3: usize): v128 {
  let result = v128.load32_zero(base + o0);
  result = v128.load32_lane(base + o1, result, 1);
  result = v128.load32_lane(base + o2, result, 2);
  return v128.load32_lane(base + o3, result, 3);
}

/** What the four lanes of a draw choose, or the mirrored choice. */
function pick(index: i32, mirrored: bool): v128 {
  const o0 = chosen(index, 0);
  const o1 = chosen(index, 1);
  const o2 = chosen(index, 2);
  const o3 = chosen(index, 3);
  if (!mirrored) return returnsAt(RETURNS, o0, o1, o2, o3);
  const last = <usize> (returns - 1) << 2;
  return returnsAt(RETURNS, last - o0, last - o1, last - o2, last - o3);
}

/** Rows of the group. With mirrored paths: half the sum of both is even, half the difference odd. */
export function walkBootstrap(): void {
  const steps = lead + averaged;
  const half = f32x4.splat(0.5);
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let mirroredA = f32x4.splat(0);
  let mirroredB = f32x4.splat(0);
  for (let start = 0; start < steps; start += CHUNK) {
    const count = min(CHUNK, steps - start);
    fillDraws(2 * count);
    for (let index = 0; index < count; index++) {
      const step = start + index;
      a = f32x4.add(a, pick(2 * index, false));
      b = f32x4.add(b, pick(2 * index + 1, false));
      if (paired) {
        mirroredA = f32x4.add(mirroredA, pick(2 * index, true));
        mirroredB = f32x4.add(mirroredB, pick(2 * index + 1, true));
      }
      if (step === 0) {
        const root = f32x4.splat(<f32> Math.sqrt(parameter(FIRST_STEP)));
        a = f32x4.mul(a, root);
        b = f32x4.mul(b, root);
        mirroredA = f32x4.mul(mirroredA, root);
        mirroredB = f32x4.mul(mirroredB, root);
      }
      const row = step - lead;
      if (row < 0) continue;
      if (!paired) {
        setOdd(row, a, b);
        continue;
      }
      const drift = driftAt(row);
      setEven(
        row,
        multiplyAdd(f32x4.add(a, mirroredA), half, drift),
        multiplyAdd(f32x4.add(b, mirroredB), half, drift),
      );
      setOdd(row, f32x4.mul(f32x4.sub(a, mirroredA), half), f32x4.mul(f32x4.sub(b, mirroredB), half));
    }
  }
}
