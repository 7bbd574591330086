// How likely chance alone is: the upper tail of Fisher's F distribution (Abramowitz and Stegun, 26.6.2) by the continued
// fraction of the incomplete beta function (26.5.8).

/** Chance that groups of noise explain at least `share` of the variance (R²), for `groups` groups of `count` values. */
export function chanceOf(share: number, groups: number, count: number): number {
  if (share >= 1) return 0;
  return share <= 0 ? 1 : incompleteBeta(1 - share, (count - groups) / 2, (groups - 1) / 2);
}

function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges quickly on this side only.
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

const ROUNDS = 300;
const TINY = 1e-300; // stands for 0 in a denominator

/** By Lentz's method. */
function fraction(x: number, a: number, b: number): number {
  const sound = (value: number) => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / sound(1 - ((a + b) * x) / (a + 1));
  let product = d;
  for (let m = 1; m <= ROUNDS; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / sound(1 + term * d);
      c = sound(1 + term / c);
      product *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-12) break;
  }
  return product;
}

/** Stirling's series from 10 on (Abramowitz and Stegun, 6.1.41), below it by recurrence. */
function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 10; at++) shift += Math.log(at);
  const square = 1 / (at * at);
  const series = (1 / 12 - (1 / 360 - square / 1260) * square) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
