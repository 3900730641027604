// The money of a segment's or an area's sheet: how much, when, for what, from
// where, and the entries behind it.
import { useState } from 'preact/hooks';
import { get } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { named, number, t } from '../base/i18n.js';
import { brief, fen, share, yuan } from '../base/money.js';
import { may } from '../base/session.js';
import * as store from '../base/store.js';
import { useFetched } from './fetched.js';
import { partOn, Successors } from './lineage.js';
import * as registry from './registry.js';

/**
 * @typedef {import('./lineage.js').Share & {words: {zh: string, en: string}}} Allocation
 * @typedef {{id: string, project: string, project_name?: string, basis: string, unallocated: string, share?: string, on: string, kind: string, amount: string, voucher: string, counterparty: string, note: string,
 *   document: string | null, document_name: string, reverses: string | null, reversed_by: string | null, version: number, assets?: string[] | null, allocations?: Allocation[] | null}} Entry
 */

/** @param {{rows: registry.MoneyRow[]}} props */
function YearChart({ rows }) {
  const years = [...new Set(rows.map((r) => String(r.year)))].sort();
  const kinds = store.projectKinds.filter((k) => rows.some((r) => r.kind === k));
  const of = (/** @type {string} */ year, /** @type {string} */ kind) => rows.filter((r) => String(r.year) === year && r.kind === kind).reduce((sum, r) => sum + fen(r.amount), 0n);
  const sums = years.map((y) => kinds.reduce((sum, k) => sum + of(y, k), 0n));
  const most = Math.max(...sums.map(Number), 1);
  return html`<table class="years"><caption class="hidden">${t('dossier.years')}</caption><thead class="hidden"><tr><th scope="col">${t('dossier.year')}</th><th scope="col">${t('investment.kind')}</th><th scope="col">${t('unit.invested')}</th></tr></thead>
    <tbody>${years.map((y, i) => html`<tr key=${y}><th scope="row">${y}</th>
      <td><span class="stack slim" style=${{ '--whole': Number(sums[i]) / most }}>${kinds.map((k) => html`<i key=${k} class=${`kind-${k}`} title=${`${t(`kind.${k}`)} ${yuan(of(y, k))}`} style=${{ '--share': Math.max(Number(of(y, k)), 0) }}></i>`)}</span></td>
      <td><b>${brief(sums[i])}</b></td></tr>`)}</tbody></table>
    <table class="lines"><caption class="hidden">${t('investment.kind')}</caption><tbody>${kinds.map((k) => {
    const sum = years.reduce((all, y) => all + of(y, k), 0n);
    return html`<tr key=${k}><th scope="row"><i class=${`dot kind-${k}`}></i>${t(`kind.${k}`)}</th><td class="sum"><b>${yuan(sum)}</b></td></tr>`;
  })}</tbody></table>`;
}

/** @param {{rows: registry.MoneyRow[]}} props */
function Funds({ rows }) {
  const total = rows.reduce((sum, r) => sum + fen(r.amount), 0n);
  return html`<h3>${t('investment.fund')}<small>${t('unit.yuan')}</small></h3><table class="lines"><caption class="hidden">${t('investment.fund')}</caption><tbody>
    ${rows.map((r) => html`<tr key=${r.fund}><th scope="row">${t(`fund.${r.fund}`)}</th><td class="sum"><b>${yuan(fen(r.amount))}</b></td><td>${share(fen(r.amount), total)}</td></tr>`)}</tbody></table>`;
}

/** @param {{entry: Entry, id: string}} props */
function EntryRow({ entry: e, id }) {
  const [open, setOpen] = useState(false);
  const part = partOn(e.allocations, id);
  const document = e.document && may('planner') && `/api/v1/entries/${e.id}/document`;
  return html`<li class=${`entry ${e.reverses || e.reversed_by ? 'undone' : ''}`}>
    <button class="entry-head" aria-expanded=${open} data-entry=${e.id} onClick=${() => setOpen(!open)}>
      <span><b>${t(`entry.${e.kind}`)}</b><small>${e.on} · ${e.project_name ?? e.counterparty}</small></span><b class="entry-part">${part ? yuan(part.amount) : '–'}</b></button>
    ${open && html`<dl class="facts">
      ${part && html`<div><dt>${t('entry.rule')}</dt><dd class="rule-words">${named(part.share.words.zh, part.share.words.en)}</dd></div>`}
      ${part?.carried ? html`<div><dt>${t('lineage.from')}</dt><dd><button class="link" onClick=${() => store.select('segment', part.share.target.id)}>${part.share.name}</button></dd></div>` : part && html`<${Successors} share=${part.share} />`}
      <div><dt>${t('entry.amount')}</dt><dd>${yuan(fen(e.amount))} ${t('unit.yuan')}</dd></div>
      ${e.voucher && html`<div><dt>${t('entry.voucher')}</dt><dd>${e.voucher}</dd></div>`}
      ${e.counterparty && html`<div><dt>${t('entry.counterparty')}</dt><dd>${e.counterparty}</dd></div>`}
      ${document && html`<div><dt>${t('entry.document')}</dt><dd><a class="link" href=${document} download>${e.document_name || t('entry.document')}</a></dd></div>`}
      ${e.assets?.length ? html`<div><dt>${t('entry.assets')}</dt><dd>${e.assets.map((a, i) => html`<button key=${a} class="link" onClick=${() => store.select('asset', a)}>${t('entry.asset', { n: i + 1 })}</button> `)}</dd></div>` : null}
      ${e.note && html`<div><dt>${t('entry.note')}</dt><dd>${e.note}</dd></div>`}
      ${e.reverses && html`<div><dt>${t('entry.reversal')}</dt><dd>${t('entry.reverses')}</dd></div>`}
      ${e.reversed_by && html`<div><dt>${t('entry.reversal')}</dt><dd>${t('entry.reversed')}</dd></div>`}
    </dl>`}</li>`;
}

/** @param {{noun: 'segment' | 'area', id: string}} props */
function Entries({ noun, id }) {
  const [limit, setLimit] = useState(20);
  const found = useFetched(registry.moneyKey(`entries ${id} ${limit}`) ?? '', (signal) => get('/api/v1/entries', { ...registry.moneyQuery.peek(), [noun]: id, limit }, signal));
  const { data, problem, reload } = found;
  if (!data.value) return html`<${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('dossier.failed')} again=${t('retry')} />`;
  /** @type {Entry[]} */
  const list = data.value.entries;
  return html`<h3>${t('dossier.entries')}<small>${number(list.length)}${data.value.next ? '+' : ''}</small></h3>
    ${list.length === 0 ? html`<p class="quiet">${t('dossier.none')}</p>` : html`<ul class="entries">${list.map((e) => html`<${EntryRow} key=${e.id} entry=${e} id=${id} />`)}</ul>`}
    ${data.value.next && html`<button class="link" onClick=${() => setLimit(limit + 50)}>${t('list.more')}</button>`}`;
}

/**
 * Where an object stands among those that money fell on, by money over its size.
 * @param {registry.Feature} feature
 */
function rankOf(feature) {
  const list = registry.ranked.value.map((r) => registry.moneyMeasure(r.feature, r.counts.total, 'invested_per_m'));
  const own = registry.moneyMeasure(feature, 0, 'invested_per_m');
  if (!registry.ranked.value.some((r) => r.id === feature.id)) return '';
  return t('dossier.rank', { n: number(1 + list.filter((v) => v > own).length), of: number(list.length) });
}

/** @param {{noun: 'segment' | 'area', feature: registry.Feature}} props */
export function Money({ noun, feature }) {
  if (!registry.hasMoney.value || store.past.value) return null;
  return html`<${Dossier} noun=${noun} feature=${feature} />`;
}

/** @param {{noun: 'segment' | 'area', feature: registry.Feature}} props */
function Dossier({ noun, feature }) {
  const { id, properties: p } = feature;
  const ask = (/** @type {string} */ by) => useFetched(registry.moneyKey(`${by} ${id}`) ?? '', (signal) => get('/api/v1/investment', { ...registry.moneyQuery.peek(), by, [noun]: id }, signal));
  const years = ask('year,kind');
  const funds = ask('fund');
  const problem = years.problem.value ?? funds.problem.value;
  if (!years.data.value || !funds.data.value) return html`<${Pending} problem=${problem} retry=${registry.retryAll} waiting=${t('loading')} failed=${t('dossier.failed')} again=${t('retry')} />`;
  const total = years.data.value.rows.reduce((/** @type {bigint} */ sum, /** @type {registry.MoneyRow} */ r) => sum + fen(r.amount), 0n);
  const tenths = BigInt(Math.round((p.length_m ?? p.area_m2 ?? 0) * 10));
  return html`<section class="dossier" aria-label=${t('dossier')}>
    <h3>${t('dossier')}<small>${t(`basis.${store.basis.value}`)}</small></h3>
    <dl class="figures"><div data-figure="total"><dt>${t('metric.invested')}</dt><dd><b title=${yuan(total)}>${brief(total)}</b> ${t('unit.invested')}</dd></div>
      <div data-figure="per"><dt>${t(noun === 'area' ? 'metric.invested_per_m2' : 'metric.invested_per_m')}</dt><dd><b>${tenths > 0n ? yuan((total * 10n) / tenths) : '–'}</b> ${t('unit.yuan')}</dd></div></dl>
    <p class="quiet dossier-rank">${rankOf(feature)}</p>
    ${years.data.value.rows.length > 0 && html`<h3>${t('dossier.years')}<small>${t('unit.invested')}</small></h3><${YearChart} rows=${years.data.value.rows} /><${Funds} rows=${funds.data.value.rows} />`}
    ${may('viewer') && html`<${Entries} noun=${noun} id=${id} />`}
    <button class="button print-button" id="print-dossier" onClick=${() => { document.documentElement.dataset.paper = 'sheet'; window.print(); }}><${Icon} name="ui-print" />${t('dossier.print')}</button>
  </section>`;
}
