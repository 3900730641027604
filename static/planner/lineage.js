// What became of a segment that was split or merged, and of the money on it.
import { get } from '../base/api.js';
import { html } from '../base/view.js';
import { number, t, time } from '../base/i18n.js';
import { fen, yuan } from '../base/money.js';
import { may } from '../base/session.js';
import { touched } from '../base/events.js';
import * as store from '../base/store.js';
import { useFetched } from './fetched.js';
import { actorName } from './people.js';

/**
 * @typedef {{id: string, name: string, retired: boolean}} SegmentName
 * @typedef {{kind: 'split' | 'merge', from: SegmentName, to: SegmentName, weight: number, weight_total: number, op: string, at: string, actor: string}} Step
 */

/** @param {{of: SegmentName, here: string}} props */
function Named({ of: s, here }) {
  if (s.id === here) return html`<b title=${t('lineage.here')}>${s.name}</b>`;
  return html`<button class="link" onClick=${() => store.select('segment', s.id)}>${s.name}</button>${s.retired && html`<small> ${t('lineage.gone')}</small>`}`;
}

/**
 * Each different segment once.
 * @param {SegmentName[]} list
 */
const once = (list) => [...new Map(list.map((s) => [s.id, s])).values()];

/** @param {{steps: Step[], here: string}} props one split or merge */
function Event({ steps, here }) {
  const [{ kind, at, actor }] = steps;
  const metres = (/** @type {Step} */ s) => `${number(s.weight / 1000, 1)} m`;
  const before = once(steps.map((s) => s.from));
  const after = once(steps.map((s) => s.to));
  const size = (/** @type {SegmentName} */ s) => steps.find((x) => (kind === 'split' ? x.to.id : x.from.id) === s.id);
  const list = (/** @type {SegmentName[]} */ names, /** @type {boolean} */ sized) => names.map((s) => html`<li key=${s.id}><${Named} of=${s} here=${here} />${sized && html`<small>${metres(/** @type {Step} */ (size(s)))}</small>`}</li>`);
  return html`<li class=${`version ${kind}`}><p class="version-head"><b>${actorName(actor)}</b><span>${t(`lineage.kind.${kind}`)}</span><time datetime=${at}>${time(at)}</time></p>
    <div class="descent"><ul>${list(before, kind === 'merge')}</ul><span aria-hidden="true">→</span><span class="hidden">${t('history.to')}</span><ul>${list(after, kind === 'split')}</ul></div></li>`;
}

/** Which of the two views of money on segments is shown. @param {{name?: string}} props `name`: another, where two stand on the page */
export function LineageSwitch({ name = 'lineage' }) {
  return html`<div class="choice lineage-view" role="radiogroup" aria-label=${t('lineage.view')}>${/** @type {const} */ (['booked', 'current']).map((v) => html`<label key=${v}><input type="radio" name=${name} value=${v}
    checked=${store.lineage.value === v} onChange=${() => { store.step.value = null; store.lineage.value = v; }} /><span>${t(`lineage.view.${v}`)}</span></label>`)}</div>`;
}

/**
 * The lineage of a segment, where it has one.
 * @param {{id: string, version: number}} props
 */
export function Lineage({ id, version }) {
  const found = useFetched(may('viewer') ? `${id} lineage ${version} ${touched(id)}` : '', (signal) => get(`/api/v1/segments/${id}/lineage`, {}, signal));
  /** @type {Step[]} */
  const steps = found.data.value?.links ?? [];
  if (steps.length === 0) return null;
  const ops = [...new Set(steps.map((s) => s.op))];
  return html`<section class="lineage" aria-label=${t('lineage')}><h3>${t('lineage')}</h3>
    <ol class="versions">${ops.map((op) => html`<${Event} key=${op} steps=${steps.filter((s) => s.op === op)} here=${id} />`)}</ol><${LineageSwitch} /></section>`;
}

/**
 * @typedef {{target: {noun: string, id: string}, amount: string, name?: string, retired?: boolean, successors?: {id: string, name: string, amount: string}[]}} Share
 */

/**
 * What of an entry falls on a segment, in the view that is shown, and the share
 * behind it; null where nothing does.
 * @template {Share} T
 * @param {T[] | null | undefined} shares
 * @param {string} id
 * @returns {{amount: bigint, share: T, carried: boolean} | null}
 */
export function partOn(shares, id) {
  const own = shares?.find((a) => a.target.id === id);
  if (own && !(own.retired && store.lineage.value === 'current')) return { amount: fen(own.amount), share: own, carried: false };
  if (store.lineage.value !== 'current') return null;
  const behind = (shares ?? []).filter((a) => a.successors?.some((s) => s.id === id));
  if (behind.length === 0) return null;
  const amount = behind.reduce((sum, a) => sum + fen(a.successors?.find((s) => s.id === id)?.amount), 0n);
  return { amount, share: behind[0], carried: true };
}

/** Where the share of a segment that is no more lives on. @param {{share: Share}} props */
export function Successors({ share }) {
  if (!share.successors) return null;
  return html`<div><dt>${t('lineage.into')}</dt><dd>${share.successors.map((s) => html`<span key=${s.id} class="heir"><button class="link" onClick=${() => store.select('segment', s.id)}>${s.name}</button> ${yuan(fen(s.amount))}</span>`)}</dd></div>`;
}
