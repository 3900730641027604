// Taking an entry back by another that is its opposite.
import { useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import { fen, yuan } from '../base/money.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Dialog, Refusal } from '../base/dialog.js';
import { TextField } from '../base/fields.js';
import { faultsUnder } from './form.js';
import { today } from './lifecycle.js';
import * as registry from './registry.js';

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
  return html`<${Dialog} id="reverse" title=${t('entry.reverse')} close=${close} submit=${submit} foot=${html`
      <button type="button" class="button" onClick=${close}>${t('cancel')}</button><button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${t('entry.reverse')}</button>`}>
    <p>${t('entry.reverse.note', { amount: yuan(fen(entry.amount)), voucher: entry.voucher || '–' })}</p>
    <${TextField} name="reason" label=${t('reason')} value=${draft.reason} set=${(/** @type {string} */ reason) => setDraft({ ...draft, reason })} required error=${tried && !draft.reason.trim() ? t('form.required') : told.reason} />
    <${TextField} name="on" type="date" label=${t('entry.on')} value=${draft.on} set=${(/** @type {string} */ on) => setDraft({ ...draft, on })} error=${told.on} />
    <${Refusal} problem=${problem} />
  <//>`;
}
