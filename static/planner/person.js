// The person in the top bar: who is signed in, and what concerns them.
import { useRef, useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { useDeed } from '../base/deed.js';
import { Confirm } from '../base/dialog.js';
import { ask, highest, known, may, me, role, signOut } from '../base/session.js';
import { page } from '../base/store.js';
import { disputes } from './live.js';
import { PasswordDialog } from './password.js';

/** @param {{icon: string, label: string, act: () => void, id: string}} props */
function Item({ icon, label, act, id }) {
  return html`<li><button id=${id} onClick=${act}><${Icon} name=${icon} />${label}</button></li>`;
}

/** @param {{close: () => void}} props */
function Everywhere({ close }) {
  const { act, busy, problem } = useDeed(async () => { await signOut(true); close(); });
  return html`<${Confirm} title=${t('me.everywhere')} verb=${t('me.everywhere')} act=${() => act()} close=${close} busy=${busy} problem=${problem}><p>${t('me.everywhere.note')}</p><//>`;
}

/** A person whom no jurisdiction has given a role: there is nothing to show them. */
export function NoPlace() {
  if (!me.value || highest.value) return null;
  return html`<section class="desk" aria-label=${t('role.none')}><div class="pending failed barred">
    <${Icon} name="ui-lock" /><p><b>${t('role.none')}</b><br />${t('role.none.note')}</p>
    <button class="button" onClick=${() => signOut()}>${t('me.leave')}</button></div></section>`;
}

export function PersonMenu() {
  const menu = useRef(/** @type {HTMLElement | null} */ (null));
  const [dialog, setDialog] = useState('');
  const leave = useDeed(() => signOut());
  const person = me.value;
  if (!known.value) return html`<span class="me-space"></span>`;
  if (!person) return html`<button class="button" id="sign-in" onClick=${ask}><${Icon} name="ui-user" /><span class="me-word">${t('login')}</span></button>`;
  const name = person.display_name || person.name;
  const unsettled = disputes.data.value?.length ?? 0;
  const shut = () => menu.current?.hidePopover();
  const then = (/** @type {() => void} */ act) => () => { shut(); act(); };
  const open = (/** @type {string} */ name) => then(() => { page.value = name; });
  return html`<button class="me" id="me" popovertarget="me-menu" aria-label=${[t('me.menu', { name }), unsettled > 0 && t('disputes.n', { n: number(unsettled) })].filter(Boolean).join(' · ')} title=${name}>
      <span class="me-sign" aria-hidden="true">${[...name][0].toUpperCase()}</span>${unsettled > 0 && may('field') && html`<span class="me-count" data-count=${number(unsettled)} aria-hidden="true"></span>`}</button>
    <div class="menu card" id="me-menu" popover="auto" ref=${menu}>
      <p class="menu-head"><b>${name}</b><span>${[person.display_name && person.name, role.value ? t(`role.${role.value}`) : t('role.none')].filter(Boolean).join(' · ')}</span></p>
      ${may('admin') && html`<ul aria-label=${t('me.manage')}>
        <${Item} id="to-accounts" icon="ui-users" label=${t('accounts')} act=${open('accounts')} />
        <${Item} id="to-catalogue" icon="ui-catalogue" label=${t('catalogue')} act=${open('catalogue')} />
        <${Item} id="to-departments" icon="ui-office" label=${t('departments')} act=${open('departments')} />
      </ul>`}
      ${may('viewer') && html`<ul aria-label=${t('field.title')}>
        <${Item} id="to-coverage" icon="ui-segment" label=${t('coverage')} act=${open('coverage')} />
        <${Item} id="to-disputes" icon="ui-compare" label=${unsettled > 0 ? t('disputes.n', { n: number(unsettled) }) : t('disputes')} act=${open('disputes')} />
        ${may('planner') && html`<${Item} id="to-devices" icon="ui-devices" label=${t('devices')} act=${open('devices')} />`}
      </ul>`}
      <ul aria-label=${name}>
        <${Item} id="to-tokens" icon="ui-key" label=${t('tokens.mine')} act=${open('tokens')} />
        <${Item} id="to-password" icon="ui-lock" label=${t('password.change')} act=${then(() => setDialog('password'))} />
      </ul>
      <ul aria-label=${t('me.leave')}>
        <${Item} id="sign-out" icon="ui-exit" label=${t('me.leave')} act=${then(() => leave.act())} />
        <${Item} id="sign-out-everywhere" icon="ui-devices" label=${t('me.everywhere')} act=${then(() => setDialog('everywhere'))} />
      </ul>
    </div>
    ${dialog === 'password' && html`<${PasswordDialog} close=${() => setDialog('')} />`}
    ${dialog === 'everywhere' && html`<${Everywhere} close=${() => setDialog('')} />`}
    ${leave.problem && html`<p class="toast" role="alert"><${Icon} name="ui-alert" />${leave.problem.message}<button class="ghost square" aria-label=${t('close')} onClick=${leave.forget}><${Icon} name="ui-close" /></button></p>`}`;
}
