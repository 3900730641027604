// Another rule or other targets for a project, for a reason, after a look at
// what that moves.
import { useEffect, useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { fen, yuan } from '../base/money.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Refusal } from '../base/dialog.js';
import { TextField } from '../base/fields.js';
import { leave } from './entering.js';
import { SharePreview } from './foreseen.js';
import { faultsUnder } from './form.js';
import * as registry from './registry.js';
import { targetName, TargetsField } from './targets.js';

/** @typedef {{target: import('./targets.js').Target, basis: string, before: string, after: string}} Moved */

/** @param {{moved: Moved[]}} props */
function MovedTable({ moved }) {
  if (moved.length === 0) return html`<p class="field-hint" role="status">${t('rule.same')}</p>`;
  return html`<table class="lines moved"><caption class="hidden">${t('rule.preview')}</caption><thead><tr><th scope="col">${t('targets')}</th><th scope="col" class="numeric">${t('history.before')}</th><th scope="col" class="numeric">${t('history.after')}</th></tr></thead><tbody>
    ${moved.map((m) => html`<tr key=${`${m.target.id} ${m.basis}`}><th scope="row">${m.target.noun ? targetName(m.target) : t('proof.unallocated')} <small>${t(`basis.${m.basis}`)}</small></th><td class="sum">${yuan(fen(m.before))}</td><td class="sum"><b>${yuan(fen(m.after))}</b></td></tr>`)}</tbody></table>`;
}

/** @param {{project: import('./project.js').Project}} props */
export function RuleForm({ project }) {
  const [draft, setDraft] = useState({ targets: project.targets ?? [], rule: project.rule, reason: '' });
  const [moved, setMoved] = useState(/** @type {Moved[] | null} */ (null));
  const [tried, setTried] = useState(false);
  const set = (/** @type {Partial<typeof draft>} */ change) => { setDraft({ ...draft, ...change }); if (change.targets || change.rule) setMoved(null); };
  const { act, busy, problem } = useDeed(async (op, /** @type {typeof draft} */ d, /** @type {boolean} */ preview) => {
    const got = await send('POST', `/api/v1/projects/${project.id}/apportion`, { ...d, reason: d.reason.trim(), preview }, { op, version: project.version });
    if (preview) { setMoved(got.moved ?? []); return; }
    registry.booked.value += 1;
    leave();
  });
  useEffect(() => { document.querySelector('.moved')?.scrollIntoView({ block: 'center' }); }, [moved]);
  const told = faultsUnder(problem);
  // Nothing is moved that was not shown before.
  const submit = () => {
    if (!moved) { act(draft, true); return; }
    setTried(true);
    if (draft.reason.trim()) act(draft, false); else toFirstFault();
  };
  return html`<div class="panel-head"><div><h2>${t('rule.change')}</h2><p>${project.code} · ${project.name}</p></div><button class="ghost square" aria-label=${t('close')} onClick=${leave}><${Icon} name="ui-close" /></button></div>
    <form class="money-form" id="rule" novalidate onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); submit(); }}>
      <${TargetsField} targets=${draft.targets} rule=${draft.rule} set=${set} errors=${told} begin />
      <${SharePreview} amount=${null} targets=${draft.targets} rule=${draft.rule} proportional />
      ${moved && html`<${MovedTable} moved=${moved} /><${TextField} name="reason" label=${t('reason')} value=${draft.reason} set=${(/** @type {string} */ reason) => set({ reason })} required error=${tried && !draft.reason.trim() ? t('form.required') : told.reason} />`}
      <${Refusal} problem=${problem} title=${problem?.status === 412 ? t('moved.on') : ''} />
      <div class="form-foot"><button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${t(moved ? 'rule.apply' : 'rule.preview')}</button><button type="button" class="button" onClick=${leave}>${t('cancel')}</button></div>
    </form>`;
}
