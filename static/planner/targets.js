// What money falls on and by which rule, as a part of the forms of entries,
// projects and changed rules: found by name, or picked on the map.
import { useEffect, useRef, useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { typed, wire } from '../base/money.js';
import { ChoiceField, TextField } from '../base/fields.js';
import { assetOf, picked, picker, toggled } from './picking.js';
import * as registry from './registry.js';

/**
 * @typedef {import('./picking.js').Target} Target
 * @typedef {{kind: string, classes?: string[], shares?: (Target & {weight: number})[], amounts?: (Target & {amount: string})[]}} Rule
 */

export const ruleKinds = ['length', 'count', 'area', 'shares', 'manual'];
export const targetNouns = /** @type {const} */ (['segment', 'area', 'asset']);
const atOnce = 8;

/** Everything that money can be put on here by name, key segments first. */
function offered() {
  const segments = (registry.segments.data.value ?? []).filter((s) => s.properties.key || s.properties.name);
  const sorted = [...segments].sort((a, b) => Number(b.properties.key) - Number(a.properties.key));
  const areas = (registry.areas.data.value ?? []).filter((a) => a.properties.level !== 'boundary');
  return [...sorted.map((f) => ({ noun: 'segment', f })), ...areas.map((f) => ({ noun: 'area', f }))];
}

/** Groups that are mostly meant as a whole. */
const groups = {
  key: () => (registry.segments.data.value ?? []).filter((s) => s.properties.key).map((s) => ({ noun: 'segment', id: s.id })),
  compound: () => (registry.areas.data.value ?? []).filter((a) => a.properties.level === 'compound').map((a) => ({ noun: 'area', id: a.id })),
};

/** @param {Target} target */
export function targetName({ noun, id }) {
  if (noun === 'asset') {
    const p = assetOf(id)?.properties;
    return p ? p.name || `${registry.className(p.class)} ${String(p.code ?? '').slice(-6)}` : `${t(noun)} ${id.slice(-6)}`;
  }
  const list = noun === 'area' ? registry.areas.data.value : registry.segments.data.value;
  return list?.find((f) => f.id === id)?.properties.name ?? registry.formerName(id) ?? `${t(noun)} ${id.slice(-6)}`;
}

/** @param {{list: Target[], drop: (target: Target) => void}} props */
export function Chips({ list, drop }) {
  return html`<ul class="tag-list">${list.map((target) => html`<li key=${target.id} class="tag">${targetName(target)}<button type="button" class="ghost square tiny" aria-label=${t('targets.remove', { name: targetName(target) })}
    onClick=${() => drop(target)}><${Icon} name="ui-close" /></button></li>`)}</ul>`;
}

/**
 * The switch that sends clicks on the map into a list, and marks the list there.
 * @param {{id: string, list: Target[], nouns: readonly string[], set: (list: Target[]) => void, begin?: boolean}} props `begin`: switched on from the start
 */
export function PickOnMap({ id, list, nouns, set, begin = false }) {
  const [on, turn] = useState(begin);
  const now = useRef({ list, set });
  now.current = { list, set };
  const own = useRef(/** @type {typeof picker.value} */ (null));
  useEffect(() => {
    if (!on) return undefined;
    const mine = { nouns, toggle: (/** @type {Target} */ target) => now.current.set(toggled(now.current.list, target)) };
    own.current = mine;
    picker.value = mine;
    return () => { if (picker.peek() === mine) { picker.value = null; picked.value = []; } };
  }, [on]);
  const mine = on && picker.value === own.current; // another list may have taken the map over
  useEffect(() => { if (mine) picked.value = list; }, [mine, list]);
  const press = () => { if (on && !mine) { picker.value = own.current; return; } turn(!on); };
  return html`<button type="button" class="button pick-map" id=${id} aria-pressed=${mine} onClick=${press}><${Icon} name="ui-locate" />${t(mine ? 'targets.picking' : 'targets.pick')}</button>`;
}

/** @param {{target: Target, rule: Rule, set: (rule: Rule) => void}} props */
function Part({ target, rule, set }) {
  const [text, setText] = useState(() => (rule.kind === 'shares' ? String(rule.shares?.find((s) => s.id === target.id)?.weight ?? '') : rule.amounts?.find((a) => a.id === target.id)?.amount ?? ''));
  const change = (/** @type {string} */ v) => {
    setText(v);
    if (rule.kind === 'shares') set({ ...rule, shares: [...(rule.shares ?? []).filter((s) => s.id !== target.id), ...(/^\d{1,9}$/.test(v) ? [{ ...target, weight: Number(v) }] : [])] });
    else { const amount = typed(v); set({ ...rule, amounts: [...(rule.amounts ?? []).filter((a) => a.id !== target.id), ...(amount === null ? [] : [{ ...target, amount: wire(amount) }])] }); }
  };
  const wrong = text !== '' && (rule.kind === 'shares' ? !/^\d{1,9}$/.test(text) : typed(text) === null);
  return html`<${TextField} label=${targetName(target)} value=${text} set=${change} inputmode="decimal" unit=${rule.kind === 'manual' ? t('unit.yuan') : undefined} error=${wrong ? t(rule.kind === 'manual' ? 'amount.wrong' : 'form.number') : ''} />`;
}

/** Which classes a rule by count counts. @param {{rule: Rule, set: (rule: Rule) => void}} props */
function Counted({ rule, set }) {
  const chosen = rule.classes ?? [];
  const [first] = useState(chosen); // what the rule began with stands in front
  const list = [...new Set([...first, ...registry.present.value, ...chosen])];
  const press = (/** @type {string} */ code) => set({ ...rule, classes: chosen.includes(code) ? chosen.filter((c) => c !== code) : [...chosen, code] });
  return html`<div class="field"><span class="field-label" id="counted">${t('rule.classes')}<small>${t(chosen.length === 0 ? 'rule.classes.all' : 'rule.classes.some', { n: chosen.length })}</small></span>
    <div class="chips counted" role="group" aria-labelledby="counted">${list.map((code) => html`<button key=${code} type="button" class="chip plain" data-code=${code} aria-pressed=${chosen.includes(code)} onClick=${() => press(code)}>${registry.className(code)}</button>`)}</div></div>`;
}

/**
 * A rule without what it said of targets that are no longer there: the server
 * refuses shares of others.
 * @param {Rule} rule
 * @param {Target[]} targets
 */
export function kept(rule, targets) {
  const there = (/** @type {Target} */ x) => targets.some((y) => y.id === x.id);
  return { ...rule, ...(rule.shares ? { shares: rule.shares.filter(there) } : {}), ...(rule.amounts ? { amounts: rule.amounts.filter(there) } : {}) };
}

/** @param {{rule: Rule, targets: Target[], set: (rule: Rule) => void, errors: Record<string, string>}} props */
function RuleField({ rule, targets, set, errors }) {
  const error = errors.rule ?? errors['rule.kind'] ?? errors['rule.shares'] ?? errors['rule.amounts'] ?? errors['rule.classes'];
  return html`<${ChoiceField} name="rule" className="rules" label=${t('rule')} value=${rule.kind} set=${(/** @type {string} */ kind) => set({ kind })} options=${ruleKinds.map((value) => ({ value, text: t(`rule.${value}`) }))} error=${error} />
    ${rule.kind === 'count' && html`<${Counted} rule=${rule} set=${set} />`}
    ${(rule.kind === 'shares' || rule.kind === 'manual') && targets.length > 0 && html`<div class="parts">${targets.map((target) => html`<${Part} key=${`${rule.kind} ${target.id}`} target=${target} rule=${rule} set=${set} />`)}</div>`}`;
}

/** @param {{targets: Target[], rule: Rule, set: (change: {targets?: Target[], rule?: Rule}) => void, errors: Record<string, string>, begin?: boolean}} props */
export function TargetsField({ targets, rule, set, errors, begin }) {
  const [text, setText] = useState('');
  const matches = (/** @type {string} */ words) => offered().filter(({ f }) => !targets.some((x) => x.id === f.id) && `${f.properties.code ?? ''} ${f.properties.name}`.toLowerCase().includes(words.trim().toLowerCase())).slice(0, atOnce);
  const list = text.trim() ? matches(text) : [];
  const put = (/** @type {Target[]} */ to) => set({ targets: to, rule: kept(rule, to) });
  const add = (/** @type {Target} */ target) => { put([...targets, target]); setText(''); };
  // Enter may come before what was typed is drawn: the field itself says what is wanted.
  const keys = (/** @type {KeyboardEvent} */ e) => {
    const words = e.target instanceof HTMLInputElement ? e.target.value : '';
    if (e.key !== 'Enter' || e.isComposing || !words.trim()) return;
    e.preventDefault();
    e.stopPropagation();
    const [first] = matches(words);
    if (first) add({ noun: first.noun, id: first.f.id });
  };
  const whole = /** @type {(keyof typeof groups)[]} */ (Object.keys(groups)).filter((g) => groups[g]().some((x) => !targets.some((y) => y.id === x.id)));
  const join = (/** @type {keyof typeof groups} */ g) => put([...targets, ...groups[g]().filter((x) => !targets.some((y) => y.id === x.id))]);
  return html`<fieldset class="targets"><legend class="field-label">${t('targets')}${targets.length > 0 && html` <small>${targets.length}</small>`}</legend>
    ${errors.targets && html`<p class="field-error"><${Icon} name="ui-alert" />${errors.targets}</p>`}
    <${Chips} list=${targets} drop=${(/** @type {Target} */ x) => put(targets.filter((y) => y.id !== x.id))} />
    <div class="target-tools"><${PickOnMap} id="pick-targets" list=${targets} nouns=${targetNouns} set=${put} begin=${begin} />
      ${whole.map((g) => html`<button key=${g} type="button" class="link" onClick=${() => join(g)}>${t(`targets.all.${g}`)}</button>`)}
      ${targets.length > 1 && html`<button type="button" class="link" onClick=${() => put([])}>${t('targets.clear')}</button>`}</div>
    <${TextField} name="target" label=${t('targets.add')} value=${text} set=${setText} hint=${t('targets.hint')} onKeyDown=${keys} />
    ${list.length > 0 && html`<ul class="picks-list">${list.map(({ noun, f }) => html`<li key=${f.id}><button type="button" onClick=${() => add({ noun, id: f.id })}><span>${f.properties.name}</span><small>${f.properties.code}</small></button></li>`)}</ul>`}
    <${RuleField} rule=${rule} targets=${targets} set=${(/** @type {Rule} */ r) => set({ rule: r })} errors=${errors} />
  </fieldset>`;
}
