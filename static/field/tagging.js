// One asset more: from a class and a place to an operation in the store.
import { named, t } from '../base/i18n.js';
import { meta, newID, setMeta } from './db.js';
import { act } from './outbox.js';
import { assets, classOf, place } from './pack.js';
import { photoOf } from './photos.js';

/** @typedef {{position: [number, number], accuracy: number | null}} Spot */

const digits = 1e7; // of a degree: a centimetre

/** @param {[number, number]} p @returns {[number, number]} */
export const rounded = ([lon, lat]) => [Math.round(lon * digits) / digits, Math.round(lat * digits) / digits];

/** Metres of accuracy as they are stored; null where the crosshair said the place. @param {Spot} spot */
const accuracyOf = ({ accuracy }) => (accuracy === null ? null : Math.round(accuracy * 10) / 10);

/** Where an asset stands, as its members say it. @param {Spot} spot */
export const standing = (spot) => ({ geometry: { type: 'Point', coordinates: rounded(spot.position) }, accuracy_m: accuracyOf(spot), source: 'phone', source_crs: 'WGS84' });

/** @param {string} code */
export const lastValues = async (code) => (await meta(`last ${code}`)) ?? {};

/**
 * @param {any} c the class
 * @param {Spot} spot
 * @param {{condition?: string, attributes?: Record<string, any>, files?: File[]}} [more]
 */
export async function tag(c, spot, { condition = 'good', attributes, files = [] } = {}) {
  const id = newID();
  const values = attributes ?? await lastValues(c.code);
  const value = { ...standing(spot), class: c.code, condition, attributes: values };
  const { geometry } = value;
  const local = { id, geometry, version: 1, code: '', properties: { ...value, geometry: undefined, ...place.value(geometry.coordinates) } };
  const photos = files.map((f) => photoOf(f, id, spot));
  const [made] = await Promise.all([act({ noun: 'asset', id, kind: 'create', value, local }, photos), attributes && setMeta(`last ${c.code}`, attributes)]);
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
    ...(spot && { geometry: { type: 'Point', coordinates: rounded(spot.position) } }), ...(spot?.accuracy && { accuracy_m: accuracyOf(spot) }),
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

/** The class of what an item of the outbox is about, or undefined. @param {import('./db.js').Op} o */
export function classOfItem(o) {
  const { value } = o.body;
  return classOf(value?.class ?? assets.value.get(o.id)?.properties.class ?? assets.value.get(value?.asset)?.properties.class);
}

/** A member in words; an attribute as its class calls it. @param {string} field @param {any} c */
export function memberOf(field, c) {
  const key = field.replace(/^attributes\./, '');
  const known = (c?.fields ?? []).find((/** @type {any} */ f) => f.key === key);
  if (known) return named(known.name, known.name_en);
  const word = `member.${key.split('.')[0]}`;
  return t(word) === word ? key : t(word);
}

/** Why the server refused an item, in words. @param {import('./db.js').Op} o */
export function whyOf(o) {
  const { field = '', detail, title } = o.problem;
  const words = String(detail ?? title ?? '');
  return field && words.startsWith(`${field}: `) ? `${memberOf(field, classOfItem(o))}: ${words.slice(field.length + 2)}` : words;
}

/** What an item of the outbox is about, in words. @param {import('./db.js').Op} o @param {(c: any) => string} nameOf */
export function titleOf(o, nameOf) {
  const c = classOfItem(o);
  const what = c ? nameOf(c) : t(`field.noun.${o.noun}`);
  return o.noun === 'walk' ? what : o.noun === 'asset' ? `${what} · ${o.body.kind === 'create' ? t(`condition.${o.body.value.condition}`) : t(`field.kind.${o.body.kind}`)}` : `${what} · ${t(`field.noun.${o.noun}`)}`;
}
