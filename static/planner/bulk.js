// Changing many assets at once: which, what, a look at before and after, and one undo.
import { useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { useDeed } from '../base/deed.js';
import { Refusal } from '../base/dialog.js';
import { ChoiceField, SelectField, TextField } from '../base/fields.js';
import { conditions, jurisdiction, tool } from '../base/store.js';
import { draw, endDrawing, session, shape } from './drawing.js';
import { AttributeForm } from './form.js';
import { FieldChanges } from './history.js';
import { LabelButton } from './labels.js';
import { departments, people } from './people.js';
import { did } from './toast.js';
import * as registry from './registry.js';

/**
 * @typedef {{op: string | null, seq: number, matched: number, changed: number, unchanged: number, refused: {id: string, code: string, field: string, detail: string}[],
 *   changes: {id: string, code: string, name: string, class: string, version: number, fields: import('./history.js').FieldChange[]}[], applied: boolean}} Outcome
 */

const members = /** @type {const} */ (['condition', 'installed_on', 'name', 'source', 'attribute']);
const shownAtOnce = 50;

/** The selection that the filters or the lasso make, as the server takes it; null for none. */
function selection(/** @type {string} */ way) {
  if (way === 'lasso') return shape.value ? { within: shape.value, ...filters() } : null;
  const f = filters();
  return Object.keys(f).length > 0 ? f : { condition: [...conditions] };
}

function filters() {
  const { class: c, condition: k } = registry.wanted.value;
  return { ...(c ? { class: c.split(',') } : {}), ...(k ? { condition: k.split(',') } : {}) };
}

/** @param {{outcome: Outcome}} props */
function Preview({ outcome: o }) {
  return html`<div class="foreseen" role="status"><p><b>${t('bulk.counts', { changed: number(o.changed), matched: number(o.matched) })}</b>
      <span>${t('bulk.rest', { unchanged: number(o.unchanged), refused: number(o.refused.length) })}</span></p>
    ${o.refused.length > 0 && html`<ul class="refused">${o.refused.slice(0, shownAtOnce).map((r) => html`<li key=${r.id}><b>${r.code}</b> ${r.detail}</li>`)}</ul>`}
    <ul class="compared-list">${o.changes.slice(0, shownAtOnce).map((c) => html`<li key=${c.id}><p class="bulk-row"><b>${c.name || registry.className(c.class)}</b><small>${c.code}</small></p><${FieldChanges} fields=${c.fields} code=${c.class} /></li>`)}</ul>
    ${o.changes.length > shownAtOnce && html`<p class="quiet">${t('bulk.more', { n: number(o.changed - shownAtOnce) })}</p>`}</div>`;
}

/** @param {{member: string, value: any, set: (value: any) => void, cls: string, setCls: (code: string) => void}} props */
function Value({ member, value, set, cls, setCls }) {
  if (member === 'condition') return html`<${ChoiceField} label=${t('condition')} value=${value ?? ''} set=${set} options=${conditions.map((c) => ({ value: c, text: t(`condition.${c}`) }))} />`;
  if (member === 'installed_on') return html`<${TextField} type="date" label=${t('member.installed_on')} value=${value ?? ''} set=${set} />`;
  if (member !== 'attribute') return html`<${TextField} label=${t(`member.${member}`)} value=${value ?? ''} set=${set} />`;
  const found = registry.classByCode.value.get(cls);
  return html`<${SelectField} label=${t('asset.class')} value=${cls} none=${t('form.none')} set=${(/** @type {string} */ code) => { setCls(code); set({}); }} options=${registry.present.value.map((c) => ({ value: c, text: registry.className(c) }))} />
    ${found && html`<${AttributeForm} cls=${{ fields: (found.fields ?? []).map((f) => ({ ...f, required: false })) }} values=${value ?? {}} people=${people.data.value ?? []} departments=${departments.data.value ?? []}
      onChange=${(/** @type {string} */ key, /** @type {unknown} */ v) => set({ ...value, [key]: v })} />`}`;
}

/** The right panel while many are changed. */
export function BulkPanel() {
  const [way, setWay] = useState('filter');
  const [member, setMember] = useState('condition');
  const [value, setValue] = useState(/** @type {any} */ (null));
  const [cls, setCls] = useState('');
  const [outcome, setOutcome] = useState(/** @type {Outcome | null} */ (null));
  const fresh = (/** @type {() => void} */ act) => { act(); setOutcome(null); };
  const shut = () => { endDrawing(); tool.value = ''; };
  const body = () => {
    const chosen = /** @type {any} */ (selection(way));
    if (chosen && member === 'attribute') chosen.class = [cls];
    return { jurisdiction: jurisdiction.peek(), select: chosen, set: member === 'attribute' ? { attributes: value } : { [member]: value } };
  };
  const { act, busy, problem } = useDeed(async (op, /** @type {any} */ asked, /** @type {boolean} */ apply) => {
    const got = /** @type {Outcome} */ (await send('POST', '/api/v1/bulk', { ...asked, preview: !apply, ...(apply && outcome ? { base: outcome.seq } : {}) }, { op }));
    if (!apply) { setOutcome(got); return; }
    did(t('bulk.done', { n: number(got.changed) }), op, got.changes.map((c) => ({ noun: 'asset', id: c.id })));
    shut();
  });
  const ready = selection(way) !== null && (member === 'attribute' ? cls && Object.keys(value ?? {}).length > 0 : value);
  return html`<div class="panel-head"><h2>${t('bulk')}</h2><button class="ghost square" aria-label=${t('close')} onClick=${shut}><${Icon} name="ui-close" /></button></div>
    <form class="add-form" novalidate onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); act(body(), false); }}>
    <${ChoiceField} label=${t('bulk.which')} value=${way} options=${[{ value: 'filter', text: t('bulk.filter') }, { value: 'lasso', text: t('bulk.lasso'), icon: 'ui-lasso' }]}
      set=${(/** @type {string} */ w) => fresh(() => { setWay(w); if (w === 'lasso') draw({ kind: 'lasso' }); else endDrawing(); })}
      hint=${way === 'lasso' ? t(shape.value ? 'bulk.lasso.done' : 'bulk.lasso.hint') : t('bulk.filter.hint')} />
    ${way === 'lasso' && shape.value && html`<button type="button" class="link" onClick=${() => fresh(() => { session.value = null; draw({ kind: 'lasso' }); })}>${t('bulk.again')}</button>`}
    <${SelectField} label=${t('bulk.what')} value=${member} set=${(/** @type {string} */ m) => fresh(() => { setMember(m); setValue(m === 'attribute' ? {} : null); })}
      options=${members.map((m) => ({ value: m, text: t(m === 'attribute' ? 'asset.attributes' : `member.${m}`) }))} />
    <${Value} member=${member} value=${value} set=${(/** @type {any} */ v) => fresh(() => setValue(v))} cls=${cls} setCls=${setCls} />
    <${Refusal} problem=${problem} />
    ${outcome && html`<${Preview} outcome=${outcome} />`}
    <div class="form-foot"><${LabelButton} id="bulk-labels" select=${() => selection(way)} /><button type="submit" id="bulk-preview" class=${`button ${outcome ? '' : 'primary'} ${busy ? 'busy' : ''}`} disabled=${!ready}>${t('bulk.preview')}</button>
      ${outcome && outcome.changed > 0 && html`<button type="button" id="bulk-apply" class="button primary" disabled=${busy} onClick=${() => act(body(), true)}>${t('bulk.apply', { n: number(outcome.changed) })}</button>`}</div>
  </form>`;
}
