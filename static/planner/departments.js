// The departments that assets and cases refer to: a small list, edited in place.
import { useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Confirm, Dialog, Refusal } from '../base/dialog.js';
import { TextField } from '../base/fields.js';
import { jurisdiction } from '../base/store.js';
import { faultsUnder } from './form.js';
import { Leaf } from './leaf.js';
import { departments } from './people.js';
import { placeName } from './registry.js';

/** @typedef {import('./people.js').Department} Department */

/** @param {{department: Department | null, close: () => void, remove: () => void}} props no department: a new one */
function Editor({ department, close, remove }) {
  const [draft, setDraft] = useState({ code: department?.code ?? '', name: department?.name ?? '' });
  const [missing, setMissing] = useState(false);
  const { act, busy, problem } = useDeed(async (op, /** @type {typeof draft} */ d) => {
    const body = { jurisdiction: jurisdiction.peek(), code: d.code.trim(), name: d.name.trim() };
    if (department) await send('PUT', `/api/v1/departments/${department.id}`, body, { version: department.version, op });
    else await send('POST', '/api/v1/departments', body, { op });
    departments.reload();
    close();
  });
  const submit = () => { setMissing(!draft.name.trim()); if (draft.name.trim()) act(draft); else toFirstFault(); };
  const told = faultsUnder(problem);
  // What was refused may have been done or changed meanwhile: the list must show it.
  const shut = () => { if (problem) departments.reload(); close(); };
  return html`<${Dialog} id="department" title=${t(department ? 'departments.edit' : 'departments.add')} close=${shut} submit=${submit} foot=${html`
      ${department && html`<button type="button" class="button danger apart" onClick=${remove}><${Icon} name="ui-trash" />${t('delete')}</button>`}
      <button type="button" class="button" onClick=${shut}>${t('cancel')}</button>
      <button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${t(department ? 'save' : 'departments.add')}</button>`}>
    <${TextField} name="name" label=${t('departments.name')} value=${draft.name} set=${(/** @type {string} */ name) => setDraft({ ...draft, name })} required maxlength="100" error=${missing && !draft.name.trim() ? t('form.required') : told.name} />
    <${TextField} name="code" label=${t('departments.code')} value=${draft.code} set=${(/** @type {string} */ code) => setDraft({ ...draft, code })} optional maxlength="30" hint=${t('departments.code.hint')} error=${told.code} />
    <${Refusal} problem=${problem && !(told.name || told.code) ? problem : null} title=${problem?.status === 412 ? t('moved.on') : ''} />
  <//>`;
}

/** @param {{department: Department, close: () => void}} props */
function Remove({ department, close }) {
  const { act, busy, problem } = useDeed(async (op) => {
    await send('DELETE', `/api/v1/departments/${department.id}`, undefined, { version: department.version, op });
    departments.reload();
    close();
  });
  return html`<${Confirm} title=${t('departments.delete')} verb=${t('delete')} act=${() => act()} close=${close} busy=${busy} problem=${problem}><p>${t('departments.delete.note', { name: department.name })}</p><//>`;
}

export function Departments() {
  const [open, setOpen] = useState(/** @type {Department | 'new' | null} */ (null));
  const [doomed, setDoomed] = useState(/** @type {Department | null} */ (null));
  const { data, problem, reload } = departments;
  const list = data.value ?? [];
  const remove = () => { setDoomed(open === 'new' ? null : open); setOpen(null); };
  return html`<${Leaf} title=${t('departments')} about=${data.value ? t('departments.about', { n: number(list.length), place: placeName(jurisdiction.value) }) : ''}
      actions=${html`<button class="button primary" id="add-department" onClick=${() => setOpen('new')}><${Icon} name="ui-plus" />${t('departments.add')}</button>`}>
    ${!data.value ? html`<${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('departments.failed')} again=${t('retry')} />`
      : list.length === 0 ? html`<div class="nothing"><${Icon} name="ui-office" /><p><b>${t('departments.none')}</b><br />${t('departments.none.note')}</p></div>`
      : html`<table class="grid"><thead><tr><th scope="col">${t('departments.name')}</th><th scope="col">${t('departments.code')}</th><td></td></tr></thead>
        <tbody>${list.map((d) => html`<tr key=${d.id}><th scope="row"><b>${d.name}</b></th><td class="code">${d.code}</td>
          <td class="acts"><button class="link" aria-label=${t('accounts.edit.name', { name: d.name })} onClick=${() => setOpen(d)}>${t('edit')}</button></td></tr>`)}</tbody></table>`}
    ${open && html`<${Editor} department=${open === 'new' ? null : open} close=${() => setOpen(null)} remove=${remove} />`}
    ${doomed && html`<${Remove} department=${doomed} close=${() => setDoomed(null)} />`}
  <//>`;
}
