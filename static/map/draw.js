// Drawing on the map: the only place that knows terra-draw, which is loaded when
// somebody begins.
import { signal } from '@preact/signals';
import { nearest } from './place.js';

/** @typedef {'Point' | 'LineString' | 'Polygon' | 'lasso'} Kind */
/** @typedef {{stop: () => void, undo: () => void, redo: () => void, place: (at: [number, number]) => void}} Drawing */

/** What can be taken back and forth in the drawing that is under way. */
export const steps = signal({ undo: false, redo: false });
/** Whether the pointer holds on to a segment. */
export const snapped = signal(false);

const reach = 12; // px within which a segment attracts
const decimals = 9; // what the server keeps, and the most that terra-draw takes

/** @param {any} c */
const rounded = (c) => (typeof c === 'number' ? Number(c.toFixed(decimals)) : c.map(rounded));

/** The parts of a geometry, each of a kind that can be drawn. */
function parts(/** @type {any} */ geometry) {
  if (!geometry.type.startsWith('Multi')) return [geometry];
  const type = geometry.type.slice(5);
  return geometry.coordinates.map((/** @type {any} */ coordinates) => ({ type, coordinates }));
}

/**
 * Whether a geometry can be reshaped here: terra-draw knows no holes.
 * @param {any} geometry
 */
export const drawable = (geometry) => parts(geometry).every((/** @type {any} */ p) => p.type !== 'Polygon' || p.coordinates.length === 1);

/**
 * What was drawn, as one geometry; null while there is nothing whole.
 * @param {import('terra-draw').Feature[]} features
 * @param {Kind} kind
 */
function whole(features, kind) {
  const type = kind === 'lasso' ? 'Polygon' : kind;
  const found = features.filter((f) => f.geometry.type === type && (kind !== 'lasso' || encloses(f)) && !f.properties.midPoint && !f.properties.selectionPoint && !f.properties.snappingPoint && !f.properties.coordinatePoint && !f.properties.closingPoint);
  if (found.length === 0) return null;
  if (type === 'Point') return found[found.length - 1].geometry;
  if (found.length === 1) return found[0].geometry;
  return { type: `Multi${type}`, coordinates: found.map((f) => f.geometry.coordinates) };
}

/**
 * Whether a lasso is closed and goes around something: two clicks on one spot do not.
 * @param {import('terra-draw').Feature} lasso
 */
function encloses({ geometry, properties }) {
  return !properties.currentlyDrawing && new Set(/** @type {[number, number][][]} */ (geometry.coordinates)[0].map(String)).size >= 3;
}

const modes = /** @type {const} */ ({ Point: 'point', LineString: 'linestring', Polygon: 'polygon', lasso: 'freehand' });

/**
 * Begins to draw, or to reshape a geometry that is given.
 * @param {import('maplibre-gl').Map} map
 * @param {{kind: Kind, geometry?: any, lines: [number, number][][], color: string, changed: (geometry: any) => void}} wish
 *   `lines`: what the pointer holds on to; `changed` is told every state, null while it is not whole
 * @returns {Promise<Drawing>}
 */
export async function startDrawing(map, { kind, geometry, lines, color, changed }) {
  const [terra, { TerraDrawMapLibreGLAdapter }] = await Promise.all([import('terra-draw'), import('terra-draw-maplibre-gl-adapter')]);
  const toCustom = (/** @type {import('terra-draw').PointerAt} */ at) => {
    const found = nearest([at.lng, at.lat], lines);
    const px = found && map.project(found);
    const holds = Boolean(px && Math.hypot(px.x - at.containerX, px.y - at.containerY) <= reach);
    snapped.value = holds;
    return holds && found ? /** @type {[number, number]} */ (rounded(found)) : undefined;
  };
  const snapping = { toCoordinate: true, toCustom };
  const looks = {
    pointColor: color, pointWidth: 8, pointOutlineColor: '#ffffff', pointOutlineWidth: 3, lineStringColor: color, lineStringWidth: 4, fillColor: color, fillOpacity: 0.2, outlineColor: color, outlineWidth: 3,
    closingPointColor: color, snappingPointColor: color, selectedPointColor: color, selectedPointWidth: 8, selectedLineStringColor: color, selectedLineStringWidth: 4, selectedPolygonColor: color, selectedPolygonOutlineColor: color,
    selectionPointColor: '#ffffff', selectionPointOutlineColor: color, selectionPointOutlineWidth: 2, selectionPointWidth: 6, midPointColor: color, midPointWidth: 4, midPointOutlineColor: '#ffffff', midPointOutlineWidth: 1,
  };
  const flags = { feature: { draggable: kind === 'Point', coordinates: { snappable: snapping, midpoints: true, draggable: true, deletable: true } } };
  const draw = new terra.TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: 'draw' }),
    modes: [
      new terra.TerraDrawSelectMode({ flags: { point: flags, linestring: flags, polygon: flags }, styles: looks, keyEvents: { deselect: null, delete: 'Delete', rotate: null, scale: null } }),
      new terra.TerraDrawPointMode({ styles: looks, editable: true }), new terra.TerraDrawLineStringMode({ styles: looks, snapping, keyEvents: { cancel: null, finish: 'Enter' } }),
      new terra.TerraDrawPolygonMode({ styles: looks, snapping, keyEvents: { cancel: null, finish: 'Enter' } }), new terra.TerraDrawFreehandMode({ styles: looks, drawInteraction: 'click-move-or-drag', keyEvents: { cancel: null, finish: 'Enter' } }),
    ],
    undoRedo: { modeLevel: new terra.TerraDrawModeUndoRedo(), sessionLevel: new terra.TerraDrawSessionUndoRedo(), keyboardShortcuts: new terra.TerraDrawUndoRedoKeyboardShortcuts() },
  });
  const look = () => {
    steps.value = { undo: draw.canUndo(), redo: draw.canRedo() };
    changed(whole(draw.getSnapshot(), kind));
  };
  draw.start();
  // One place, not many: the last one counts.
  const single = () => {
    const old = draw.getSnapshot().filter((f) => f.geometry.type === 'Point').slice(0, -1).map((f) => /** @type {string} */ (f.id));
    if (kind === 'Point' && old.length > 0) draw.removeFeatures(old);
  };
  draw.on('finish', () => { single(); look(); if (kind === 'LineString' || kind === 'Polygon') reselect(draw); });
  draw.on('change', look);
  draw.on('history', look);
  if (geometry) {
    begin(draw, geometry);
    // What was there before is no step: undoing it would leave nothing to reshape.
    draw.clearUndoRedoHistory();
    look();
  }
  else draw.setMode(modes[kind]);
  if (kind === 'lasso') map.getCanvas().style.cursor = 'crosshair';
  return {
    stop: () => { snapped.value = false; steps.value = { undo: false, redo: false }; draw.stop(); },
    undo: () => { draw.undo(); look(); }, redo: () => { draw.redo(); look(); },
    place: (at) => {
      draw.addFeatures([{ type: 'Feature', geometry: { type: 'Point', coordinates: rounded(at) }, properties: { mode: 'point' } }]);
      single();
      look();
    },
  };
}

/**
 * Puts a geometry that is there into the drawing, ready to be taken hold of.
 * @param {import('terra-draw').TerraDraw} draw
 * @param {any} geometry
 */
function begin(draw, geometry) {
  const mode = /** @type {Record<string, string>} */ ({ Point: 'point', LineString: 'linestring', Polygon: 'polygon' });
  const list = parts(geometry).map((/** @type {any} */ p) => ({ type: 'Feature', geometry: { type: p.type, coordinates: rounded(p.coordinates) }, properties: { mode: mode[p.type] } }));
  const added = draw.addFeatures(list);
  const refused = added.find((a) => !a.valid);
  if (refused) throw new Error(refused.reason ?? 'terra-draw');
  if (list[0].geometry.type === 'Point') draw.setMode('point');
  else reselect(draw);
}

/** @param {import('terra-draw').TerraDraw} draw */
function reselect(draw) {
  const first = draw.getSnapshot().find((f) => f.geometry.type !== 'Point');
  draw.setMode('select');
  if (first?.id !== undefined) draw.selectFeature(first.id);
}
