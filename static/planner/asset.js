// An asset's sheet: what it is, how it fares and where it stands.
import { useEffect, useMemo } from 'preact/hooks';
import { get } from '../base/api.js';
import { html, Badge } from '../base/view.js';
import { named, number, t, time } from '../base/i18n.js';
import { attribute, chainage, position } from '../base/format.js';
import * as store from '../base/store.js';
import * as registry from './registry.js';
import { referred } from './people.js';
import { touched } from '../base/events.js';
import { Gone, History, isGone } from './history.js';
import { AssetActions } from './actions.js';
import { PhotoStrip } from './photos.js';

/** @param {string} id */
function useAsset(id) {
  const found = useMemo(() => registry.transient(() => `${id} ${store.at.value} ${touched(id)}`, (signal) => get(`/ogc/collections/assets/items/${id}`, { datetime: registry.when() }, signal)), [id]);
  useEffect(() => found.stop, [found]);
  return found.resource;
}

/** @param {{label: string, children: any}} props */
function Fact({ label, children }) {
  if (children === '' || children === null || children === undefined) return null;
  return html`<div><dt>${label}</dt><dd>${children}</dd></div>`;
}

/** @param {{properties: Record<string, any>}} props */
function Attributes({ properties }) {
  const fields = registry.classByCode.value.get(properties.class)?.fields ?? [];
  const values = properties.attributes ?? {};
  const known = fields.map((f) => ({ label: named(f.name, f.name_en), text: attribute(referred(values[f.key], f), f), key: f.key }));
  // What a source brought along beyond the class is shown too, under its own name.
  const beyond = Object.keys(values).filter((k) => !fields.some((f) => f.key === k))
    .map((key) => ({ label: key, text: attribute(values[key], { kind: 'text' }), key }));
  const rows = [...known, ...beyond].filter((r) => r.text !== '');
  if (rows.length === 0) return null;
  return html`<h3>${t('asset.attributes')}</h3><dl class="facts">${rows.map((r) => html`<${Fact} key=${r.key} label=${r.label}>${r.text}<//>`)}</dl>`;
}

/** @param {{properties: Record<string, any>}} props */
function Where({ properties: p }) {
  const segment = registry.segments.data.value?.find((s) => s.id === p.segment);
  const community = registry.areas.data.value?.find((a) => a.id === p.community);
  const along = [p.chainage_m === null || p.chainage_m === undefined ? '' : chainage(p.chainage_m), p.side ? t(`side.${p.side}`) : '', p.offset_m ? t('asset.offset', { m: number(p.offset_m, 1) }) : ''];
  return html`<h3>${t('asset.where')}</h3><dl class="facts">
    ${p.segment && html`<${Fact} label=${t('segment')}><button class="link" onClick=${() => store.select('segment', p.segment)}>${segment?.properties.name ?? t('segment')}</button><//>`}
    <${Fact} label=${t('chainage')}>${along.filter(Boolean).join(' · ')}<//>
    ${p.community && html`<${Fact} label=${t('level.community')}><button class="link" onClick=${() => store.select('area', p.community)}>${community?.properties.name ?? t('level.community')}</button><//>`}
  </dl>`;
}

/** @param {any} geometry */
function firstPosition(geometry) {
  let c = geometry?.coordinates;
  while (Array.isArray(c?.[0])) c = c[0];
  return c;
}

/** @param {{id: string}} props */
export function AssetSheet({ id }) {
  const { data, problem, reload } = useAsset(id);
  const feature = data.value;
  if (!feature || isGone(problem.value)) return html`<${Gone} collection="assets" id=${id} problem=${problem.value} retry=${reload} />`;
  const p = feature.properties;
  const c = registry.classByCode.value.get(p.class);
  const at = firstPosition(feature.geometry);
  const className = c ? named(c.name, c.name_en) : p.class_name;
  return html`<div class="sheet-head asset"><${Badge} icon=${c?.icon ?? 'other'} color=${c?.color ?? '#667580'} className="large" />
      <div><h2>${p.name || className}</h2><p>${[p.name && p.name !== className ? className : '', p.code].filter(Boolean).join(' · ')}</p></div></div>
    <p class="tags"><span class=${`tag condition ${p.condition}`}><i class=${`dot ${p.condition}`}></i>${t(`condition.${p.condition}`)}</span>
      <span class=${`tag ${p.status}`}>${t(`status.${p.status}`)}</span></p>
    <${AssetActions} feature=${feature} reload=${reload} />
    <${PhotoStrip} noun="asset" id=${id} />
    <${Where} properties=${p} />
    <${Attributes} properties=${p} />
    <h3>${t('asset.record')}</h3>
    <dl class="facts">
      <${Fact} label=${t('asset.code')}>${p.code}<//>
      <${Fact} label=${t('asset.class')}>${`${className} · ${p.class}`}<//>
      <${Fact} label=${t('asset.position')}>${at ? position(at) : ''}<//>
      <${Fact} label=${t('asset.accuracy')}>${p.accuracy_m === null || p.accuracy_m === undefined ? '' : `± ${number(p.accuracy_m, 1)} m`}<//>
      <${Fact} label=${t('asset.installed')}>${p.installed_on}<//>
      <${Fact} label=${t('asset.removed')}>${p.removed_on}<//>
      <${Fact} label=${t('asset.replaces')}>${p.replaces && html`<button class="link" onClick=${() => store.select('asset', p.replaces)}>${t('asset.earlier')}</button>`}<//>
      <${Fact} label=${t('asset.replacedby')}>${p.replaced_by && html`<button class="link" onClick=${() => store.select('asset', p.replaced_by)}>${t('asset.later')}</button>`}<//>
      <${Fact} label=${t('source')}>${p.source}<//>
      <${Fact} label=${t('asset.updated')}>${p.updated_at ? time(p.updated_at) : ''}<//>
      <${Fact} label=${t('asset.version')}>${p.version ? number(p.version) : ''}<//>
    </dl>
    <${History} collection="assets" id=${id} version=${p.version} />`;
}
