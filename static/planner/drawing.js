// A drawing that is under way: who began it, its bar over the map, and what
// becomes of it.
import { useEffect, useState } from 'preact/hooks';
import { effect, signal } from '@preact/signals';
import { send } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { Refusal } from '../base/dialog.js';
import { tool } from '../base/store.js';
import { drawable, snapped, startDrawing, steps } from '../map/draw.js';
import { useSave } from './edit.js';
import { today } from './lifecycle.js';
import * as registry from './registry.js';

/** @typedef {import('./registry.js').Feature} Feature */

/** The map of the page, once there is one. */
export const stageMap = signal(/** @type {import('maplibre-gl').Map | null} */ (null));

/** @typedef {{kind: import('../map/draw.js').Kind, geometry?: any, about?: {collection: 'assets' | 'segments' | 'areas', feature: Feature}}} Session */

/** What is being drawn. */
export const session = signal(/** @type {Session | null} */ (null));
/** What the drawing is by now; null while it is not whole. */
export const shape = signal(/** @type {any} */ (null));
export const trouble = signal('');

/** @type {import('../map/draw.js').Drawing | null} */
let drawing = null;

effect(() => {
  const now = session.value;
  const map = stageMap.value;
  let over = false;
  drawing?.stop();
  drawing = null;
  shape.value = null;
  if (!now || !map) return undefined;
  trouble.value = '';
  const lines = (registry.segments.data.peek() ?? []).map((s) => s.geometry.coordinates);
  const color = getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
  startDrawing(map, { kind: now.kind, geometry: now.geometry, lines: now.kind === 'lasso' ? [] : lines, color, changed: (g) => { if (!over) shape.value = g; } })
    .then((made) => { if (over) made.stop(); else drawing = made; }, (cause) => { console.warn(cause); trouble.value = t('draw.failed'); });
  return () => { over = true; };
});

/** @param {Session} wish */
export function draw(wish) {
  tool.value = wish.about ? 'draw' : tool.peek();
  session.value = wish;
}

/** Ends the drawing; what was drawn is forgotten. */
export function endDrawing() {
  session.value = null;
  if (tool.peek() === 'draw') tool.value = '';
}

/** One step back out of a tool: first what was drawn goes, then the tool. */
export function backOut() {
  const now = session.peek();
  if (now && (shape.peek() || steps.peek().undo)) { session.value = { ...now }; return; }
  endDrawing();
  tool.value = '';
}

/** Puts a place where the map's centre is: for hands without a mouse. */
export function placeAtCentre() {
  const at = stageMap.peek()?.getCenter();
  if (at) drawing?.place([at.lng, at.lat]);
}

/**
 * Begins to move or reshape what a sheet shows.
 * @param {'assets' | 'segments' | 'areas'} collection
 * @param {Feature} feature
 */
export function reshape(collection, feature) {
  if (!drawable(feature.geometry)) { trouble.value = t('draw.holes'); tool.value = 'draw'; return; }
  const kind = /** @type {import('../map/draw.js').Kind} */ (feature.geometry.type.replace('Multi', ''));
  draw({ kind, geometry: feature.geometry, about: { collection, feature } });
}

export function DrawTools() {
  return html`<button class="ghost square" id="draw-undo" aria-label=${t('draw.undo')} title=${t('draw.undo')} disabled=${!steps.value.undo} onClick=${() => drawing?.undo()}><${Icon} name="ui-undo" /></button>
    <button class="ghost square" id="draw-redo" aria-label=${t('draw.redo')} title=${t('draw.redo')} disabled=${!steps.value.redo} onClick=${() => drawing?.redo()}><${Icon} name="ui-redo" /></button>`;
}

/** @param {{about: NonNullable<Session['about']>}} props */
function SaveShape({ about: { collection, feature } }) {
  const [on, setOn] = useState(today());
  const point = collection === 'assets' && feature.geometry.type === 'Point';
  // Moving is a step in an asset's life and has its date; another shape only describes it better.
  const move = /** @type {import('./edit.js').Way} */ (({ geometry }, stamp) => send('POST', `/api/v1/assets/${feature.id}/move`, { on, geometry }, stamp));
  const { busy, problem, conflict, save } = useSave(collection, feature, endDrawing, point ? { way: move, said: t('draw.moved') } : {});
  const same = !shape.value || JSON.stringify(shape.value.coordinates) === JSON.stringify(feature.geometry.coordinates);
  return html`${point && html`<label class="draw-date">${t('life.on')}<input class="input" type="date" value=${on} required onInput=${(/** @type {any} */ e) => setOn(e.target.value)} /></label>`}
    <button class=${`button primary draw-end ${busy ? 'busy' : ''}`} id="draw-save" disabled=${same || !on} onClick=${() => save({ properties: {}, geometry: shape.value })}>${t('save')}</button>
    <${Refusal} problem=${problem} />${conflict}`;
}

/** The bar over the map while something that is there is moved or reshaped. */
export function DrawBar() {
  useEffect(() => {
    const keys = (/** @type {KeyboardEvent} */ e) => { if (e.key === 'Escape' && tool.peek() === 'draw' && !document.querySelector('dialog[open]')) { e.preventDefault(); endDrawing(); } };
    addEventListener('keydown', keys, { capture: true });
    return () => removeEventListener('keydown', keys, { capture: true });
  }, []);
  const now = session.value;
  if (tool.value !== 'draw') return null;
  const point = now?.kind === 'Point';
  return html`<div class="drawbar card" role="region" aria-label=${t('draw')}>
    <span role="status">${trouble.value || t(snapped.value ? 'draw.snapped' : point ? 'draw.point' : 'draw.shape')}</span>
    <${DrawTools} />
    ${point && html`<button class="button draw-centre" onClick=${placeAtCentre}>${t('draw.centre')}</button>`}
    <button class="button draw-end" onClick=${endDrawing}>${t('cancel')}</button>
    ${now?.about && html`<${SaveShape} key=${now.about.feature.id} about=${now.about} />`}
  </div>`;
}
