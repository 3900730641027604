// List mode: what the map would show, as a table. For browsers that cannot
// draw the map.
import { useEffect, useState } from 'preact/hooks';
import { get, nextPage } from '../base/api.js';
import { html, Badge, Icon, Pending } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { chainage } from '../base/format.js';
import * as store from '../base/store.js';
import * as registry from './registry.js';

const page = 50;

/** Pages of assets under the filters, one after the other. */
function useAssets() {
  const { none, class: c, condition: k } = registry.wanted.value;
  const j = store.jurisdiction.value;
  const ready = registry.totals.data.value !== null;
  const [state, setState] = useState({ rows: /** @type {registry.Feature[]} */ ([]), next: /** @type {string | undefined} */ (undefined), problem: /** @type {Error | null} */ (null), busy: true });
  const load = async (/** @type {string | undefined} */ more, /** @type {AbortSignal} */ signal) => {
    try {
      const got = await (more ? get(more, {}, signal) : get('/ogc/collections/assets/items', { jurisdiction: j, class: c, condition: k, limit: page }, signal));
      setState((s) => ({ rows: more ? [...s.rows, ...got.features] : got.features, next: nextPage(got), problem: null, busy: false }));
    } catch (cause) {
      if (!signal.aborted) setState((s) => ({ ...s, problem: /** @type {Error} */ (cause), busy: false }));
    }
  };
  useEffect(() => {
    const abort = new AbortController();
    if (none) setState({ rows: [], next: undefined, problem: null, busy: false });
    else if (j && ready) load(undefined, abort.signal);
    return () => abort.abort();
  }, [j, none, c, k, ready]);
  return { ...state, more: () => load(state.next, new AbortController().signal), again: () => load(undefined, new AbortController().signal) };
}

/** @param {{feature: registry.Feature}} props */
function Row({ feature }) {
  const p = feature.properties;
  const c = registry.classByCode.value.get(p.class);
  const segment = registry.segments.data.value?.find((s) => s.id === p.segment)?.properties.name ?? '';
  const at = p.chainage_m === null || p.chainage_m === undefined ? '' : chainage(p.chainage_m);
  return html`<tr><td><button class="link row-link" onClick=${() => store.select('asset', feature.id)}><${Badge} icon=${c?.icon ?? 'other'} color=${c?.color ?? '#667580'} />${p.name || registry.className(p.class)}</button></td>
    <td class="code">${p.code}</td><td><i class=${`dot ${p.condition}`}></i>${t(`condition.${p.condition}`)}</td><td>${[segment, at].filter(Boolean).join(' ')}</td></tr>`;
}

/** @param {{why: string}} props */
export function AssetList({ why }) {
  const { rows, next, problem, busy, more, again } = useAssets();
  const total = registry.counts.value?.total;
  return html`<div class="list">
    <div class="list-head"><div><h2>${t('list')}</h2><p>${why}</p></div>
      <button class="button narrow-only" onClick=${() => { store.drawer.value = true; }}><${Icon} name="ui-layers" />${t('layers')}</button></div>
    <div class="list-scroll" tabindex="0" role="region" aria-label=${t('assets')}>
      <table class="table"><caption>${total === undefined ? '' : t('list.count', { shown: number(rows.length), total: number(total) })}</caption>
        <thead><tr><th scope="col">${t('asset')}</th><th scope="col">${t('asset.code')}</th><th scope="col">${t('condition')}</th><th scope="col">${t('segment')}</th></tr></thead>
        <tbody>${rows.map((f) => html`<${Row} key=${f.id} feature=${f} />`)}</tbody></table>
      ${problem && html`<${Pending} problem=${problem} retry=${again} waiting="" failed=${t('layer.failed')} again=${t('retry')} />`}
      ${busy && html`<p class="pending" role="status">${t('loading')}</p>`}
      ${!busy && !problem && rows.length === 0 && html`<p class="pending">${t('empty')}
        ${store.filtered.value && html`<button class="button" onClick=${store.resetFilters}>${t('filters.reset')}</button>`}</p>`}
      ${next && html`<p class="more"><button class="button" onClick=${more}>${t('list.more')}</button></p>`}
    </div></div>`;
}
