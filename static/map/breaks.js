// The limits of five classes of values: 6 ascending numbers, none for no value.

/** @typedef {'quantile' | 'equal' | 'natural'} Classing */

export const classings = /** @type {const} */ (['quantile', 'equal', 'natural']);
const parts = [0, 1, 2, 3, 4, 5];

/** @param {number[]} sorted equally many in each class */
const quantile = (sorted) => parts.map((i) => sorted[Math.min(Math.round((i * sorted.length) / 5), sorted.length - 1)]);

/** @param {number[]} sorted equally wide classes */
function equal(sorted) {
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  return parts.map((i) => least + ((most - least) * i) / 5);
}

/**
 * Classes of least squared deviation from their means (Fisher and Jenks). The
 * cost grows with the square of the number of values.
 * @param {number[]} sorted
 */
function natural(sorted) {
  const n = sorted.length;
  if (new Set(sorted).size <= 5) return quantile(sorted);
  const sums = [0];
  const squares = [0];
  for (const v of sorted) { sums.push(sums[sums.length - 1] + v); squares.push(squares[squares.length - 1] + v * v); }
  const cost = (/** @type {number} */ a, /** @type {number} */ b) => squares[b] - squares[a] - (sums[b] - sums[a]) ** 2 / (b - a);
  let best = Array.from({ length: n + 1 }, (_, b) => (b ? cost(0, b) : 0));
  /** @type {number[][]} */
  const cuts = [];
  for (let k = 2; k <= 5; k += 1) {
    const next = Array(n + 1).fill(Infinity);
    const cut = Array(n + 1).fill(0);
    for (let b = k; b <= n; b += 1) {
      for (let a = k - 1; a < b; a += 1) {
        const c = best[a] + cost(a, b);
        if (c < next[b]) { next[b] = c; cut[b] = a; }
      }
    }
    best = next;
    cuts.push(cut);
  }
  const limits = [sorted[n - 1]];
  for (let k = 3, b = n; k >= 0; k -= 1) { b = cuts[k][b]; limits.unshift(sorted[b]); }
  return [sorted[0], ...limits];
}

const ways = { quantile, equal, natural };

/**
 * @param {number[]} values
 * @param {Classing} way
 */
export function breaks(values, way) {
  if (values.length === 0) return [];
  return ways[way]([...values].sort((a, b) => a - b));
}
