// Changing one's own password.
import { useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Dialog, Refusal } from '../base/dialog.js';
import { PasswordField } from '../base/fields.js';
import { changePassword, me } from '../base/session.js';
import { faultsUnder } from './form.js';

const least = 8; // characters

/**
 * What is wrong with the two before the server looks at them.
 * @param {string} current
 * @param {string} wanted
 */
function faultsOf(current, wanted) {
  /** @type {Record<string, string>} */
  const faults = {};
  if (!current) faults.current = t('form.required');
  if ([...wanted].length < least) faults.new = t('password.short', { n: least });
  else if (wanted === current) faults.new = t('password.same');
  return faults;
}

/** @param {{close: () => void}} props */
export function PasswordDialog({ close }) {
  const [current, setCurrent] = useState('');
  const [wanted, setWanted] = useState('');
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const [done, setDone] = useState(false);
  const { act, busy, problem } = useDeed(async (_, /** @type {string} */ old, /** @type {string} */ next) => { await changePassword(old, next); setDone(true); });
  const submit = () => {
    const found = faultsOf(current, wanted);
    setFaults(found);
    if (Object.keys(found).length === 0) act(current, wanted);
    else toFirstFault();
  };
  if (done) return html`<${Dialog} title=${t('password.change')} close=${close} submit=${close} foot=${html`<button class="button primary">${t('done')}</button>`}>
    <div class="note ok" role="status"><${Icon} name="ui-check" /><div>${t('password.done')}</div></div><//>`;
  const told = faultsUnder(problem);
  const placed = told.current || told.new || told.password;
  return html`<${Dialog} title=${t('password.change')} close=${close} submit=${submit} foot=${html`
      <button type="button" class="button" onClick=${close}>${t('cancel')}</button>
      <button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${t('password.change')}</button>`}>
    <input class="hidden" type="text" autocomplete="username" value=${me.value?.name} readonly tabindex="-1" aria-hidden="true" />
    <${PasswordField} name="current" label=${t('password.current')} value=${current} set=${setCurrent} autocomplete="current-password" error=${faults.current || told.current} />
    <${PasswordField} name="new" label=${t('password.new')} value=${wanted} set=${setWanted} autocomplete="new-password" hint=${t('password.rule')} error=${faults.new || told.new || told.password} />
    ${!placed && html`<${Refusal} problem=${problem} />`}
  <//>`;
}
