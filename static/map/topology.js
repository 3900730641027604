// Reads TopoJSON, in which the background map comes: a third of the bytes of GeoJSON.

/**
 * @typedef {{type: 'Feature', geometry: {type: string, coordinates: any}, properties: {kind: string, name: string | null}}} Piece
 * @typedef {{transform: {scale: [number, number], translate: [number, number]}, arcs: [number, number][][],
 *   objects: {basemap: {geometries: {type: 'Polygon' | 'MultiPolygon', arcs: any[], properties: Piece['properties']}[]}}}} Topology
 */

/**
 * The pieces of the background map. Each of its rings is one arc.
 * @param {Topology} topology
 * @returns {Piece[]}
 */
export function pieces({ transform, arcs, objects }) {
  const { scale, translate } = transform;
  const rings = arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => { x += dx; y += dy; return [x * scale[0] + translate[0], y * scale[1] + translate[1]]; });
  });
  const polygon = (/** @type {number[][]} */ of) => of.map(([ring]) => rings[ring]);
  return objects.basemap.geometries.map(({ type, arcs: of, properties }) => (
    { type: 'Feature', geometry: { type, coordinates: type === 'Polygon' ? polygon(of) : of.map(polygon) }, properties }));
}
