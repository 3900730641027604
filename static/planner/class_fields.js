// The fields of a class: adding, ordering and describing them.
import { useRef, useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { CheckField, Field, SelectField, TextField } from '../base/fields.js';
import { inEnglish, kinds, newField } from './class_draft.js';
import { AttributeForm } from './form.js';

/**
 * @typedef {import('./class_draft.js').FieldDraft} FieldDraft
 * @typedef {{field: FieldDraft, set: (change: Partial<FieldDraft>) => void}} Part
 */

const limits = () => ['min', 'max'].map((key) => ({ key, name: t(`class.field.${key}`), name_en: '', kind: 'number' }));

/** @param {Part} props what only this kind of field has */
function OfKind({ field, set }) {
  if (field.kind === 'number') {
    return html`<div class="fields two of-kind">
      <${TextField} label=${t('class.field.unit')} value=${field.unit ?? ''} set=${(/** @type {string} */ unit) => set({ unit })} maxlength="20" placeholder=${t('class.field.unit.hint')} />
      <${AttributeForm} cls=${{ fields: limits() }} values=${field} onChange=${(/** @type {string} */ key, /** @type {unknown} */ v) => set({ [key]: v })} /></div>`;
  }
  if (field.kind !== 'choice') return null;
  return html`<${Field} label=${t('class.field.choices')} hint=${t('class.field.choices.hint')} className="of-kind">${(/** @type {import('../base/fields.js').Wiring} */ wiring) => html`
    <textarea class="input" rows="4" ...${wiring} value=${(field.choices ?? []).join('\n')} onInput=${(/** @type {any} */ e) => set({ choices: e.currentTarget.value.split('\n') })}></textarea>`}<//>`;
}

/** @param {Part & {fields: FieldDraft[]}} props what is seldom looked at */
function More({ field, set, fields }) {
  return html`<div class="fields two of-kind">
    <${TextField} label=${t('class.name_en')} value=${field.name_en} set=${(/** @type {string} */ name) => set(inEnglish(fields, field, name))} maxlength="100" lang="en" />
    <${TextField} label=${t('class.field.key')} value=${field.key} set=${(/** @type {string} */ key) => set({ key: key.trim().toLowerCase() })} readonly=${field.stored} maxlength="40" spellcheck=${false}
      hint=${t(field.stored ? 'class.field.key.stored' : 'class.field.key.hint')} /></div>`;
}

/**
 * @param {Part & {fields: FieldDraft[], place: number, move: (by: number) => void, remove: () => void, error?: string}} props
 */
function Row({ field, fields, place, set, move, remove, error }) {
  const [open, setOpen] = useState(false);
  const name = field.name || t('class.field.new');
  return html`<li class=${`field-row ${error ? 'wrong' : ''}`} data-row=${field.row} data-key=${field.key}>
    <div class="field-line">
      <div class="movers"><button type="button" class="ghost square" disabled=${place === 0} aria-label=${t('class.field.up', { name })} onClick=${() => move(-1)}><${Icon} name="ui-up" /></button>
        <button type="button" class="ghost square" disabled=${place === fields.length - 1} aria-label=${t('class.field.down', { name })} onClick=${() => move(1)}><${Icon} name="ui-down" /></button></div>
      <${TextField} label=${t('class.field.name')} value=${field.name} set=${(/** @type {string} */ v) => set({ name: v })} maxlength="60" />
      <${SelectField} label=${t('class.field.kind')} value=${field.kind} set=${(/** @type {string} */ kind) => set({ kind })} options=${kinds.map((k) => ({ value: k, text: t(`kind.${k}`) }))} />
      <${CheckField} label=${t('class.field.required')} value=${Boolean(field.required)} set=${(/** @type {boolean} */ required) => set({ required })} />
      <div class="field-acts"><button type="button" class="ghost square" aria-expanded=${open} aria-label=${t('class.field.more', { name })} title=${t('class.field.more.short')} onClick=${() => setOpen(!open)}><${Icon} name="ui-down" className=${open ? '' : 'turned'} /></button>
        <button type="button" class="ghost square" aria-label=${t('class.field.remove', { name })} title=${t('remove')} onClick=${remove}><${Icon} name="ui-trash" /></button></div>
    </div>
    <${OfKind} field=${field} set=${set} />
    ${open && html`<${More} field=${field} fields=${fields} set=${set} />`}
    ${error && html`<p class="field-error" role="alert"><${Icon} name="ui-alert" />${error}</p>`}
  </li>`;
}

/**
 * @param {{fields: FieldDraft[], set: (fields: FieldDraft[]) => void, errors: Record<string, string>}} props `errors` by fields.KEY
 */
export function ClassFields({ fields, set, errors }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const focus = (/** @type {number} */ row, /** @type {string} */ what) => requestAnimationFrame(() => {
    const found = list.current?.querySelector(`[data-row="${row}"] ${what}`);
    if (found instanceof HTMLElement) { found.focus(); found.scrollIntoView({ block: 'nearest' }); }
  });
  const add = (/** @type {string} */ kind) => { const f = newField(fields, kind); set([...fields, f]); focus(f.row, 'input'); };
  const move = (/** @type {number} */ i, /** @type {number} */ by) => {
    const next = fields.toSpliced(i, 1).toSpliced(i + by, 0, fields[i]);
    set(next);
    const end = i + by === 0 ? 1 : i + by === next.length - 1 ? 0 : by < 0 ? 0 : 1;
    focus(fields[i].row, `.movers button:nth-child(${end + 1})`);
  };
  return html`<div>
    ${fields.length === 0 && html`<p class="quiet">${t('class.fields.none')}</p>`}
    <ol class="field-rows" ref=${list}>${fields.map((f, i) => html`<${Row} key=${f.row} field=${f} fields=${fields} place=${i} error=${errors[`fields.${f.key}`]}
      set=${(/** @type {Partial<FieldDraft>} */ change) => set(fields.with(i, { ...f, ...change }))} move=${(/** @type {number} */ by) => move(i, by)} remove=${() => set(fields.toSpliced(i, 1))} />`)}</ol>
    <div class="adders" role="group" aria-label=${t('class.field.add')}><span class="field-label">${t('class.field.add')}</span>
      ${kinds.map((k) => html`<button key=${k} type="button" class="chip" data-add=${k} onClick=${() => add(k)}><${Icon} name="ui-plus" />${t(`kind.${k}`)}</button>`)}</div>
  </div>`;
}
