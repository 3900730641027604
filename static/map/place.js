// Where things are: small geometry for labels, frames and the tape measure.

/** @typedef {[number, number]} Position longitude, latitude in degrees */

/**
 * The frame of a geometry: west, south, east, north.
 * @param {any} geometry
 * @returns {[number, number, number, number]}
 */
export function bounds(geometry) {
  /** @type {[number, number, number, number]} */
  const b = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (/** @type {any} */ c) => {
    if (typeof c[0] !== 'number') { c.forEach(visit); return; }
    b[0] = Math.min(b[0], c[0]); b[1] = Math.min(b[1], c[1]);
    b[2] = Math.max(b[2], c[0]); b[3] = Math.max(b[3], c[1]);
  };
  visit(geometry.coordinates);
  return b;
}

/**
 * The middle of a geometry's frame.
 * @param {any} geometry
 * @returns {Position}
 */
export function centre(geometry) {
  const [w, s, e, n] = bounds(geometry);
  return [(w + e) / 2, (s + n) / 2];
}

/**
 * The point half way along a line.
 * @param {Position[]} line
 * @returns {Position}
 */
export function middle(line) {
  const parts = line.slice(1).map((p, i) => distance(line[i], p));
  let left = parts.reduce((sum, d) => sum + d, 0) / 2;
  for (let i = 0; i < parts.length; i += 1) {
    if (left <= parts[i] && parts[i] > 0) {
      const f = left / parts[i];
      return [line[i][0] + f * (line[i + 1][0] - line[i][0]), line[i][1] + f * (line[i + 1][1] - line[i][1])];
    }
    left -= parts[i];
  }
  return line[0];
}

/**
 * A point inside the largest ring, for its label: the middle of the widest
 * stretch along the horizontal through the centre.
 * @param {any} geometry Polygon or MultiPolygon
 * @returns {Position}
 */
export function labelPoint(geometry) {
  const rings = geometry.type === 'Polygon' ? [geometry.coordinates[0]] : geometry.coordinates.map((/** @type {any} */ p) => p[0]);
  const ring = rings.reduce((/** @type {Position[]} */ a, /** @type {Position[]} */ b) => (Math.abs(ringArea(b)) > Math.abs(ringArea(a)) ? b : a));
  const [w, s, e, n] = bounds({ coordinates: ring });
  const y = (s + n) / 2 + (n - s) * 1e-6;
  const cuts = [];
  for (let i = 1; i < ring.length; i += 1) {
    const [[x1, y1], [x2, y2]] = [ring[i - 1], ring[i]];
    if ((y1 > y) !== (y2 > y)) cuts.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
  }
  cuts.sort((a, b) => a - b);
  let best = /** @type {Position} */ ([(w + e) / 2, y]);
  let widest = 0;
  for (let i = 1; i < cuts.length; i += 2) {
    if (cuts[i] - cuts[i - 1] > widest) { widest = cuts[i] - cuts[i - 1]; best = [(cuts[i] + cuts[i - 1]) / 2, y]; }
  }
  return best;
}

/**
 * Everything but an area.
 * @param {any} geometry Polygon or MultiPolygon
 */
export function outside(geometry) {
  const rings = geometry.type === 'Polygon' ? [geometry.coordinates[0]] : geometry.coordinates.map((/** @type {any} */ p) => p[0]);
  return { type: 'Polygon', coordinates: [[[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]], ...rings] };
}

/**
 * What a frame must keep free of the map: tools and readout lie there, and on a
 * narrow screen the legend.
 * @param {HTMLElement} stage of the map
 */
export function margin(stage) {
  const narrow = stage.clientWidth < 500;
  return narrow ? { top: 24, bottom: 40, left: 20, right: 64 } : { top: 20, bottom: 44, left: 24, right: 64 };
}

/** @param {Position[]} ring */
const ringArea = (ring) => ring.slice(1).reduce((sum, p, i) => sum + ring[i][0] * p[1] - p[0] * ring[i][1], 0);

/**
 * Metres between two positions on the WGS 84 ellipsoid, by the radii of
 * curvature half way: within 1 mm over 1 km and 1 m over 50 km.
 * @param {Position} a
 * @param {Position} b
 */
export function distance(a, b) {
  const rad = Math.PI / 180;
  const f = 1 / 298.257223563;
  const e2 = f * (2 - f);
  const lat = ((a[1] + b[1]) / 2) * rad;
  const w = 1 - e2 * Math.sin(lat) ** 2;
  const north = (6378137 * (1 - e2)) / w ** 1.5;
  const east = (6378137 / Math.sqrt(w)) * Math.cos(lat);
  return Math.hypot(north * (b[1] - a[1]) * rad, east * (b[0] - a[0]) * rad);
}

/**
 * The place on any of the lines that is nearest to a position, in the plane of
 * the screen at this latitude.
 * @param {Position} at
 * @param {Position[][]} lines
 * @returns {Position | undefined}
 */
export function nearest([x, y], lines) {
  const shrink = Math.cos((y * Math.PI) / 180); // a degree of longitude beside one of latitude
  let best;
  let least = Infinity;
  for (const line of lines) {
    for (let i = 1; i < line.length; i += 1) {
      const [ax, ay] = [(line[i - 1][0] - x) * shrink, line[i - 1][1] - y];
      const [bx, by] = [(line[i][0] - x) * shrink, line[i][1] - y];
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      const f = length > 0 ? Math.min(Math.max(-(ax * (bx - ax) + ay * (by - ay)) / length, 0), 1) : 0;
      const d = (ax + f * (bx - ax)) ** 2 + (ay + f * (by - ay)) ** 2;
      if (d < least) {
        least = d;
        best = /** @type {Position} */ ([line[i - 1][0] + f * (line[i][0] - line[i - 1][0]), line[i - 1][1] + f * (line[i][1] - line[i - 1][1])]);
      }
    }
  }
  return best;
}
