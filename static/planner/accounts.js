// The accounts: who may sign in, and as what where.
import { useState } from 'preact/hooks';
import { get } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { number, t, time } from '../base/i18n.js';
import { everywhere, may, me } from '../base/session.js';
import { jurisdiction, page } from '../base/store.js';
import { placeName } from './registry.js';
import { useFetched } from './fetched.js';
import { Leaf } from './leaf.js';
import { AccountDialog } from './account_dialog.js';

/** @typedef {{id: string, name: string, display_name: string, version: number, disabled: boolean, roles: Record<string, import('../base/session.js').Role>, updated_at: string, last_login_at: string | null}} Account */

const many = 8; // from so many on there is a filter

/** @param {{account: Account}} props */
function Roles({ account }) {
  const held = Object.entries(account.roles).sort(([a], [b]) => a.localeCompare(b));
  if (held.length === 0) return html`<span class="quiet">${t('role.none')}</span>`;
  return html`<ul class="tag-list">${held.map(([place, role]) => html`<li key=${place} class=${`tag role-${role}`}><b>${t(`role.${role}`)}</b>${placeName(place)}</li>`)}</ul>`;
}

/** @param {{account: Account, edit: () => void}} props */
function Row({ account, edit }) {
  const name = account.display_name || account.name;
  return html`<tr class=${account.disabled ? 'off' : ''} data-account=${account.name}>
    <th scope="row"><span class="who"><span class="me-sign" aria-hidden="true">${[...name][0].toUpperCase()}</span><span><b>${name}</b>
      <small>${account.name}${account.id === me.value?.id ? ` · ${t('accounts.me')}` : ''}</small></span></span></th>
    <td><${Roles} account=${account} /></td>
    <td data-label=${t('accounts.login')}>${account.last_login_at ? time(account.last_login_at) : html`<span class="quiet">${t('accounts.never')}</span>`}</td>
    <td>${account.disabled ? html`<span class="tag bad">${t('accounts.disabled')}</span>` : html`<span class="tag ok">${t('accounts.enabled')}</span>`}</td>
    <td class="acts"><button class="link" onClick=${edit} aria-label=${t('accounts.edit.name', { name })}>${t('edit')}</button>
      ${may('admin', everywhere) && html`<button class="link" onClick=${() => { page.value = `tokens:${account.id}`; }} aria-label=${t('accounts.tokens.name', { name })}>${t('accounts.tokens')}</button>`}</td>
  </tr>`;
}

/**
 * @param {Account[]} accounts
 * @param {string} text
 */
function filtered(accounts, text) {
  const wanted = text.trim().toLowerCase();
  return accounts.filter((a) => !wanted || `${a.name} ${a.display_name}`.toLowerCase().includes(wanted));
}

export function Accounts() {
  // Whoever manages every jurisdiction sees the accounts of all of them.
  const place = may('admin', everywhere) ? undefined : jurisdiction.value;
  const { data, problem, reload } = useFetched(`accounts ${place ?? ''}`, async (signal) => /** @type {Account[]} */ ((await get('/api/v1/accounts', { jurisdiction: place }, signal)).accounts));
  const [dialog, setDialog] = useState(/** @type {Account | 'new' | null} */ (null));
  const [text, setText] = useState('');
  const all = data.value ?? [];
  const shown = filtered(all, text);
  return html`<${Leaf} title=${t('accounts')} about=${data.value ? t('accounts.about', { n: number(all.length), place: place ? placeName(place) : t('place.all') }) : ''}
      actions=${html`<button class="button primary" id="add-account" onClick=${() => setDialog('new')}><${Icon} name="ui-plus" />${t('accounts.add')}</button>`}>
    ${all.length > many && html`<input class="input filter" type="search" value=${text} placeholder=${t('accounts.filter')} aria-label=${t('accounts.filter')} onInput=${(/** @type {any} */ e) => setText(e.currentTarget.value)} />`}
    ${!data.value ? html`<${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('accounts.failed')} again=${t('retry')} />`
      : html`<table class="grid"><thead><tr>${['accounts.who', 'accounts.roles', 'accounts.login', 'accounts.state'].map((k) => html`<th key=${k} scope="col">${t(k)}</th>`)}<td></td></tr></thead>
        <tbody>${shown.map((a) => html`<${Row} key=${a.id} account=${a} edit=${() => setDialog(a)} />`)}</tbody></table>
        ${shown.length === 0 && html`<p class="pending">${t('accounts.none')}</p>`}`}
    ${dialog && html`<${AccountDialog} key=${dialog === 'new' ? 'new' : dialog.id} account=${dialog === 'new' ? null : dialog} close=${() => setDialog(null)} changed=${reload} />`}
  <//>`;
}
