// When each side of the segments was walked.
import { useState } from 'preact/hooks';
import { get } from '../base/api.js';
import { html, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { CheckField, TextField } from '../base/fields.js';
import { jurisdiction, page, select } from '../base/store.js';
import { useFetched } from './fetched.js';
import { Leaf } from './leaf.js';

/** @typedef {{last: string | null, days: {on: string, by: string}[]}} Side */
/** @typedef {{segment: string, code: string, name: string, length_m: number, left: Side, right: Side}} Coverage */

/** @param {{side: Side, label: string}} props */
function Walked({ side, label }) {
  if (!side.last) return html`<td data-label=${label}><span class="tag warn">${t('coverage.never')}</span></td>`;
  return html`<td data-label=${label}><b>${side.last}</b> <small>${side.days[0]?.by}</small>
    ${side.days.length > 1 && html`<details class="days"><summary>${t('coverage.days', { n: number(side.days.length) })}</summary><ul>${side.days.map((d) => html`<li key=${`${d.on} ${d.by}`}>${d.on} ${d.by}</li>`)}</ul></details>`}</td>`;
}

/** @param {{list: Coverage[]}} props */
function Table({ list }) {
  const open = (/** @type {string} */ id) => { page.value = ''; select('segment', id); };
  return html`<table class="grid"><thead><tr>${['segment', 'side.left', 'side.right'].map((k) => html`<th key=${k} scope="col">${t(k)}</th>`)}</tr></thead>
    <tbody>${list.map((c) => html`<tr key=${c.segment} data-segment=${c.segment}><th scope="row"><button class="link" onClick=${() => open(c.segment)}>${c.name || c.code}</button></th>
      <${Walked} side=${c.left} label=${t('side.left')} /><${Walked} side=${c.right} label=${t('side.right')} /></tr>`)}</tbody></table>`;
}

export function CoveragePage() {
  const [asked, ask] = useState({ from: '', to: '', all: false });
  const { data, problem, reload } = useFetched(`${jurisdiction.value} coverage ${JSON.stringify(asked)}`, async (signal) => /** @type {Coverage[]} */ ((await get('/api/v1/coverage',
    { jurisdiction: jurisdiction.value, from: asked.from || undefined, to: asked.to || undefined, key: asked.all ? 'false' : 'true' }, signal)).segments));
  const list = data.value ?? [];
  const sides = list.flatMap((c) => [c.left, c.right]).filter((s) => s.last).length;
  return html`<${Leaf} title=${t('coverage')} about=${data.value ? t('coverage.about', { n: number(list.length), done: number(list.filter((c) => c.left.last && c.right.last).length), sides: number(sides), of: number(2 * list.length) }) : ''}>
    <div class="filters days-asked"><${TextField} type="date" name="from" label=${t('coverage.from')} value=${asked.from} set=${(/** @type {string} */ from) => ask({ ...asked, from })} max=${asked.to || undefined} />
      <${TextField} type="date" name="to" label=${t('coverage.to')} value=${asked.to} set=${(/** @type {string} */ to) => ask({ ...asked, to })} min=${asked.from || undefined} />
      <${CheckField} name="all" label=${t('coverage.all')} value=${asked.all} set=${(/** @type {boolean} */ all) => ask({ ...asked, all })} /></div>
    ${!data.value ? html`<${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('coverage.failed')} again=${t('retry')} />`
      : list.length === 0 ? html`<p class="pending">${t('coverage.none')}</p>` : html`<${Table} list=${list} />`}
  <//>`;
}
