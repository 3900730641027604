// The right panel with nothing chosen: figures and the ranking of key segments.
import { html, Figures, Icon, Pending } from '../base/view.js';
import { hour, number, t } from '../base/i18n.js';
import { percent } from '../base/format.js';
import { brief } from '../base/money.js';
import { computed } from '@preact/signals';
import * as store from '../base/store.js';
import * as registry from './registry.js';
import { printOn } from './print.js';

/**
 * A value of a metric, without its unit.
 * @param {number} value
 * @param {typeof store.metrics[number]} [metric]
 */
export function shown(value, metric = store.metric.value) {
  if (metric === 'invested') return brief(BigInt(Math.round(value * 100)));
  if (metric === 'repair') return percent(value);
  return number(value, metric === 'density' ? 1 : 0);
}

/**
 * The road on one line and the stretch below it, where the name says both.
 * @param {{properties: Record<string, any>}} props
 */
function SegmentName({ properties: p }) {
  const parted = p.road && p.from && p.to && p.name.startsWith(p.road);
  return html`<span title=${p.name}>${parted ? p.road : p.name}${parted && html`<small>${p.from}—${p.to}</small>`}${p.retired && html`<small>${t('lineage.gone')}</small>`}</span>`;
}

/** When the figures were read. */
const readAt = computed(() => (registry.counts.value ? new Date() : null));

/** @param {{row: typeof registry.ranked.value[number], largest: number}} props */
function Bar({ row, largest }) {
  const p = row.feature.properties;
  const step = registry.stepOf(row.value);
  const faded = store.step.value !== null && store.step.value !== step;
  const hot = store.hovered.value === row.id;
  const hover = (/** @type {string | null} */ id) => () => { store.hovered.value = id; };
  return html`<li class=${`rank ${faded ? 'faded' : ''} ${hot ? 'hot' : ''}`}>
    <button data-segment=${row.id} onClick=${() => store.select(store.onto.value, row.id)} onMouseEnter=${hover(row.id)} onMouseLeave=${hover(null)} onFocus=${hover(row.id)} onBlur=${hover(null)}>
      <span class="rank-name">${p.status && html`<i class=${`state ${p.status}`} title=${t(`status.${p.status}`)}></i>`}<${SegmentName} properties=${p} /></span>
      <span class="track"><i class=${`fill step-${step}`} style=${{ '--share': largest > 0 ? row.value / largest : 0 }}></i></span>
      <b class="rank-value">${shown(row.value)}</b>
    </button></li>`;
}

export function Ranking() {
  const rows = registry.ranked.value;
  const problem = registry.segments.problem.value ?? registry.countsProblem() ?? (store.tab.value === 'investment' ? registry.money.problem.value : null);
  if (problem) {
    return html`<${Pending} problem=${problem} retry=${registry.retryAll} waiting=${t('loading')} failed=${t('ranking.failed')} again=${t('retry')} />`;
  }
  if (!registry.segments.data.value || !registry.counts.value || (store.tab.value === 'investment' && !registry.hasMoney.value)) {
    return html`<div class="skeleton" role="status" aria-label=${t('loading')}>${Array.from({ length: 9 }, (_, i) => html`<i key=${i}></i>`)}</div>`;
  }
  if (rows.length === 0) return html`<p class="pending">${t(store.onto.value === 'area' ? 'investment.none' : 'segments.none')}</p>`;
  const largest = rows[0].value;
  return html`<div class="rank-head" aria-hidden="true"><span>${t(store.onto.value === 'area' ? 'level.compound' : 'segment')}</span><span>${t(`metric.${store.metricWord(store.metric.value)}`)}</span><span>${t(`unit.${store.metricWord(store.metric.value)}`)}</span></div>
    <ol class="ranking" aria-label=${t('ranking', { metric: t(`metric.${store.metricWord(store.metric.value)}`) })}>${rows.map((row) => html`<${Bar} key=${row.id} row=${row} largest=${largest} />`)}</ol>`;
}

export function Overview() {
  const rows = registry.ranked.value;
  const metres = rows.reduce((sum, r) => sum + r.feature.properties.length_m, 0);
  const on = rows.reduce((sum, r) => sum + r.counts.total, 0);
  const known = registry.counts.value !== null;
  const dash = '–';
  const statuses = ['in_service', 'planned', 'removed'].map((s) => ({ s, n: rows.filter((r) => r.feature.properties.status === s).length })).filter((x) => x.n > 0);
  return html`<div class="panel-head">
      <div><h2>${t('overview.title')}</h2>
        <p>${t('overview.count', { n: number(rows.length) })}${readAt.value ? ` · ${t('overview.read', { time: hour(readAt.value) })}` : ''}</p></div>
      <button class="button print-button" onClick=${() => printOn()}><${Icon} name="ui-print" />${t('print')}</button>
    </div>
    <${Figures} items=${[
      { label: t('overview.length'), value: rows.length || known ? number(metres / 1000, 2) : dash, unit: 'km' },
      { label: t('overview.onsegments'), value: known ? number(on) : dash, unit: t('unit.count') },
      { label: t('overview.all'), value: known ? number(registry.counts.value?.total ?? 0) : dash, unit: t('unit.count') },
    ]} />
    <${Ranking} />
    <footer class="panel-foot">${statuses.map(({ s, n }) => html`<span key=${s}><i class=${`state ${s}`}></i>${t(`status.${s}`)} ${number(n)}</span>`)}
      ${store.filtered.value && html`<button class="link" onClick=${store.resetFilters}>${t('filters.reset')}</button>`}</footer>`;
}
