// What is drawn over the map for a while: a change of shape, the differences
// between two dates, the candidates for a twin.
import { effect, signal } from '@preact/signals';
import { theme } from '../base/store.js';
import { drawn, kinds, signs } from '../planner/compare.js';
import { ghosts } from '../planner/history.js';
import { assetOf, picked } from '../planner/picking.js';
import * as registry from '../planner/registry.js';
import { centre } from './place.js';

/** Positions that a person is asked to look at. */
export const marks = signal(/** @type {[number, number][]} */ ([]));

/** Lines that a person is about to part or to put together, told apart by colour. */
export const pieces = signal(/** @type {[number, number][][]} */ ([]));

const tokens = { added: 'ok', moved: 'accent', changed: 'poor', removed: 'bad' };

/** @param {string} token */
const color = (token) => getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();

/** @param {any} geometry @param {Record<string, unknown>} properties */
const feature = (geometry, properties) => ({ type: 'Feature', geometry, properties });

/** @param {import('../planner/compare.js').Compared} o */
function compared(o) {
  const now = o.after ?? o.before;
  const list = [feature({ type: 'Point', coordinates: centre(now) }, { kind: o.kind, sign: signs[o.kind], id: o.id })];
  if (now.type !== 'Point') list.push(feature(now, { kind: o.kind, id: o.id }));
  if (o.kind === 'moved' && o.before) {
    list.push(feature({ type: 'LineString', coordinates: [centre(o.before), centre(o.after)] }, { kind: o.kind, id: o.id }));
    list.push(feature({ type: 'Point', coordinates: centre(o.before) }, { kind: 'origin', id: o.id }));
  }
  return list;
}

/** @param {NonNullable<typeof ghosts.value>} change */
function ghost({ before, after }) {
  const list = [feature(before, { state: 'before' }), feature(after, { state: 'after' })];
  if (before.type === 'Point' && after.type === 'Point') list.push(feature({ type: 'LineString', coordinates: [before.coordinates, after.coordinates] }, { state: 'way' }));
  return list;
}

/** @param {import('../planner/picking.js').Target} target */
function chosen({ noun, id }) {
  const found = noun === 'asset' ? assetOf(id) : (noun === 'area' ? registry.areas : registry.segments).data.value?.find((f) => f.id === id);
  return found?.geometry ? [feature(found.geometry, {})] : [];
}

const points = ['==', ['geometry-type'], 'Point'];
const ways = ['!', points];
const surfaces = ['in', ['geometry-type'], ['literal', ['Polygon', 'MultiPolygon']]];
/** @param {string} state */
const of = (state) => ['==', ['get', 'state'], state];
const quiet = { 'text-font': ['sans-serif'], 'text-size': 14, 'text-allow-overlap': true, 'text-ignore-placement': true };

/** Every layer, with colours of the theme of this moment. */
function layers() {
  const byKind = ['match', ['get', 'kind'], ...kinds.flatMap((k) => [k, color(tokens[k])]), color('ink')];
  const origin = ['==', ['get', 'kind'], 'origin'];
  const [panel, before, after, poor] = ['panel', 'bad', 'ok', 'poor'].map(color);
  const round = { 'line-cap': 'round', 'line-join': 'round' };
  const accent = color('accent');
  return [
    { id: 'picked-fill', type: 'fill', source: 'picked', filter: surfaces, paint: { 'fill-color': accent, 'fill-opacity': 0.3 } },
    { id: 'picked-edge', type: 'line', source: 'picked', filter: ways, layout: round, paint: { 'line-color': panel, 'line-width': 9 } },
    { id: 'picked-line', type: 'line', source: 'picked', filter: ways, layout: round, paint: { 'line-color': accent, 'line-width': 5 } },
    { id: 'picked-point', type: 'circle', source: 'picked', filter: points, paint: { 'circle-color': 'rgba(0,0,0,0)', 'circle-radius': 13, 'circle-stroke-color': accent, 'circle-stroke-width': 4 } },
    { id: 'compared-line', type: 'line', source: 'compared', filter: ways, layout: round, paint: { 'line-color': byKind, 'line-width': 3 } },
    { id: 'compared-origin', type: 'circle', source: 'compared', filter: ['all', points, origin], paint: { 'circle-color': panel, 'circle-radius': 5, 'circle-stroke-color': color(tokens.moved), 'circle-stroke-width': 2.5 } },
    { id: 'compared-point', type: 'circle', source: 'compared', filter: ['all', points, ['!', origin]], paint: { 'circle-color': byKind, 'circle-radius': 9, 'circle-stroke-color': panel, 'circle-stroke-width': 2 } },
    { id: 'compared-sign', type: 'symbol', source: 'compared', filter: ['all', points, ['!', origin]], layout: { 'text-field': ['get', 'sign'], ...quiet }, paint: { 'text-color': panel } },
    { id: 'ghost-way', type: 'line', source: 'ghosts', filter: ['all', ways, of('way')], paint: { 'line-color': color('ink'), 'line-width': 2, 'line-dasharray': [1, 2] } },
    { id: 'ghost-after-line', type: 'line', source: 'ghosts', filter: ['all', ways, of('after')], layout: round, paint: { 'line-color': after, 'line-width': 5 } },
    { id: 'ghost-before-line', type: 'line', source: 'ghosts', filter: ['all', ways, of('before')], paint: { 'line-color': before, 'line-width': 4, 'line-dasharray': [2, 1] } },
    { id: 'ghost-before', type: 'circle', source: 'ghosts', filter: ['all', points, of('before')], paint: { 'circle-color': panel, 'circle-radius': 7, 'circle-stroke-color': before, 'circle-stroke-width': 4 } },
    { id: 'ghost-after', type: 'circle', source: 'ghosts', filter: ['all', points, of('after')], paint: { 'circle-color': after, 'circle-radius': 8, 'circle-stroke-color': panel, 'circle-stroke-width': 3 } },
    { id: 'piece-edge', type: 'line', source: 'pieces', layout: { 'line-join': 'round' }, paint: { 'line-color': panel, 'line-width': 11 } },
    { id: 'piece', type: 'line', source: 'pieces', layout: { 'line-join': 'round' }, paint: { 'line-color': ['case', ['get', 'odd'], color('accent'), poor], 'line-width': 7 } },
    { id: 'mark', type: 'circle', source: 'marks', paint: { 'circle-color': poor, 'circle-opacity': 0.35, 'circle-radius': 16, 'circle-stroke-color': poor, 'circle-stroke-width': 3 } },
  ];
}

/**
 * @param {import('maplibre-gl').Map} map
 * @returns {(() => void)[]}
 */
export function overlay(map) {
  const empty = { type: 'FeatureCollection', features: [] };
  for (const id of ['picked', 'compared', 'ghosts', 'pieces', 'marks']) map.addSource(id, { type: 'geojson', data: empty });
  for (const layer of layers()) map.addLayer(layer);
  const put = (/** @type {string} */ id, /** @type {any[]} */ features) => map.getSource(id).setData({ ...empty, features });
  return [
    effect(() => put('picked', picked.value.flatMap(chosen))),
    effect(() => put('compared', drawn.value.flatMap(compared))),
    effect(() => put('ghosts', ghosts.value ? ghost(ghosts.value) : [])),
    effect(() => put('pieces', pieces.value.map((coordinates, i) => feature({ type: 'LineString', coordinates }, { odd: i % 2 === 1 })))),
    effect(() => put('marks', marks.value.map((at) => feature({ type: 'Point', coordinates: at }, {})))),
    effect(() => {
      theme.value;
      for (const { id, paint } of layers()) for (const [name, value] of Object.entries(paint)) map.setPaintProperty(id, name, value);
    }),
  ];
}
