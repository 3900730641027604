// Projects: the list, and one of them with its budget and its entries.
import { useState } from 'preact/hooks';
import { get, send } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { fen, share, yuan } from '../base/money.js';
import { useDeed } from '../base/deed.js';
import { Confirm } from '../base/dialog.js';
import { may } from '../base/session.js';
import * as store from '../base/store.js';
import { enter } from './entering.js';
import { EntriesFoot, EntryTable } from './entries.js';
import { useEntries } from './paged_entries.js';
import { useLedger } from './fetched.js';
import { Leaf } from './leaf.js';
import { departments } from './people.js';
import * as registry from './registry.js';
import { targetName } from './targets.js';

/**
 * @typedef {{id: string, version: number, code: string, name: string, kind: string, fund: string, department: string | null, contractor: string, planned_start: string, planned_end: string,
 *   actual_start: string, actual_end: string, status: string, budget: string | null, targets: import('./targets.js').Target[] | null, rule: import('./targets.js').Rule, rule_reason: string}} Project
 */

/**
 * What was spent of each project under a basis, in fen.
 * @param {'paid' | 'committed'} basis
 */
function useSpent(basis) {
  const found = useLedger(store.jurisdiction.value && `${store.jurisdiction.value} spent ${basis}`, (signal) => get('/api/v1/investment', { jurisdiction: store.jurisdiction.peek(), by: 'project', basis }, signal));
  const rows = /** @type {registry.MoneyRow[] | undefined} */ (found.data.value?.rows);
  return rows && new Map(rows.map((r) => [r.project, fen(r.amount)]));
}

/** @param {{project: Project, paid: bigint, committed: bigint}} props */
function Budget({ project: p, paid, committed }) {
  const budget = p.budget === null ? 0n : fen(p.budget);
  const most = [budget, paid, committed].reduce((a, b) => (b > a ? b : a), 1n);
  const of = (/** @type {bigint} */ v) => Number((v > 0n ? v : 0n) * 1000n / most) / 1000;
  const rows = [{ id: 'budget', value: budget }, { id: 'committed', value: committed }, { id: 'paid', value: paid }];
  const over = budget > 0n && (committed > budget || paid > budget);
  return html`<section class="budget" aria-label=${t('project.budget')}><table class="lines"><caption class="hidden">${t('project.budget')}</caption><tbody>${rows.map((r) => html`<tr key=${r.id} data-budget=${r.id}><th scope="row">${t(r.id === 'budget' ? 'project.budget' : `basis.${r.id}`)}</th>
      <td class="bar"><span class="track"><i class=${`fill ${r.id}`} style=${{ '--share': of(r.value) }}></i></span></td><td class="sum"><b>${r.id === 'budget' && p.budget === null ? '–' : yuan(r.value)}</b></td><td>${r.id !== 'budget' && budget > 0n ? share(r.value, budget) : ''}</td></tr>`)}</tbody></table>
    ${over && html`<p class="note warn"><${Icon} name="ui-alert" /><span>${t('project.over', { amount: yuan((committed > paid ? committed : paid) - budget) })}</span></p>`}</section>`;
}

/** @param {{project: Project}} props */
function Facts({ project: p }) {
  const span = (/** @type {string} */ a, /** @type {string} */ b) => (a || b ? `${a || '…'} — ${b || '…'}` : '');
  const lines = [[t('project.department'), departments.data.value?.find((d) => d.id === p.department)?.name], [t('project.contractor'), p.contractor], [t('project.planned'), span(p.planned_start, p.planned_end)],
    [t('project.actual'), span(p.actual_start, p.actual_end)], [t('rule'), t(`rule.${p.rule.kind}`) + (p.rule.classes?.length ? `（${p.rule.classes.map(registry.className).join('、')}）` : '')], [t('rule.reason'), p.rule_reason]];
  return html`<dl class="facts project-facts">${lines.filter(([, value]) => value).map(([label, value]) => html`<div key=${label}><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** @param {{project: Project, close: () => void}} props */
function DeleteProject({ project, close }) {
  const { act, busy, problem } = useDeed(async (op) => {
    await send('DELETE', `/api/v1/projects/${project.id}`, undefined, { version: project.version, op });
    store.page.value = 'projects';
    registry.booked.value += 1;
  });
  return html`<${Confirm} title=${t('project.delete')} act=${() => act()} close=${close} verb=${t('delete')} busy=${busy} problem=${problem}><p>${t('project.delete.sure', { name: project.name })}</p><//>`;
}

/** @param {{project: Project, paid: bigint, committed: bigint}} props */
function ProjectPage({ project: p, paid, committed }) {
  const [doomed, doom] = useState(false);
  const [all, showAll] = useState(false);
  const query = { project: p.id };
  const found = useEntries(query);
  const targets = p.targets ?? [];
  const few = 12;
  const empty = !found.busy && !found.problem && found.rows.length === 0;
  const acts = may('planner') && html`${empty && html`<button class="button" id="delete-project" onClick=${() => doom(true)}><${Icon} name="ui-trash" />${t('delete')}</button>`}
    <button class="button" id="edit-project" onClick=${() => enter({ form: 'project', project: p })}><${Icon} name="ui-edit" />${t('edit')}</button><button class="button" id="change-rule" onClick=${() => enter({ form: 'rule', project: p })}><${Icon} name="ui-swap" />${t('rule.change')}</button>
    <button class="button primary" id="add-entry" onClick=${() => enter({ form: 'entry', project: p.id })}><${Icon} name="ui-plus" />${t('entry.add')}</button>`;
  return html`<${Leaf} title=${p.name} about=${`${p.code} · ${t(`kind.${p.kind}`)} · ${t(`fund.${p.fund}`)} · ${t(`project.status.${p.status}`)}`}
      back=${() => { store.page.value = 'projects'; }} backTo=${t('page.projects')} actions=${acts}>
    <div class="project-top"><${Budget} project=${p} paid=${paid} committed=${committed} /><${Facts} project=${p} /></div>
    <ul class="tag-list project-targets" aria-label=${t('targets')}>${(all ? targets : targets.slice(0, few)).map((x) => html`<li key=${x.id} class="tag">${targetName(x)}</li>`)}
      ${!all && targets.length > few && html`<li><button class="link" onClick=${() => showAll(true)}>${t('targets.more', { n: number(targets.length - few) })}</button></li>`}${targets.length === 0 && html`<li class="tag warn">${t('targets.none')}</li>`}</ul>
    ${found.rows.length > 0 && html`<${EntryTable} rows=${found.rows} query=${query} withProject=${false} />`}
    <${EntriesFoot} found=${found} query=${query} />
    ${doomed && html`<${DeleteProject} project=${p} close=${() => doom(false)} />`}
  <//>`;
}

/** @param {{list: Project[], paid: Map<string | undefined, bigint> | undefined, committed: Map<string | undefined, bigint> | undefined}} props */
function ProjectTable({ list, paid, committed }) {
  const of = (/** @type {Map<string | undefined, bigint> | undefined} */ spent, /** @type {Project} */ p) => (spent ? yuan(spent.get(p.id) ?? 0n) : '–');
  return html`<table class="grid"><caption class="hidden">${t('page.projects')}</caption><thead><tr><th scope="col">${t('project.name')}</th><th scope="col">${t('project.kind')}</th><th scope="col">${t('project.fund')}</th><th scope="col">${t('project.status')}</th>
      <th scope="col" class="numeric">${t('project.budget')}</th><th scope="col" class="numeric">${t('basis.committed')}</th><th scope="col" class="numeric">${t('basis.paid')}</th></tr></thead>
    <tbody>${list.map((p) => html`<tr key=${p.id}><th scope="row"><button class="link" data-project=${p.id} onClick=${() => { store.page.value = `projects:${p.id}`; }}>${p.name}</button><small>${p.code}</small></th>
      <td>${t(`kind.${p.kind}`)}</td><td>${t(`fund.${p.fund}`)}</td><td>${t(`project.status.${p.status}`)}</td><td class="numeric" data-label=${t('project.budget')}>${p.budget ? yuan(fen(p.budget)) : '–'}</td>
      <td class="numeric" data-label=${t('basis.committed')}>${of(committed, p)}</td><td class="numeric" data-label=${t('basis.paid')}><b>${of(paid, p)}</b></td></tr>`)}</tbody></table>`;
}

/** @param {{item: string}} props */
export function Projects({ item }) {
  const { data, problem, reload } = useLedger(store.jurisdiction.value && `${store.jurisdiction.value} projects`, (signal) => get('/api/v1/projects', { jurisdiction: store.jurisdiction.peek() }, signal));
  const paid = useSpent('paid');
  const committed = useSpent('committed');
  const [words, setWords] = useState('');
  /** @type {Project[]} */
  const list = data.value?.projects ?? [];
  const wanted = words.trim().toLowerCase();
  const shown = list.filter((p) => `${p.code} ${p.name} ${p.contractor}`.toLowerCase().includes(wanted));
  const chosen = list.find((p) => p.id === item);
  if (chosen) return html`<${ProjectPage} key=${item} project=${chosen} paid=${paid?.get(item) ?? 0n} committed=${committed?.get(item) ?? 0n} />`;
  return html`<${Leaf} title=${t('page.projects')} about=${data.value ? t('projects.count', { n: number(list.length) }) : ''} actions=${html`
      <button class="button" id="to-entries" onClick=${() => { store.behind.value = ''; store.page.value = 'entries'; }}>${t('page.entries')}</button>
      ${may('planner') && html`<button class="button" id="to-ledger" onClick=${() => { store.page.value = 'ledger'; }}>${t('page.ledger')}</button>
      <button class="button" id="add-project" onClick=${() => enter({ form: 'project', project: null })}><${Icon} name="ui-plus" />${t('project.add')}</button>
      <button class="button primary" id="add-entry" onClick=${() => enter({ form: 'entry', project: '' })}><${Icon} name="ui-plus" />${t('entry.add')}</button>`}`}>
    ${!data.value ? html`<${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('dossier.failed')} again=${t('retry')} />`
      : list.length === 0 ? html`<div class="nothing"><${Icon} name="ui-office" /><p><b>${t('projects.none')}</b></p></div>`
      : html`<input class="input filter" id="find-projects" type="search" autocomplete="off" placeholder=${t('projects.find')} aria-label=${t('projects.find')} value=${words} onInput=${(/** @type {any} */ e) => setWords(e.currentTarget.value)} />
        ${shown.length === 0 ? html`<p class="pending" role="status">${t('search.none')}</p>` : html`<${ProjectTable} list=${shown} paid=${paid} committed=${committed} />`}`}
  <//>`;
}
