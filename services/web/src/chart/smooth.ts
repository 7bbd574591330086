// Smoothing as TensorBoard's time series dashboard does it: an exponential moving average with bias correction.
//   s_i = w·s_{i−1} + (1 − w)·y_i,  s_0 = 0;  drawn: s_i / (1 − w^i), i counted from 1 over the finite values.
// NaN and infinities pass through and do not count. A constant series is left untouched (the correction would add
// rounding noise to it).

export const MAX_SMOOTHING = 0.99;

export function ema(values: ArrayLike<number>, count: number, weight: number): Float64Array {
  const out = new Float64Array(count);
  if (weight <= 0 || isConstant(values, count)) {
    for (let i = 0; i < count; i++) out[i] = values[i];
    return out;
  }
  let last = 0;
  let power = 1; // weight^i
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) {
      out[i] = value;
      continue;
    }
    last = last * weight + (1 - weight) * value;
    power *= weight;
    out[i] = last / (1 - power);
  }
  return out;
}

/** All values the same (NaN equals nothing, so a series of NaN is not constant; it passes through all the same). */
function isConstant(values: ArrayLike<number>, count: number): boolean {
  for (let i = 1; i < count; i++) if (values[i] !== values[0]) return false;
  return count > 0;
}
