// Projects: the list, one of them with its entries, and the form.
import { useState } from 'preact/hooks';
import { get, newID, send } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { fen, typed, wire, yuan } from '../base/money.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Dialog, Refusal } from '../base/dialog.js';
import { SelectField, TextField } from '../base/fields.js';
import { may } from '../base/session.js';
import * as store from '../base/store.js';
import { useFetched } from './fetched.js';
import { faultsUnder } from './form.js';
import { Leaf } from './leaf.js';
import { EntryDialog, ReverseDialog, RuleDialog, toNext } from './entry.js';
import { departments } from './people.js';
import * as registry from './registry.js';
import { targetName, TargetsField } from './targets.js';

/**
 * @typedef {{id: string, version: number, code: string, name: string, kind: string, fund: string, department: string | null, contractor: string, planned_start: string, planned_end: string,
 *   actual_start: string, actual_end: string, status: string, budget: string | null, targets: import('./targets.js').Target[] | null, rule: import('./targets.js').Rule}} Project
 */

const blank = { code: '', name: '', kind: 'road', fund: 'district', department: '', contractor: '', planned_start: '', planned_end: '', actual_start: '', actual_end: '', status: 'active', budget: '',
  targets: /** @type {import('./targets.js').Target[]} */ ([]), rule: /** @type {import('./targets.js').Rule} */ ({ kind: 'length' }) };

const days = /** @type {const} */ (['planned_start', 'planned_end', 'actual_start', 'actual_end']);

/** @param {{project: Project | null, close: () => void}} props no project: a new one */
function ProjectDialog({ project, close }) {
  const [draft, setDraft] = useState(() => (project ? { ...blank, ...project, department: project.department ?? '', budget: project.budget ?? '', targets: project.targets ?? [] } : blank));
  const [tried, setTried] = useState(false);
  const [id] = useState(() => project?.id ?? newID());
  const set = (/** @type {Partial<typeof blank>} */ change) => setDraft({ ...draft, ...change });
  const budget = draft.budget === '' ? null : typed(draft.budget);
  const { act, busy, problem } = useDeed(async (op, /** @type {typeof blank} */ d) => {
    const { code, name, kind, fund, contractor, planned_start, planned_end, actual_start, actual_end, status, targets, rule } = d;
    const body = { jurisdiction: store.jurisdiction.peek(), id, code: code.trim(), name: name.trim(), kind, fund, department: d.department || null, contractor: contractor.trim(), planned_start, planned_end,
      actual_start, actual_end, status, budget: budget === null ? null : wire(budget), targets, rule };
    if (project) await send('PUT', `/api/v1/projects/${id}`, body, { version: project.version, op });
    else await send('POST', '/api/v1/projects', body, { op });
    registry.booked.value += 1;
    close();
  });
  const wrong = { code: tried && !draft.code.trim() ? t('form.required') : '', name: tried && !draft.name.trim() ? t('form.required') : '', budget: draft.budget !== '' && budget === null ? t('amount.wrong') : '' };
  const submit = () => { setTried(true); if (draft.code.trim() && draft.name.trim() && !wrong.budget) act(draft); else toFirstFault(); };
  const told = faultsUnder(problem);
  const line = (/** @type {'code' | 'name' | 'contractor'} */ name, /** @type {boolean} */ required) => html`<${TextField} name=${name} label=${t(`project.${name}`)} value=${draft[name]} set=${(/** @type {string} */ v) => set({ [name]: v })} required=${required} error=${wrong[/** @type {'code'} */ (name)] || told[name]} />`;
  const choice = (/** @type {'kind' | 'fund' | 'status'} */ name, /** @type {string[]} */ list, /** @type {string} */ prefix) => html`<${SelectField} name=${name} label=${t(`project.${name}`)} value=${draft[name]} set=${(/** @type {string} */ v) => set({ [name]: v })} options=${list.map((value) => ({ value, text: t(`${prefix}.${value}`) }))} error=${told[name]} />`;
  const shut = () => { if (problem) registry.booked.value += 1; close(); };
  return html`<${Dialog} id="project" className="wide money-form" title=${t(project ? 'project.edit' : 'project.add')} close=${shut} submit=${submit} foot=${html`
      <button type="button" class="button" onClick=${shut}>${t('cancel')}</button><button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${t('save')}</button>`}>
    <div class="two" onKeyDown=${toNext}>${line('code', true)}${line('name', true)}${choice('kind', store.projectKinds, 'kind')}${choice('fund', store.funds, 'fund')}
      <${SelectField} name="department" label=${t('project.department')} value=${draft.department} none=${t('form.none')} set=${(/** @type {string} */ v) => set({ department: v })} options=${(departments.data.value ?? []).map((d) => ({ value: d.id, text: d.name }))} error=${told.department} />
      ${line('contractor', false)}${choice('status', ['planned', 'active', 'completed', 'cancelled'], 'project.status')}
      <${TextField} name="budget" label=${t('project.budget')} value=${draft.budget} set=${(/** @type {string} */ v) => set({ budget: v })} inputmode="decimal" unit=${t('unit.yuan')} error=${wrong.budget || told.budget} hint=${budget ? yuan(budget) : ''} />
      ${days.map((d) => html`<${TextField} key=${d} name=${d} type="date" label=${t(`project.${d}`)} value=${draft[d]} set=${(/** @type {string} */ v) => set({ [d]: v })} error=${told[d]} />`)}</div>
    ${!project && html`<${TargetsField} targets=${draft.targets} rule=${draft.rule} set=${set} errors=${told} />`}
    <${Refusal} problem=${problem} title=${problem?.status === 412 ? t('moved.on') : ''} />
  <//>`;
}

/** @param {{entry: import('./money.js').Entry, reverse: () => void}} props */
function Line({ entry: e, reverse }) {
  return html`<tr class=${e.reverses || e.reversed_by ? 'off' : ''} data-entry=${e.id}><td>${e.on}</td><td>${t(`entry.${e.kind}`)}</td><th scope="row"><b>${e.voucher || '–'}</b><small>${e.counterparty}</small></th><td class="numeric"><b>${yuan(fen(e.amount))}</b></td>
    <td class="acts">${e.reverses ? t('entry.reverses') : e.reversed_by ? t('entry.reversed') : may('planner') && html`<button class="link" onClick=${reverse}>${t('entry.reverse')}</button>`}</td></tr>`;
}

/** @param {{project: Project}} props */
function ProjectPage({ project: p }) {
  const [open, setOpen] = useState('');
  const [doomed, setDoomed] = useState(/** @type {import('./money.js').Entry | null} */ (null));
  const found = useFetched(`${store.jurisdiction.value} ${p.id} ${registry.booked.value}`, (signal) => get('/api/v1/entries', { jurisdiction: store.jurisdiction.peek(), project: p.id, limit: 1000 }, signal));
  /** @type {import('./money.js').Entry[]} */
  const list = found.data.value?.entries ?? [];
  const close = () => setOpen('');
  const acts = may('planner') && html`<button class="button" onClick=${() => setOpen('edit')}><${Icon} name="ui-edit" />${t('edit')}</button><button class="button" id="change-rule" onClick=${() => setOpen('rule')}><${Icon} name="ui-swap" />${t('rule.change')}</button>
    <button class="button primary" id="add-entry" onClick=${() => setOpen('entry')}><${Icon} name="ui-plus" />${t('entry.add')}</button>`;
  return html`<${Leaf} title=${p.name} about=${`${p.code} · ${t(`kind.${p.kind}`)} · ${t(`fund.${p.fund}`)} · ${t(`project.status.${p.status}`)} · ${t('rule')}: ${t(`rule.${p.rule.kind}`)}`}
      back=${() => { store.page.value = 'projects'; }} backTo=${t('page.projects')} actions=${acts}>
    <ul class="tag-list project-targets">${(p.targets ?? []).map((x) => html`<li key=${x.id} class="tag">${targetName(x)}</li>`)}</ul>
    ${!found.data.value ? html`<${Pending} problem=${found.problem.value} retry=${found.reload} waiting=${t('loading')} failed=${t('dossier.failed')} again=${t('retry')} />`
      : html`<table class="grid"><caption class="hidden">${t('dossier.entries')}</caption><thead><tr><th scope="col">${t('entry.on')}</th><th scope="col">${t('entry.kind')}</th><th scope="col">${t('entry.voucher')}</th><th scope="col" class="numeric">${t('entry.amount')}</th><td></td></tr></thead>
        <tbody>${list.map((e) => html`<${Line} key=${e.id} entry=${e} reverse=${() => setDoomed(e)} />`)}</tbody></table>`}
    ${open === 'edit' && html`<${ProjectDialog} project=${p} close=${close} />`}${open === 'entry' && html`<${EntryDialog} project=${p} close=${close} />`}${open === 'rule' && html`<${RuleDialog} project=${p} close=${close} />`}
    ${doomed && html`<${ReverseDialog} entry=${doomed} close=${() => setDoomed(null)} />`}
  <//>`;
}

/** @param {{item: string}} props */
export function Projects({ item }) {
  const [adding, add] = useState(false);
  const { data, problem, reload } = useFetched(store.jurisdiction.value && `${store.jurisdiction.value} projects ${registry.booked.value}`, (signal) => get('/api/v1/projects', { jurisdiction: store.jurisdiction.peek() }, signal));
  /** @type {Project[]} */
  const list = data.value?.projects ?? [];
  const chosen = list.find((p) => p.id === item);
  if (chosen) return html`<${ProjectPage} key=${item} project=${chosen} />`;
  return html`<${Leaf} title=${t('page.projects')} about=${data.value ? t('projects.count', { n: number(list.length) }) : ''} actions=${may('planner') && html`
      <button class="button" id="to-ledger" onClick=${() => { store.page.value = 'ledger'; }}>${t('page.ledger')}</button>
      <button class="button primary" id="add-project" onClick=${() => add(true)}><${Icon} name="ui-plus" />${t('project.add')}</button>`}>
    ${!data.value ? html`<${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('dossier.failed')} again=${t('retry')} />`
      : list.length === 0 ? html`<div class="nothing"><${Icon} name="ui-office" /><p><b>${t('projects.none')}</b></p></div>`
      : html`<table class="grid"><thead><tr><th scope="col">${t('project.name')}</th><th scope="col">${t('project.kind')}</th><th scope="col">${t('project.fund')}</th><th scope="col">${t('project.status')}</th><th scope="col" class="numeric">${t('project.budget')}</th></tr></thead>
        <tbody>${list.map((p) => html`<tr key=${p.id}><th scope="row"><button class="link" data-project=${p.id} onClick=${() => { store.page.value = `projects:${p.id}`; }}>${p.name}</button><small>${p.code}</small></th>
          <td>${t(`kind.${p.kind}`)}</td><td>${t(`fund.${p.fund}`)}</td><td>${t(`project.status.${p.status}`)}</td><td class="numeric">${p.budget ? yuan(fen(p.budget)) : '–'}</td></tr>`)}</tbody></table>`}
    ${adding && html`<${ProjectDialog} project=${null} close=${() => add(false)} />`}
  <//>`;
}
