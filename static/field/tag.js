// Tagging: tiles of classes, the draft, the burst.
import { useEffect, useState } from 'preact/hooks';
import { Badge, html, Icon } from '../base/view.js';
import { chainage } from '../base/format.js';
import { named, number, t } from '../base/i18n.js';
import { AttributeFields } from './attributes.js';
import { PhotoButton, PhotoStrip } from './camera.js';
import { ghost } from './map.js';
import { undo } from './outbox.js';
import { classes, place, readAssets, segmentOf, twinOf } from './pack.js';
import { chosen, need, quality, say, screen, spot, today, unsaved } from './screen.js';
import { inspect, lastValues, tag } from './tagging.js';
import { tracking } from './track.js';
import { WalkBar } from './walk.js';

const conditions = /** @type {const} */ (['good', 'fair', 'poor', 'dangerous']);
const few = 8; // tiles before the search

/** @param {any} c */
export const nameOf = (c) => named(c?.name, c?.name_en);

/** Where the spot lies, in words. */
function Where() {
  const at = spot.value;
  if (!at) return html`<p class="where">${t('field.nowhere')}</p>`;
  const p = place.value(at.position);
  const on = segmentOf(p.segment);
  return html`<p class="where">${on ? `${on.properties.name || on.properties.road} · ${chainage(p.chainage_m ?? 0)} · ${t(`field.side.${p.side || 'none'}`)}` : t('field.offroad')}
    ${at.accuracy === null ? ` · ${t('field.crosshair')}` : ` · ±${number(at.accuracy, 1)} m`}</p>`;
}

/** @param {any} c @param {'draft' | 'burst'} to */
function choose(c, to) {
  chosen.value = c;
  screen.value = to;
}

export function Tiles() {
  const [query, setQuery] = useState('');
  const [burst, setBurst] = useState(false);
  const words = query.trim().toLowerCase();
  const list = classes.value.filter((/** @type {any} */ c) => !words || `${c.name} ${c.name_en} ${c.code}`.toLowerCase().includes(words));
  const shown = words ? list : list.slice(0, few);
  return html`<section class="field-sheet" aria-label=${t('field.tag')}>
    <header><h2>${t('field.tag')}</h2><p class="today">${t('field.today', { n: number(today.value) })}</p></header>
    ${tracking.value && html`<${WalkBar} />`}
    <div class="tiles">${shown.map((/** @type {any} */ c) => html`<button key=${c.code} class="tile" data-class=${c.code} onClick=${() => choose(c, burst ? 'burst' : 'draft')}>
      <${Badge} icon=${c.icon} color=${c.color} className="large" /><span>${nameOf(c)}</span></button>`)}</div>
    <div class="tools"><label class="hidden" for="class-search">${t('field.search')}</label>
      <input id="class-search" class="input" type="search" placeholder=${t('field.search')} value=${query} onInput=${(/** @type {any} */ e) => setQuery(e.currentTarget.value)} />
      <button class="button" id="burst" aria-pressed=${burst} onClick=${() => setBurst(!burst)}>${t('field.burst')}</button>
      <button class="button" id="more" onClick=${() => { screen.value = 'more'; }}>${t('field.more')}</button></div>
  </section>`;
}

/** Shows the twin of what is about to be tagged. */
function useTwin() {
  const c = chosen.value;
  const at = spot.value;
  const twin = c && at ? twinOf(c.code, at.position) : null;
  useEffect(() => { ghost.value = twin; return () => { ghost.value = null; }; }, [twin]);
  return twin;
}

/** Keeps a screen open as long as what was entered in it is not saved. @param {boolean} something */
export function useUnsaved(something) {
  useEffect(() => { unsaved.value = something; return () => { unsaved.value = false; }; }, [something]);
}

/** @param {{value: string, set: (v: string) => void}} props */
export function ConditionChoice({ value, set }) {
  return html`<div class="conditions" role="radiogroup" aria-label=${t('member.condition')}>
    ${conditions.map((k) => html`<button type="button" key=${k} role="radio" aria-checked=${k === value} data-condition=${k} onClick=${() => set(k)}>${t(`condition.${k}`)}</button>`)}</div>`;
}

export function Draft() {
  const c = chosen.value;
  const [condition, setCondition] = useState('good');
  const [files, setFiles] = useState(/** @type {File[]} */ ([]));
  const [values, setValues] = useState(/** @type {Record<string, any> | null} */ (null));
  const [form, setForm] = useState(false);
  const [entered, setEntered] = useState(false);
  useUnsaved(entered || files.length > 0 || condition !== 'good');
  const twin = useTwin();
  useEffect(() => { lastValues(c.code).then(setValues); }, [c]);
  const close = () => { chosen.value = null; screen.value = 'tiles'; };
  const save = async () => {
    if (!spot.value) return;
    const { op } = await tag(c, spot.value, { condition, files, attributes: values ?? undefined }).catch((cause) => { say(t('field.failed', { why: cause.message }), { bad: true }); return { op: '' }; });
    if (!op) return;
    say(t('field.saved', { what: nameOf(c) }), { undo: () => takeBack(op) });
    close();
  };
  const same = async () => { const { op } = await inspect(twin, 'found', spot.value, files); say(t('field.updated'), { undo: () => takeBack(op) }); close(); };
  return html`<section class="field-sheet" aria-label=${nameOf(c)}>
    <header><${Badge} icon=${c.icon} color=${c.color} className="large" /><div><h2>${nameOf(c)}</h2><${Where} /></div>
      <button class="ghost square close" aria-label=${t('close')} onClick=${close}><${Icon} name="ui-close" /></button></header>
    ${twin && html`<div class="twin"><p><b>${t('field.twin')}</b> ${twin.code}</p><button class="button" id="same" onClick=${same}>${t('field.same')}</button></div>`}
    <${ConditionChoice} value=${condition} set=${setCondition} />
    <${PhotoStrip} files=${files} set=${setFiles} />
    <div class="pair"><${PhotoButton} files=${files} set=${setFiles} />
      <button type="button" class="button big" id="form" aria-expanded=${form} onClick=${() => setForm(!form)}><${Icon} name="ui-edit" />${t('field.form')}</button></div>
    ${form && values && html`<${AttributeFields} fields=${c.fields ?? []} values=${values} set=${(/** @type {Record<string, any>} */ v) => { setValues(v); setEntered(true); }} />`}
    <button class="save" id="save" disabled=${!spot.value} onClick=${save}><${Icon} name="ui-check" />${t('field.save')}</button>
  </section>`;
}

/** @param {string} op */
export async function takeBack(op) {
  await undo(op);
  await readAssets();
  say(t('field.undone'));
}

export function Burst() {
  const c = chosen.value;
  const [strip, setStrip] = useState(/** @type {{op: string, id: string, photos: number}[]} */ ([]));
  const shoot = async (/** @type {File[]} */ files = []) => {
    if (!spot.value) return;
    if (quality.value !== 'good') navigator.vibrate?.([120, 60, 120]);
    const made = await tag(c, spot.value, { files }).catch((cause) => { say(t('field.failed', { why: cause.message }), { bad: true }); return null; });
    if (made) setStrip((s) => [{ ...made, photos: files.length }, ...s].slice(0, 5));
  };
  const back = async (/** @type {string} */ op) => { await takeBack(op); setStrip((s) => s.filter((x) => x.op !== op)); };
  const close = () => { chosen.value = null; screen.value = 'tiles'; };
  return html`<section class="field-sheet burst" aria-label=${t('field.burst')}>
    <header><${Badge} icon=${c.icon} color=${c.color} className="large" /><div><h2>${t('field.burst')} · ${nameOf(c)}</h2><${Where} /></div>
      <button class="ghost square close" aria-label=${t('close')} onClick=${close}><${Icon} name="ui-close" /></button></header>
    <ul class="strip">${strip.map((s) => html`<li key=${s.op}><button class="button" onClick=${() => back(s.op)}><${Badge} icon=${c.icon} color=${c.color} />${s.photos > 0 && s.photos}<${Icon} name="ui-undo" /><span class="hidden">${t('field.undo')}</span></button></li>`)}</ul>
    <div class="pair"><${PhotoButton} files=${[]} set=${shoot} /><p class="today">${t('field.today', { n: number(today.value) })}</p></div>
    <button class="save huge" id="shoot" data-quality=${quality.value} disabled=${!spot.value} onClick=${() => shoot()}><${Icon} name="ui-plus" />${nameOf(c)}</button>
    <p class="where">${t('field.need', { m: number(need.value, 1) })}</p>
  </section>`;
}
