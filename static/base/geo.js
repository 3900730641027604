// What the phone must compute as the server does: where a point stands on the
// network. Held to the server's answers by base/place_vectors.json.

/**
 * @typedef {[number, number]} Position longitude and latitude, degrees of WGS 84
 * @typedef {{segment: string | null, chainage_m: number | null, side: string, offset_m: number | null, community: string | null}} Place
 */

const semiMajor = 6378137;
const flattening = 1 / 298.257223563;
const semiMinor = semiMajor * (1 - flattening);
const ecc2 = flattening * (2 - flattening);
const radian = Math.PI / 180;
const cellDegrees = 0.002; // about 200 m, a block

/** Metres per degree of longitude and of latitude around a latitude. @param {number} latitude */
function metricAt(latitude) {
  const sin = Math.sin(latitude * radian);
  const w2 = 1 - ecc2 * sin * sin;
  const n = semiMajor / Math.sqrt(w2);
  return { lon: n * Math.cos(latitude * radian) * radian, lat: n * (1 - ecc2) / w2 * radian };
}

/** b seen from a, in metres east and north. @param {Position} a @param {Position} b */
function between(a, b) {
  const m = metricAt((a[1] + b[1]) / 2);
  return [(b[0] - a[0]) * m.lon, (b[1] - a[1]) * m.lat];
}

/**
 * The geodesic distance in metres, after Vincenty. For places of one town: what
 * is nearly antipodal gives NaN.
 * @param {Position} a
 * @param {Position} b
 */
export function distance(a, b) {
  if (a[0] === b[0] && a[1] === b[1]) return 0;
  const l = (b[0] - a[0]) * radian;
  const u1 = Math.atan((1 - flattening) * Math.tan(a[1] * radian));
  const u2 = Math.atan((1 - flattening) * Math.tan(b[1] * radian));
  const [sinU1, cosU1, sinU2, cosU2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = l;
  for (let i = 0; i < 100; i++) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(cosU2 * sinL, cosU1 * sinU2 - sinU1 * cosU2 * cosL);
    if (sinSigma === 0) return 0;
    const cosSigma = sinU1 * sinU2 + cosU1 * cosU2 * cosL;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = cosU1 * cosU2 * sinL / sinSigma;
    const cos2Alpha = 1 - sinAlpha * sinAlpha;
    const cos2M = cos2Alpha > 1e-15 ? cosSigma - 2 * sinU1 * sinU2 / cos2Alpha : 0;
    const c = flattening / 16 * cos2Alpha * (4 + flattening * (4 - 3 * cos2Alpha));
    const next = l + (1 - c) * flattening * sinAlpha * (sigma + c * sinSigma * (cos2M + c * cosSigma * (2 * cos2M * cos2M - 1)));
    if (Math.abs(next - lambda) < 1e-13) return vincenty(cos2Alpha, sigma, sinSigma, cosSigma, cos2M);
    lambda = next;
  }
  return NaN;
}

/** The closing formula of the inverse solution. @param {number} cos2Alpha @param {number} sigma @param {number} sinSigma @param {number} cosSigma @param {number} cos2M */
function vincenty(cos2Alpha, sigma, sinSigma, cosSigma, cos2M) {
  const u2 = cos2Alpha * (semiMajor * semiMajor - semiMinor * semiMinor) / (semiMinor * semiMinor);
  const a = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
  const b = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
  const delta = b * sinSigma * (cos2M + b / 4 * (cosSigma * (2 * cos2M * cos2M - 1)
    - b / 6 * cos2M * (4 * sinSigma * sinSigma - 3) * (4 * cos2M * cos2M - 3)));
  return semiMinor * a * (sigma - delta);
}

/**
 * The squared distance in m² of p from an edge, and the fraction along it of the foot.
 * @param {{lon: number, lat: number}} m @param {Position} p @param {Position} a @param {Position} b
 */
function footOnEdge(m, p, a, b) {
  const [ax, ay] = [(a[0] - p[0]) * m.lon, (a[1] - p[1]) * m.lat];
  const [dx, dy] = [(b[0] - a[0]) * m.lon, (b[1] - a[1]) * m.lat];
  const n = dx * dx + dy * dy;
  const f = n > 0 ? Math.max(0, Math.min(1, -(ax * dx + ay * dy) / n)) : 0;
  const [x, y] = [ax + f * dx, ay + f * dy];
  return [x * x + y * y, f];
}

/** @param {Position[]} line @param {number} i */
function direction(line, i) {
  const [east, north] = between(line[i], line[i + 1]);
  const n = Math.hypot(east, north);
  return n > 0 ? [east / n, north / n] : [0, 0];
}

/** Positive where p lies left of the line at its foot. @param {Position[]} line @param {Position} p @param {Position} foot @param {number} i @param {number} f */
function cross(line, p, foot, i, f) {
  let [dx, dy] = direction(line, i);
  if (f === 1 && i + 2 < line.length) {
    const [ex, ey] = direction(line, i + 1);
    [dx, dy] = [dx + ex, dy + ey];
  } else if (f === 0 && i > 0) {
    const [ex, ey] = direction(line, i - 1);
    [dx, dy] = [dx + ex, dy + ey];
  }
  const [px, py] = between(foot, p);
  return dx * py - dy * px;
}

/** @param {Position[]} ring @param {Position} p the border counts as inside */
function inRing(ring, [x, y]) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[ax, ay], [bx, by]] = [ring[i], ring[j]];
    const onLine = (bx - ax) * (y - ay) === (by - ay) * (x - ax);
    if (onLine && x >= Math.min(ax, bx) && x <= Math.max(ax, bx) && y >= Math.min(ay, by) && y <= Math.max(ay, by)) return true;
    if ((ay > y) !== (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** @param {any} geometry Polygon or MultiPolygon @param {Position} p */
function inside(geometry, p) {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return polygons.some((/** @type {Position[][]} */ [outer, ...holes]) => inRing(outer, p) && !holes.some((h) => inRing(h, p)));
}

const millimetres = (/** @type {number} */ m) => Math.round(m * 1000) / 1000;
const cellOf = (/** @type {number} */ v) => Math.floor(v / cellDegrees);

/**
 * Prepares lines and communities, in the server's order.
 * @param {{id: string, geometry: any}[]} segments
 * @param {{id: string, geometry: any}[]} communities
 * @param {number} [within] metres from a line to stand on it
 * @returns {(p: Position) => Place}
 */
export function locator(segments, communities, within = 50) {
  /** @type {Map<string, number[]>} */
  const grid = new Map();
  /** @type {[number, number][]} */
  const edges = [];
  /** @type {Position[][]} */
  const lines = segments.map((s) => s.geometry.coordinates);
  lines.forEach((line, s) => {
    for (let i = 0; i + 1 < line.length; i++) {
      const [a, b] = [line[i], line[i + 1]];
      for (let x = cellOf(Math.min(a[0], b[0])); x <= cellOf(Math.max(a[0], b[0])); x++) {
        for (let y = cellOf(Math.min(a[1], b[1])); y <= cellOf(Math.max(a[1], b[1])); y++) {
          const list = grid.get(`${x} ${y}`);
          if (list) list.push(edges.length); else grid.set(`${x} ${y}`, [edges.length]);
        }
      }
      edges.push([s, i]);
    }
  });
  return (p) => {
    const m = metricAt(p[1]);
    const [dx, dy] = [within / Math.max(m.lon, 1), within / m.lat];
    let best = { d: within * within * (1 + 1e-9), edge: -1, f: 0 };
    for (let x = cellOf(p[0] - dx); x <= cellOf(p[0] + dx); x++) {
      for (let y = cellOf(p[1] - dy); y <= cellOf(p[1] + dy); y++) {
        for (const edge of grid.get(`${x} ${y}`) ?? []) {
          const [s, i] = edges[edge];
          const [d, f] = footOnEdge(m, p, lines[s][i], lines[s][i + 1]);
          if (d < best.d || (d === best.d && edge < best.edge)) best = { d, edge, f };
        }
      }
    }
    const community = communities.find((c) => inside(c.geometry, p))?.id ?? null;
    if (best.edge < 0) return { segment: null, chainage_m: null, side: '', offset_m: null, community };
    const [s, i] = edges[best.edge];
    return { segment: segments[s].id, ...on(lines[s], p, i, best.f), community };
  };
}

/** Chainage, side and offset of p by its foot on an edge. @param {Position[]} line @param {Position} p @param {number} i @param {number} f */
function on(line, p, i, f) {
  const [a, b] = [line[i], line[i + 1]];
  /** @type {Position} */
  const foot = [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f];
  let start = 0;
  for (let k = 0; k < i; k++) start += distance(line[k], line[k + 1]);
  return {
    chainage_m: millimetres(start + f * distance(a, b)), offset_m: millimetres(distance(p, foot)),
    side: cross(line, p, foot, i, f) > 0 ? 'left' : 'right',
  };
}

/**
 * Where a point stands on one line, and the nearest position of the line.
 * @param {Position[]} line
 * @param {Position} p
 * @returns {{chainage_m: number, offset_m: number, side: string, foot: Position}}
 */
export function along(line, p) {
  const m = metricAt(p[1]);
  let best = { d: Infinity, i: 0, f: 0 };
  for (let i = 0; i + 1 < line.length; i++) {
    const [d, f] = footOnEdge(m, p, line[i], line[i + 1]);
    if (d < best.d) best = { d, i, f };
  }
  const { i, f } = best;
  return { ...on(line, p, i, f), foot: [line[i][0] + (line[i + 1][0] - line[i][0]) * f, line[i][1] + (line[i + 1][1] - line[i][1]) * f] };
}

/**
 * The two parts of a line that is cut at a chainage inside it.
 * @param {Position[]} line
 * @param {number} metres
 * @returns {[Position[], Position[]]}
 */
export function parted(line, metres) {
  let start = 0;
  for (let i = 0; i + 1 < line.length; i++) {
    const edge = distance(line[i], line[i + 1]);
    if (start + edge >= metres || i + 2 === line.length) {
      const f = edge > 0 ? Math.max(0, Math.min(1, (metres - start) / edge)) : 0;
      /** @type {Position} */
      const cut = [line[i][0] + (line[i + 1][0] - line[i][0]) * f, line[i][1] + (line[i + 1][1] - line[i][1]) * f];
      return [[...line.slice(0, i + 1), cut], [cut, ...line.slice(i + 1)]];
    }
    start += edge;
  }
  return [line, []];
}
