// The field's map, drawn from what is on the phone alone.
import { effect, signal } from '@preact/signals';
import { badge, ratio } from '../map/badges.js';
import { theme } from '../base/store.js';
import { assets, basemap, classOf, pack, segments } from './pack.js';
import { items } from './outbox.js';
import { fix } from './position.js';

const empty = { type: 'FeatureCollection', features: [] };
const patience = 3000; // ms the map may be moved before it follows again

/** The map's centre: where the crosshair points. */
export const centre = signal(/** @type {[number, number] | null} */ (null));
/** Whether the map goes along with the phone. */
export const following = signal(true);
/** The asset that may be the one to be added. */
export const ghost = signal(/** @type {any} */ (null));
/** What was touched on the map. */
export const touched = signal(/** @type {string | null} */ (null));

/** @param {string} token */
const color = (token) => getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();

/** @param {any} a */
const drawn = (a) => ({ type: 'Feature', geometry: a.geometry, properties: { id: a.id, condition: a.properties.condition ?? 'good', ...look(a.properties.class) } });

/** @param {string} code */
function look(code) {
  const c = classOf(code);
  return { icon: c?.icon || 'other', color: c?.color ?? '#667580' };
}

function layers() {
  const kind = (/** @type {string} */ k) => ['==', ['get', 'kind'], k];
  const fill = (/** @type {string} */ k) => ({ id: `base-${k}`, type: 'fill', source: 'basemap', filter: kind(k), paint: { 'fill-color': color(`map-${k}`) } });
  const round = { 'line-cap': 'round', 'line-join': 'round' };
  const width = (/** @type {number} */ m) => ['interpolate', ['exponential', 2], ['zoom'], 14, m / 4, 20, m * 16];
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': color('map-inside') } },
    fill('block'), fill('green'), fill('water'), fill('building'),
    { id: 'road-edge', type: 'line', source: 'segments', layout: round, paint: { 'line-color': color('map-road-edge'), 'line-width': width(17) } },
    { id: 'road', type: 'line', source: 'segments', layout: round, paint: { 'line-color': color('map-road'), 'line-width': width(15) } },
    { id: 'road-name', type: 'symbol', source: 'segments', layout: { 'symbol-placement': 'line', 'text-field': ['get', 'road'], 'text-font': ['sans-serif'], 'text-size': 14 }, paint: { 'text-color': color('map-text'), 'text-halo-color': color('map-halo'), 'text-halo-width': 1.8 } },
    { id: 'asset-dot', type: 'circle', source: 'assets', maxzoom: 16.5, paint: { 'circle-color': ['get', 'color'], 'circle-radius': 4 } },
    { id: 'asset-badge', type: 'symbol', source: 'assets', minzoom: 16.5, layout: { 'icon-image': ['concat', 'badge ', ['get', 'icon'], ' ', ['get', 'color'], ' ', ['get', 'condition']], 'icon-allow-overlap': true, 'icon-ignore-placement': true } },
    { id: 'own', type: 'circle', source: 'own', paint: { 'circle-radius': 16, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-width': 3, 'circle-stroke-color': color('ok') } },
    { id: 'ghost', type: 'circle', source: 'ghost', paint: { 'circle-radius': 18, 'circle-color': color('accent'), 'circle-opacity': 0.25, 'circle-stroke-width': 3, 'circle-stroke-color': color('accent') } },
    { id: 'me', type: 'circle', source: 'me', paint: { 'circle-radius': 9, 'circle-color': '#0a66b7', 'circle-stroke-width': 4, 'circle-stroke-color': '#fff' } },
  ];
}

/** Draws the assets, and from then on what changes of them: thousands would keep a tap waiting. @param {any} source */
function drawAssets(source) {
  let shown = /** @type {typeof assets.value} */ (new Map());
  /** @type {any} */
  let drawnAs;
  effect(() => {
    const now = assets.value;
    const looks = pack.value?.classes;
    const add = [...now.values()].filter((a) => a.geometry && (looks !== drawnAs || shown.get(a.id) !== a)).map(drawn);
    const remove = [...shown.keys()].filter((id) => !now.has(id));
    if (looks !== drawnAs) source.setData({ type: 'FeatureCollection', features: add });
    else if (add.length + remove.length > 0) source.updateData({ add, remove });
    [shown, drawnAs] = [now, looks];
  });
}

/**
 * Makes the map. Throws where there is no WebGL.
 * @param {HTMLElement} container
 */
export async function startMap(container) {
  const maplibre = await import('maplibre-gl');
  const source = () => /** @type {any} */ ({ type: 'geojson', data: empty });
  const bounds = pack.peek()?.bounds;
  const begin = fix.peek()?.position ?? (bounds ? [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2] : [113.74, 34.77]);
  const map = new maplibre.Map({
    container, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0, maxZoom: 21, minZoom: 10, center: /** @type {any} */ (begin), zoom: 17.5,
    style: { version: 8, sources: { basemap: source(), segments: source(), assets: { ...source(), promoteId: 'id' }, own: source(), ghost: source(), me: source() }, layers: /** @type {any} */ (layers()) },
  });
  map.setMissingStyleImageResolver(async (/** @type {string} */ id) => {
    if (id.startsWith('badge ')) { const image = await badge(id); if (!map.hasImage(id)) map.addImage(id, image, { pixelRatio: ratio }); }
  });
  let handsOff = 0;
  map.on('move', () => { const c = map.getCenter(); centre.value = [c.lng, c.lat]; });
  map.on('dragstart', () => { following.value = false; handsOff = Date.now(); });
  map.on('idle', () => { /** @type {any} */ (window).__idle = true; });
  map.on('click', (/** @type {any} */ e) => {
    const { x, y } = e.point;
    const [hit] = map.queryRenderedFeatures([[x - 14, y - 14], [x + 14, y + 14]], { layers: ['asset-badge', 'asset-dot'] });
    if (hit) touched.value = hit.properties.id;
  });
  await new Promise((resolve, reject) => { map.once('load', resolve); map.once('webglcontextcreationerror', (/** @type {any} */ e) => reject(e.error ?? new Error('WebGL'))); });
  const put = (/** @type {string} */ name, /** @type {any[]} */ features) => map.getSource(name).setData({ type: 'FeatureCollection', features });
  const c = map.getCenter();
  centre.value = [c.lng, c.lat];
  effect(() => put('basemap', basemap.value?.features ?? []));
  effect(() => put('segments', segments.value?.features ?? []));
  drawAssets(map.getSource('assets'));
  effect(() => {
    const waiting = new Set(items.value.filter((o) => o.state === 'waiting' && o.noun === 'asset').map((o) => o.id));
    put('own', [...assets.value.values()].filter((a) => waiting.has(a.id) && a.geometry).map(drawn));
  });
  effect(() => put('ghost', ghost.value ? [drawn(ghost.value)] : []));
  effect(() => {
    const here = fix.value;
    put('me', here ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: here.position }, properties: {} }] : []);
    if (here && following.value && Date.now() - handsOff > patience) map.jumpTo({ center: here.position });
  });
  effect(() => {
    if (!theme.value) return;
    for (const layer of layers()) for (const [name, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, name, value);
  });
}
