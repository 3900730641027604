// The panel of the investment tab: what was spent, whether it adds up, and on
// what it fell.
import { signal } from '@preact/signals';
import { get } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { language, named, number, t } from '../base/i18n.js';
import { brief, fen, wire, yuan } from '../base/money.js';
import { may } from '../base/session.js';
import * as store from '../base/store.js';
import { classings } from '../map/breaks.js';
import { enter } from './entering.js';
import { Behind } from './behind.js';
import { useFetched, useLedger } from './fetched.js';
import { LineageSwitch } from './lineage.js';
import { Series } from './series.js';
import { Ranking } from './overview.js';
import { printOn } from './print.js';
import * as registry from './registry.js';

/**
 * Asks about money under what is chosen, but for what `change` says.
 * @param {Record<string, string | undefined>} change
 */
export const asked = (change) => (/** @type {AbortSignal} */ signal) => get('/api/v1/investment', { ...registry.moneyQuery.peek(), ...change }, signal);

/**
 * The address of what is shown as a file.
 * @param {'csv' | 'xlsx'} format
 */
function fileAddress(format) {
  const url = new URL('/api/v1/investment', location.origin);
  for (const [name, value] of Object.entries({ ...registry.moneyQuery.value, by: store.onto.value, f: format, lang: language.value })) if (value) url.searchParams.set(name, value);
  return url.pathname + url.search;
}

/** @param {{name: string, value: string, set: (value: any) => void, options: {value: string, text: string}[], none?: string}} props */
function Choose({ name, value, set, options, none }) {
  return html`<label class="pick"><span>${t(`investment.${name}`)}</span><span class="select"><select class="input" data-pick=${name} value=${value} onChange=${(/** @type {any} */ e) => { store.step.value = null; set(e.currentTarget.value); }}>
    ${none && html`<option value="" selected=${value === ''}>${none}</option>`}
    ${options.map((o) => html`<option key=${o.value} value=${o.value} selected=${o.value === value}>${o.text}</option>`)}
  </select><${Icon} name="ui-down" /></span></label>`;
}

/** Keeps the metric to one that what is ranked has. */
function fitMetric() {
  const other = { segment: 'invested_per_resident', area: 'invested_per_asset' }[store.onto.peek()];
  if (store.metric.peek() === other) store.metric.value = 'invested';
}

/** @param {{signal: import('@preact/signals').Signal<string>, options: readonly string[], words: string, name: string}} props */
function Switch({ signal, options, words, name }) {
  return html`<div class="choice" role="radiogroup" aria-label=${t(`investment.${name}`)}>${options.map((o) => html`<label key=${o}><input type="radio" name=${name} value=${o} checked=${signal.value === o}
    onChange=${() => { store.step.value = null; signal.value = o; fitMetric(); }} /><span>${t(`${words}.${o}`)}</span></label>`)}</div>`;
}

/** Whether the filters are shown: from the start where one is set. */
const folded = signal(true);

function Filters() {
  const set = [store.kind, store.fund, store.status].filter((s) => s.value).length;
  const open = !folded.value || store.moneyFiltered.value;
  const words = (/** @type {readonly string[]} */ list, /** @type {string} */ prefix) => list.map((value) => ({ value, text: t(`${prefix}.${value}`) }));
  return html`<div class="money-filters">
    <div class="picks"><${Switch} name="onto" signal=${store.onto} options=${['segment', 'area']} words="investment.onto" />
    <${Switch} name="basis" signal=${store.basis} options=${['paid', 'committed']} words="basis" /></div>
    <${Series} dated=${open} />
    <button type="button" class="link fold" id="fold-filters" aria-expanded=${open} aria-controls="money-filters" hidden=${store.moneyFiltered.value} onClick=${() => { folded.value = !folded.value; }}>${t('investment.filters')}${set > 0 ? ` · ${set}` : ''}<${Icon} name=${open ? 'ui-up' : 'ui-down'} /></button>
    <div class="picks four" id="money-filters" hidden=${!open}>
      <${Choose} name="kind" value=${store.kind.value} set=${(/** @type {string} */ v) => { store.kind.value = v; }} options=${words(store.projectKinds, 'kind')} none=${t('investment.all')} />
      <${Choose} name="fund" value=${store.fund.value} set=${(/** @type {string} */ v) => { store.fund.value = v; }} options=${words(store.funds, 'fund')} none=${t('investment.all')} />
      <${Choose} name="status" value=${store.status.value} set=${(/** @type {string} */ v) => { store.status.value = v; }} options=${words(store.statuses, 'project.status')} none=${t('investment.all')} />
      <${Choose} name="classes" value=${store.classing.value} set=${(/** @type {any} */ v) => { store.classing.value = v; }} options=${words(classings, 'legend.classes')} />
    </div>
    ${registry.parted.value && html`<${LineageSwitch} />`}
  </div>`;
}

/** @param {{found: registry.Investment}} props */
function Sum({ found }) {
  const rows = found.rows.reduce((sum, r) => sum + fen(r.amount), 0n);
  const parts = [{ label: t('proof.rows', { n: number(found.rows.length) }), amount: rows, href: undefined },
    { label: t('proof.elsewhere'), amount: fen(found.elsewhere), href: found.elsewhere_href }, { label: t('proof.unallocated'), amount: fen(found.unallocated), href: found.unallocated_href }];
  const sum = parts.reduce((all, p) => all + p.amount, 0n);
  return html`<table class="lines proof"><tbody>${parts.map((p) => html`<tr key=${p.label}><th scope="row">${p.label}</th><td><${Behind} href=${p.href} label=${p.label}>${yuan(p.amount)}<//></td></tr>`)}
    <tr><th scope="row">${t('proof.sum')}</th><td><b>${yuan(sum)}</b></td></tr><tr><th scope="row">${t('proof.total')}</th><td><b>${yuan(fen(found.total))}</b></td></tr></tbody></table>`;
}

/** Whether the money adds up: a mark that opens to the proof. */
function Check() {
  const found = registry.money.data.value;
  const check = useLedger(store.jurisdiction.value && `${store.jurisdiction.value} check`,
    (signal) => get('/api/v1/investment/check', { jurisdiction: store.jurisdiction.peek() }, signal));
  if (check.problem.value) return html`<${Pending} problem=${check.problem.value} retry=${check.reload} waiting="" failed=${t('proof.failed')} again=${t('retry')} />`;
  if (!found || !check.data.value) return html`<p class="check-line quiet" role="status">${t('proof.waiting')}</p>`;
  const sum = found.rows.reduce((all, r) => all + fen(r.amount), 0n) + fen(found.elsewhere) + fen(found.unallocated);
  const ok = check.data.value.ok && sum === fen(found.total);
  const difference = check.data.value.ok ? wire(fen(found.total) - sum) : check.data.value.difference;
  return html`<details class=${`check-line ${ok ? 'ok' : 'bad'}`}><summary><${Icon} name=${ok ? 'ui-check' : 'ui-alert'} />${ok ? t('proof.ok') : t('proof.wrong', { difference })}</summary>
    <${Sum} found=${found} />${check.data.value.reason && html`<p>${named(check.data.value.reason.zh, check.data.value.reason.en)}</p>`}
    ${check.data.value.entry && html`<p>${may('viewer') ? html`<button class="link" id="wrong-entry" onClick=${() => { store.page.value = `entries:${check.data.value.entry}`; }}>${t('proof.entry')}</button>` : t('proof.entry')} <code>${check.data.value.entry}</code></p>`}</details>`;
}

function Kpis() {
  const other = store.basis.value === 'paid' ? 'committed' : 'paid';
  const second = useFetched(registry.moneyKey(`second ${store.onto.value}`) ?? '', asked({ by: store.onto.peek(), basis: other }));
  const found = registry.money.data.value;
  const rows = registry.ranked.value;
  const on = rows.reduce((sum, r) => sum + registry.moneyOn(r.id), 0n);
  const metres = rows.reduce((sum, r) => sum + Math.round((r.feature.properties.retired ? 0 : r.feature.properties.length_m ?? r.feature.properties.area_m2 ?? 0) * 10), 0);
  const per = found && metres > 0 ? yuan((on * 10n) / BigInt(metres)) : '–';
  // What falls on what is ranked, not the whole ledger: that is the proof's.
  const figure = (/** @type {registry.Investment | null} */ answer) => (answer ? brief(answer.rows.reduce((sum, r) => sum + fen(r.amount), 0n)) : '–');
  const behind = (/** @type {registry.Investment | null | undefined} */ answer) => answer?.total_href && `${answer.total_href}&target=${store.onto.value}`;
  const unit = t('unit.invested');
  const items = [
    { id: store.basis.value, label: t(`basis.${store.basis.value}`), value: figure(found), unit, href: behind(found) },
    { id: other, label: t(`basis.${other}`), value: figure(second.data.value), unit, href: behind(second.data.value) },
    { id: 'per', label: t(store.onto.value === 'area' ? 'metric.invested_per_m2' : 'metric.invested_per_m'), value: per, unit: t('unit.yuan') },
    { id: 'unallocated', label: t('proof.unallocated'), value: found ? brief(fen(found.unallocated)) : '–', unit, href: found?.unallocated_href },
  ];
  return html`<dl class="figures four">${items.map((f) => html`<div key=${f.id} data-kpi=${f.id}><dt>${f.label}</dt><dd><${Behind} href=${f.href} label=${`${f.label} ${f.value} ${f.unit}`}><b>${f.value}</b><//> ${f.unit}</dd></div>`)}</dl>`;
}

/** The papers the map is printed on. */
function Papers() {
  return html`<span class="print-papers">${/** @type {const} */ (['a4', 'a3']).map((p) => html`<button key=${p} class="button" id=${`print-${p}`} onClick=${() => printOn(p)}><${Icon} name="ui-print" />${p.toUpperCase()}</button>`)}</span>`;
}

export function InvestmentPanel() {
  const rows = registry.ranked.value;
  return html`<div class="panel-head"><div><h2>${t(`investment.title.${store.onto.value}`)}</h2><p>${t(`investment.count.${store.onto.value}`, { n: number(rows.length) })} · ${t(`basis.${store.basis.value}`)}</p></div>
      <div class="head-acts"><button class="button" id="money-table" onClick=${() => { store.page.value = 'investment'; }}><${Icon} name="ui-list" />${t('investment.table')}</button>
      ${may('viewer') && html`<button class="button" id="to-projects" onClick=${() => { store.page.value = 'projects'; }}>${t('investment.projects')}</button>`}</div></div>
    <${Kpis} />
    <${Check} />
    <${Filters} />
    <${Ranking} />
    <footer class="panel-foot money-foot">
      ${['xlsx', 'csv'].map((f) => html`<a key=${f} class="button" id=${`export-${f}`} href=${fileAddress(/** @type {'csv' | 'xlsx'} */ (f))} download>${t(`export.${f}`)}</a>`)}
      <${Papers} />
      ${may('planner') && html`<button class="button primary" id="enter-money" onClick=${() => enter({ form: 'entry', project: '' })}><${Icon} name="ui-plus" />${t('entry.add')}</button>`}
      ${store.moneyFiltered.value && html`<button class="link" onClick=${store.resetMoney}>${t('filters.reset')}</button>`}
    </footer>`;
}
