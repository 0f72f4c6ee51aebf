/** Bars in a chart, no wider than a hand. */

import uPlot from "uplot";

/** Of the room between two moments, and in pixels. */
const SHARE = 0.7;
const PIXELS_MAX = 40;

export function barsPath(): uPlot.Series.PathBuilder {
  const make = uPlot.paths.bars;
  if (make === undefined) throw new TypeError("This uPlot draws no bars");
  return make({ size: [SHARE, PIXELS_MAX] });
}
