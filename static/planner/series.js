// The money month by month, and a brush over it that narrows the time.
import { useRef, useState } from 'preact/hooks';
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import { brief, fen } from '../base/money.js';
import * as store from '../base/store.js';
import { useFetched } from './fetched.js';
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
  const key = store.jurisdiction.value && `${store.jurisdiction.value} months ${registry.booked.value} ${JSON.stringify(query)}`;
  return useFetched(key, (signal) => get('/api/v1/investment', { ...query, by: 'month' }, signal));
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
    const [a, b] = [Math.min(drag.a, drag.b), Math.max(drag.a, drag.b)];
    setDrag(null);
    store.from.value = a === b ? '' : `${list[a]}-01`;
    store.to.value = a === b ? '' : lastDay(list[b]);
  };
  const inside = (/** @type {string} */ m, /** @type {number} */ i) => (drag ? i >= Math.min(drag.a, drag.b) && i <= Math.max(drag.a, drag.b)
    : (!store.from.value || lastDay(m) >= store.from.value) && (!store.to.value || `${m}-01` <= store.to.value));
  return html`<svg class="brush" ref=${box} viewBox=${`0 0 ${wide} ${high}`} preserveAspectRatio="none" aria-hidden="true"
      onPointerDown=${(/** @type {any} */ e) => { e.currentTarget.setPointerCapture(e.pointerId); const i = at(e); setDrag({ a: i, b: i }); }}
      onPointerMove=${(/** @type {PointerEvent} */ e) => { if (drag) setDrag({ ...drag, b: at(e) }); }} onPointerUp=${done} onPointerCancel=${() => setDrag(null)}>
    ${list.map((m, i) => {
    const tall = (Math.max(Number(amounts.get(m) ?? 0n), 0) / most) * (high - 2);
    return html`<g key=${m}><rect class="brush-back" x=${i * step} y="0" width=${step} height=${high} /><rect class=${inside(m, i) ? 'on' : 'off'} x=${i * step + step * 0.1} y=${high - tall} width=${step * 0.8} height=${tall} />
      <title>${m} · ${brief(amounts.get(m) ?? 0n)} ${t('unit.invested')}</title></g>`;
  })}</svg>
  <p class="brush-ends" aria-hidden="true"><span>${list[0]}</span><span>${list[list.length - 1]}</span></p>`;
}

export function Series() {
  const found = useMonths();
  const rows = (found.data.value?.rows ?? []).filter((/** @type {registry.MoneyRow} */ r) => r.month);
  const amounts = new Map(rows.map((/** @type {registry.MoneyRow} */ r) => [String(r.month).slice(0, 7), fen(r.amount)]));
  const known = /** @type {string[]} */ ([...amounts.keys()]).sort();
  const field = (/** @type {'from' | 'to'} */ name) => html`<label class="pick"><span>${t(`investment.${name}`)}</span><input class="input" type="date" data-pick=${name} value=${store[name].value}
    onChange=${(/** @type {any} */ e) => { store[name].value = e.currentTarget.value; }} /></label>`;
  return html`<div class="series">${known.length > 1 && html`<${Brush} list=${months(known[0], known[known.length - 1])} amounts=${amounts} />`}
    <div class="picks">${field('from')}${field('to')}</div></div>`;
}
