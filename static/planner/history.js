// The history of an object in its sheet: who changed what, when, and the way back.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { get, Problem, send } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { named, number, t, time } from '../base/i18n.js';
import { area, attribute, chainage, length } from '../base/format.js';
import { useDeed } from '../base/deed.js';
import { Confirm } from '../base/dialog.js';
import { announce, touched } from '../base/events.js';
import { may } from '../base/session.js';
import { past } from '../base/store.js';
import { actorName, referred } from './people.js';
import { bounds, centre, distance } from '../map/place.js';
import { flight } from './search.js';
import { Lineage } from './lineage.js';
import { Money } from './money.js';
import * as registry from './registry.js';

/**
 * @typedef {{name: string, before: any, after: any}} FieldChange
 * @typedef {{version: number, seq: number, at: string, actor: string, op: string, kind: string, fields: FieldChange[], feature: registry.Feature | null, lineage?: import('./lineage.js').Step[]}} Version
 */

/** What the map draws of a change: the geometry before and after. */
export const ghosts = signal(/** @type {{before: any, after: any} | null} */ (null));

/** What the two drawings are, on the map while they are there. */
export function GhostLegend() {
  if (!ghosts.value) return null;
  return html`<div class="ghosts card" role="status"><span><i class="trace before" aria-hidden="true"></i>${t('history.before')}</span><span><i class="trace after" aria-hidden="true"></i>${t('history.after')}</span></div>`;
}

const members = ['code', 'name', 'class', 'status', 'condition', 'segment', 'chainage_m', 'side', 'offset_m', 'community', 'accuracy_m', 'source', 'source_id', 'source_crs',
  'installed_on', 'removed_on', 'replaces', 'replaced_by', 'road', 'from', 'to', 'key', 'length_m', 'level', 'parent', 'area_m2', 'residents', 'geometry'];

/**
 * What people call a member of a feature.
 * @param {string} name
 * @param {string} [code] of the class
 */
export function memberName(name, code = '') {
  const key = name.replace(/^attributes\./, '');
  if (key !== name) {
    const field = registry.classByCode.value.get(code)?.fields?.find((f) => f.key === key);
    return field ? named(field.name, field.name_en) : key;
  }
  return members.includes(name) ? t(`member.${name}`) : name;
}

/**
 * A value of a member in words.
 * @param {string} name
 * @param {any} value
 * @param {string} [code] of the class
 */
export function memberValue(name, value, code = '') {
  if (value === null || value === undefined || value === '') return t('history.nothing');
  if (name === 'condition' || name === 'status' || name === 'side' || name === 'level') return t(`${name}.${value}`);
  if (name === 'geometry') return t('history.shape');
  if (name === 'class') return registry.className(value);
  if (name === 'chainage_m') return chainage(value);
  if (name === 'area_m2') return area(value);
  if (name.endsWith('_m')) return attribute(value, { kind: 'number', unit: 'm' });
  if (name === 'segment') return registry.segments.data.value?.find((s) => s.id === value)?.properties.name ?? t('segment');
  if (name === 'community' || name === 'parent') return registry.areas.data.value?.find((a) => a.id === value)?.properties.name ?? t('level.community');
  if (name === 'replaces' || name === 'replaced_by') return t('history.other');
  const field = registry.classByCode.value.get(code)?.fields?.find((f) => `attributes.${f.key}` === name);
  if (field) return attribute(referred(value, field), field);
  return attribute(value, { kind: typeof value === 'number' ? 'number' : 'text' });
}

/**
 * How far a place moved; of a shape only that it is another.
 * @param {FieldChange} change
 */
function shifted({ before, after }) {
  if (before?.type !== 'Point' || after?.type !== 'Point') return t('history.shape');
  return t('history.moved', { by: length(distance(before.coordinates, after.coordinates)) });
}

/** @param {{field: FieldChange, code: string}} props */
function Values({ field: f, code }) {
  if (f.name === 'geometry') return html`<ins>${shifted(f)}</ins>`;
  return html`<del>${memberValue(f.name, f.before, code)}</del><span aria-hidden="true"> → </span><span class="hidden">${t('history.to')}</span><ins>${memberValue(f.name, f.after, code)}</ins>`;
}

/** @param {{fields: FieldChange[], code?: string}} props */
export function FieldChanges({ fields, code = '' }) {
  return html`<dl class="changed">${fields.map((f) => html`<div key=${f.name}><dt>${memberName(f.name, code)}</dt>
    <dd><${Values} field=${f} code=${code} /></dd></div>`)}</dl>`;
}

const nouns = /** @type {Record<string, string>} */ ({ assets: 'asset', segments: 'segment', areas: 'area' });

/** @param {{collection: string, id: string, version: Version, now: number, close: () => void}} props */
function Restore({ collection, id, version, now, close }) {
  const { act, busy, problem } = useDeed(async (op) => {
    await send('POST', `/api/v1/${collection}/${id}/versions/${version.version}/restore`, undefined, { version: now, op });
    announce([{ noun: nouns[collection], id }]);
    close();
  });
  return html`<${Confirm} title=${t('history.restore', { n: version.version })} verb=${t('history.restore.do')} act=${() => act()} close=${close} busy=${busy} problem=${problem}>
    <p>${t('history.restore.note', { at: time(version.at) })}</p><//>`;
}

/**
 * Whether other segments took the place of one: then it is not brought back beside them.
 * @param {Version[] | null} versions
 */
const succeeded = (versions) => versions?.[0]?.kind === 'delete' && Boolean(versions[0].lineage);

/** @param {{versions: Version[], version: Version, collection: string, id: string, now: number}} props */
function Entry({ versions, version: v, collection, id, now }) {
  const [asking, ask] = useState(false);
  const before = versions.find((x) => x.version === v.version - 1)?.feature;
  const moved = v.fields.some((f) => f.name === 'geometry') && before && v.feature;
  const show = () => { if (moved) ghosts.value = { before: before.geometry, after: /** @type {registry.Feature} */ (v.feature).geometry }; };
  const hide = () => { ghosts.value = null; };
  const go = () => {
    if (!moved) return;
    show();
    const now = /** @type {registry.Feature} */ (v.feature).geometry;
    const [w, s, e, n] = bounds(now);
    flight.value = { point: centre(now), zoom: distance([w, s], [e, n]) > 400 ? 15 : 17.5 };
  };
  const mayRestore = !succeeded(versions) && v.feature && v.version !== now && !past.value && may(collection === 'assets' ? 'field' : 'planner');
  return html`<li class=${`version ${v.kind}`} onMouseEnter=${show} onMouseLeave=${hide}>
    <p class="version-head"><b>${actorName(v.actor)}</b><span>${v.lineage ? t(`lineage.kind.${v.lineage[0].kind}`) : t(`history.kind.${v.kind}`)}</span><time datetime=${v.at}>${time(v.at)}</time></p>
    ${v.lineage && html`<p class="quiet">${v.lineage.map((s) => `${s.from.name} → ${s.to.name}`).join('; ')}</p>`}
    ${v.fields.length > 0 && html`<${FieldChanges} fields=${v.fields} code=${v.feature?.properties.class ?? ''} />`}
    <p class="version-foot"><small>${t('history.version', { n: v.version })}</small>
      ${moved && html`<button class="link" onFocus=${show} onBlur=${hide} onClick=${go}>${t('history.onmap')}</button>`}
      ${mayRestore && html`<button class="link" onClick=${() => ask(true)}>${t('history.restore', { n: v.version })}</button>`}</p>
    ${asking && html`<${Restore} collection=${collection} id=${id} version=${v} now=${now} close=${() => ask(false)} />`}
  </li>`;
}

/**
 * The versions, kept on the page while newer ones are on their way.
 * @param {string} collection
 * @param {string} id
 */
function useVersions(collection, id) {
  const found = useMemo(() => registry.transient(() => `${id} ${touched(id)}`,
    async (signal) => /** @type {Version[]} */ ((await get(`/api/v1/${collection}/${id}/history`, {}, signal)).versions)), [id]);
  useEffect(() => found.stop, [found]);
  useEffect(() => () => { ghosts.value = null; }, [id]);
  return found.resource;
}

/** @param {{found: registry.Resource<Version[]>, collection: string, id: string}} props */
function Versions({ found, collection, id }) {
  const list = found.data.value;
  if (!list) return html`<${Pending} problem=${found.problem.value} retry=${found.reload} waiting=${t('loading')} failed=${t('sheet.failed')} again=${t('retry')} />`;
  return html`<ol class="versions">${list.map((v) => html`<${Entry} key=${v.seq} versions=${list} version=${v} collection=${collection} id=${id} now=${list[0].version} />`)}</ol>`;
}

/** @param {{collection: string, id: string}} props */
function LiveVersions({ collection, id }) {
  return html`<${Versions} found=${useVersions(collection, id)} collection=${collection} id=${id} />`;
}

/**
 * Whether the server says that it is not there.
 * @param {Error | null} problem
 */
export const isGone = (problem) => problem instanceof Problem && problem.status === 404;

/**
 * In place of the sheet of an object that is not there: what it was, and the way
 * back, for those who may know.
 * @param {{collection: string, id: string, problem: Error | null, retry: () => void}} props
 */
export function Gone({ collection, id, problem, retry }) {
  if (!isGone(problem) || !may('viewer')) return html`<${Pending} problem=${problem} retry=${retry} waiting=${t('loading')} failed=${t('sheet.failed')} again=${t('retry')} />`;
  return html`<${Former} collection=${collection} id=${id} />`;
}

/** @param {{collection: string, id: string}} props */
function Former({ collection, id }) {
  const found = useVersions(collection, id);
  const last = found.data.value?.find((v) => v.feature)?.feature?.properties;
  const name = last?.name || (last?.class && registry.className(last.class));
  const words = past.value ? 'history.notyet' : succeeded(found.data.value) ? 'lineage.retired' : 'history.gone';
  return html`<div class="sheet-head"><h2>${name || t('history.gone')}</h2><span class="tag removed">${t(words)}</span>
      ${last?.code && html`<p>${last.code}</p>`}</div>
    <p class="quiet">${t(past.value ? 'history.notyet.note' : succeeded(found.data.value) ? 'lineage.retired.note' : 'history.gone.note')}</p>
    ${collection === 'segments' && last && html`<${Lineage} id=${id} version=${last.version} /><${Money} noun="segment" feature=${{ type: 'Feature', id, geometry: null, properties: last }} />`}
    <section class="history"><h3>${t('history')}</h3><${Versions} found=${found} collection=${collection} id=${id} /></section>`;
}

/**
 * Opened when somebody wants to know: most people never do.
 * @param {{collection: string, id: string, version: number}} props
 */
export function History({ collection, id, version }) {
  const [open, setOpen] = useState(false);
  if (!may('viewer')) return null;
  return html`<section class="history"><h3><button class="group-name" aria-expanded=${open} onClick=${() => setOpen(!open)}>
      <${Icon} name="ui-down" className=${open ? '' : 'turned'} />${t('history')}</button><small>${t('history.count', { n: number(version) })}</small></h3>
    ${open && html`<${LiveVersions} collection=${collection} id=${id} />`}</section>`;
}
