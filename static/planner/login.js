// Saying who one is: as a dialog over the map, or as the whole page where the
// map is for people with an account only.
import { useEffect, useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { useDeed } from '../base/deed.js';
import { Dialog } from '../base/dialog.js';
import { PasswordField, TextField } from '../base/fields.js';
import { asking, decline, known, me, open, signIn } from '../base/session.js';
import { LanguageButton, Logo, ThemeButton } from './topbar.js';

const address = '/login';

/** Seconds left to wait after too many attempts. */
function useWait(/** @type {import('../base/api.js').Problem | null} */ problem) {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (problem?.status !== 429) { setLeft(0); return undefined; }
    const end = Date.now() + Math.max(problem.wait, 1) * 1000;
    const count = () => setLeft(Math.max(Math.ceil((end - Date.now()) / 1000), 0));
    count();
    const timer = setInterval(count, 250);
    return () => clearInterval(timer);
  }, [problem]);
  return left;
}

/**
 * Minutes and seconds.
 * @param {number} left seconds
 */
const clock = (left) => `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;

/**
 * @param {import('../base/api.js').Problem | null} problem
 * @param {number} left seconds
 */
function refusal(problem, left) {
  if (!problem) return '';
  if (problem.status === 401) return t('login.wrong');
  if (problem.status !== 429) return problem.message;
  return left > 0 ? t('login.wait', { time: clock(left) }) : t('login.again');
}

/** What both forms have: two fields, and what came of them. */
function useLogin() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [empty, setEmpty] = useState(false);
  const { act, busy, problem } = useDeed((_, /** @type {string} */ n, /** @type {string} */ p) => signIn(n, p));
  const left = useWait(problem);
  const submit = () => {
    setEmpty(!name.trim() || !password);
    if (name.trim() && password && left === 0) act(name.trim(), password);
  };
  useEffect(() => {
    if (problem?.status === 401) /** @type {HTMLInputElement | null} */ (document.querySelector('[data-field="password"] input'))?.select();
  }, [problem]);
  const said = refusal(problem, left);
  const fields = html`
    <${TextField} name="name" label=${t('login.name')} value=${name} set=${setName} required autocomplete="username" autocapitalize="none" spellcheck=${false}
      error=${empty && !name.trim() ? t('login.name.missing') : ''} />
    <${PasswordField} name="password" label=${t('login.password')} value=${password} set=${setPassword} autocomplete="current-password"
      error=${empty && !password ? t('login.password.missing') : ''} />
    ${said && html`<div class=${`note ${problem?.status === 429 ? 'warn' : 'bad'}`} role="alert"><${Icon} name="ui-alert" /><div>${said}</div></div>`}`;
  const button = html`<button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy} disabled=${left > 0}>${t('login')}</button>`;
  return { fields, button, submit };
}

function LoginDialog() {
  const { fields, button, submit } = useLogin();
  return html`<${Dialog} id="login" title=${t('login')} close=${decline} submit=${submit}
    foot=${html`<button type="button" class="button" onClick=${decline}>${t('cancel')}</button>${button}`}>
    <p class="quiet">${t('login.why')}</p>${fields}
  <//>`;
}

/** @param {{leave?: () => void}} props the way to the map without signing in, where there is one */
function LoginPage({ leave }) {
  const { fields, button, submit } = useLogin();
  useEffect(() => { /** @type {HTMLElement | null} */ (document.querySelector('.login input'))?.focus(); }, []);
  return html`<main class="login">
    <div class="login-looks"><${LanguageButton} /><${ThemeButton} /></div>
    <form class="login-card card" id="login" novalidate onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); submit(); }}>
      <h1 class="brand"><${Logo} /><span>${t('app.name')}</span></h1>
      <p class="login-what">${t('login.what')}</p>
      <div class="fields">${fields}</div>
      ${button}
      ${leave && html`<button type="button" class="link" onClick=${leave}>${t('login.leave')}</button>`}
      <p class="login-help">${t('login.help')}</p>
    </form>
  </main>`;
}

/** Whether the whole page is the sign-in; and the way from its address to the map. */
export function useLoginPage() {
  const [there, setThere] = useState(location.pathname === address);
  const leave = () => { history.replaceState(null, '', `/${location.hash}`); setThere(false); };
  const who = me.value?.id;
  useEffect(() => { if (there && who) leave(); }, [who]);
  if (who || !known.value) return null;
  if (!open.value) return html`<${LoginPage} />`;
  return there ? html`<${LoginPage} leave=${leave} />` : null;
}

/** The dialog, while somebody is asked who they are. */
export function Login() {
  return asking.value ? html`<${LoginDialog} />` : null;
}
