// The legend: five classes, where the segments lie among them, and a filter.
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import * as store from '../base/store.js';
import { LineageSwitch } from '../planner/lineage.js';
import * as registry from '../planner/registry.js';
import { shown } from '../planner/overview.js';

/**
 * Where a value lies on the strip, 0 to 1: each class takes a fifth.
 * @param {number} value
 */
function along(value) {
  const l = registry.limits.value;
  const s = registry.stepOf(value);
  const width = l[s + 1] - l[s];
  return (s + (width > 0 ? Math.min((value - l[s]) / width, 1) : 0.5)) / 5;
}

/** Numbers that fit below the strip: without decimals where they are long. @param {string[]} list */
const brief = (list) => (list.some((l) => l.length > 4) ? list.map((l) => l.replace(/\.\d$/, '')) : list);

export function Legend() {
  const rows = registry.ranked.value;
  if (rows.length === 0 || !registry.counts.value) return null;
  const chosen = store.step.value;
  const money = store.moneyMetrics.includes(store.metric.value);
  const choose = (/** @type {number} */ s) => () => { store.step.value = chosen === s ? null : s; };
  return html`<section class="legend card" aria-label=${t('legend')}>
    <h2>${t(store.onto.value === 'area' ? 'level.compound' : 'segment')} · ${t(`metric.${store.metricWord(store.metric.value)}`)}</h2>
    <p>${t(`legend.classes.${store.classing.value}`)} · ${t(`unit.${store.metricWord(store.metric.value)}`)}${money ? ` · ${t(`basis.${store.basis.value}`)}` : ''}</p>
    ${money && registry.parted.value && html`<${LineageSwitch} name="legend-lineage" />`}
    <div class="strip" aria-hidden="true">${rows.map((r) => html`<i key=${r.id} onMouseEnter=${() => { store.hovered.value = r.id; }} onMouseLeave=${() => { store.hovered.value = null; }} onClick=${() => store.select(store.onto.value, r.id)} class=${`spot step-${registry.stepOf(r.value)} ${store.hovered.value === r.id || store.selected.value?.id === r.id ? 'hot' : ''}`} style=${{ '--along': along(r.value) }}></i>`)}</div>
    <div class="steps" role="group" aria-label=${t('legend.filter')}>${[0, 1, 2, 3, 4].map((s) => html`<button key=${s} class=${`step-${s} ${chosen !== null && chosen !== s ? 'faded' : ''}`}
      aria-pressed=${chosen === s} aria-label=${t('legend.step', { from: shown(registry.limits.value[s]), to: shown(registry.limits.value[s + 1]), n: rows.filter((r) => registry.stepOf(r.value) === s).length })} onClick=${choose(s)}></button>`)}</div>
    <div class="limits" aria-hidden="true">${brief(registry.limits.value.map((l) => shown(l))).map((l, i) => html`<span key=${i}>${l}</span>`)}</div>
  </section>`;
}
