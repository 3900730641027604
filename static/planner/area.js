// An area's sheet: what it is part of and what is part of it.
import { html, Figures, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { area } from '../base/format.js';
import * as store from '../base/store.js';
import * as registry from './registry.js';

/** @param {{feature: registry.Feature}} props */
function Parts({ feature }) {
  const all = registry.areas.data.value ?? [];
  const parts = all.filter((a) => a.properties.parent === feature.id);
  if (parts.length === 0) return null;
  return html`<h3>${t('area.parts')}<small>${number(parts.length)}</small></h3>
    <ul class="links">${parts.map((a) => html`<li key=${a.id}><button onClick=${() => store.select('area', a.id)}>
      <span>${a.properties.name}</span><small>${t(`level.${a.properties.level}`)} · ${area(a.properties.area_m2)}</small></button></li>`)}</ul>`;
}

/** @param {{id: string}} props */
export function AreaSheet({ id }) {
  const feature = registry.areas.data.value?.find((a) => a.id === id);
  if (!feature) {
    const gone = registry.areas.data.value ? new Error(t('sheet.gone')) : registry.areas.problem.value;
    return html`<${Pending} problem=${gone} retry=${registry.areas.reload} waiting=${t('loading')} failed=${t('sheet.failed')} again=${t('retry')} />`;
  }
  const p = feature.properties;
  const parent = registry.areas.data.value?.find((a) => a.id === p.parent);
  const figures = [{ label: t('area.size'), value: area(p.area_m2) }];
  if (p.residents !== null && p.residents !== undefined) figures.push({ label: t('area.residents'), value: number(p.residents) });
  return html`<div class="sheet-head"><h2>${p.name}</h2><span class="tag">${t(`level.${p.level}`)}</span><p>${p.code}</p></div>
    <${Figures} items=${figures} />
    <dl class="facts">
      ${parent && html`<div><dt>${t('area.parent')}</dt><dd><button class="link" onClick=${() => store.select('area', parent.id)}>${parent.properties.name}</button></dd></div>`}
      ${p.source && html`<div><dt>${t('source')}</dt><dd>${p.source}</dd></div>`}
    </dl>
    <${Parts} feature=${feature} />`;
}
