// An area's sheet: what it is part of and what is part of it.
import { Problem } from '../base/api.js';
import { html, Figures } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { area } from '../base/format.js';
import * as store from '../base/store.js';
import * as registry from './registry.js';
import { Gone, History } from './history.js';
import { ShapeActions } from './actions.js';
import { Money } from './money.js';

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
    const gone = registry.areas.data.value ? new Problem(t('sheet.gone'), { status: 404 }) : registry.areas.problem.value;
    return html`<${Gone} collection="areas" id=${id} problem=${gone} retry=${registry.areas.reload} />`;
  }
  const p = feature.properties;
  const parent = registry.areas.data.value?.find((a) => a.id === p.parent);
  const figures = [{ label: t('area.size'), value: area(p.area_m2) }];
  if (p.residents !== null && p.residents !== undefined) figures.push({ label: t('area.residents'), value: number(p.residents) });
  return html`<div class="sheet-head"><h2>${p.name}</h2><span class="tag">${t(`level.${p.level}`)}</span><p>${p.code}</p></div>
    <${ShapeActions} collection="areas" feature=${feature} />
    <${Figures} items=${figures} />
    <${Money} noun="area" feature=${feature} />
    <dl class="facts">
      ${parent && html`<div><dt>${t('area.parent')}</dt><dd><button class="link" onClick=${() => store.select('area', parent.id)}>${parent.properties.name}</button></dd></div>`}
      ${p.source && html`<div><dt>${t('source')}</dt><dd>${p.source}</dd></div>`}
    </dl>
    <${Parts} feature=${feature} />
    <${History} collection="areas" id=${id} version=${p.version} />`;
}
