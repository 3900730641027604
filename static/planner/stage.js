// The middle of the page: the map with its tools, or the list where there can
// be no map.
import { useEffect, useRef, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { html, Icon, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { length, percent, position, scale } from '../base/format.js';
import * as store from '../base/store.js';
import * as registry from './registry.js';
import { Legend } from '../map/legend.js';
import { shown } from './overview.js';
import { startMap } from '../map/map.js';
import { measure, tape, taped } from '../map/measure.js';
import { margin } from '../map/place.js';
import { PaperMap, printOn } from './print.js';
import { AssetList } from './list.js';
import { may } from '../base/session.js';
import { DrawBar, endDrawing, stageMap } from './drawing.js';
import { Crosshair } from './crosshair.js';
import { PastBanner, TimeBar } from './time.js';
import { GhostLegend } from './history.js';

const place = signal(/** @type {{lng: number, lat: number, zoom: number} | null} */ (null));
const tip = signal(/** @type {{x: number, y: number, id: string} | null} */ (null));

function Tip() {
  const at = tip.value;
  const row = at && registry.ranked.value.find((r) => r.id === at.id);
  if (!at || !row) return null;
  const { counts: c, feature } = row;
  const metres = feature.properties.length_m;
  const money = store.moneyMetrics.includes(store.metric.value);
  return html`<div class="tip" aria-hidden="true" style=${{ '--x': `${at.x}px`, '--y': `${at.y}px` }}>
    <b>${feature.properties.name}</b>
    <span>${money ? t('tip.money', { metric: t(`metric.${store.metricWord(store.metric.value)}`), value: shown(row.value), unit: t(`unit.${store.metricWord(store.metric.value)}`), count: number(c.total) }) : t('tip', { count: number(c.total), density: number(registry.measure(c, metres, 'density'), 1), repair: percent(registry.measure(c, metres, 'repair')) })}</span>
  </div>`;
}

function Readout() {
  const p = place.value;
  if (!p) return null;
  return html`<p class="readout"><span class="readout-place">${position([p.lng, p.lat])} · </span>CGCS2000 · ${scale(p.zoom, p.lat)}</p>`;
}

function Waiting() {
  if (!registry.busy.value) return null;
  return html`<p class="waiting" role="status"><i class="spinner"></i>${t('loading')}</p>`;
}

function Empty() {
  const counts = registry.counts.value;
  if (!counts || counts.total > 0) return null;
  return html`<div class="empty card" role="status"><b>${t('empty')}</b><p>${t(store.filtered.value ? 'empty.filtered' : 'empty.nothing')}</p>
    ${store.filtered.value && html`<button class="button" id="reset" onClick=${store.resetFilters}>${t('filters.reset')}</button>`}</div>`;
}

/** @param {{label: string, icon: string, act: () => void, pressed?: boolean, className?: string}} props */
function Tool({ label, icon, act, pressed, className = '' }) {
  return html`<button class=${className} aria-label=${label} title=${label} aria-pressed=${pressed} onClick=${act}><${Icon} name=${icon} /></button>`;
}

/** @param {{map: import('maplibre-gl').Map}} props */
function Tools({ map }) {
  const putAway = useRef(/** @type {(() => void) | null} */ (null));
  const [measuring, setMeasuring] = useState(false);
  const toggle = () => {
    if (putAway.current) { putAway.current(); putAway.current = null; setMeasuring(false); return; }
    putAway.current = measure(map, getComputedStyle(document.documentElement).getPropertyValue('--accent').trim());
    setMeasuring(true);
  };
  useEffect(() => {
    if (!measuring) return undefined;
    const keys = (/** @type {KeyboardEvent} */ e) => { if (e.key === 'Escape') { e.preventDefault(); toggle(); } };
    addEventListener('keydown', keys, { capture: true });
    return () => removeEventListener('keydown', keys, { capture: true });
  }, [measuring]);
  const use = (/** @type {'add' | 'bulk' | 'time'} */ wanted) => {
    endDrawing();
    if (store.tool.peek() === 'time') { store.at.value = ''; store.vs.value = ''; }
    store.tool.value = store.tool.peek() === wanted ? '' : wanted;
    if (wanted !== 'time') store.selected.value = null;
  };
  const fit = () => {
    const j = registry.jurisdictions.data.value?.find((x) => x.code === store.jurisdiction.value);
    if (j?.bbox) map.fitBounds(j.bbox, { padding: margin(map.getCanvas()), duration: 600 });
  };
  return html`<div class="tools card" role="toolbar" aria-label=${t('tools')} aria-orientation="vertical">
      <${Tool} className="wide-only" label=${t('tool.in')} icon="ui-plus" act=${() => map.zoomIn()} />
      <${Tool} className="wide-only" label=${t('tool.out')} icon="ui-minus" act=${() => map.zoomOut()} />
      <${Tool} className="narrow-only" label=${t('layers')} icon="ui-layers" act=${() => { store.drawer.value = true; }} />
      <${Tool} label=${t('tool.fit')} icon="ui-fit" act=${fit} />
      <${Tool} label=${t('tool.measure')} icon="ui-ruler" act=${toggle} pressed=${measuring} />
      <${Tool} label=${t('time')} icon="ui-history" act=${() => use('time')} pressed=${store.tool.value === 'time'} />
      ${!store.past.value && store.tool.value !== 'time' && may('field') && html`<${Tool} label=${t('add')} icon="ui-add" act=${() => use('add')} pressed=${store.tool.value === 'add'} />`}
      ${!store.past.value && store.tool.value !== 'time' && may('planner') && html`<${Tool} label=${t('bulk')} icon="ui-lasso" act=${() => use('bulk')} pressed=${store.tool.value === 'bulk'} />`}
      <${Tool} className="wide-only" label=${t('print')} icon="ui-print" act=${() => printOn()} />
    </div>
    ${measuring && html`<div class="taped card" role="status"><b>${length(taped())}</b><span>${t(tape.value.length > 1 ? 'measure.more' : 'measure.begin')}</span>
      <button class="ghost square" aria-label=${t('close')} onClick=${toggle}><${Icon} name="ui-close" /></button></div>`}`;
}

/** Whether a map can be drawn at all. */
function drawable() {
  try { return Boolean(document.createElement('canvas').getContext('webgl2')); } catch { return false; }
}

export function Stage() {
  const container = useRef(/** @type {HTMLElement | null} */ (null));
  const [map, setMap] = useState(/** @type {import('maplibre-gl').Map | null} */ (null));
  const [failure, setFailure] = useState(/** @type {string | null} */ (null));
  const known = store.jurisdiction.value !== '';
  const unknown = registry.jurisdictions.problem.value;
  useEffect(() => {
    if (!known) return undefined;
    let stop = () => {};
    let gone = false;
    (async () => {
      if (!drawable()) { setFailure(t('list.nowebgl')); return; }
      try {
        const started = await startMap(/** @type {HTMLElement} */ (container.current), (at) => { tip.value = at; }, (at, zoom) => { place.value = { lng: at.lng, lat: at.lat, zoom }; });
        if (gone) { started.stop(); return; }
        stop = started.stop;
        setMap(started.map);
        stageMap.value = started.map;
      } catch (cause) {
        console.warn(cause);
        setFailure(t('list.failed', { why: cause instanceof Error ? cause.message : String(cause) }));
      }
    })();
    return () => { gone = true; stageMap.value = null; stop(); };
  }, [known]);
  if (failure !== null) {
    Object.assign(window, { __idle: true });
    return html`<section class="stage listed" aria-label=${t('list')}><${AssetList} why=${failure} /></section>`;
  }
  return html`<section class="stage" aria-label=${t('stage')}>
    <div class="map" ref=${container}></div>
    ${unknown && html`<div class="empty card"><${Pending} problem=${unknown} retry=${registry.retryAll} waiting="" failed=${t('registry.failed')} again=${t('retry')} /></div>`}
    <${PaperMap} />
    ${map && html`<${Tools} map=${map} />`}
    <${PastBanner} /><${GhostLegend} /><${Crosshair} /><${DrawBar} />${store.tool.value === 'time' && html`<${TimeBar} />`}
    <${Legend} /><${Readout} /><${Tip} /><${Waiting} /><${Empty} />
  </section>`;
}
