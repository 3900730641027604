// The charts of a dossier: money by year and kind, by fund, and beside the
// condition of what it was spent on.
import { html } from '../base/view.js';
import { language, number, t } from '../base/i18n.js';
import { brief, fen, share, yuan } from '../base/money.js';
import * as store from '../base/store.js';
import { Behind } from './behind.js';
import * as registry from './registry.js';

/**
 * @typedef {{year: string, paid: string, committed: string, asset_count: number | null, condition_mean: number | null, href: string}} Year
 * @typedef {{kind?: string, fund?: string, paid: string, committed: string, href: string}} Part
 */

const wide = 372; // units of the drawing
const high = 116;
const floor = 96; // where the bars stand
const worst = 4; // condition: 1 good to 4 dangerous

/**
 * A link that the server gives for what is paid, for the basis that is shown.
 * @param {string} href
 */
export const onBasis = (href) => href.replace('basis=paid', `basis=${store.basis.value}`);

/** @param {{rows: registry.MoneyRow[]}} props */
export function YearChart({ rows }) {
  const years = [...new Set(rows.map((r) => String(r.year)))].sort();
  const kinds = store.projectKinds.filter((k) => rows.some((r) => r.kind === k));
  const of = (/** @type {string} */ year, /** @type {string} */ kind) => rows.find((r) => String(r.year) === year && r.kind === kind);
  const sums = years.map((y) => kinds.reduce((sum, k) => sum + fen(of(y, k)?.amount), 0n));
  const most = Math.max(...sums.map(Number), 1);
  const piece = (/** @type {string} */ y, /** @type {string} */ k) => {
    const row = of(y, k);
    const words = `${y} ${t(`kind.${k}`)} ${yuan(fen(row?.amount))}`;
    return row && fen(row.amount) > 0n && html`<i key=${k} class=${`kind-${k}`} title=${words} style=${{ '--share': Number(fen(row.amount)) }} onClick=${() => row.href && store.lookBehind(row.href)}></i>`;
  };
  return html`<table class="years"><caption class="hidden">${t('dossier.years')}</caption><thead class="hidden"><tr><th scope="col">${t('dossier.year')}</th><th scope="col">${t('investment.kind')}</th><th scope="col">${t('unit.invested')}</th></tr></thead>
    <tbody>${years.map((y, i) => html`<tr key=${y}><th scope="row">${y}</th><td><span class="stack slim" style=${{ '--whole': Number(sums[i]) / most }}>${kinds.map((k) => piece(y, k))}</span></td>
      <td><${Behind} href=${yearLink(rows, y)} label=${`${y} ${yuan(sums[i])}`}><b>${brief(sums[i])}</b><//></td></tr>`)}</tbody></table>`;
}

/**
 * The question of one kind in a year without the kind.
 * @param {registry.MoneyRow[]} rows
 * @param {string} year
 */
function yearLink(rows, year) {
  const href = rows.find((r) => String(r.year) === year)?.href;
  if (!href) return undefined;
  const query = new URLSearchParams(href.slice(href.indexOf('?')));
  query.delete('kind');
  return `?${query}`;
}

/** @param {{parts: Part[], by: 'kind' | 'fund'}} props */
export function Parts({ parts, by }) {
  const amount = (/** @type {Part} */ p) => fen(p[store.basis.value]);
  const list = parts.filter((p) => amount(p) !== 0n).sort((a, b) => (amount(b) > amount(a) ? 1 : -1));
  const total = list.reduce((sum, p) => sum + amount(p), 0n);
  return html`<table class="lines parts-table"><caption class="hidden">${t(`investment.${by}`)}</caption><tbody>${list.map((p) => html`<tr key=${p[by]}><th scope="row">${by === 'kind' && html`<i class=${`dot kind-${p.kind}`}></i>`}${by === 'kind' ? t(`kind.${p.kind}`) : t(`fund.${p.fund}`)}</th>
    <td class="sum"><${Behind} href=${onBasis(p.href)} label=${`${by === 'kind' ? t(`kind.${p.kind}`) : t(`fund.${p.fund}`)} ${yuan(amount(p))}`}><b>${yuan(amount(p))}</b><//></td><td>${share(amount(p), total)}</td></tr>`)}</tbody></table>`;
}

/** Since when it is known how the assets are, where that is later than the money. @param {{years: Year[], since: string | null}} props */
function Recorded({ years, since }) {
  if (years.every((y) => y.condition_mean !== null)) return null;
  const day = since && new Intl.DateTimeFormat(language.value, { dateStyle: 'long' }).format(new Date(since));
  return html`<p class="quiet recorded-since">${day ? t('dossier.since', { day }) : t('dossier.unrecorded')}</p>`;
}

/**
 * Bars of money and a line of the mean condition, year by year.
 * @param {{years: Year[], since: string | null}} props
 */
export function ConditionChart({ years, since }) {
  const amounts = years.map((y) => fen(y[store.basis.value]));
  const most = Math.max(...amounts.map(Number), 1);
  const step = wide / years.length;
  const tall = (/** @type {bigint} */ v) => (Math.max(Number(v), 0) / most) * (floor - 14);
  const level = (/** @type {number} */ mean) => 10 + ((mean - 1) / (worst - 1)) * (floor - 14);
  const points = years.map((y, i) => ({ x: (i + 0.5) * step, y: y.condition_mean === null ? null : level(y.condition_mean) }));
  const known = points.filter((p) => p.y !== null);
  return html`<figure class="condition-chart"><svg viewBox=${`0 0 ${wide} ${high}`} aria-hidden="true">
      ${years.map((y, i) => html`<g key=${y.year}><rect class="money-bar" x=${i * step + step * 0.22} y=${floor - tall(amounts[i])} width=${step * 0.56} height=${tall(amounts[i])}><title>${y.year} · ${yuan(amounts[i])} ${t('unit.yuan')}</title></rect><text x=${(i + 0.5) * step} y=${high - 5}>${y.year}</text></g>`)}
      <line class="ground-line" x1="0" x2=${wide} y1=${floor} y2=${floor} />
      ${known.length > 1 && html`<polyline class="condition-line" points=${known.map((p) => `${p.x},${p.y}`).join(' ')} />`}
      ${points.map((p, i) => p.y !== null && html`<g key=${years[i].year}><circle class="condition-dot" cx=${p.x} cy=${p.y} r="4.500"><title>${years[i].year} · ${t('dossier.mean')} ${number(years[i].condition_mean ?? 0, 2)}</title></circle></g>`)}</svg>
    <figcaption><span><i class="key-bar"></i>${t(`basis.${store.basis.value}`)}</span><span><i class="key-line"></i>${t('dossier.mean.scale')}</span></figcaption>
    <${Recorded} years=${years} since=${since} />
    <table class="hidden"><caption>${t('dossier.against')}</caption><thead><tr><th scope="col">${t('dossier.year')}</th><th scope="col">${t('unit.yuan')}</th><th scope="col">${t('dossier.mean')}</th></tr></thead>
      <tbody>${years.map((y, i) => html`<tr key=${y.year}><th scope="row">${y.year}</th><td>${yuan(amounts[i])}</td><td>${y.condition_mean === null ? '–' : number(y.condition_mean, 2)}</td></tr>`)}</tbody></table></figure>`;
}
