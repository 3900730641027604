// The time machine: a bar with a date handle, and what changed since a second date.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { number, t, time } from '../base/i18n.js';
import { at, jurisdiction, past, tool, vs } from '../base/store.js';
import { useFetched } from './fetched.js';

const day = 86_400_000; // ms
const minute = 60_000; // ms
const settle = 250; // ms a handle must rest before the map follows

/** @typedef {{first: string | null, last: string | null, days: {day: string, changes: number}[]}} Timeline */

/** @param {string} iso */
function local(iso) {
  const d = new Date(iso);
  const pad = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}T${pad(d.getHours())}:${pad(d.getMinutes())}`;
}

/**
 * A minute later.
 * @param {string} iso
 */
const after = (iso) => new Date(new Date(iso).getTime() + minute).toISOString();

/** The banner over the map while the past is shown. */
export function PastBanner() {
  if (!past.value) return null;
  return html`<div class="past card" role="status"><${Icon} name="ui-history" /><span>${t('time.banner', { at: time(at.value) })}</span>
    <button class="button" id="to-now" onClick=${() => { at.value = ''; vs.value = ''; }}>${t('time.now')}</button></div>`;
}

/**
 * How much was changed on each day, as bars under the handle.
 * @param {{days: Timeline['days'], from: number, to: number}} props
 */
function Bars({ days, from, to }) {
  const most = Math.max(1, ...days.map((d) => d.changes));
  const along = (/** @type {number} */ ms) => (Math.min(Math.max(ms - from, 0), to - from) / Math.max(to - from, 1)) * 1000;
  return html`<svg class="bars" viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true">${days.map((d) => {
    const midnight = new Date(`${d.day}T00:00`).getTime();
    const x = along(midnight);
    const width = Math.max(along(midnight + day) - x - 1, 5);
    const h = 4 + 34 * Math.sqrt(d.changes / most);
    return html`<rect key=${d.day} x=${Math.min(x, 1000 - width)} y=${40 - h} width=${width} height=${h} />`;
  })}</svg>`;
}

/**
 * A handle and the same as a date to type.
 * @param {{label: string, value: string, set: (iso: string) => void, from: number, to: number, id: string, days: Timeline['days']}} props
 */
function Handle({ label, value, set, from, to, id, days }) {
  const now = value ? new Date(value).getTime() : to;
  const [moving, setMoving] = useState(now);
  // Only what comes from elsewhere moves the handle: the first effect runs late on a
  // slow phone, and would take it back from a finger that was faster.
  const shown = useRef(now);
  useEffect(() => { if (shown.current !== now) { shown.current = now; setMoving(now); } }, [now]);
  useEffect(() => {
    if (moving === now) return undefined;
    const timer = setTimeout(() => set(moving >= to ? '' : new Date(moving).toISOString()), settle);
    return () => clearTimeout(timer);
  }, [moving]);
  const step = (/** @type {number} */ by) => setMoving(Math.min(Math.max(moving + by, from), to));
  return html`<div class="handle-row"><label for=${id}>${label}</label>
    <button class="ghost square" aria-label=${t('time.earlier')} onClick=${() => step(-day)}><${Icon} name="ui-back" /></button>
    <span class="slider"><${Bars} days=${days} from=${from} to=${to} /><input type="range" id=${id} min=${from} max=${to} step="60000" value=${moving}
      aria-valuetext=${time(new Date(moving).toISOString())} onInput=${(/** @type {any} */ e) => setMoving(Number(e.currentTarget.value))} /></span>
    <button class="ghost square turned-round" aria-label=${t('time.later')} onClick=${() => step(day)}><${Icon} name="ui-back" /></button>
    <input class="input" type="datetime-local" aria-label=${label} value=${local(new Date(moving).toISOString())} min=${local(new Date(from).toISOString())}
      onChange=${(/** @type {any} */ e) => { const d = new Date(e.currentTarget.value); if (!Number.isNaN(d.getTime())) set(d.getTime() >= Date.now() ? '' : d.toISOString()); }} /></div>`;
}

/** The bar at the foot of the map. */
export function TimeBar() {
  const [opened] = useState(Date.now());
  const found = useFetched(jurisdiction.value, async (signal) => /** @type {Timeline} */ (await get('/api/v1/timeline', { jurisdiction: jurisdiction.peek() }, signal)));
  const line = found.data.value;
  const shut = () => { at.value = ''; vs.value = ''; tool.value = ''; };
  if (!line) return html`<div class="timebar card" role="region" aria-label=${t('time')}><p>${found.problem.value?.message ?? t('loading')}</p></div>`;
  const first = line.first ? new Date(line.first).getTime() : opened;
  // A day before the first entry there was nothing: that must be reachable too.
  const from = first - day;
  const shared = { from, to: opened, days: line.days };
  const end = at.value ? new Date(at.value).getTime() : opened;
  // The two handles never pass each other.
  const setAt = (/** @type {string} */ v) => { at.value = v && vs.value && v <= vs.value ? after(vs.value) : v; };
  const setVs = (/** @type {string} */ v) => { vs.value = v && new Date(v).getTime() < end ? v : new Date(end - minute).toISOString(); };
  const compare = () => { if (vs.value) vs.value = ''; else setVs(new Date(Math.max(first, end - 7 * day)).toISOString()); };
  return html`<div class="timebar card" role="region" aria-label=${t('time')}>
    <div class="timebar-head"><b>${t('time')}</b><small>${t('time.days', { n: number(line.days.length) })}</small>
      <button class="button" id="compare" aria-pressed=${vs.value !== ''} onClick=${compare}>
        <${Icon} name="ui-compare" />${t('time.compare')}</button>
      <button class="ghost square" aria-label=${t('close')} onClick=${shut}><${Icon} name="ui-close" /></button></div>
    ${vs.value && html`<${Handle} id="time-vs" label=${t('time.before')} value=${vs.value} set=${setVs} ...${shared} />`}
    <${Handle} id="time-at" label=${t(vs.value ? 'time.after' : 'time.at')} value=${at.value} set=${setAt} ...${shared} />
  </div>`;
}
