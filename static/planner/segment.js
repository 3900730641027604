// A segment's sheet: what stands along it and in what condition.
import { useEffect, useMemo } from 'preact/hooks';
import { get, Problem } from '../base/api.js';
import { html, Badge, Figures, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { chainage, length, percent } from '../base/format.js';
import * as store from '../base/store.js';
import * as registry from './registry.js';
import { Gone, History } from './history.js';
import { ShapeActions } from './actions.js';
import { Money } from './money.js';
import { Lineage } from './lineage.js';

/** @param {{counts: registry.Counts | null}} props */
function Tiles({ counts }) {
  const rows = Object.entries(counts?.by_class ?? {}).filter(([code]) => !store.classesOff.value.has(code)).sort((a, b) => b[1] - a[1]);
  if (counts && rows.length === 0) return html`<p class="quiet">${t('empty')}</p>`;
  const only = (/** @type {string} */ code) => { store.classesOff.value = new Set(registry.present.value.filter((c) => c !== code)); };
  return html`<ul class="tiles">${rows.map(([code, n]) => {
    const c = registry.classByCode.value.get(code);
    return html`<li key=${code}><button onClick=${() => only(code)} title=${t('classes.only', { name: registry.className(code) })}>
      <b>${number(n)}</b><${Badge} icon=${c?.icon ?? 'other'} color=${c?.color ?? '#667580'} /><span>${registry.className(code)}</span></button></li>`;
  })}</ul>`;
}

/** @param {{counts: Record<string, number>}} props */
export function ConditionBar({ counts }) {
  const total = store.conditions.reduce((sum, c) => sum + (counts[c] ?? 0), 0);
  return html`<div class="stack" aria-hidden="true">${store.conditions.map((c) => html`<i key=${c} class=${c} style=${{ '--share': counts[c] ?? 0 }}></i>`)}</div>
    <table class="lines"><caption class="hidden">${t('condition')}</caption><tbody>
      ${store.conditions.map((c) => html`<tr key=${c}><th scope="row"><i class=${`dot ${c}`}></i>${t(`condition.${c}`)}</th>
        <td><b>${number(counts[c] ?? 0)}</b></td><td>${percent(total ? (counts[c] ?? 0) / total : 0)}</td></tr>`)}
    </tbody></table>`;
}

/** @param {string} id */
function useSegmentCounts(id) {
  const found = useMemo(() => registry.transient(
    () => store.jurisdiction.value && `${store.jurisdiction.value} ${id} ${store.at.value} ${registry.wanted.value.class} ${registry.wanted.value.condition} ${registry.tilesAge.value}`,
    (signal) => get('/api/v1/counts', { jurisdiction: store.jurisdiction.peek(), segment: id, class: registry.wanted.peek().class, condition: registry.wanted.peek().condition, datetime: registry.when() }, signal),
  ), [id]);
  useEffect(() => found.stop, [found]);
  return found.resource;
}

/** @param {{id: string}} props */
export function SegmentSheet({ id }) {
  const counts = useSegmentCounts(id);
  const feature = registry.segments.data.value?.find((s) => s.id === id);
  if (!feature) {
    const gone = registry.segments.data.value ? new Problem(t('sheet.gone'), { status: 404 }) : registry.segments.problem.value;
    return html`<${Gone} collection="segments" id=${id} problem=${gone} retry=${registry.segments.reload} />`;
  }
  const p = feature.properties;
  const c = registry.segmentCounts(id);
  const ends = [p.from, p.to].filter(Boolean).join(' → ');
  const detail = counts.data.value && (registry.wanted.value.none ? { ...counts.data.value, by_class: {} } : counts.data.value);
  const shownConditions = { good: c.good, fair: c.fair, poor: c.poor, dangerous: c.dangerous };
  return html`<div class="sheet-head"><h2>${p.name}</h2><span class=${`tag ${p.status}`}>${t(`status.${p.status}`)}</span>${p.key && html`<span class="tag key">${t('segment.key')}</span>`}
      <p>${[p.code, p.road, length(p.length_m)].filter(Boolean).join(' · ')}</p></div>
    <${ShapeActions} collection="segments" feature=${feature} />
    <${Figures} items=${[
      { label: t('assets'), value: number(c.total), unit: t('unit.count') },
      { label: t('metric.density'), value: number(registry.measure(c, p.length_m, 'density'), 1), unit: t('unit.count') },
      { label: t('metric.repair'), value: percent(registry.measure(c, p.length_m, 'repair')) },
    ]} />
    <${Lineage} id=${id} version=${p.version} />
    <${Money} noun="segment" feature=${feature} />
    <h3>${t('condition')}<small>${t('segment.repair', { n: number(c.poor + c.dangerous) })}</small></h3>
    <${ConditionBar} counts=${shownConditions} />
    <h3>${t('segment.along')}<small>${t('segment.classes', { n: number(Object.keys(detail?.by_class ?? {}).length) })}</small></h3>
    ${counts.problem.value ? html`<${Pending} problem=${counts.problem.value} retry=${counts.reload} waiting=${t('loading')} failed=${t('sheet.failed')} again=${t('retry')} />` : html`<${Tiles} counts=${detail} />`}
    <h3>${t('segment.line')}</h3>
    <dl class="facts">
      ${ends && html`<div><dt>${t('segment.ends')}</dt><dd>${ends}</dd></div>`}
      <div><dt>${t('chainage')}</dt><dd>${chainage(0)} – ${chainage(p.length_m)}</dd></div>
      <div><dt>${t('length')}</dt><dd>${number(p.length_m, 1)} m</dd></div>
      ${p.source && html`<div><dt>${t('source')}</dt><dd>${p.source}</dd></div>`}
    </dl>
    <${History} collection="segments" id=${id} version=${p.version} />`;
}
