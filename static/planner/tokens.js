// Tokens: the keys with which programs (QGIS, scripts) ask in a person's name.
import { useState } from 'preact/hooks';
import { get, send } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { t, time } from '../base/i18n.js';
import { useDeed } from '../base/deed.js';
import { Confirm } from '../base/dialog.js';
import { everywhere, me } from '../base/session.js';
import { page } from '../base/store.js';
import { useFetched } from './fetched.js';
import { Leaf } from './leaf.js';
import { placeName } from './registry.js';
import { TokenDialog } from './token_dialog.js';

/** @typedef {{id: string, name: string, account: string, account_name: string, role: import('../base/session.js').Role, jurisdiction: string | null, expires_at: string | null, last_used_at: string | null, created_at: string, lenient: boolean}} Token */

/** @param {{token: Token}} props */
function Expiry({ token }) {
  if (!token.expires_at) return t('tokens.never.expires');
  if (Date.parse(token.expires_at) < Date.now()) return html`<span class="tag bad">${t('tokens.expired')}</span>`;
  return time(token.expires_at);
}

/** @param {{token: Token, revoke: () => void}} props */
function Row({ token, revoke }) {
  return html`<tr data-token=${token.name}>
    <th scope="row"><b>${token.name}</b><small>${t('tokens.made', { at: time(token.created_at) })}</small></th>
    <td><ul class="tag-list"><li class=${`tag role-${token.role}`}><b>${t(`role.${token.role}`)}</b>${placeName(token.jurisdiction || everywhere)}</li>
      ${token.lenient && html`<li class="tag" title=${t('tokens.lenient.hint')}>${t('tokens.lenient.short')}</li>`}</ul></td>
    <td data-label=${t('tokens.used')}>${token.last_used_at ? time(token.last_used_at) : html`<span class="quiet">${t('tokens.unused')}</span>`}</td>
    <td data-label=${t('tokens.expires')}><${Expiry} token=${token} /></td>
    <td class="acts"><button class="link bad" onClick=${revoke} aria-label=${t('tokens.revoke.name', { name: token.name })}>${t('tokens.revoke')}</button></td>
  </tr>`;
}

/** @param {{token: Token, close: () => void, changed: () => void}} props */
function Revoke({ token, close, changed }) {
  const { act, busy, problem } = useDeed(async (op) => { await send('DELETE', `/api/v1/tokens/${token.id}`, undefined, { op }); changed(); close(); });
  return html`<${Confirm} title=${t('tokens.revoke')} verb=${t('tokens.revoke')} act=${() => act()} close=${close} busy=${busy} problem=${problem}><p>${t('tokens.revoke.note', { name: token.name })}</p><//>`;
}

/** @param {{item: string}} props the account whose tokens are shown; one's own without one */
export function Tokens({ item }) {
  const other = item && item !== me.value?.id ? item : undefined;
  const { data, problem, reload } = useFetched(`tokens ${other ?? me.value?.id}`, async (signal) => /** @type {Token[]} */ ((await get('/api/v1/tokens', { account: other }, signal)).tokens));
  const [making, setMaking] = useState(false);
  const [doomed, setDoomed] = useState(/** @type {Token | null} */ (null));
  const list = data.value ?? [];
  const owner = list[0]?.account_name ?? '';
  return html`<${Leaf} title=${other ? t('tokens.of', { name: owner }) : t('tokens.mine')} about=${t('tokens.about')} back=${() => { page.value = other ? 'accounts' : ''; }} backTo=${other ? t('accounts') : undefined}
      actions=${!other && html`<button class="button primary" id="add-token" onClick=${() => setMaking(true)}><${Icon} name="ui-plus" />${t('tokens.add')}</button>`}>
    ${!data.value ? html`<${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('tokens.failed')} again=${t('retry')} />`
      : list.length === 0 ? html`<div class="nothing"><${Icon} name="ui-key" /><p><b>${t('tokens.none')}</b><br />${t('tokens.none.note')}</p></div>`
      : html`<table class="grid"><thead><tr>${['tokens.name', 'tokens.may', 'tokens.used', 'tokens.expires'].map((k) => html`<th key=${k} scope="col">${t(k)}</th>`)}<td></td></tr></thead>
        <tbody>${list.map((token) => html`<${Row} key=${token.id} token=${token} revoke=${() => setDoomed(token)} />`)}</tbody></table>`}
    ${making && html`<${TokenDialog} close=${() => setMaking(false)} changed=${reload} />`}
    ${doomed && html`<${Revoke} token=${doomed} close=${() => setDoomed(null)} changed=${reload} />`}
  <//>`;
}
