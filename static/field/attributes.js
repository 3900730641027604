// The form of a class.
import { CheckField, SelectField, TextField } from '../base/fields.js';
import { html } from '../base/view.js';
import { named, t } from '../base/i18n.js';

/**
 * @param {{fields: any[], values: Record<string, any>, set: (values: Record<string, any>) => void, wrong?: string, why?: string}} props `wrong`: key of the field that was refused
 */
export function AttributeFields({ fields, values, set, wrong = '', why = '' }) {
  return html`<div class="attributes">${fields.map((f) => html`<${One} key=${f.key} field=${f} value=${values[f.key]} error=${f.key === wrong ? why : ''}
    put=${(/** @type {any} */ v) => { const next = { ...values }; if (v === undefined) delete next[f.key]; else next[f.key] = v; set(next); }} />`)}</div>`;
}

/** @param {{field: any, value: any, error: string, put: (v: any) => void}} props */
function One({ field, value, error, put }) {
  const wiring = { label: named(field.name, field.name_en), name: `attributes.${field.key}`, required: field.required, error, unit: field.unit };
  if (field.kind === 'flag') return html`<${CheckField} label=${wiring.label} name=${wiring.name} value=${value === true} set=${put} />`;
  const options = field.choices;
  if (options?.length) {
    const list = options.map((/** @type {string} */ o) => ({ value: o, text: o }));
    return html`<${SelectField} ...${wiring} value=${value ?? ''} none=${t('field.none')} options=${list} set=${(/** @type {string} */ v) => put(v || undefined)} />`;
  }
  const figure = field.kind === 'number';
  return html`<${TextField} ...${wiring} inputmode=${figure ? 'decimal' : undefined} type=${field.kind === 'date' ? 'date' : 'text'} value=${value === undefined ? '' : String(value)}
    set=${(/** @type {string} */ v) => put(v === '' ? undefined : figure && !Number.isNaN(Number(v)) ? Number(v) : v)} />`;
}
