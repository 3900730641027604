// Who this is, asked over a screen that keeps working: nothing waits for it but
// the network.
import { useState } from 'preact/hooks';
import { html } from '../base/view.js';
import { PasswordField, TextField } from '../base/fields.js';
import { t } from '../base/i18n.js';
import { signIn } from '../base/session.js';
import { flush, halted } from './delivery.js';
import { pack, packProblem } from './pack.js';
import { lateLogin } from './screen.js';

/** @param {{begin: () => Promise<void>}} props */
export function Login({ begin }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState('');
  const status = /** @type {any} */ (packProblem.value)?.status;
  const wanted = halted.value === 'locked' || (!pack.value && (status === 401 || status === 403));
  if (!wanted || (lateLogin.value && pack.value)) return null;
  const enter = async (/** @type {Event} */ e) => {
    e.preventDefault();
    try {
      await signIn(name.trim(), password);
      setPassword('');
      setWrong('');
      halted.value = '';
      await begin();
      void flush();
    } catch (cause) { setWrong(/** @type {Error} */ (cause).message); }
  };
  return html`<form class="field-login" aria-label=${t('field.signin')} onSubmit=${enter}><h2>${t('field.signin')}</h2><p>${status === 403 ? packProblem.value?.message : t('field.signin.kept')}</p>
    <${TextField} label=${t('field.account')} name="name" value=${name} set=${setName} autocapitalize="none" autocomplete="username" required />
    <${PasswordField} label=${t('field.password')} name="password" value=${password} set=${setPassword} autocomplete="current-password" error=${wrong} />
    <button class="save" type="submit">${t('field.enter')}</button>
    ${pack.value && html`<button class="button big" id="later" type="button" onClick=${() => { lateLogin.value = true; }}>${t('field.later')}</button>`}</form>`;
}
