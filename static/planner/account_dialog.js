// One account: adding it, changing its roles, disabling it, a new password.
import { useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Confirm, Dialog, Refusal } from '../base/dialog.js';
import { CheckField, TextField } from '../base/fields.js';
import { Secret } from '../base/secret.js';
import { me, refresh } from '../base/session.js';
import { jurisdiction } from '../base/store.js';
import { faultsUnder } from './form.js';
import { RoleRows } from './role_rows.js';

/**
 * @typedef {import('./accounts.js').Account} Account
 * @typedef {import('../base/session.js').Role} Role
 * @typedef {{name: string, display_name: string, disabled: boolean, roles: [string, Role][]}} Draft
 */

/**
 * What a change of roles is to the server: the new ones, and null for those given up.
 * @param {Record<string, Role>} before
 * @param {[string, Role][]} after
 */
function roleChange(before, after) {
  const now = Object.fromEntries(after);
  /** @type {Record<string, Role | null>} */
  const change = {};
  for (const [place, role] of after) if (before[place] !== role) change[place] = role;
  for (const place of Object.keys(before)) if (!now[place]) change[place] = null;
  return change;
}

/**
 * @param {Account} account
 * @param {Draft} draft
 */
function changeOf(account, draft) {
  const roles = roleChange(account.roles, draft.roles);
  return {
    ...(draft.display_name !== account.display_name && { display_name: draft.display_name }),
    ...(draft.disabled !== account.disabled && { disabled: draft.disabled }),
    ...(Object.keys(roles).length > 0 && { roles }),
  };
}

/** @param {{name: string, password: string, fresh: boolean, close: () => void}} props */
function ShownOnce({ name, password, fresh, close }) {
  return html`<${Dialog} id="account-secret" title=${t(fresh ? 'accounts.added' : 'accounts.reset.done')} close=${close} submit=${close} foot=${html`<button class="button primary">${t('done')}</button>`}>
    <p>${t('accounts.hand', { name })}</p>
    <${Secret} text=${password} label=${t('login.password')} />
    <div class="note warn"><${Icon} name="ui-alert" /><div>${t('accounts.once')}</div></div>
  <//>`;
}

/** @param {{account: Account, done: (password: string) => void, close: () => void}} props */
function Reset({ account, done, close }) {
  const { act, busy, problem } = useDeed(async (op) => done((await send('PATCH', `/api/v1/accounts/${account.id}`, { reset_password: true }, { version: account.version, op })).password));
  return html`<${Confirm} title=${t('accounts.reset')} verb=${t('accounts.reset')} act=${() => act()} close=${close} busy=${busy} problem=${problem}>
    <p>${t('accounts.reset.note', { name: account.display_name || account.name })}</p><//>`;
}

/**
 * @param {{account: Account | null, close: () => void, changed: () => void}} props no account: a new one
 */
export function AccountDialog({ account, close, changed }) {
  const [draft, setDraft] = useState(/** @type {Draft} */ (account
    ? { name: account.name, display_name: account.display_name, disabled: account.disabled, roles: Object.entries(account.roles) }
    : { name: '', display_name: '', disabled: false, roles: [[jurisdiction.value, 'field']] }));
  const [password, setPassword] = useState('');
  const [resetting, setResetting] = useState(false);
  const [missing, setMissing] = useState(false);
  const { act, busy, problem } = useDeed(async (op, /** @type {Draft} */ d) => {
    if (account) await send('PATCH', `/api/v1/accounts/${account.id}`, changeOf(account, d), { version: account.version, op });
    const made = account ? null : await send('POST', '/api/v1/accounts', { name: d.name.trim(), display_name: d.display_name.trim(), roles: Object.fromEntries(d.roles) }, { op });
    changed();
    if (account?.id === me.value?.id) refresh();
    if (made) setPassword(made.password);
    else close();
  });
  const submit = () => {
    setMissing(!draft.name.trim());
    if (account && Object.keys(changeOf(account, draft)).length === 0) close();
    else if (draft.name.trim()) act(draft);
    else toFirstFault();
  };
  const set = (/** @type {Partial<Draft>} */ change) => setDraft({ ...draft, ...change });
  if (password) return html`<${ShownOnce} key="secret" name=${draft.name.trim().toLowerCase()} password=${password} fresh=${!account} close=${close} />`;
  if (resetting && account) return html`<${Reset} key="reset" account=${account} close=${() => setResetting(false)} done=${(/** @type {string} */ p) => { changed(); setPassword(p); }} />`;
  const told = faultsUnder(problem);
  // What was refused may have been done or changed meanwhile: the list must show it.
  const shut = () => { if (problem) changed(); close(); };
  const self = account?.id === me.value?.id;
  return html`<${Dialog} key="form" id="account" className="wide" title=${account ? t('accounts.edit') : t('accounts.add')} close=${shut} submit=${submit} foot=${html`
      ${account && !self && html`<button type="button" class="button apart" id="reset-password" onClick=${() => setResetting(true)}><${Icon} name="ui-key" />${t('accounts.reset')}</button>`}
      <button type="button" class="button" onClick=${shut}>${t('cancel')}</button>
      <button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${t(account ? 'save' : 'accounts.add')}</button>`}>
    <div class="fields two">
      ${account ? html`<${TextField} label=${t('login.name')} value=${draft.name} set=${() => {}} readonly />`
        : html`<${TextField} name="name" label=${t('login.name')} value=${draft.name} set=${(/** @type {string} */ name) => set({ name })} required autocapitalize="none" spellcheck=${false} maxlength="60" hint=${t('accounts.name.hint')}
          error=${missing && !draft.name.trim() ? t('form.required') : told.name} />`}
      <${TextField} name="display_name" label=${t('accounts.display')} value=${draft.display_name} set=${(/** @type {string} */ v) => set({ display_name: v })} maxlength="60" hint=${t('accounts.display.hint')} error=${told.display_name} />
    </div>
    <${RoleRows} roles=${draft.roles} set=${(/** @type {[string, Role][]} */ roles) => set({ roles })} error=${told.roles} />
    ${account && !self && html`<${CheckField} name="disabled" label=${t('accounts.disable')} hint=${t('accounts.disable.hint')} value=${draft.disabled} set=${(/** @type {boolean} */ disabled) => set({ disabled })} />`}
    ${!account && html`<p class="field-hint">${t('accounts.generated')}</p>`}
    <${Refusal} problem=${problem && !(told.name || told.display_name || told.roles) ? problem : null} title=${problem?.status === 412 ? t('moved.on') : ''} />
  <//>`;
}
