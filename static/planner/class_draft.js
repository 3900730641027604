// A class of the catalogue while it is being written.
import { signal } from '@preact/signals';
import { t } from '../base/i18n.js';
import { attributeFaults } from './form.js';

/**
 * @typedef {import('./registry.js').Class} Class
 * @typedef {import('./registry.js').Field} FieldOf
 * @typedef {FieldOf & {row: number, stored: boolean, min?: any, max?: any}} FieldDraft `row` tells rows apart; `stored`: the key is in records and stays
 * @typedef {object} Draft
 * @property {number} version of the class that it began from; 0 for a new one
 * @property {string} major two digits
 * @property {string} name
 * @property {string} name_en
 * @property {'point' | 'line' | 'polygon'} geometry
 * @property {string} icon
 * @property {string} color #rrggbb
 * @property {any} radius_m a number, or what was typed instead
 * @property {any} accuracy_m
 * @property {FieldDraft[]} fields
 */

export const kinds = /** @type {const} */ (['text', 'number', 'choice', 'date', 'flag', 'person', 'department']);
export const geometries = /** @type {const} */ (['point', 'line', 'polygon']);
/** Well apart from one another, with white drawn on them. */
export const palette = ['#0a66b7', '#2b8fd0', '#0a7ea4', '#0a9c6e', '#2f8f5b', '#5f7a1c', '#8a6d00', '#cf8200', '#d9480f', '#b3261e', '#b95a9a', '#8d5bb5', '#5661b3', '#3d5a80', '#5a6670', '#7a5c3e'];

/** The measures of a class, as fields: the form that draws attributes draws them too. */
export const measures = () => [
  { key: 'radius_m', name: t('class.radius'), name_en: '', kind: 'number', unit: 'm', min: 0, max: 1000, required: true },
  { key: 'accuracy_m', name: t('class.accuracy'), name_en: '', kind: 'number', unit: 'm', min: 0, max: 1000, required: true },
];

let rows = 0;

/**
 * @param {FieldOf} field
 * @param {boolean} [stored]
 * @returns {FieldDraft}
 */
const rowOf = (field, stored = true) => ({ ...field, choices: [...(field.choices ?? [])], row: rows += 1, stored });

/**
 * @param {Class} c
 * @returns {Draft}
 */
export const draftOf = (c) => ({
  version: c.version, major: c.code.slice(0, 2), name: c.name, name_en: c.name_en, geometry: c.geometry, icon: c.icon, color: c.color,
  radius_m: c.radius_m, accuracy_m: c.accuracy_m, fields: (c.fields ?? []).map((f) => rowOf(f)),
});

/**
 * @param {string} major
 * @returns {Draft}
 */
export const emptyDraft = (major) => ({
  version: 0, major, name: '', name_en: '', geometry: 'point', icon: 'other', color: palette[0], radius_m: 3, accuracy_m: 5, fields: [],
});

/**
 * A new class after the model of another: all but its name.
 * @param {Draft} draft
 * @param {Class} model
 */
export const after = (draft, model) => ({
  ...draft, major: model.code.slice(0, 2), geometry: model.geometry, icon: model.icon, color: model.color, radius_m: model.radius_m, accuracy_m: model.accuracy_m,
  fields: (model.fields ?? []).map((f) => rowOf(f, false)),
});

/**
 * @param {FieldDraft[]} fields
 * @param {string} [wanted]
 */
function freeKey(fields, wanted = 'field') {
  const taken = new Set(fields.map((f) => f.key));
  for (let n = 1; ; n += 1) {
    const key = wanted === 'field' || n > 1 ? `${wanted}_${n}` : wanted;
    if (!taken.has(key)) return key;
  }
}

/**
 * @param {FieldDraft[]} fields
 * @param {string} kind
 */
export const newField = (fields, kind) => rowOf({ key: freeKey(fields), name: '', name_en: '', kind, choices: [] }, false);

const made = /^field_\d+$/; // a key that nobody chose

/** @param {string} name */
const slug = (name) => name.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '_').replace(/^[0-9_]+|_+$/g, '').slice(0, 36);

/**
 * A field with another English name. A key that nobody chose follows it.
 * @param {FieldDraft[]} fields
 * @param {FieldDraft} field
 * @param {string} name
 */
export function inEnglish(fields, field, name) {
  const follows = !field.stored && slug(name) && (made.test(field.key) || field.key === slug(field.name_en));
  return { ...field, name_en: name, key: follows ? freeKey(fields.filter((f) => f.row !== field.row), slug(name)) : field.key };
}

/**
 * What the server keeps of a field: only what its kind knows.
 * @param {FieldDraft} f
 * @returns {FieldOf}
 */
const fieldOf = (f) => ({
  key: f.key, name: f.name.trim(), name_en: f.name_en.trim(), kind: f.kind, required: Boolean(f.required),
  ...(f.kind === 'number' && { unit: f.unit?.trim() || undefined, min: f.min ?? undefined, max: f.max ?? undefined }),
  ...(f.kind === 'choice' && { choices: (f.choices ?? []).map((c) => c.trim()).filter(Boolean) }),
});

/** The fields as a form shows them. @param {Draft} draft */
export const fieldsOf = (draft) => draft.fields.map(fieldOf);

/** @param {Draft} draft */
export const bodyOf = ({ version, ...draft }) => ({ ...draft, name: draft.name.trim(), name_en: draft.name_en.trim(), fields: draft.fields.map(fieldOf) });

const keyPattern = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * @param {Draft} draft
 * @param {FieldDraft} f
 */
function fieldFault(draft, f) {
  if (!f.name.trim()) return t('class.field.unnamed');
  if (!keyPattern.test(f.key)) return t('class.field.badkey');
  if (draft.fields.some((g) => g.row !== f.row && g.key === f.key)) return t('class.field.twice');
  if (f.kind === 'choice' && !(f.choices ?? []).some((c) => c.trim())) return t('class.field.nochoice');
  if (f.kind !== 'number') return '';
  if ([f.min, f.max].some((v) => typeof v === 'string')) return t('form.number');
  return typeof f.min === 'number' && typeof f.max === 'number' && f.min > f.max ? t('class.field.order') : '';
}

/**
 * What is wrong with a draft, by the names the server uses too.
 * @param {Draft} draft
 */
export function faultsOf(draft) {
  /** @type {Record<string, string>} */
  const faults = attributeFaults({ fields: measures() }, { radius_m: draft.radius_m, accuracy_m: draft.accuracy_m });
  if (!draft.name.trim()) faults.name = t('form.required');
  for (const f of draft.fields) {
    const words = fieldFault(draft, f);
    if (words) faults[`fields.${f.key}`] = words;
  }
  return faults;
}

/**
 * What was changed and not saved, by jurisdiction and class: it outlives a look
 * at another page.
 * @type {import('@preact/signals').Signal<ReadonlyMap<string, Draft>>}
 */
export const drafts = signal(new Map());

/**
 * @param {string} key
 * @param {Draft | null} draft
 */
export function keep(key, draft) {
  const next = new Map(drafts.peek());
  if (draft) next.set(key, draft);
  else next.delete(key);
  drafts.value = next;
}

addEventListener('beforeunload', (e) => { if (drafts.peek().size > 0) e.preventDefault(); });

/** What was saved last, for the list to show. */
export const saved = signal(/** @type {{code: string, name: string, fresh: boolean} | null} */ (null));

/** @param {string} hex #rrggbb */
function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Whether white can be seen on a colour (WCAG 2.2, graphics). @param {string} hex */
export const bearsWhite = (hex) => 1.05 / (luminance(hex) + 0.05) >= 3;
