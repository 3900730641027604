// The phones: who holds what that has not arrived, and since when.
import { get } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { number, t, time } from '../base/i18n.js';
import { jurisdiction, page } from '../base/store.js';
import { useFetched } from './fetched.js';
import { Leaf } from './leaf.js';

/** @typedef {{device: string, account: string, name: string, app: string, seen_at: string, unsent_ops: number, unsent_photos: number, oldest_unsent: string | null}} Device */

const holds = (/** @type {Device} */ d) => d.unsent_ops + d.unsent_photos > 0;

/** @param {{device: Device}} props */
function Row({ device: d }) {
  return html`<tr data-device=${d.device}><th scope="row"><b>${d.account}</b> <small class="code">${[d.name || d.device.slice(-6), d.app && t('devices.app', { app: d.app })].filter(Boolean).join(' · ')}</small></th>
    <td data-label=${t('devices.unsent')}>${holds(d) ? html`<span class="tag bad">${t('devices.count', { ops: number(d.unsent_ops), photos: number(d.unsent_photos) })}</span>` : html`<span class="tag ok">${t('devices.clear')}</span>`}</td>
    <td data-label=${t('devices.since')}>${d.oldest_unsent ? time(d.oldest_unsent) : '—'}</td>
    <td data-label=${t('devices.seen')}>${time(d.seen_at)}</td></tr>`;
}

export function Devices() {
  const { data, problem, reload } = useFetched(`devices ${jurisdiction.value}`, async (signal) => /** @type {Device[]} */ ((await get('/api/v1/devices', { jurisdiction: jurisdiction.value }, signal)).devices));
  // Whose work has waited longest comes first.
  const list = [...data.value ?? []].sort((a, b) => (a.oldest_unsent ?? '9').localeCompare(b.oldest_unsent ?? '9') || b.seen_at.localeCompare(a.seen_at));
  return html`<${Leaf} title=${t('devices')} about=${data.value ? t('devices.about', { n: number(list.length), left: number(list.filter(holds).length) }) : ''}
      actions=${html`<button class="button" id="to-rescue" onClick=${() => { page.value = 'rescue'; }}><${Icon} name="ui-up" />${t('page.rescue')}</button>`}>
    ${!data.value ? html`<${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('devices.failed')} again=${t('retry')} />`
      : list.length === 0 ? html`<p class="pending">${t('devices.none')}</p>`
      : html`<table class="grid"><thead><tr>${['devices.phone', 'devices.unsent', 'devices.since', 'devices.seen'].map((k) => html`<th key=${k} scope="col">${t(k)}</th>`)}</tr></thead>
        <tbody>${list.map((d) => html`<${Row} key=${d.device} device=${d} />`)}</tbody></table>`}
  <//>`;
}
