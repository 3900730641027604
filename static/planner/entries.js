// Entries of the ledger: those behind a figure, those that words find, page by
// page.
import { useEffect, useState } from 'preact/hooks';
import { get } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { fen, yuan } from '../base/money.js';
import { may } from '../base/session.js';
import * as store from '../base/store.js';
import { entryKinds } from './entry.js';
import { enter } from './entering.js';
import { useFetched } from './fetched.js';
import { Leaf } from './leaf.js';
import { EntryPage } from './entry_page.js';
import { departments } from './people.js';
import { partOf, useEntries } from './paged_entries.js';
import { className } from './registry.js';
import { targetName } from './targets.js';

/** @typedef {import('./money.js').Entry} Entry */

const pause = 250; // ms after the last key

/**
 * Whether a question is about a part of what its entries come to.
 * @param {Record<string, string>} query
 */
const narrowed = (query) => ['segment', 'area', 'target', 'asset_class', 'key', 'filter'].some((name) => query[name]);

/** @param {{rows: Entry[], query: Record<string, string>, withProject: boolean}} props */
export function EntryTable({ rows, query, withProject }) {
  const parted = narrowed(query);
  return html`<table class="grid entry-table"><caption class="hidden">${t('dossier.entries')}</caption><thead><tr><th scope="col">${t('entry.on')}</th><th scope="col">${t('entry.kind')}</th><th scope="col">${t('entry.voucher')}</th>
      ${withProject && html`<th scope="col">${t('project')}</th>`}<th scope="col" class="numeric">${t('entry.amount')}</th>${parted && html`<th scope="col" class="numeric">${t('entries.part')}</th>`}</tr></thead>
    <tbody>${rows.map((e) => html`<tr key=${e.id} class=${e.reverses || e.reversed_by ? 'off' : ''} data-entry=${e.id}><td>${e.on}</td><td>${t(`entry.${e.kind}`)}${e.document ? html` <span class="clip" title=${e.document_name}><${Icon} name="ui-clip" /><span class="hidden">${t('entry.document')}</span></span>` : ''}</td>
      <th scope="row"><button class="link" onClick=${() => { store.page.value = `entries:${e.id}`; }}>${e.voucher || t('entries.unnumbered')}</button><small>${[e.counterparty, e.reverses ? t('entry.reverses') : e.reversed_by ? t('entry.reversed') : ''].filter(Boolean).join(' · ')}</small></th>
      ${withProject && html`<td>${e.project_name}</td>`}<td class="numeric"><b>${yuan(fen(e.amount))}</b></td>${parted && html`<td class="numeric"><b>${yuan(partOf(e))}</b></td>`}</tr>`)}</tbody></table>`;
}

/**
 * What follows a list of entries: how many there are, their sum, and more.
 * @param {{found: ReturnType<typeof useEntries>, query: Record<string, string>}} props
 */
export function EntriesFoot({ found, query }) {
  const { rows, next, busy, problem, more, again } = found;
  if (problem) return html`<${Pending} problem=${problem} retry=${again} waiting="" failed=${t('dossier.failed')} again=${t('retry')} />`;
  if (rows.length === 0) return busy ? html`<p class="pending" role="status">${t('loading')}</p>` : html`<div class="nothing"><${Icon} name="ui-list" /><p><b>${t('entries.none')}</b></p></div>`;
  const sum = query.basis ? rows.reduce((all, e) => all + partOf(e), 0n) : null; // of one basis: they are never added together
  return html`<p class="entries-foot" role="status"><span>${t(next ? 'entries.shown' : 'entries.all', { n: number(rows.length) })}${sum !== null ? html` · ${t(next ? 'entries.sum.shown' : 'entries.sum')} <b data-sum>${yuan(sum)}</b> ${t('unit.yuan')}` : ''}</span>
    ${next && html`<button class="button" id="more-entries" aria-disabled=${busy} onClick=${() => { if (!busy) more(); }}>${t('list.more')}</button>`}</p>`;
}

/** The names behind the ids of a query. */
function useProjectName(/** @type {string | undefined} */ id) {
  const found = useFetched(id && /^[0-9a-f-]{36}$/.test(id) ? `${store.jurisdiction.value} project ${id}` : '', (signal) => get(`/api/v1/projects/${id}`, {}, signal));
  return found.data.value?.name ?? id ?? '';
}

/**
 * A condition in words.
 * @param {string} name
 * @param {string} value
 * @param {string} project
 */
function inWords(name, value, project) {
  const list = value.split(',');
  if (name === 'segment' || name === 'area') return list.map((id) => targetName({ noun: name, id })).join('、');
  if (name === 'project') return project;
  if (name === 'target') return list.length > 2 ? t('entries.onsomething') : list.map((v) => t(v === 'none' ? 'proof.unallocated' : v)).join('、');
  if (name === 'key') return t(value === 'true' ? 'layer.key' : 'layer.roads');
  if (name === 'lineage') return t(`lineage.view.${value}`);
  if (name === 'department') return list.map((id) => departments.data.value?.find((d) => d.id === id)?.name ?? t('form.none')).join('、');
  if (name === 'asset_class') return list.map((v) => (v === 'none' ? t('class.unknown') : className(v))).join('、');
  const prefix = { basis: 'basis', kind: 'kind', fund: 'fund', source: 'fund', status: 'project.status', entry_kind: 'entry' }[name];
  return prefix ? list.map((v) => t(`${prefix}.${v}`)).join('、') : value;
}

/** @param {Record<string, string>} query */
const put = (query) => { store.behind.value = new URLSearchParams(query).toString(); };

const shownAsFields = ['q', 'entry_kind', 'from', 'to', 'jurisdiction'];

/** @param {{query: Record<string, string>}} props */
function Conditions({ query }) {
  const project = useProjectName(query.project);
  const without = (/** @type {string} */ name) => { const { [name]: gone, ...rest } = query; put(rest); };
  const set = (/** @type {string} */ name, /** @type {string} */ value) => { const { [name]: gone, ...rest } = query; put(value ? { ...rest, [name]: value } : rest); };
  const [words, setWords] = useState(query.q ?? '');
  useEffect(() => {
    if (words.trim() === (query.q ?? '')) return undefined;
    const timer = setTimeout(() => set('q', words.trim()), pause);
    return () => clearTimeout(timer);
  }, [words, JSON.stringify(query)]);
  const chips = Object.entries(query).filter(([name]) => !shownAsFields.includes(name));
  const day = (/** @type {'from' | 'to'} */ name) => html`<label class="pick"><span>${t(`investment.${name}`)}</span><input class="input" type="date" data-field=${name} value=${query[name] ?? ''} onChange=${(/** @type {any} */ e) => set(name, e.currentTarget.value)} /></label>`;
  return html`<div class="entry-filters"><label class="pick grow"><span>${t('entries.find')}</span><input class="input" id="find-entries" type="search" autocomplete="off" value=${words} onInput=${(/** @type {any} */ e) => setWords(e.currentTarget.value)} /></label>
      <label class="pick"><span>${t('entry.kind')}</span><span class="select"><select class="input" id="entry-kind" onChange=${(/** @type {any} */ e) => set('entry_kind', e.currentTarget.value)}><option value="" selected=${!query.entry_kind}>${t('investment.all')}</option>
        ${entryKinds.map((k) => html`<option key=${k} value=${k} selected=${query.entry_kind === k}>${t(`entry.${k}`)}</option>`)}</select><${Icon} name="ui-down" /></span></label>${day('from')}${day('to')}</div>
    ${chips.length > 0 && html`<ul class="tag-list conditions" aria-label=${t('entries.conditions')}>${chips.map(([name, value]) => html`<li key=${name} class="tag">${inWords(name, value, project)}<button class="ghost square tiny" aria-label=${t('entries.without', { name: inWords(name, value, project) })} onClick=${() => without(name)}><${Icon} name="ui-close" /></button></li>`)}
      <li><button class="link" onClick=${() => { setWords(''); put({}); }}>${t('filters.reset')}</button></li></ul>`}`;
}

/** @param {{item: string}} props */
export function Entries({ item }) {
  if (item) return html`<${EntryPage} key=${item} id=${item} />`;
  return html`<${EntryList} />`;
}

function EntryList() {
  const query = Object.fromEntries(new URLSearchParams(store.behind.value));
  delete query.jurisdiction;
  const found = useEntries(query);
  return html`<${Leaf} title=${t('page.entries')} about=${t('entries.about')} actions=${may('planner') && html`<button class="button" id="to-projects" onClick=${() => { store.page.value = 'projects'; }}>${t('page.projects')}</button>
      <button class="button primary" id="add-entry" onClick=${() => enter({ form: 'entry', project: query.project ?? '' })}><${Icon} name="ui-plus" />${t('entry.add')}</button>`}>
    <${Conditions} query=${query} />
    ${found.rows.length > 0 && html`<${EntryTable} rows=${found.rows} query=${query} withProject=${!query.project} />`}
    <${EntriesFoot} found=${found} query=${query} />
  <//>`;
}
