// The form that follows from the fields of a class, and what can be said about
// its values before the server sees them.
import { useEffect, useState } from 'preact/hooks';
import { html } from '../base/view.js';
import { exact, named, t } from '../base/i18n.js';
import { ChoiceField, SelectField, TextField } from '../base/fields.js';

/**
 * @typedef {import('./registry.js').Field} FieldOf
 * @typedef {{id: string, name: string, display_name: string}} Person
 * @typedef {{id: string, code: string, name: string}} Department
 * @typedef {{field: FieldOf, value: any, error?: string, set: (value: unknown) => void, people?: Person[], departments?: Department[]}} Entry
 */

/** @param {unknown} value */
const missing = (value) => value === null || value === undefined || value === '';

/**
 * The number that a text says, also in full-width digits; the text itself
 * where it says none, so that it can be shown and complained about.
 * @param {string} text
 * @returns {number | string | null}
 */
function numeric(text) {
  const plain = text.normalize('NFKC').trim().replace(/,/g, '');
  if (plain === '') return null;
  const n = Number(plain);
  return Number.isFinite(n) ? n : text;
}

/** @param {FieldOf} field */
function range({ min, max }) {
  if (min !== undefined && max !== undefined) return t('form.between', { min: exact(min), max: exact(max) });
  if (min !== undefined) return t('form.least', { min: exact(min) });
  if (max !== undefined) return t('form.most', { max: exact(max) });
  return '';
}

/** @param {Entry} props */
function NumberEntry({ field, value, error, set }) {
  const [text, setText] = useState(missing(value) ? '' : String(value));
  // What is being typed stands ("1."), unless the value came from elsewhere.
  useEffect(() => { if (numeric(text) !== (missing(value) ? null : value)) setText(missing(value) ? '' : String(value)); }, [value]);
  return html`<${TextField} ...${wiring(field, error)} value=${text} inputmode="decimal" unit=${field.unit} hint=${range(field)}
    set=${(/** @type {string} */ v) => { setText(v); set(numeric(v)); }} />`;
}

/** @param {Entry} props */
function TextEntry({ field, value, error, set }) {
  return html`<${TextField} ...${wiring(field, error)} value=${missing(value) ? '' : String(value)} set=${(/** @type {string} */ v) => set(v === '' ? null : v)} />`;
}

/** @param {Entry} props */
function DateEntry({ field, value, error, set }) {
  return html`<${TextField} ...${wiring(field, error)} type="date" value=${value ?? ''} set=${(/** @type {string} */ v) => set(v || null)} />`;
}

/** @param {Entry & {options: {value: string, text: string}[]}} props */
function ListEntry({ field, value, error, set, options }) {
  return html`<${SelectField} ...${wiring(field, error)} value=${value ?? ''} options=${options} none=${t('form.none')} set=${(/** @type {string} */ v) => set(v || null)} />`;
}

/** @param {Entry} props */
function FlagEntry({ field, value, error, set }) {
  const options = [{ value: 'yes', text: t('flag.yes') }, { value: 'no', text: t('flag.no') }, ...(field.required ? [] : [{ value: '', text: t('form.none') }])];
  const now = value === true ? 'yes' : value === false ? 'no' : '';
  return html`<${ChoiceField} ...${wiring(field, error)} value=${now} options=${options} set=${(/** @type {string} */ v) => set(v === '' ? null : v === 'yes')} />`;
}

/**
 * @param {FieldOf} field
 * @param {string} [error]
 */
const wiring = (field, error) => ({ name: field.key, label: named(field.name, field.name_en) || field.key, required: Boolean(field.required), error });

/** @param {Entry} props */
function Entry(props) {
  const { field, people = [], departments = [] } = props;
  if (field.kind === 'number') return html`<${NumberEntry} ...${props} />`;
  if (field.kind === 'date') return html`<${DateEntry} ...${props} />`;
  if (field.kind === 'flag') return html`<${FlagEntry} ...${props} />`;
  if (field.kind === 'choice') return html`<${ListEntry} ...${props} options=${(field.choices ?? []).map((c) => ({ value: c, text: c }))} />`;
  if (field.kind === 'person') return html`<${ListEntry} ...${props} options=${people.map((p) => ({ value: p.id, text: p.display_name || p.name }))} />`;
  if (field.kind === 'department') return html`<${ListEntry} ...${props} options=${departments.map((d) => ({ value: d.id, text: d.name }))} />`;
  return html`<${TextEntry} ...${props} />`;
}

/**
 * The form of a class's attributes. It holds nothing: `values` are the
 * attributes, `onChange` is told the key and the new value (null = not said).
 * A number that cannot be read comes as the text that was typed.
 * @param {{cls: {fields: FieldOf[] | null}, values: Record<string, unknown>, errors?: Record<string, string>,
 *   onChange: (key: string, value: unknown) => void, people?: Person[], departments?: Department[]}} props
 */
export function AttributeForm({ cls, values, errors = {}, onChange, people, departments }) {
  const fields = cls.fields ?? [];
  return html`<div class="fields">${fields.map((field) => html`<${Entry} key=${`${field.key} ${field.kind}`} field=${field} value=${values[field.key]} error=${errors[field.key]}
    people=${people} departments=${departments} set=${(/** @type {unknown} */ v) => onChange(field.key, v)} />`)}</div>`;
}

/**
 * What is wrong with a value, or "".
 * @param {FieldOf} field
 * @param {unknown} value
 */
function fault(field, value) {
  if (missing(value)) return field.required ? t('form.required') : '';
  if (field.kind !== 'number') return '';
  if (typeof value !== 'number') return t('form.number');
  const low = field.min !== undefined && value < field.min;
  const high = field.max !== undefined && value > field.max;
  return low || high ? range(field) : '';
}

/**
 * What is wrong with attributes, by key; empty when nothing is.
 * @param {{fields: FieldOf[] | null}} cls
 * @param {Record<string, unknown>} values
 */
export function attributeFaults(cls, values) {
  /** @type {Record<string, string>} */
  const faults = {};
  for (const field of cls.fields ?? []) {
    const words = fault(field, values[field.key]);
    if (words) faults[field.key] = words;
  }
  return faults;
}

/**
 * The members that a refusal names, by the rest of their name after a prefix:
 * `faultsUnder(problem, 'properties.attributes.')` is what AttributeForm shows.
 * @param {unknown} problem
 * @param {string} [prefix]
 */
export function faultsUnder(problem, prefix = '') {
  const { errors = [], field = '', message = '' } = /** @type {import('../base/api.js').Problem} */ (problem ?? {});
  const list = errors.length > 0 ? errors : field ? [{ field, detail: message }] : [];
  return Object.fromEntries(list.filter((e) => e.field.startsWith(prefix)).map((e) => [e.field.slice(prefix.length), e.detail]));
}
