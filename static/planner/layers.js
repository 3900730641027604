// The left panel: which metric, which layers, which assets.
import { useState } from 'preact/hooks';
import { html, Badge, Icon } from '../base/view.js';
import { named, number, t } from '../base/i18n.js';
import * as store from '../base/store.js';
import * as registry from './registry.js';
import { LanguageButton, Switcher, Tabs } from './topbar.js';

/** @param {{problem: Error | null, retry: () => void}} props */
function Fault({ problem, retry }) {
  if (!problem) return null;
  return html`<div class="row-fault" role="alert"><${Icon} name="ui-alert" /><span title=${problem.message}>${t('layer.failed')}</span>
    <button class="link" onClick=${retry}>${t('retry')}</button></div>`;
}

/**
 * @param {{id: string, label: string, count?: number, sign: any, problem?: Error | null, retry?: () => void}} props
 */
function LayerRow({ id, label, count, sign, problem = null, retry = () => {} }) {
  const on = !store.layersOff.value.has(id);
  const toggle = () => { store.layersOff.value = store.withMembers(store.layersOff.value, [id], on); };
  return html`<div class="layer">
    <label class="row"><input type="checkbox" checked=${on} onChange=${toggle} />${sign}<span class="row-name">${label}</span>
      <span class="row-count">${count === undefined ? '' : number(count)}</span></label>
    <${Fault} problem=${problem} retry=${retry} />
  </div>`;
}

/**
 * Whether a metric of money means something for what it is ranked on: streets
 * have no residents, compounds hardly any assets of their own.
 * @param {string} m
 */
function offers(m) {
  if (m === 'invested_per_resident') return store.tab.value === 'investment' && store.onto.value === 'area';
  return m !== 'invested_per_asset' || (store.tab.value === 'investment' && store.onto.value === 'segment');
}

function Metric() {
  const offered = store.metrics.filter((m) => (store.moneyMetrics.includes(m) ? registry.hasMoney.value && offers(m) : store.tab.value === 'map'));
  return html`<section class="block">
    <h2 class="block-title" id="metric-title">${t('metric')}</h2>
    <div class=${`choice ${offered.length > 3 ? 'many' : ''}`} role="radiogroup" aria-labelledby="metric-title">
      ${offered.map((m) => html`<label key=${m}><input type="radio" name="metric" value=${m} checked=${store.metric.value === m}
        onChange=${() => { store.metric.value = m; store.step.value = null; }} /><span>${t(`metric.${store.metricWord(m)}`)}</span></label>`)}
    </div>
  </section>`;
}

function Places() {
  const segments = registry.segments.data.value ?? [];
  const areas = registry.areas.data.value ?? [];
  const level = (/** @type {string} */ l) => areas.filter((a) => a.properties.level === l).length;
  const key = segments.filter((s) => s.properties.key).length;
  const swatch = (/** @type {string} */ kind) => html`<i class=${`swatch ${kind}`}></i>`;
  return html`<section class="block">
    <h2 class="block-title">${t('layers.places')}</h2>
    <${LayerRow} id="key" label=${t('layer.key')} count=${key} sign=${swatch('key')} problem=${registry.segments.problem.value} retry=${registry.segments.reload} />
    <${LayerRow} id="roads" label=${t('layer.roads')} count=${segments.length - key} sign=${swatch('roads')} />
    <${LayerRow} id="boundary" label=${t('level.boundary')} count=${level('boundary')} sign=${swatch('boundary')} problem=${registry.areas.problem.value} retry=${registry.areas.reload} />
    ${['community', 'resettlement', 'compound'].map((l) => html`<${LayerRow} key=${l} id=${l} label=${t(`level.${l}`)} count=${level(l)} sign=${swatch(l)} />`)}
  </section>`;
}

/** @param {{codes: string[]}} props */
function ClassRows({ codes }) {
  const counts = registry.counts.value?.by_class ?? {};
  return codes.map((code) => {
    const c = registry.classByCode.value.get(code);
    const on = !store.classesOff.value.has(code);
    return html`<label key=${code} class="row"><input type="checkbox" data-class=${code} checked=${on}
      onChange=${() => { store.classesOff.value = store.withMembers(store.classesOff.value, [code], on); }} />
      <${Badge} icon=${c?.icon ?? 'other'} color=${c?.color ?? '#667580'} /><span class="row-name" title=${`${registry.className(code)} ${code}`}>${registry.className(code)}</span>
      <span class="row-count">${number(counts[code] ?? 0)}</span></label>`;
  });
}

/** @param {{major: string, codes: string[]}} props */
function Group({ major, codes }) {
  const [open, setOpen] = useState(true);
  const counts = registry.counts.value?.by_class ?? {};
  const off = codes.filter((c) => store.classesOff.value.has(c)).length;
  const total = codes.reduce((sum, c) => sum + (counts[c] ?? 0), 0);
  const toggle = () => { store.classesOff.value = store.withMembers(store.classesOff.value, codes, off === 0); };
  return html`<div class="group" role="group" aria-label=${major}>
    <div class="group-head">
      <input type="checkbox" aria-label=${major} checked=${off === 0} indeterminate=${off > 0 && off < codes.length} onChange=${toggle} />
      <button class="group-name" aria-expanded=${open} onClick=${() => setOpen(!open)}><span>${major}</span><${Icon} name="ui-down" className=${open ? '' : 'turned'} /></button>
      <span class="row-count">${number(total)}</span>
    </div>
    ${open && html`<${ClassRows} codes=${codes} />`}
  </div>`;
}

const fewClasses = 12; // up to so many are one list

function Assets() {
  const codes = registry.present.value;
  const all = store.classesOff.value.size === 0;
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const code of codes) {
    const c = registry.classByCode.value.get(code);
    const major = named(c?.major_name, c?.major_name_en) || t('class.unknown');
    groups.set(major, [...(groups.get(major) ?? []), code]);
  }
  return html`<section class="block">
    <div class="block-head"><h2 class="block-title">${t('assets')}</h2>
      <button class="link" onClick=${() => { store.classesOff.value = new Set(all ? codes : []); }}>${t(all ? 'classes.none' : 'classes.all')}</button></div>
    <${Fault} problem=${registry.tilesProblem.value ?? registry.countsProblem()} retry=${() => { registry.totals.reload(); registry.retryAll(); registry.tilesProblem.value = null; }} />
    <${Fault} problem=${registry.classes.problem.value} retry=${registry.classes.reload} />
    ${codes.length <= fewClasses ? html`<${ClassRows} codes=${codes} />`
      : [...groups].map(([major, list]) => html`<${Group} key=${major} major=${major} codes=${list} />`)}
    ${codes.length === 0 && !registry.countsProblem() && html`<p class="quiet">${t(registry.totals.data.value ? 'assets.none' : 'loading')}</p>`}
  </section>`;
}

function Conditions() {
  const counts = registry.counts.value?.by_condition;
  return html`<section class="block">
    <h2 class="block-title" id="condition-title">${t('condition')}</h2>
    <div class="chips" role="group" aria-labelledby="condition-title">
      ${store.conditions.map((c) => {
        const on = !store.conditionsOff.value.has(c);
        return html`<button key=${c} class="chip" data-condition=${c} aria-pressed=${on}
          onClick=${() => { store.conditionsOff.value = store.withMembers(store.conditionsOff.value, [c], on); }}>
          <i class=${`dot ${c}`}></i>${t(`condition.${c}`)}<span class="chip-count">${counts ? number(counts[c] ?? 0) : ''}</span></button>`;
      })}
    </div>
  </section>`;
}

function Ground() {
  const pieces = registry.basemap.data.value ?? [];
  const kinds = (/** @type {string[]} */ ...k) => pieces.filter((p) => k.includes(p.properties.kind)).length;
  const swatch = (/** @type {string} */ kind) => html`<i class=${`swatch ${kind}`}></i>`;
  return html`<section class="block">
    <h2 class="block-title">${t('basemap')}</h2>
    <${LayerRow} id="building" label=${t('basemap.building')} count=${kinds('building')} sign=${swatch('building')} problem=${registry.basemap.problem.value} retry=${registry.basemap.reload} />
    <${LayerRow} id="block" label=${t('basemap.block')} count=${kinds('block')} sign=${swatch('ground')} />
    <${LayerRow} id="nature" label=${t('basemap.nature')} count=${kinds('green', 'water')} sign=${swatch('nature')} />
  </section>`;
}

export function Layers() {
  const current = registry.jurisdictions.data.value?.find((j) => j.code === store.jurisdiction.value);
  const shut = () => { store.drawer.value = false; };
  return html`<aside class=${`layers ${store.drawer.value ? 'open' : ''}`} aria-label=${t('layers')}>
      <div class="layers-head"><h2>${t('layers')}</h2><button class="ghost square" aria-label=${t('close')} onClick=${shut}><${Icon} name="ui-close" /></button></div>
      <div class="layers-place"><${Tabs} /><${Switcher} id="jurisdiction-narrow" /><${LanguageButton} /></div>
      <div class="layers-body"><${Metric} /><${Places} /><${Assets} /><${Conditions} /><${Ground} />
        <p class="sources">${current?.source ? html`${t('sources', { source: current.source })}<br />` : null}${t('datum.short')}</p></div>
    </aside>
    <div class="veil" hidden=${!store.drawer.value} onClick=${shut}></div>`;
}
