// Entering money: an entry, its reversal, and another rule with what it moves.
import { useState } from 'preact/hooks';
import { newID, send } from '../base/api.js';
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import { fen, typed, wire, yuan } from '../base/money.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Dialog, Refusal } from '../base/dialog.js';
import { SelectField, TextField } from '../base/fields.js';
import { faultsUnder } from './form.js';
import * as registry from './registry.js';
import { targetName, TargetsField } from './targets.js';

/** @typedef {import('./project.js').Project} Project */

const entryKinds = ['payment', 'contract', 'change_order', 'refund', 'grant'];

/**
 * Enter goes on to the next entry of a form; in the last one it submits.
 * @param {KeyboardEvent} e
 */
export function toNext(e) {
  if (e.key !== 'Enter' || e.isComposing || !(e.target instanceof HTMLElement) || !e.target.matches('input, select')) return;
  const list = [.../** @type {HTMLElement} */ (e.currentTarget).querySelectorAll('input, select')];
  const next = list[list.indexOf(e.target) + 1];
  if (next instanceof HTMLElement) { e.preventDefault(); next.focus(); }
}

const today = () => {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};

/** @param {{shut: () => void, busy: boolean, verb: string}} props */
const Foot = ({ shut, busy, verb }) => html`<button type="button" class="button" onClick=${shut}>${t('cancel')}</button><button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${verb}</button>`;

/** @param {{project: Project, close: () => void}} props */
export function EntryDialog({ project, close }) {
  const [draft, setDraft] = useState(() => ({ id: newID(), on: today(), kind: 'payment', amount: '', voucher: '', counterparty: project.contractor, note: '' }));
  const [tried, setTried] = useState(false);
  const set = (/** @type {Partial<typeof draft>} */ change) => setDraft({ ...draft, ...change });
  const amount = typed(draft.amount);
  const { act, busy, problem } = useDeed(async (op, /** @type {typeof draft} */ d) => {
    await send('POST', '/api/v1/entries', { ...d, voucher: d.voucher.trim(), counterparty: d.counterparty.trim(), project: project.id, amount: wire(/** @type {bigint} */ (typed(d.amount))) }, { op });
    registry.booked.value += 1;
    close();
  });
  const told = faultsUnder(problem);
  const submit = () => { setTried(true); if (amount && draft.on) act(draft); else toFirstFault(); };
  const line = (/** @type {'voucher' | 'counterparty' | 'note'} */ name) => html`<${TextField} name=${name} label=${t(`entry.${name}`)} value=${draft[name]} set=${(/** @type {string} */ v) => set({ [name]: v })} error=${told[name]} />`;
  return html`<${Dialog} id="entry" className="money-form" title=${t('entry.add')} close=${close} submit=${submit} foot=${html`<${Foot} shut=${close} busy=${busy} verb=${t('entry.book')} />`}>
    <p class="field-hint">${project.code} · ${project.name}</p>
    <div class="two" onKeyDown=${toNext}>
      <${TextField} name="amount" label=${t('entry.amount')} value=${draft.amount} set=${(/** @type {string} */ v) => set({ amount: v })} required inputmode="decimal" unit=${t('unit.yuan')}
        error=${(tried || draft.amount !== '') && !amount ? t('amount.wrong') : told.amount} hint=${amount ? yuan(amount) : ''} />
      <${SelectField} name="kind" label=${t('entry.kind')} value=${draft.kind} set=${(/** @type {string} */ kind) => set({ kind })} options=${entryKinds.map((value) => ({ value, text: t(`entry.${value}`) }))} error=${told.kind} />
      <${TextField} name="on" type="date" label=${t('entry.on')} value=${draft.on} set=${(/** @type {string} */ on) => set({ on })} required error=${tried && !draft.on ? t('form.required') : told.on} />
      ${line('voucher')}${line('counterparty')}${line('note')}</div>
    <${Refusal} problem=${problem} />
  <//>`;
}

/** @param {{entry: import('./money.js').Entry, close: () => void}} props */
export function ReverseDialog({ entry, close }) {
  const [draft, setDraft] = useState({ on: today(), reason: '' });
  const [tried, setTried] = useState(false);
  const { act, busy, problem } = useDeed(async (op, /** @type {typeof draft} */ d) => {
    await send('POST', `/api/v1/entries/${entry.id}/reverse`, { on: d.on, reason: d.reason.trim() }, { op });
    registry.booked.value += 1;
    close();
  });
  const told = faultsUnder(problem);
  const submit = () => { setTried(true); if (draft.reason.trim()) act(draft); else toFirstFault(); };
  return html`<${Dialog} id="reverse" title=${t('entry.reverse')} close=${close} submit=${submit} foot=${html`<${Foot} shut=${close} busy=${busy} verb=${t('entry.reverse')} />`}>
    <p>${t('entry.reverse.note', { amount: yuan(fen(entry.amount)), voucher: entry.voucher || '–' })}</p>
    <${TextField} name="reason" label=${t('reason')} value=${draft.reason} set=${(/** @type {string} */ reason) => setDraft({ ...draft, reason })} required error=${tried && !draft.reason.trim() ? t('form.required') : told.reason} />
    <${TextField} name="on" type="date" label=${t('entry.on')} value=${draft.on} set=${(/** @type {string} */ on) => setDraft({ ...draft, on })} error=${told.on} />
    <${Refusal} problem=${problem} />
  <//>`;
}

/** @typedef {{target: import('./targets.js').Target, basis: string, before: string, after: string}} Moved */

/** @param {{moved: Moved[]}} props */
function MovedTable({ moved }) {
  if (moved.length === 0) return html`<p class="field-hint">${t('rule.same')}</p>`;
  return html`<table class="lines moved"><thead><tr><th scope="col">${t('targets')}</th><th scope="col" class="numeric">${t('history.before')}</th><th scope="col" class="numeric">${t('history.after')}</th></tr></thead><tbody>
    ${moved.map((m) => html`<tr key=${`${m.target.id} ${m.basis}`}><th scope="row">${m.target.noun ? targetName(m.target) : t('proof.unallocated')} <small>${t(`basis.${m.basis}`)}</small></th><td class="sum">${yuan(fen(m.before))}</td><td class="sum"><b>${yuan(fen(m.after))}</b></td></tr>`)}</tbody></table>`;
}

/** @param {{project: Project, close: () => void}} props */
export function RuleDialog({ project, close }) {
  const [draft, setDraft] = useState({ targets: project.targets ?? [], rule: project.rule, reason: '' });
  const [moved, setMoved] = useState(/** @type {Moved[] | null} */ (null));
  const [tried, setTried] = useState(false);
  const set = (/** @type {Partial<typeof draft>} */ change) => { setDraft({ ...draft, ...change }); if (change.targets || change.rule) setMoved(null); };
  const { act, busy, problem } = useDeed(async (op, /** @type {typeof draft} */ d, /** @type {boolean} */ preview) => {
    const got = await send('POST', `/api/v1/projects/${project.id}/apportion`, { ...d, reason: d.reason.trim(), preview }, { op, version: project.version });
    if (preview) { setMoved(got.moved ?? []); return; }
    registry.booked.value += 1;
    close();
  });
  const told = faultsUnder(problem);
  // Nothing is moved that was not shown before.
  const submit = () => {
    if (!moved) { act(draft, true); return; }
    setTried(true);
    if (draft.reason.trim()) act(draft, false); else toFirstFault();
  };
  return html`<${Dialog} id="rule" className="wide money-form" title=${t('rule.change')} close=${close} submit=${submit} foot=${html`<${Foot} shut=${close} busy=${busy} verb=${t(moved ? 'rule.apply' : 'rule.preview')} />`}>
    <${TargetsField} targets=${draft.targets} rule=${draft.rule} set=${set} errors=${told} />
    ${moved && html`<${MovedTable} moved=${moved} /><${TextField} name="reason" label=${t('reason')} value=${draft.reason} set=${(/** @type {string} */ reason) => set({ reason })} required error=${tried && !draft.reason.trim() ? t('form.required') : told.reason} />`}
    <${Refusal} problem=${problem} title=${problem?.status === 412 ? t('moved.on') : ''} />
  <//>`;
}
