// The money as a table: every row of the answer, sorted by any column. Only the
// rows in sight are in the page.
import { useMemo, useState } from 'preact/hooks';
import { html, Icon, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { fen, yuan } from '../base/money.js';
import * as store from '../base/store.js';
import { Behind } from './behind.js';
import { Leaf } from './leaf.js';
import * as registry from './registry.js';

const narrow = matchMedia('(max-width: 760px)');
const height = () => (narrow.matches ? 44 : 36); // px of a row, as the style has it
const ahead = 8; // rows kept above and below

/** @typedef {{id: string, name: string, href: string | undefined, amount: bigint, size: number, per: bigint | null, count: number | null, each: bigint | null, entries: number}} Line */

const columns = /** @type {const} */ (['name', 'amount', 'size', 'per', 'count', 'each', 'entries']);
/** @typedef {typeof columns[number]} Column */

/**
 * Streets are measured in metres and assets, areas in square metres and residents.
 * @param {registry.MoneyRow} r
 * @returns {Line}
 */
function line(r) {
  const area = store.onto.value === 'area';
  const each = area ? r.amount_per_resident : r.amount_per_asset;
  const per = area ? r.amount_per_m2 : r.amount_per_m;
  const id = r.segment ?? r.area ?? '';
  return { id, name: r.name ?? id, href: r.href, amount: fen(r.amount), size: (area ? r.area_m2 : r.length_m) ?? 0, per: per ? fen(per) : null,
    count: (area ? r.residents : r.asset_count) ?? null, each: each ? fen(each) : null, entries: r.entries };
}

/**
 * @param {Line} a
 * @param {Line} b
 * @param {Column} by
 */
function order(a, b, by) {
  if (by === 'name') return a.name.localeCompare(b.name);
  const [x, y] = [a[by] ?? -1n, b[by] ?? -1n];
  if (x === y) return a.name.localeCompare(b.name);
  return x < y ? -1 : 1;
}

const measured = ['size', 'per', 'count', 'each'];
/** @param {Column} c */
const heading = (c) => (measured.includes(c) ? t(`table.${c}.${store.onto.value}`) : t(`table.${c}`));

/** @returns {{by: Column, down: boolean}} */
function sorting() {
  const by = store.sorted.value.replace('-', '');
  return { by: columns.find((c) => c === by) ?? 'amount', down: store.sorted.value.startsWith('-') };
}

/** @param {{row: Line, index: number}} props */
function Row({ row: r, index }) {
  const open = () => { store.page.value = ''; store.select(store.onto.value, r.id); };
  const money = (/** @type {bigint | null} */ v) => (v === null ? '–' : yuan(v));
  return html`<tr aria-rowindex=${index + 2}><th scope="row"><button class="link" onClick=${open}>${r.name}</button></th><td class="numeric"><${Behind} href=${r.href} label=${`${r.name} ${yuan(r.amount)}`}><b>${yuan(r.amount)}</b><//></td>
    <td class="numeric">${number(r.size, 1)}</td><td class="numeric">${money(r.per)}</td><td class="numeric">${r.count === null ? '–' : number(r.count)}</td><td class="numeric">${money(r.each)}</td><td class="numeric">${number(r.entries)}</td></tr>`;
}

/** @param {{list: Line[]}} props */
function Sheet({ list }) {
  const [top, setTop] = useState(0);
  const { by, down } = sorting();
  const tall = height();
  const rows = useMemo(() => [...list].sort((a, b) => order(a, b, by) * (down ? -1 : 1)), [list, by, down]);
  const first = Math.min(Math.max(Math.floor(top / tall) - ahead, 0), Math.max(rows.length - 1, 0));
  const shown = rows.slice(first, first + Math.ceil(innerHeight / tall) + 2 * ahead);
  const after = rows.length - first - shown.length;
  const sort = (/** @type {Column} */ c) => () => { store.sorted.value = `${(by === c ? !down : c !== 'name') ? '-' : ''}${c}`; };
  const scrolled = (/** @type {any} */ e) => setTop(e.currentTarget.scrollTop);
  const gap = (/** @type {number} */ n) => n > 0 && html`<tr aria-hidden="true" class="gap" style=${{ '--rows': n }}><td colspan=${columns.length}></td></tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('investment.table')} onScroll=${scrolled}>
    <table class="sheet" aria-rowcount=${rows.length + 1}><thead><tr>${columns.map((c) => html`<th key=${c} scope="col" class=${c === 'name' ? '' : 'numeric'} aria-sort=${by === c ? (down ? 'descending' : 'ascending') : undefined}>
        <button data-sort=${c} onClick=${sort(c)}>${heading(c)}${by === c && html`<${Icon} name=${down ? 'ui-down' : 'ui-up'} />`}</button></th>`)}</tr></thead>
      <tbody>${gap(first)}${shown.map((r, i) => html`<${Row} key=${r.id} row=${r} index=${first + i} />`)}${gap(after)}</tbody></table></div>`;
}

export function InvestmentTable() {
  const { data, problem, reload } = registry.money;
  const found = data.value;
  const list = useMemo(() => (found?.rows ?? []).map(line), [found]);
  const about = found && `${t(`basis.${store.basis.value}`)} · ${t('proof.total')} ${yuan(fen(found.total))} ${t('unit.yuan')} · ${t('proof.elsewhere')} ${yuan(fen(found.elsewhere))} · ${t('proof.unallocated')} ${yuan(fen(found.unallocated))}`;
  return html`<${Leaf} title=${t(`investment.title.${store.onto.value}`)} about=${about} className="money-table">
    ${found ? html`<${Sheet} list=${list} />` : html`<${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('dossier.failed')} again=${t('retry')} />`}
  <//>`;
}
