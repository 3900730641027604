// The money as a table: every row of the answer, sorted by any column. Only the
// rows in sight are in the page.
import { useState } from 'preact/hooks';
import { html, Icon, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { fen, yuan } from '../base/money.js';
import * as store from '../base/store.js';
import { Leaf } from './leaf.js';
import * as registry from './registry.js';

const tall = 36; // px of a row
const ahead = 8; // rows kept above and below

/** @typedef {{id: string, name: string, amount: bigint, size: number, per: number, assets: number, perAsset: number, entries: number}} Line */
/** @typedef {'name' | 'amount' | 'size' | 'per' | 'assets' | 'perAsset' | 'entries'} Column */

const columns = /** @type {const} */ (['name', 'amount', 'size', 'per', 'assets', 'perAsset', 'entries']);

/** @returns {Line[]} */
function lines() {
  const area = store.onto.value === 'area';
  const features = new Map(((area ? registry.areas : registry.segments).data.value ?? []).map((f) => [f.id, f]));
  return (registry.money.data.value?.rows ?? []).map((r) => {
    const id = r.segment ?? r.area ?? '';
    const f = features.get(id);
    const assets = r.asset_count ?? registry.segmentCounts(id).total;
    const amount = fen(r.amount);
    const size = (area ? f?.properties.area_m2 : f?.properties.length_m ?? r.length_m) ?? 0;
    const over = (/** @type {number} */ by) => (by > 0 ? Number(amount) / 100 / by : 0);
    return { id, name: f?.properties.name ?? r.name ?? id, amount, size, per: over(size), assets, perAsset: over(assets), entries: r.entries };
  });
}

/**
 * @param {Line} a
 * @param {Line} b
 * @param {Column} by
 */
function order(a, b, by) {
  if (by === 'name') return a.name.localeCompare(b.name);
  if (a[by] === b[by]) return 0;
  return a[by] < b[by] ? -1 : 1;
}

/** @param {Column} c */
const heading = (c) => (c === 'size' || c === 'per' ? t(`table.${c}.${store.onto.value}`) : t(`table.${c}`));

export function InvestmentTable() {
  const [sort, setSort] = useState({ by: /** @type {Column} */ ('amount'), down: true });
  const [top, setTop] = useState(0);
  const { data, problem, reload } = registry.money;
  const list = lines().sort((a, b) => order(a, b, sort.by) * (sort.down ? -1 : 1));
  const first = Math.max(Math.floor(top / tall) - ahead, 0);
  const shown = list.slice(first, first + Math.ceil(innerHeight / tall) + 2 * ahead);
  const open = (/** @type {string} */ id) => { store.page.value = ''; store.select(store.onto.value, id); };
  const about = data.value && `${t(`basis.${store.basis.value}`)} · ${t('proof.total')} ${yuan(fen(data.value.total))} ${t('unit.yuan')} · ${t('proof.elsewhere')} ${yuan(fen(data.value.elsewhere))} · ${t('proof.unallocated')} ${yuan(fen(data.value.unallocated))}`;
  return html`<${Leaf} title=${t(`investment.title.${store.onto.value}`)} about=${about} className="money-table">
    ${!data.value ? html`<${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('dossier.failed')} again=${t('retry')} />`
      : html`<div class="scroll" tabindex="0" role="region" aria-label=${t('investment.table')} onScroll=${(/** @type {any} */ e) => setTop(e.currentTarget.scrollTop)}>
      <table class="sheet" aria-rowcount=${list.length + 1}><thead><tr>${columns.map((c) => html`<th key=${c} scope="col" class=${c === 'name' ? '' : 'numeric'} aria-sort=${sort.by === c ? (sort.down ? 'descending' : 'ascending') : undefined}>
          <button data-sort=${c} onClick=${() => setSort({ by: c, down: sort.by === c ? !sort.down : c !== 'name' })}>${heading(c)}${sort.by === c && html`<${Icon} name=${sort.down ? 'ui-down' : 'ui-up'} />`}</button></th>`)}</tr></thead>
        <tbody>${first > 0 && html`<tr aria-hidden="true" class="gap" style=${{ '--rows': first }}><td colspan="7"></td></tr>`}
          ${shown.map((r, i) => html`<tr key=${r.id} aria-rowindex=${first + i + 2}><th scope="row"><button class="link" onClick=${() => open(r.id)}>${r.name}</button></th>
            <td class="numeric"><b>${yuan(r.amount)}</b></td><td class="numeric">${number(r.size, 1)}</td><td class="numeric">${number(r.per, 2)}</td>
            <td class="numeric">${number(r.assets)}</td><td class="numeric">${r.assets ? number(r.perAsset, 2) : '–'}</td><td class="numeric">${number(r.entries)}</td></tr>`)}
          ${first + shown.length < list.length && html`<tr aria-hidden="true" class="gap" style=${{ '--rows': list.length - first - shown.length }}><td colspan="7"></td></tr>`}</tbody></table></div>`}
  <//>`;
}
