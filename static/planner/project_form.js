// The form of a project: a new one with what its money falls on, or what another
// says of itself.
import { useState } from 'preact/hooks';
import { newID, send } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { typed, wire, yuan } from '../base/money.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Refusal } from '../base/dialog.js';
import { SelectField, TextField } from '../base/fields.js';
import * as store from '../base/store.js';
import { entering, leave } from './entering.js';
import { toNext } from './entry.js';
import { SharePreview } from './foreseen.js';
import { faultsUnder } from './form.js';
import { departments } from './people.js';
import * as registry from './registry.js';
import { TargetsField } from './targets.js';

const blank = { code: '', name: '', kind: 'road', fund: 'district', department: '', contractor: '', planned_start: '', planned_end: '', actual_start: '', actual_end: '', status: 'active', budget: '',
  targets: /** @type {import('./targets.js').Target[]} */ ([]), rule: /** @type {import('./targets.js').Rule} */ ({ kind: 'length' }) };

export const projectStatuses = ['planned', 'active', 'completed', 'cancelled'];
export const projectDays = /** @type {const} */ (['planned_start', 'planned_end', 'actual_start', 'actual_end']);

/** @param {{project: import('./project.js').Project | null}} props null for a new one */
export function ProjectForm({ project }) {
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
    const now = entering.peek();
    if (now) entering.value = { ...now, back: `projects:${id}` };
    leave();
  });
  const wrong = { code: tried && !draft.code.trim() ? t('form.required') : '', name: tried && !draft.name.trim() ? t('form.required') : '', budget: draft.budget !== '' && budget === null ? t('amount.wrong') : '' };
  const submit = () => { setTried(true); if (draft.code.trim() && draft.name.trim() && !wrong.budget) act(draft); else toFirstFault(); };
  const told = faultsUnder(problem);
  const line = (/** @type {'code' | 'name' | 'contractor'} */ name, /** @type {boolean} */ required) => html`<${TextField} name=${name} label=${t(`project.${name}`)} value=${draft[name]} set=${(/** @type {string} */ v) => set({ [name]: v })} required=${required} error=${wrong[/** @type {'code'} */ (name)] || told[name]} />`;
  const choice = (/** @type {'kind' | 'fund' | 'status'} */ name, /** @type {string[]} */ list, /** @type {string} */ prefix) => html`<${SelectField} name=${name} label=${t(`project.${name}`)} value=${draft[name]} set=${(/** @type {string} */ v) => set({ [name]: v })} options=${list.map((value) => ({ value, text: t(`${prefix}.${value}`) }))} error=${told[name]} />`;
  const shut = () => { if (problem) registry.booked.value += 1; leave(); };
  return html`<div class="panel-head"><h2>${t(project ? 'project.edit' : 'project.add')}</h2><button class="ghost square" aria-label=${t('close')} onClick=${shut}><${Icon} name="ui-close" /></button></div>
    <form class="money-form" id="project" novalidate onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); submit(); }}>
      <div class="two" onKeyDown=${toNext}>${line('code', true)}${line('name', true)}${choice('kind', store.projectKinds, 'kind')}${choice('fund', store.funds, 'fund')}
        <${SelectField} name="department" label=${t('project.department')} value=${draft.department} none=${t('form.none')} set=${(/** @type {string} */ v) => set({ department: v })} options=${(departments.data.value ?? []).map((d) => ({ value: d.id, text: d.name }))} error=${told.department} />
        ${line('contractor', false)}${choice('status', projectStatuses, 'project.status')}
        <${TextField} name="budget" label=${t('project.budget')} value=${draft.budget} set=${(/** @type {string} */ v) => set({ budget: v })} inputmode="decimal" unit=${t('unit.yuan')} error=${wrong.budget || told.budget} hint=${budget ? yuan(budget) : ''} />
        ${projectDays.map((d) => html`<${TextField} key=${d} name=${d} type="date" label=${t(`project.${d}`)} value=${draft[d]} set=${(/** @type {string} */ v) => set({ [d]: v })} error=${told[d]} />`)}</div>
      ${!project && html`<${TargetsField} targets=${draft.targets} rule=${draft.rule} set=${set} errors=${told} begin />
        <${SharePreview} amount=${budget} targets=${draft.targets} rule=${draft.rule} proportional />`}
      <${Refusal} problem=${problem} title=${problem?.status === 412 ? t('moved.on') : ''} />
      <div class="form-foot"><button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${t('save')}</button><button type="button" class="button" onClick=${shut}>${t('cancel')}</button></div>
    </form>`;
}
