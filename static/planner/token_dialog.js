// Making a token, and showing it this once.
import { useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Dialog, Refusal } from '../base/dialog.js';
import { CheckField, SelectField, TextField } from '../base/fields.js';
import { Secret } from '../base/secret.js';
import { everywhere, highest, roleIn, roles } from '../base/session.js';
import { jurisdiction } from '../base/store.js';
import { jurisdictions, placeName } from './registry.js';
import { faultsUnder } from './form.js';

const day = 86_400_000; // ms
const terms = /** @type {const} */ (['30', '90', '365', 'never']); // days

/** @param {{name: string, text: string, close: () => void}} props */
function ShownOnce({ name, text, close }) {
  return html`<${Dialog} id="token-secret" className="wide" title=${t('tokens.added')} close=${close} submit=${close} foot=${html`<button class="button primary">${t('done')}</button>`}>
    <${Secret} text=${text} label=${name} />
    <div class="note warn"><${Icon} name="ui-alert" /><div>${t('tokens.once')}</div></div>
    <p class="field-hint">${t('tokens.how')}</p>
  <//>`;
}

/** @param {string} place "" for everywhere */
function grantable(place) {
  const held = place ? roleIn(place) : highest.value;
  return roles.slice(0, roles.indexOf(held ?? 'viewer') + 1);
}

/** @param {{close: () => void, changed: () => void}} props */
export function TokenDialog({ close, changed }) {
  const [draft, setDraft] = useState({ name: '', place: jurisdiction.value, role: 'viewer', term: '90', lenient: false });
  const [missing, setMissing] = useState(false);
  const [text, setText] = useState('');
  const set = (/** @type {Partial<typeof draft>} */ change) => setDraft({ ...draft, ...change });
  const { act, busy, problem } = useDeed(async (op, /** @type {typeof draft} */ d) => {
    const expires = d.term === 'never' ? undefined : new Date(Date.now() + Number(d.term) * day).toISOString();
    const made = await send('POST', '/api/v1/tokens', { name: d.name.trim(), role: d.role, jurisdiction: d.place || undefined, expires_at: expires, lenient: d.lenient }, { op });
    changed();
    setText(made.token);
  });
  if (text) return html`<${ShownOnce} key="secret" name=${draft.name.trim()} text=${text} close=${close} />`;
  const told = faultsUnder(problem);
  // What was refused may have been done: the list must show it.
  const shut = () => { if (problem) changed(); close(); };
  const places = (jurisdictions.data.value ?? []).filter((j) => roleIn(j.code));
  const offered = grantable(draft.place);
  const move = (/** @type {string} */ place) => set({ place, role: grantable(place).some((r) => r === draft.role) ? draft.role : 'viewer' });
  const submit = () => { setMissing(!draft.name.trim()); if (draft.name.trim()) act(draft); else toFirstFault(); };
  return html`<${Dialog} key="form" id="token" title=${t('tokens.add')} close=${shut} submit=${submit} foot=${html`
      <button type="button" class="button" onClick=${shut}>${t('cancel')}</button>
      <button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${t('tokens.add')}</button>`}>
    <${TextField} name="name" label=${t('tokens.name')} value=${draft.name} set=${(/** @type {string} */ name) => set({ name })} required maxlength="60" hint=${t('tokens.name.hint')}
      error=${missing && !draft.name.trim() ? t('form.required') : told.name} />
    <${SelectField} name="jurisdiction" label=${t('jurisdiction')} value=${draft.place} set=${move} none=${placeName(everywhere)} options=${places.map((j) => ({ value: j.code, text: j.name }))} error=${told.jurisdiction} />
    <${SelectField} name="role" label=${t('tokens.may')} value=${draft.role} set=${(/** @type {string} */ role) => set({ role })} options=${offered.map((r) => ({ value: r, text: `${t(`role.${r}`)} · ${t(`role.note.${r}`)}` }))} error=${told.role} />
    <${SelectField} name="expires_at" label=${t('tokens.expires')} value=${draft.term} set=${(/** @type {string} */ term) => set({ term })} options=${terms.map((d) => ({ value: d, text: t(`tokens.term.${d}`) }))} error=${told.expires_at} />
    <${CheckField} name="lenient" label=${t('tokens.lenient')} hint=${t('tokens.lenient.hint')} value=${draft.lenient} set=${(/** @type {boolean} */ lenient) => set({ lenient })} />
    <${Refusal} problem=${problem && !Object.keys(told).some((k) => ['name', 'jurisdiction', 'role', 'expires_at'].includes(k)) ? problem : null} />
  <//>`;
}
