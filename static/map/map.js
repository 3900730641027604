// The live map: made once, then kept like the view by effects. It can fail to
// start (no WebGL); the page lives without it.
import { effect } from '@preact/signals';
import { t } from '../base/i18n.js';
import * as store from '../base/store.js';
import * as registry from '../planner/registry.js';
import { shown } from '../planner/overview.js';
import { flight } from '../planner/search.js';
import { picker } from '../planner/picking.js';
import { takePicture } from '../planner/print.js';
import { badge, pill, ratio } from './badges.js';
import { bounds, labelPoint, margin, middle, outside } from './place.js';
import { layers } from './layers.js';
import { pointing } from './pointing.js';
import { overlay } from './overlay.js';

/** @typedef {import('maplibre-gl').Map} MapLibre */

const empty = { type: 'FeatureCollection', features: [] };

/** The colour of a token as the browser resolves it now. */
function palette() {
  const probe = document.createElement('i');
  document.body.append(probe);
  /** @type {Map<string, string>} */
  const known = new Map();
  return {
    color: (/** @type {string} */ token) => {
      if (!known.has(token)) {
        probe.style.setProperty('color', `var(--${token})`);
        known.set(token, getComputedStyle(probe).color);
      }
      return /** @type {string} */ (known.get(token));
    },
    done: () => probe.remove(),
  };
}

/** The style under the view of this moment. */
function present() {
  const theme = store.theme.value;
  const { color, done } = palette();
  // What is picked from must be seen.
  const off = picker.value?.nouns.includes('area') ? store.withMembers(store.layersOff.value, ['compound'], false) : store.layersOff.value;
  const style = layers({
    color, off, classes: registry.classes.data.value ?? [], classesOff: [...store.classesOff.value], conditionsOff: [...store.conditionsOff.value],
    step: store.step.value, selected: store.selected.value, hovered: store.hovered.value, pill: `pill ${theme}`,
  });
  const behind = pill(color('panel'), color('line-strong'));
  done();
  return { style, behind };
}

/** @param {string} code */
function tilesOf(code) {
  const { class: c, condition: k } = registry.wanted.value;
  const filter = `${c ? `&class=${c}` : ''}${k ? `&condition=${k}` : ''}`;
  const then = store.at.value ? `&datetime=${encodeURIComponent(store.at.value)}` : '';
  return [`${location.origin}/ogc/collections/assets/tiles/WebMercatorQuad/{z}/{y}/{x}?jurisdiction=${code}${filter}${then}`];
}

/**
 * Makes the map and resolves when its style stands.
 * @param {HTMLElement} container
 * @param {(tip: {x: number, y: number, id: string} | null) => void} onTip
 * @param {(at: {lng: number, lat: number}, zoom: number) => void} onPlace pointer or centre
 * @returns {Promise<{map: MapLibre, stop: () => void}>}
 */
export async function startMap(container, onTip, onPlace) {
  const maplibre = await import('maplibre-gl');
  const begin = store.view.peek();
  const frame = begin ? null : registry.jurisdictions.data.peek()?.find((j) => j.code === store.jurisdiction.peek())?.bbox;
  const { style } = present();
  const geojson = (/** @type {object} */ more = {}) => ({ type: 'geojson', data: empty, ...more });
  const map = new maplibre.Map({
    container, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0, maxZoom: 20, minZoom: 3, locale: { 'Map.Title': t('nav.map') },
    fadeDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200, center: begin ?? [113.74, 34.77], zoom: begin?.zoom ?? 12.5,
    ...(frame ? { bounds: frame, fitBoundsOptions: { padding: margin(container) } } : {}), // where it begins it asks for tiles
    style: {
      version: 8,
      sources: {
        basemap: geojson(), areas: geojson(), 'area-names': geojson(), outside: geojson(), segments: geojson({ tolerance: 0.2 }), values: geojson(),
        assets: { type: 'vector', tiles: tilesOf(store.jurisdiction.peek()), minzoom: 0, maxzoom: 18 },
      },
      layers: style,
    },
  });
  Object.assign(window, { __map: map }); // for whoever looks into a running page
  map.setMissingStyleImageResolver(async (id) => {
    if (!id.startsWith('badge ')) return;
    const image = await badge(id);
    if (!map.hasImage(id)) map.addImage(id, image, { pixelRatio: ratio });
  });
  watch(map, Boolean(frame), onPlace);
  const stopPointing = pointing(map, onTip, onPlace);
  await new Promise((resolve, reject) => {
    map.once('load', resolve);
    map.once('webglcontextcreationerror', (e) => reject(e.error ?? new Error('WebGL')));
  });
  const ends = [...follow(map, container, style, Boolean(begin ?? frame)), ...overlay(map), stopPointing];
  return { map, stop: () => { for (const end of ends) end(); takePicture.value = null; map.remove(); } };
}

/**
 * What the map reports: where it looks, how its tiles fare, when it rests.
 * @param {MapLibre} map
 * @param {boolean} framed whether it has moved already, to where it began
 * @param {(at: {lng: number, lat: number}, zoom: number) => void} onPlace
 */
function watch(map, framed, onPlace) {
  const moved = () => {
    const { lng, lat } = map.getCenter();
    store.view.value = { lng, lat, zoom: map.getZoom() };
    onPlace({ lng, lat }, map.getZoom());
  };
  map.on('moveend', moved);
  if (framed) moved();
  // The map says that it rests after a frame in which everything was there. What
  // arrives just behind the last frame asks for none: so one is asked for now and
  // then for as long as anything is on its way.
  let nudge = 0;
  map.on('dataloading', () => {
    registry.mapBusy.value = true;
    Object.assign(window, { __idle: false });
    nudge ||= window.setInterval(() => map.triggerRepaint(), 500);
  });
  map.on('idle', () => {
    clearInterval(nudge);
    nudge = 0;
    registry.mapBusy.value = false;
    Object.assign(window, { __idle: true });
  });
  map.once('remove', () => clearInterval(nudge));
  map.on('error', (e) => {
    if (e.sourceId === 'assets') registry.tilesProblem.value = e.error ?? new Error('tiles');
    else if (e.error) console.error(e.error);
  });
  map.on('contextmenu', (e) => e.preventDefault());
}

/**
 * Keeps the map like the view.
 * @param {MapLibre} map
 * @param {HTMLElement} container
 * @param {any[]} first the style the map began with
 * @param {boolean} placed whether it began where it should be
 */
function follow(map, container, first, placed) {
  const put = (/** @type {string} */ source, /** @type {any[]} */ features) => map.getSource(source).setData({ ...empty, features });
  let before = new Map(first.map((l) => [l.id, l]));
  let tiles = `${tilesOf(store.jurisdiction.peek())[0]} ${registry.tilesAge.peek()}`;
  let framed = placed ? store.jurisdiction.peek() : '';
  takePicture.value = { now: () => pictureOf(map), laid: (size) => laid(map, size) };
  return [
    effect(() => {
      const { style, behind } = present();
      const id = `pill ${store.theme.value}`;
      if (!map.hasImage(id)) map.addImage(id, behind.image, behind.options);
      for (const layer of style) restyle(map, /** @type {any} */ (before.get(layer.id)), layer);
      before = new Map(style.map((l) => [l.id, l]));
    }),
    effect(() => put('basemap', registry.basemap.data.value ?? [])),
    effect(() => {
      const values = new Map(store.onto.value === 'area' ? registry.ranked.value.map((r) => [r.id, r.value]) : []);
      const areas = (registry.areas.data.value ?? []).map((a) => ({ ...a, properties: { id: a.id, level: a.properties.level, name: a.properties.name, ...(values.has(a.id) ? { step: registry.stepOf(/** @type {number} */ (values.get(a.id))) } : {}) } }));
      put('areas', areas);
      put('outside', areas.filter((a) => a.properties.level === 'boundary').map((a) => ({ ...a, geometry: outside(a.geometry) })));
      put('area-names', areas.filter((a) => a.properties.level !== 'boundary').map((a) => ({ ...a, geometry: { type: 'Point', coordinates: labelPoint(a.geometry) } })));
    }),
    effect(() => {
      const values = new Map(registry.ranked.value.map((r) => [r.id, r]));
      const segments = (registry.segments.data.value ?? []).map((s) => {
        const row = values.get(s.id);
        const { name, road } = s.properties;
        const key = s.properties.key && store.onto.value === 'segment'; // where areas are ranked, streets stand back
        return { ...s, properties: { id: s.id, name, road, key, ...(row ? { value: row.value, label: shown(row.value), step: registry.stepOf(row.value) } : {}) } };
      });
      put('segments', segments);
      const named = store.onto.value === 'area' ? registry.ranked.value.map((r) => ({ ...r.feature, properties: { id: r.id, name: r.feature.properties.name, road: r.feature.properties.name, value: r.value, label: shown(r.value), step: registry.stepOf(r.value) }, geometry: { type: 'Point', coordinates: labelPoint(r.feature.geometry) } })) : [];
      const valued = segments.filter((s) => s.properties.key && registry.counts.value).map((s) => ({ ...s, geometry: { type: 'Point', coordinates: middle(s.geometry.coordinates) } }));
      put('values', [...valued, ...named]);
    }),
    effect(() => {
      const [url] = tilesOf(store.jurisdiction.value);
      const mark = `${url} ${registry.tilesAge.value}`;
      if (registry.tilesProblem.value || mark === tiles) { tiles = ''; return; }
      tiles = mark;
      map.getSource('assets').setTiles([url]);
    }),
    effect(() => {
      const j = registry.jurisdictions.data.value?.find((x) => x.code === store.jurisdiction.value);
      if (!j?.bbox || j.code === framed) return;
      framed = j.code;
      map.fitBounds(j.bbox, { padding: margin(container), animate: false });
    }),
    effect(() => {
      if (!flight.value) return;
      const { point, zoom } = flight.value;
      flight.value = null;
      map.flyTo({ center: point, zoom: Math.max(zoom, map.getZoom()), duration: 900 });
    }),
    effect(() => reveal(map, store.selected.value)),
  ];
}

/**
 * The map as it is seen.
 * @param {MapLibre} map
 */
function pictureOf(map) {
  map.redraw();
  const { lat } = map.getCenter();
  const metresPerPixel = (40075016.686 / 512) * Math.cos((lat * Math.PI) / 180) / 2 ** map.getZoom();
  return { url: map.getCanvas().toDataURL('image/png'), metres: map.getCanvas().clientWidth * metresPerPixel };
}

const settling = 8000; // ms that the map has to draw itself for paper; then it is taken as it is

/**
 * The same view laid out for paper: what is seen stays in it, at the paper's
 * proportions.
 * @param {MapLibre} map
 * @param {import('../planner/print.js').Size} size
 */
async function laid(map, { width, height }) {
  const box = map.getContainer();
  const seen = map.getBounds().toArray();
  const { center, zoom } = { center: map.getCenter(), zoom: map.getZoom() };
  for (const [name, value] of [['inset', '0 auto auto 0'], ['width', `${width}px`], ['height', `${height}px`]]) box.style.setProperty(name, value);
  map.resize();
  map.fitBounds([...seen[0], ...seen[1]], { padding: 0, animate: false });
  await new Promise((resolve) => { map.once('idle', resolve); map.triggerRepaint(); setTimeout(resolve, settling); });
  const taken = pictureOf(map);
  for (const name of ['inset', 'width', 'height']) box.style.removeProperty(name);
  map.resize();
  map.jumpTo({ center, zoom });
  return taken;
}

/**
 * Brings a chosen segment or area into the picture, unless it is there.
 * @param {MapLibre} map
 * @param {store.Selection | null} selection
 */
function reveal(map, selection) {
  if (!selection || selection.noun === 'asset') return;
  const list = selection.noun === 'segment' ? registry.segments.data.peek() : registry.areas.data.peek();
  const found = list?.find((f) => f.id === selection.id);
  if (!found) return;
  const [w, s, e, n] = bounds(found.geometry);
  const { clientWidth, clientHeight } = map.getCanvas();
  const a = map.project([w, n]);
  const b = map.project([e, s]);
  const inside = a.x > 0 && a.y > 0 && b.x < clientWidth && b.y < clientHeight;
  const large = Math.max(b.x - a.x, b.y - a.y) > 120;
  if (!inside || !large) map.fitBounds([w, s, e, n], { padding: 80, maxZoom: 16.4, duration: 700 });
}

/**
 * Changes what differs between two forms of a layer.
 * @param {MapLibre} map
 * @param {any} before
 * @param {any} after
 */
function restyle(map, before, after) {
  const differs = (/** @type {unknown} */ a, /** @type {unknown} */ b) => JSON.stringify(a) !== JSON.stringify(b);
  for (const [name, value] of Object.entries(after.paint ?? {})) if (differs(before.paint?.[name], value)) map.setPaintProperty(after.id, name, value);
  for (const [name, value] of Object.entries(after.layout ?? {})) if (differs(before.layout?.[name], value)) map.setLayoutProperty(after.id, name, value);
  if (differs(before.filter, after.filter)) map.setFilter(after.id, after.filter);
}
