// The money of a segment's or an area's sheet: how much, when, for what, from
// where, and the entries behind it.
import { useState } from 'preact/hooks';
import { get } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { named, number, t } from '../base/i18n.js';
import { brief, fen, yuan } from '../base/money.js';
import { may } from '../base/session.js';
import * as store from '../base/store.js';
import { Behind } from './behind.js';
import { BoughtAssets, ClassTable, DossierPhotos } from './dossier.js';
import { ConditionChart, onBasis, Parts, YearChart } from './dossier_chart.js';
import { useLedger } from './fetched.js';
import { partOn, Successors } from './lineage.js';
import { useEntries } from './paged_entries.js';
import { printOn } from './print.js';
import * as registry from './registry.js';
import { targetName } from './targets.js';

/**
 * @typedef {import('./lineage.js').Share & {words: {zh: string, en: string}}} Allocation
 * @typedef {{id: string, project: string, project_name?: string, basis: string, unallocated: string, share?: string, on: string, kind: string, amount: string, voucher: string, counterparty: string, note: string,
 *   document: string | null, document_name: string, reverses: string | null, reversed_by: string | null, version: number, assets?: string[] | null, allocations?: Allocation[] | null}} Entry
 */

const atFirst = 20; // entries that a screen shows before it is asked for more
const onPaper = 60; // and that a print has: what fills its second page
const fewAssets = 6; // named in a row; the entry's page names them all

/** @param {{entry: Entry, id: string, where: string}} props */
function EntryRow({ entry: e, id, where }) {
  const [open, setOpen] = useState(false);
  const part = partOn(e.allocations, id);
  const document = e.document && may('planner') && `/api/v1/entries/${e.id}/document`;
  return html`<li class=${`entry ${where} ${e.reverses || e.reversed_by ? 'undone' : ''}`}>
    <button class="entry-head" aria-expanded=${open} data-entry=${e.id} onClick=${() => setOpen(!open)}>
      <span><b>${t(`entry.${e.kind}`)}</b><small>${e.on} · ${e.project_name ?? e.counterparty}</small></span><b class="entry-part">${part ? yuan(part.amount) : '–'}</b></button>
    ${open && html`<dl class="facts">
      ${part && html`<div><dt>${t('entry.rule')}</dt><dd class="rule-words">${named(part.share.words.zh, part.share.words.en)}</dd></div>`}
      ${part?.carried ? html`<div><dt>${t('lineage.from')}</dt><dd><button class="link" onClick=${() => store.select('segment', part.share.target.id)}>${part.share.name}</button></dd></div>` : part && html`<${Successors} share=${part.share} />`}
      <div><dt>${t('entry.amount')}</dt><dd>${yuan(fen(e.amount))} ${t('unit.yuan')}</dd></div>
      <div><dt>${t('entry.voucher')}</dt><dd><button class="link" onClick=${() => { store.page.value = `entries:${e.id}`; }}>${e.voucher || t('entries.unnumbered')}</button></dd></div>
      ${e.counterparty && html`<div><dt>${t('entry.counterparty')}</dt><dd>${e.counterparty}</dd></div>`}
      ${document && html`<div><dt>${t('entry.document')}</dt><dd><a class="link" href=${document} download>${e.document_name || t('entry.document')}</a></dd></div>`}
      ${e.assets?.length ? html`<div><dt>${t('entry.assets')}</dt><dd class="bought-names">${e.assets.slice(0, fewAssets).map((a) => html`<button key=${a} class="link" onClick=${() => store.select('asset', a)}>${targetName({ noun: 'asset', id: a })}</button>`)}${e.assets.length > fewAssets && html`<button class="link" onClick=${() => { store.page.value = `entries:${e.id}`; }}>${t('targets.more', { n: number(e.assets.length - fewAssets) })}</button>`}</dd></div>` : null}
      ${e.note && html`<div><dt>${t('entry.note')}</dt><dd>${e.note}</dd></div>`}
      ${e.reverses && html`<div><dt>${t('entry.reversal')}</dt><dd>${t('entry.reverses')}</dd></div>`}
      ${e.reversed_by && html`<div><dt>${t('entry.reversal')}</dt><dd>${t('entry.reversed')}</dd></div>`}
    </dl>`}</li>`;
}

/** @param {{noun: 'segment' | 'area', id: string, href: string, total: number}} props */
function Entries({ noun, id, href, total }) {
  const [all, showAll] = useState(false);
  const found = useEntries({ basis: store.basis.value, [noun]: id, ...(store.lineage.value === 'current' ? { lineage: 'current' } : {}) }, onPaper);
  const { rows, next, problem, busy, more, again } = found;
  const printed = Math.min(rows.length, onPaper);
  const where = (/** @type {number} */ i) => (i >= onPaper ? 'screen-only' : i >= atFirst && !all ? 'paper-only' : '');
  const counted = () => (printed < total ? t('dossier.newest', { n: number(printed), all: number(total) }) : t('entries.all', { n: number(total) }));
  return html`<h3>${t('dossier.entries')}${rows.length > 0 && html`<small class="paper-count">${counted()}</small>`}<small><button class="link" id="all-entries" onClick=${() => store.lookBehind(href)}>${t('dossier.all')}</button></small></h3>
    ${problem ? html`<${Pending} problem=${problem} retry=${again} waiting="" failed=${t('dossier.failed')} again=${t('retry')} />`
      : rows.length === 0 ? html`<p class="quiet">${t(busy ? 'loading' : 'dossier.none')}</p>` : html`<ul class="entries">${rows.map((e, i) => html`<${EntryRow} key=${e.id} entry=${e} id=${id} where=${where(i)} />`)}</ul>`}
    ${(next || (!all && rows.length > atFirst)) && html`<button class="link more-link" aria-disabled=${busy} onClick=${() => { if (!all) showAll(true); else if (!busy) more(); }}>${t('list.more')}</button>`}`;
}

/** @param {{noun: 'segment' | 'area', feature: registry.Feature}} props */
export function Money({ noun, feature }) {
  if (!registry.hasMoney.value || store.past.value) return null;
  return html`<${Dossier} key=${feature.id} noun=${noun} feature=${feature} />`;
}

/** @param {{of: import('./dossier.js').DossierOf}} props */
function Totals({ of: d }) {
  const { basis } = store;
  const other = basis.value === 'paid' ? 'committed' : 'paid';
  const now = d[basis.value];
  const per = now.per_m ?? now.per_m2;
  const figure = (/** @type {string} */ id, /** @type {string} */ label, /** @type {string | null | undefined} */ value, /** @type {string} */ unit, /** @type {string} */ href) => html`<div data-figure=${id}><dt>${label}</dt>
    <dd><${Behind} href=${href} label=${`${label} ${value ? yuan(fen(value)) : '–'}`}><b title=${value ? yuan(fen(value)) : ''}>${value ? (unit === t('unit.invested') ? brief(fen(value)) : yuan(fen(value))) : '–'}</b><//> ${unit}</dd></div>`;
  return html`<dl class="figures four">${figure('total', t(`basis.${basis.value}`), now.total, t('unit.invested'), now.href)}${figure('per', t(d.noun === 'area' ? 'metric.invested_per_m2' : 'metric.invested_per_m'), per, t('unit.yuan'), '')}
      ${figure('other', t(`basis.${other}`), d[other].total, t('unit.invested'), d[other].href)}${d.noun === 'area' ? figure('resident', t('metric.invested_per_resident'), now.per_resident, t('unit.yuan'), '')
        : html`<div data-figure="mean"><dt>${t('dossier.mean')}</dt><dd><b>${d.condition_mean === null ? '–' : number(d.condition_mean, 2)}</b> ${t('dossier.mean.of')}</dd></div>`}</dl>
    ${now.rank !== null && html`<p class="quiet dossier-rank">${t('dossier.rank', { n: number(now.rank), of: number(now.of) })}</p>`}`;
}

/** @param {{noun: 'segment' | 'area', feature: registry.Feature}} props */
function Dossier({ noun, feature }) {
  const { id } = feature;
  const lineage = store.lineage.value === 'current' ? 'current' : undefined;
  const key = store.jurisdiction.value && `${store.jurisdiction.value} ${id} ${lineage}`;
  const found = useLedger(key && `${key} dossier`, async (signal) => /** @type {import('./dossier.js').DossierOf} */ (await get(`/api/v1/investment/${noun}s/${id}`, { lineage }, signal)));
  const years = useLedger(key && `${key} ${store.basis.value}`, (signal) => get('/api/v1/investment', { jurisdiction: store.jurisdiction.peek(), basis: store.basis.peek(), by: 'year,kind', [noun]: id, lineage }, signal));
  const problem = found.problem.value ?? years.problem.value;
  const d = found.data.value;
  if (!d || !years.data.value) return html`<${Pending} problem=${problem} retry=${() => { found.reload(); years.reload(); }} waiting=${t('loading')} failed=${t('dossier.failed')} again=${t('retry')} />`;
  return html`<section class="dossier" aria-label=${t('dossier')}>
    <div class="dossier-money"><h3>${t('dossier')}<span class="choice basis-choice" role="radiogroup" aria-label=${t('investment.basis')}>${/** @type {const} */ (['paid', 'committed']).map((b) => html`<label key=${b}><input type="radio" name="dossier-basis" value=${b} checked=${store.basis.value === b} onChange=${() => { store.basis.value = b; }} /><span>${t(`basis.${b}`)}</span></label>`)}</span></h3>
      <${Totals} of=${d} /></div>
    ${years.data.value.rows.length > 0 && html`<div class="dossier-years"><h3>${t('dossier.years')}<small>${t('unit.invested')}</small></h3><${YearChart} rows=${years.data.value.rows} /><${Parts} parts=${d.kinds} by="kind" /></div>
      <div class="dossier-funds"><h3>${t('investment.fund')}<small>${t('unit.yuan')}</small></h3><${Parts} parts=${d.funds} by="fund" /></div>
      <div class="dossier-against"><h3>${t('dossier.against')}</h3><${ConditionChart} years=${d.years} since=${d.recorded_since} /></div>`}
    <div class="dossier-bought"><${BoughtAssets} list=${d.bought} noun=${noun} id=${id} />${noun === 'area' && html`<${ClassTable} list=${d.classes} />`}<${DossierPhotos} list=${d.photos} /></div>
    ${may('viewer') && html`<div class="dossier-entries"><${Entries} noun=${noun} id=${id} href=${onBasis(d.paid.href)} total=${d[store.basis.value].entries} /></div>`}
    <p class="dossier-acts print-button"><button class="button" id="print-dossier" onClick=${() => printOn('sheet')}><${Icon} name="ui-print" />${t('dossier.print')}</button><button class="button" id="print-dossier-a3" onClick=${() => printOn('sheet-a3')}>A3</button></p>
  </section>`;
}
