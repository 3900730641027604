// What money falls on and by which rule, as a part of the forms of projects and
// of changed rules.
import { useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { fen, share, typed, wire, yuan } from '../base/money.js';
import { ChoiceField, TextField } from '../base/fields.js';
import * as registry from './registry.js';

/**
 * @typedef {{noun: string, id: string}} Target
 * @typedef {{kind: string, classes?: string[], shares?: (Target & {weight: number})[], amounts?: (Target & {amount: string})[]}} Rule
 */

export const ruleKinds = ['length', 'count', 'area', 'shares', 'manual'];

/** Everything that money can be put on here by name, key segments first. */
function offered() {
  const segments = (registry.segments.data.value ?? []).filter((s) => s.properties.key || s.properties.name);
  const sorted = [...segments].sort((a, b) => Number(b.properties.key) - Number(a.properties.key));
  const areas = (registry.areas.data.value ?? []).filter((a) => a.properties.level !== 'boundary');
  return [...sorted.map((f) => ({ noun: 'segment', f })), ...areas.map((f) => ({ noun: 'area', f }))];
}

/** @param {Target} target */
export function targetName({ noun, id }) {
  const list = noun === 'area' ? registry.areas.data.value : registry.segments.data.value;
  return list?.find((f) => f.id === id)?.properties.name ?? registry.formerName(id) ?? `${t(noun)} ${id.slice(-6)}`;
}

/**
 * What of a size a rule goes by, where the page knows it; whole thousandths, pieces
 * or shares.
 * @param {Rule} rule
 * @param {Target} target
 */
function weight(rule, { noun, id }) {
  const f = (noun === 'area' ? registry.areas : registry.segments).data.value?.find((x) => x.id === id);
  if (rule.kind === 'length') return BigInt(Math.round((f?.properties.length_m ?? 0) * 1000));
  if (rule.kind === 'area') return BigInt(Math.round((f?.properties.area_m2 ?? 0) * 1000));
  if (rule.kind === 'shares') return BigInt(rule.shares?.find((s) => s.id === id)?.weight ?? 0);
  if (rule.kind === 'manual') return fen(rule.amounts?.find((a) => a.id === id)?.amount);
  return null; // the server counts
}

/** @param {{targets: Target[], rule: Rule}} props */
export function SharePreview({ targets, rule }) {
  const weights = targets.map((target) => weight(rule, target));
  if (targets.length === 0) return html`<p class="field-hint">${t('targets.none')}</p>`;
  if (weights.some((w) => w === null)) return html`<p class="field-hint">${t('targets.counted')}</p>`;
  const whole = weights.reduce((/** @type {bigint} */ sum, w) => sum + (w ?? 0n), 0n);
  const size = (/** @type {bigint} */ w) => (rule.kind === 'manual' ? yuan(w) : rule.kind === 'shares' ? String(w) : number(Number(w) / 1000, 1));
  return html`<table class="lines shares"><caption class="hidden">${t('targets.preview')}</caption><tbody>${targets.map((target, i) => html`<tr key=${target.id}>
    <th scope="row">${targetName(target)}</th><td class="sum">${size(weights[i] ?? 0n)}</td><td><b>${share(weights[i] ?? 0n, whole)}</b></td></tr>`)}</tbody></table>`;
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

/** @param {{targets: Target[], rule: Rule, set: (change: {targets?: Target[], rule?: Rule}) => void, errors: Record<string, string>}} props */
export function TargetsField({ targets, rule, set, errors }) {
  const [text, setText] = useState('');
  const matches = (/** @type {string} */ words) => offered().filter(({ f }) => !targets.some((x) => x.id === f.id) && `${f.properties.code} ${f.properties.name}`.toLowerCase().includes(words.trim().toLowerCase())).slice(0, 8);
  const wanted = text.trim();
  const list = wanted ? matches(text) : [];
  const add = (/** @type {Target} */ target) => { set({ targets: [...targets, target] }); setText(''); };
  // Enter may come before what was typed is drawn: the field itself says what is wanted.
  const keys = (/** @type {KeyboardEvent} */ e) => {
    const typed = e.target instanceof HTMLInputElement ? e.target.value : '';
    if (e.key !== 'Enter' || e.isComposing || !typed.trim()) return;
    e.preventDefault();
    e.stopPropagation();
    const [first] = matches(typed);
    if (first) add({ noun: first.noun, id: first.f.id });
  };
  return html`<fieldset class="targets"><legend class="field-label">${t('targets')}</legend>
    ${errors.targets && html`<p class="field-error"><${Icon} name="ui-alert" />${errors.targets}</p>`}
    <ul class="tag-list">${targets.map((target) => html`<li key=${target.id} class="tag">${targetName(target)}<button type="button" class="ghost square tiny" aria-label=${t('targets.remove', { name: targetName(target) })}
      onClick=${() => set({ targets: targets.filter((x) => x.id !== target.id) })}><${Icon} name="ui-close" /></button></li>`)}</ul>
    <${TextField} name="target" label=${t('targets.add')} value=${text} set=${setText} hint=${t('targets.hint')} onKeyDown=${keys} />
    ${wanted && html`<ul class="picks-list">${list.map(({ noun, f }) => html`<li key=${f.id}><button type="button" onClick=${() => add({ noun, id: f.id })}><span>${f.properties.name}</span><small>${f.properties.code}</small></button></li>`)}</ul>`}
    <${ChoiceField} name="rule" label=${t('rule')} value=${rule.kind} set=${(/** @type {string} */ kind) => set({ rule: { kind } })} options=${ruleKinds.map((value) => ({ value, text: t(`rule.${value}`) }))} error=${errors.rule ?? errors['rule.kind']} />
    ${(rule.kind === 'shares' || rule.kind === 'manual') && targets.map((target) => html`<${Part} key=${`${rule.kind} ${target.id}`} target=${target} rule=${rule} set=${(/** @type {Rule} */ r) => set({ rule: r })} />`)}
    <${SharePreview} targets=${targets} rule=${rule} />
  </fieldset>`;
}
