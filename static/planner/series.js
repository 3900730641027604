// The money month by month, and a brush over it that narrows the time.
import { useRef, useState } from 'preact/hooks';
import { batch } from '@preact/signals';
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import { brief, fen } from '../base/money.js';
import * as store from '../base/store.js';
import { useLedger } from './fetched.js';
import * as registry from './registry.js';
import { get } from '../base/api.js';

const wide = 372; // units of the drawing
const high = 52;

/**
 * Every month from the first to the last, "2019-05".
 * @param {string} first
 * @param {string} last
 */
function months(first, last) {
  const list = [];
  const [year, month] = first.split('-').map(Number);
  for (let n = year * 12 + month - 1; list.length < 1200; n += 1) {
    list.push(`${Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`);
    if (list[list.length - 1] >= last) return list;
  }
  return list;
}

/** @param {string} month */
const lastDay = (month) => {
  const [y, m] = month.split('-').map(Number);
  return `${month}-${new Date(Date.UTC(y, m, 0)).getUTCDate()}`;
};

/** The whole time under the other filters: the brush must not narrow itself. */
function useMonths() {
  const { from, to, ...query } = registry.moneyQuery.value;
  const key = store.jurisdiction.value && `${store.jurisdiction.value} months ${JSON.stringify(query)}`;
  return useLedger(key, (signal) => get('/api/v1/investment', { ...query, by: 'month' }, signal));
}

/**
 * The months that are chosen, as places in the list; the whole where none are.
 * @param {string[]} list
 */
function span(list) {
  const first = store.from.value ? list.findIndex((m) => lastDay(m) >= store.from.value) : 0;
  const last = store.to.value ? list.findLastIndex((m) => `${m}-01` <= store.to.value) : list.length - 1;
  return { a: first < 0 ? list.length - 1 : first, b: Math.max(last, 0) };
}

/**
 * Narrows the time to months; all of them narrow nothing.
 * @param {string[]} list
 * @param {number} a
 * @param {number} b
 */
function narrow(list, a, b) {
  batch(() => {
    store.step.value = null;
    store.from.value = a <= 0 ? '' : `${list[a]}-01`;
    store.to.value = b >= list.length - 1 ? '' : lastDay(list[b]);
  });
}

/** @param {{list: string[], amounts: Map<string, bigint>}} props */
function Brush({ list, amounts }) {
  const [drag, setDrag] = useState(/** @type {{a: number, b: number} | null} */ (null));
  const box = useRef(/** @type {SVGSVGElement | null} */ (null));
  const most = Math.max(...list.map((m) => Number(amounts.get(m) ?? 0n)), 1);
  const step = wide / list.length;
  const at = (/** @type {PointerEvent} */ e) => {
    const { left, width } = /** @type {SVGSVGElement} */ (box.current).getBoundingClientRect();
    return Math.min(Math.max(Math.floor(((e.clientX - left) / width) * list.length), 0), list.length - 1);
  };
  const done = () => {
    if (!drag) return;
    setDrag(null);
    narrow(list, Math.min(drag.a, drag.b), Math.max(drag.a, drag.b));
  };
  const chosen = span(list);
  const { a, b } = drag ? { a: Math.min(drag.a, drag.b), b: Math.max(drag.a, drag.b) } : chosen;
  const handle = (/** @type {'from' | 'to'} */ name) => html`<input type="range" class=${`brush-${name}`} min="0" max=${list.length - 1} value=${chosen[name === 'from' ? 'a' : 'b']} aria-label=${t(`investment.${name}`)} aria-valuetext=${list[chosen[name === 'from' ? 'a' : 'b']]}
    onInput=${(/** @type {any} */ e) => { const i = Number(e.currentTarget.value); if (name === 'from') narrow(list, Math.min(i, chosen.b), chosen.b); else narrow(list, chosen.a, Math.max(i, chosen.a)); }} />`;
  return html`<div class="brush-box"><svg class="brush" ref=${box} viewBox=${`0 0 ${wide} ${high}`} preserveAspectRatio="none" aria-hidden="true"
      onPointerDown=${(/** @type {any} */ e) => { e.currentTarget.setPointerCapture(e.pointerId); const i = at(e); setDrag({ a: i, b: i }); }}
      onPointerMove=${(/** @type {PointerEvent} */ e) => { if (drag) setDrag({ ...drag, b: at(e) }); }} onPointerUp=${done} onPointerCancel=${() => setDrag(null)}>
    ${list.map((m, i) => {
    const tall = (Math.max(Number(amounts.get(m) ?? 0n), 0) / most) * (high - 2);
    return html`<g key=${m}><rect class=${`brush-back ${i >= a && i <= b ? 'in' : ''}`} x=${i * step} y="0" width=${step} height=${high} /><rect class=${i >= a && i <= b ? 'on' : 'off'} x=${i * step + step * 0.1} y=${high - tall} width=${step * 0.8} height=${tall} />
      <title>${m} · ${brief(amounts.get(m) ?? 0n)} ${t('unit.invested')}</title></g>`;
  })}</svg>${handle('from')}${handle('to')}</div>
  <p class="brush-ends"><span>${list[a]}</span>${(store.from.value || store.to.value) && html`<button class="link" id="all-time" onClick=${() => narrow(list, 0, list.length - 1)}>${t('investment.alltime')}</button>`}<span>${list[b]}</span></p>`;
}

/** @param {{dated: boolean}} props whether days can be entered, too */
export function Series({ dated }) {
  const found = useMonths();
  const rows = (found.data.value?.rows ?? []).filter((/** @type {registry.MoneyRow} */ r) => r.month);
  const amounts = new Map(rows.map((/** @type {registry.MoneyRow} */ r) => [String(r.month).slice(0, 7), fen(r.amount)]));
  const known = /** @type {string[]} */ ([...amounts.keys()]).sort();
  const field = (/** @type {'from' | 'to'} */ name) => html`<label class="pick"><span>${t(`investment.${name}`)}</span><input class="input" type="date" data-pick=${name} value=${store[name].value}
    onChange=${(/** @type {any} */ e) => { store[name].value = e.currentTarget.value; }} /></label>`;
  return html`<div class="series">${known.length > 1 && html`<${Brush} list=${months(known[0], known[known.length - 1])} amounts=${amounts} />`}
    ${dated && html`<div class="picks">${field('from')}${field('to')}</div>`}</div>`;
}
