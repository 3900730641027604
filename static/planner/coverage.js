// When each side of the key segments was walked.
import { get } from '../base/api.js';
import { html, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { jurisdiction, page, select } from '../base/store.js';
import { useFetched } from './fetched.js';
import { Leaf } from './leaf.js';

/** @typedef {{last: string | null, days: {on: string, by: string}[]}} Side */
/** @typedef {{segment: string, code: string, name: string, length_m: number, left: Side, right: Side}} Coverage */

/** @param {{side: Side, label: string}} props */
function Walked({ side, label }) {
  return html`<td data-label=${label}>${side.last ? html`<b>${side.last}</b> <small>${[side.days[0]?.by, t('coverage.days', { n: number(side.days.length) })].filter(Boolean).join(' · ')}</small>` : html`<span class="quiet">${t('coverage.never')}</span>`}</td>`;
}

export function CoveragePage() {
  const { data, problem, reload } = useFetched(`coverage ${jurisdiction.value}`, async (signal) => /** @type {Coverage[]} */ ((await get('/api/v1/coverage', { jurisdiction: jurisdiction.value }, signal)).segments));
  const list = data.value ?? [];
  const done = list.filter((c) => c.left.last && c.right.last).length;
  const open = (/** @type {string} */ id) => { page.value = ''; select('segment', id); };
  return html`<${Leaf} title=${t('coverage')} about=${data.value ? t('coverage.about', { n: number(list.length), done: number(done) }) : ''}>
    ${!data.value ? html`<${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('coverage.failed')} again=${t('retry')} />`
      : list.length === 0 ? html`<p class="pending">${t('coverage.none')}</p>`
      : html`<table class="grid"><thead><tr>${['segment', 'side.left', 'side.right'].map((k) => html`<th key=${k} scope="col">${t(k)}</th>`)}</tr></thead>
        <tbody>${list.map((c) => html`<tr key=${c.segment}><th scope="row"><button class="link" onClick=${() => open(c.segment)}>${c.name || c.code}</button></th>
          <${Walked} side=${c.left} label=${t('side.left')} /><${Walked} side=${c.right} label=${t('side.right')} /></tr>`)}</tbody></table>`}
  <//>`;
}
