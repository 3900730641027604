// One asset more: from a class and a place to an operation in the store.
import { t } from '../base/i18n.js';
import { meta, newID, setMeta } from './db.js';
import { act } from './outbox.js';
import { assets, place } from './pack.js';
import { photoOf } from './photos.js';

/** @typedef {{position: [number, number], accuracy: number | null}} Spot */

const digits = 1e7; // of a degree: a centimetre

/** @param {[number, number]} p @returns {[number, number]} */
const rounded = ([lon, lat]) => [Math.round(lon * digits) / digits, Math.round(lat * digits) / digits];

/** @param {string} code */
export const lastValues = async (code) => (await meta(`last ${code}`)) ?? {};

/**
 * @param {any} c the class
 * @param {Spot} spot
 * @param {{condition?: string, attributes?: Record<string, any>, files?: File[], name?: string}} [more]
 */
export async function tag(c, spot, { condition = 'good', attributes, files = [], name } = {}) {
  const id = newID();
  const values = attributes ?? await lastValues(c.code);
  const geometry = { type: 'Point', coordinates: rounded(spot.position) };
  const value = {
    geometry, class: c.code, condition, accuracy_m: spot.accuracy === null ? null : Math.round(spot.accuracy * 10) / 10, source: 'phone', source_crs: 'WGS84', attributes: values, ...(name && { name }),
  };
  const local = { id, geometry, version: 1, code: '', properties: { ...value, geometry: undefined, ...place.value(/** @type {[number, number]} */ (geometry.coordinates)) } };
  const photos = files.map((f) => photoOf(f, id, spot));
  const made = await act({ noun: 'asset', id, kind: 'create', value, local }, photos);
  if (attributes) await setMeta(`last ${c.code}`, attributes);
  assets.value = new Map(assets.value).set(id, local);
  return made;
}

/**
 * Changes an asset of the phone.
 * @param {any} asset @param {any} value what changes
 * @param {File[]} [files] @param {Spot | null} [spot] where they were taken
 */
export async function change(asset, value, files = [], spot = null) {
  const { geometry = asset.geometry, attributes, ...rest } = value;
  const merged = Object.entries({ ...asset.properties.attributes, ...attributes }).filter(([, v]) => v !== null); // null takes an attribute away
  const properties = { ...asset.properties, ...rest, attributes: Object.fromEntries(merged), ...(value.geometry && place.value(geometry.coordinates)) };
  const local = { ...asset, geometry, properties };
  await act({ noun: 'asset', id: asset.id, kind: 'update', value, seen: asset, local }, files.map((f) => photoOf(f, asset.id, spot)));
  assets.value = new Map(assets.value).set(asset.id, local);
}

/**
 * Says that somebody looked.
 * @param {any} asset @param {'found' | 'not_found'} result @param {Spot | null} spot
 * @param {File[]} [files]
 */
export async function inspect(asset, result, spot, files = []) {
  const value = {
    asset: asset.id, result, ...(result === 'found' && asset.properties.condition && { condition: asset.properties.condition }),
    ...(spot && { geometry: { type: 'Point', coordinates: rounded(spot.position) } }), ...(spot?.accuracy && { accuracy_m: Math.round(spot.accuracy * 10) / 10 }),
  };
  return act({ noun: 'inspection', kind: 'create', value }, files.map((f) => photoOf(f, asset.id, spot)));
}

/** This side of the segment was walked, and all is fine. @param {string} segment @param {'left' | 'right'} side */
export async function walked(segment, side) {
  const now = new Date().toISOString();
  return act({ noun: 'walk', kind: 'create', value: { started_at: now, ended_at: now, track: null, sides: [{ segment, side }] } });
}

/**
 * The track of a walk that is over.
 * @param {string} started @param {[number, number][]} track
 */
export async function walkedTrack(started, track) {
  await act({ noun: 'walk', kind: 'create', value: { started_at: started, ended_at: new Date().toISOString(), track: { type: 'LineString', coordinates: track.map(rounded) }, sides: [] } });
}

/** What an item of the outbox is about, in words. @param {import('./db.js').Op} o @param {(code: string) => any} classOf @param {(c: any) => string} named */
export function titleOf(o, classOf, named) {
  const code = o.body.value?.class ?? assets.peek().get(o.id)?.properties.class ?? assets.peek().get(o.body.value?.asset)?.properties.class;
  const c = code && classOf(code);
  const what = c ? named(c) : t(`field.noun.${o.noun}`);
  return o.noun === 'walk' ? what : o.noun === 'asset' ? `${what} · ${o.body.kind === 'create' ? t(`condition.${o.body.value.condition}`) : t(`field.kind.${o.body.kind}`)}` : `${what} · ${t(`field.noun.${o.noun}`)}`;
}

