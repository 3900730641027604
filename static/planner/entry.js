// Entering money by the keyboard: Enter goes from field to field, saves in the
// last one and begins the next entry; project and day stay.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, newID, send } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { typed, typedSigned, wire, yuan } from '../base/money.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Refusal } from '../base/dialog.js';
import { CheckField, SelectField, TextField } from '../base/fields.js';
import * as store from '../base/store.js';
import { BoughtField } from './bought.js';
import { DocumentField } from './document.js';
import { leave } from './entering.js';
import { useFetched } from './fetched.js';
import { SharePreview } from './foreseen.js';
import { faultsUnder } from './form.js';
import { today } from './lifecycle.js';
import { ProjectPick } from './project_pick.js';
import * as registry from './registry.js';
import { TargetsField } from './targets.js';

/**
 * @typedef {import('./project.js').Project} Project
 * @typedef {import('./targets.js').Target} Target
 * @typedef {{id: string, project: string, on: string, kind: string, amount: string, voucher: string, counterparty: string, note: string,
 *   document: import('./document.js').Document | null, own: boolean, targets: Target[], rule: import('./targets.js').Rule, assets: string[]}} Draft
 */

export const entryKinds = ['payment', 'contract', 'change_order', 'refund', 'grant'];

/** What stays from one entry to the next. */
const kept = { project: '', on: '', kind: 'payment', counterparty: '' };

/** An entry that was begun and left, and the place it is of. */
let unfinished = { place: '', draft: /** @type {Draft | null} */ (null) };

/**
 * The draft to go on with: the one that was left, else a new one.
 * @param {string} project
 * @returns {Draft}
 */
function begin(project) {
  const { place, draft } = unfinished;
  if (draft && place === store.jurisdiction.peek() && (!project || draft.project === project)) return draft;
  const same = place === store.jurisdiction.peek() && (!project || project === kept.project);
  return { ...fresh(), ...(same ? {} : { counterparty: '' }), project: project || (same ? kept.project : '') };
}

/** @returns {Draft} */
const fresh = () => ({ id: newID(), ...kept, on: kept.on || today(), amount: '', voucher: '', note: '', document: null, own: false, targets: [], rule: { kind: 'length' }, assets: [] });

/**
 * Enter goes on to the next entry of a form; in the last one it submits.
 * @param {KeyboardEvent} e
 */
export function toNext(e) {
  if (e.key !== 'Enter' || e.isComposing || e.ctrlKey || e.metaKey || !(e.target instanceof HTMLElement) || !e.target.matches('input, select')) return;
  const list = [.../** @type {HTMLElement} */ (e.currentTarget).querySelectorAll('input, select')];
  const next = list[list.indexOf(e.target) + 1];
  if (next instanceof HTMLElement) { e.preventDefault(); next.focus(); }
}

/**
 * What is typed as an amount; only a change order may take something away.
 * @param {{amount: string, kind: string}} d
 */
const amountOf = (d) => (d.kind === 'change_order' ? typedSigned(d.amount) : typed(d.amount));

/** @param {Draft} d */
const body = (d) => ({
  id: d.id, project: d.project, on: d.on, kind: d.kind, amount: wire(/** @type {bigint} */ (amountOf(d))), voucher: d.voucher.trim(), counterparty: d.counterparty.trim(), note: d.note.trim(),
  ...(d.document ? { document: d.document.sha256, document_name: d.document.name } : {}), ...(d.own ? { targets: d.targets, rule: d.rule } : {}), ...(d.assets.length > 0 ? { assets: d.assets } : {}),
});

/** @param {string} field */
const focus = (field) => requestAnimationFrame(() => { const found = document.querySelector(`#entry [data-field="${field}"] input`); if (found instanceof HTMLElement) found.focus(); });

/** @param {{done: {id: string, amount: string, voucher: string} | null}} props */
function Saved({ done }) {
  if (!done) return null;
  return html`<p class="note good saved" role="status"><${Icon} name="ui-check" /><span>${t('entry.booked', { amount: done.amount, voucher: done.voucher || '–' })}</span>
    <button type="button" class="link" onClick=${() => { store.page.value = `entries:${done.id}`; }}>${t('entry.look')}</button></p>`;
}

/** @param {{draft: Draft, set: (change: Partial<Draft>) => void, told: Record<string, string>, tried: boolean, projects: Project[]}} props */
function Lines({ draft, set, told, tried, projects }) {
  const amount = amountOf(draft);
  const line = (/** @type {'voucher' | 'counterparty' | 'note'} */ name) => html`<${TextField} name=${name} label=${t(`entry.${name}`)} value=${draft[name]} set=${(/** @type {string} */ v) => set({ [name]: v })} error=${told[name]} />`;
  const choose = (/** @type {Project} */ p) => {
    const before = projects.find((x) => x.id === draft.project);
    const untouched = !draft.counterparty || draft.counterparty === before?.contractor;
    set({ project: p.id, ...(untouched ? { counterparty: p.contractor } : {}), ...(draft.own ? {} : { targets: p.targets ?? [], rule: p.rule }) });
  };
  return html`<div class="fields" onKeyDown=${toNext}>
    <${ProjectPick} projects=${projects} value=${draft.project} choose=${choose} error=${tried && !draft.project ? t('form.required') : told.project} />
    <div class="two"><${TextField} name="on" type="date" label=${t('entry.on')} value=${draft.on} set=${(/** @type {string} */ on) => set({ on })} required error=${tried && !draft.on ? t('form.required') : told.on} />
      <${SelectField} name="kind" label=${t('entry.kind')} value=${draft.kind} set=${(/** @type {string} */ kind) => set({ kind })} options=${entryKinds.map((value) => ({ value, text: t(`entry.${value}`) }))} error=${told.kind} /></div>
    <${TextField} name="amount" label=${t('entry.amount')} value=${draft.amount} set=${(/** @type {string} */ v) => set({ amount: v })} required inputmode="decimal" unit=${t('unit.yuan')}
      error=${(tried || draft.amount !== '') && !amount ? t('amount.wrong') : told.amount} hint=${amount ? t('amount.is', { amount: yuan(amount) }) : t(draft.kind === 'change_order' ? 'amount.hint.signed' : 'amount.hint')} />
    <div class="two">${line('voucher')}${line('counterparty')}</div>${line('note')}</div>`;
}

/** @param {{project: string}} props the one to begin with, "" for the last one used */
export function EntryForm({ project }) {
  const [draft, setDraft] = useState(() => begin(project));
  const [tried, setTried] = useState(false);
  const [sending, setSending] = useState(false);
  const [done, setDone] = useState(/** @type {{id: string, amount: string, voucher: string} | null} */ (null));
  const now = useRef(draft);
  now.current = draft;
  const set = (/** @type {Partial<Draft>} */ change) => { now.current = { ...now.current, ...change }; setDraft(now.current); };
  const found = useFetched(`${store.jurisdiction.value} projects`, async (signal) => /** @type {Project[]} */ ((await get('/api/v1/projects', { jurisdiction: store.jurisdiction.peek() }, signal)).projects));
  const projects = found.data.value ?? [];
  const chosen = projects.find((p) => p.id === draft.project);
  const { act, busy, problem, forget } = useDeed(async (op, /** @type {Draft} */ d) => {
    await send('POST', '/api/v1/entries', body(d), { op });
    Object.assign(kept, { project: d.project, on: d.on, kind: d.kind, counterparty: d.counterparty });
    setDone({ id: d.id, amount: yuan(/** @type {bigint} */ (amountOf(d))), voucher: d.voucher.trim() });
    setTried(false);
    set({ ...fresh(), project: d.project });
    registry.booked.value += 1;
    focus('amount');
  });
  useEffect(() => {
    focus(draft.project ? 'amount' : 'project');
    return () => { unfinished = { place: store.jurisdiction.peek(), draft: now.current.amount || now.current.voucher ? now.current : null }; };
  }, []);
  useEffect(() => { if (chosen && !draft.counterparty) set({ counterparty: chosen.contractor }); }, [chosen]);
  const told = { ...faultsUnder(problem), ...faultsUnder(problem, '0.') };
  const submit = () => {
    setTried(true);
    if (sending) return;
    if (amountOf(now.current) && now.current.on && now.current.project) { setDone(null); act(now.current); } else toFirstFault();
  };
  const keys = (/** @type {KeyboardEvent} */ e) => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); submit(); }
    if (e.key === 'Escape' && !e.defaultPrevented && !draft.amount && !draft.voucher) { e.preventDefault(); leave(); }
  };
  const own = (/** @type {boolean} */ on) => set({ own: on, targets: chosen?.targets ?? [], rule: chosen?.rule ?? { kind: 'length' } });
  const of = draft.own ? draft : { targets: chosen?.targets ?? [], rule: chosen?.rule ?? draft.rule };
  return html`<div class="panel-head"><h2>${t('entry.add')}</h2><button class="ghost square" aria-label=${t('close')} onClick=${leave}><${Icon} name="ui-close" /></button></div>
    <form class="money-form desk-form-like" id="entry" novalidate onKeyDown=${keys} onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); submit(); }} onInput=${() => { if (problem) forget(); }}>
      <${Saved} done=${done} />
      <${Lines} key=${draft.id} draft=${draft} set=${set} told=${told} tried=${tried} projects=${projects} />
      <${DocumentField} key=${`document ${draft.id}`} value=${draft.document} set=${(/** @type {Draft['document']} */ document) => set({ document })} busy=${setSending} />
      <${BoughtField} list=${draft.assets} set=${(/** @type {string[]} */ assets) => set({ assets })} error=${told.assets} />
      <${CheckField} name="own" label=${t('entry.own')} value=${draft.own} set=${own} hint=${draft.own ? '' : chosen ? t('entry.own.hint', { rule: t(`rule.${chosen.rule.kind}`), n: chosen.targets?.length ?? 0 }) : ''} />
      ${draft.own && html`<${TargetsField} targets=${draft.targets} rule=${draft.rule} set=${set} errors=${told} begin />`}
      ${chosen && html`<${SharePreview} amount=${amountOf(draft)} targets=${of.targets} rule=${of.rule} proportional=${!draft.own} />`}
      <${Refusal} problem=${problem && Object.keys(told).length === 0 ? problem : null} />
      <div class="form-foot"><button type="submit" id="entry-save" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy || sending}>${t('entry.book')}</button>
        <button type="button" class="button" onClick=${leave}>${t('done')}</button><span class="field-hint keys-hint">${t('entry.keys')}</span></div>
    </form>`;
}
