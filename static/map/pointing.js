// What pointer and finger do on the map.
import { hovered, onto, select, selected, tool } from '../base/store.js';
import { flight } from '../planner/search.js';
import { measuring } from './measure.js';
import { drawn, point } from '../planner/compare.js';
import { session } from '../planner/drawing.js';
import { picker } from '../planner/picking.js';

const assets = ['asset-badge', 'asset-dot', 'asset-line'];
const segments = ['value', 'key'];
const below = ['asset-surface', 'area-money', 'road', 'area-compound', 'area-resettlement', 'area-community'];
const streetZoom = 14.5; // from here on single assets can be told apart and come first

/** @param {number} zoom */
const order = (zoom) => [...(zoom < streetZoom ? [...segments, ...assets] : [...assets, ...segments]), ...below];

const reach = 5; // px around the pointer

/**
 * The topmost thing at a point, by the order of importance.
 * @param {import('maplibre-gl').Map} map
 * @param {{x: number, y: number}} at
 * @param {string[]} among
 */
function thing(map, at, among) {
  const found = map.queryRenderedFeatures([[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]], { layers: among });
  return found.sort((a, b) => among.indexOf(a.layer.id) - among.indexOf(b.layer.id))[0];
}

/** Whether the map is for drawing now, also while that is still being loaded: then a click opens nothing. */
const taken = () => measuring.peek() || session.peek() || ['add', 'draw', 'bulk', 'split', 'merge'].includes(tool.peek());

/**
 * What a form that picks on the map takes at a point.
 * @param {import('maplibre-gl').Map} map
 * @param {{x: number, y: number}} at
 */
function pickable(map, at) {
  const nouns = picker.peek()?.nouns ?? [];
  const found = thing(map, at, order(map.getZoom()).filter((layer) => nouns.includes(nounOf(layer))));
  return found && { noun: nounOf(found.layer.id), id: found.properties.id };
}

/** @param {string} layer */
const nounOf = (layer) => (layer.startsWith('asset') ? 'asset' : layer.startsWith('area') ? 'area' : layer === 'value' ? onto.peek() : 'segment');

/**
 * @param {import('maplibre-gl').Map} map
 * @param {(tip: {x: number, y: number, id: string} | null) => void} onTip
 * @param {(at: {lng: number, lat: number}, zoom: number) => void} onPlace
 * @returns {() => void}
 */
export function pointing(map, onTip, onPlace) {
  const hover = (/** @type {import('maplibre-gl').MapEvent} */ e) => {
    onPlace(e.lngLat, map.getZoom());
    if (taken() || map.isMoving()) return;
    if (picker.peek()) { map.getCanvas().style.cursor = pickable(map, e.point) ? 'copy' : 'crosshair'; leave(); return; }
    const found = thing(map, e.point, order(map.getZoom()));
    const noun = found && nounOf(found.layer.id);
    map.getCanvas().style.cursor = noun === 'asset' || noun === 'segment' ? 'pointer' : '';
    const key = noun === onto.peek() && (found.properties.key || found.properties.step !== undefined);
    hovered.value = key ? found.properties.id : null;
    onTip(key ? { x: e.point.x, y: e.point.y, id: found.properties.id } : null);
  };
  const leave = () => { hovered.value = null; onTip(null); };
  const nearer = (/** @type {import('maplibre-gl').MapEvent} */ e) => { flight.value = { point: [e.lngLat.lng, e.lngLat.lat], zoom: map.getZoom() + 2 }; };
  const pick = (/** @type {import('maplibre-gl').MapEvent} */ e) => {
    const found = pickable(map, e.point);
    if (found && !found.id) nearer(e);
    else if (found) picker.peek()?.toggle({ noun: found.noun, id: found.id });
  };
  const click = (/** @type {import('maplibre-gl').MapEvent} */ e) => {
    if (taken() || e.defaultPrevented) return;
    if (picker.peek()) { pick(e); return; }
    const difference = drawn.peek().length > 0 && thing(map, e.point, ['compared-point', 'compared-line']);
    if (difference) { leave(); point(difference.properties.id); return; }
    const found = thing(map, e.point, order(map.getZoom()));
    if (!found) { selected.value = null; return; }
    const { id } = found.properties;
    // A dot that stands for many, or where they cannot be told apart: nearer, they part.
    if (!id) { nearer(e); return; }
    leave();
    select(nounOf(found.layer.id), id);
  };
  map.on('mousemove', hover);
  map.on('mouseout', leave);
  map.on('click', click);
  return () => { map.off('mousemove', hover); map.off('mouseout', leave); map.off('click', click); };
}
