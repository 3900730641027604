// What an amount would come to where, asked from the server while a form is
// filled in: the same shares, to the fen, that booking would make.
import { useEffect, useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { named, t } from '../base/i18n.js';
import { fen, share, wire, yuan } from '../base/money.js';
import * as store from '../base/store.js';
import { targetName } from './targets.js';

/**
 * @typedef {import('./targets.js').Target} Target
 * @typedef {import('./targets.js').Rule} Rule
 * @typedef {{shares: {target: Target, amount: string, weight: number, weight_total: number, words: {zh: string, en: string}}[], unallocated: string}} Foreseen
 */

const pause = 250; // ms after the last change
const example = 1_000_000n; // fen: where no amount is known yet, shares are shown of it

/** @param {bigint | null} amount a deduction divides as what it takes from */
const size = (amount) => (amount !== null && amount < 0n ? -amount : amount);

/**
 * @param {{amount: bigint | null, targets: Target[], rule: Rule, proportional: boolean}} of
 * @returns {{data: Foreseen | null, problem: Error | null}}
 */
function useForeseen({ amount, targets, rule, proportional }) {
  const [state, setState] = useState({ data: /** @type {Foreseen | null} */ (null), problem: /** @type {Error | null} */ (null) });
  const body = JSON.stringify({ jurisdiction: store.jurisdiction.value, amount: wire(size(amount) || example), targets, rule, proportional });
  useEffect(() => {
    if (targets.length === 0) { setState({ data: null, problem: null }); return undefined; }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      send('POST', '/api/v1/investment/preview', JSON.parse(body), { signal: abort.signal }).then(
        (data) => setState({ data, problem: null }),
        (problem) => { if (!abort.signal.aborted) setState({ data: null, problem }); },
      );
    }, pause);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [body]);
  return state;
}

/** @param {{amount: bigint | null, targets: Target[], rule: Rule, proportional?: boolean}} props `proportional`: amounts given by hand are shares, as a project's are */
export function SharePreview({ amount, targets, rule, proportional = false }) {
  const { data, problem } = useForeseen({ amount, targets, rule, proportional });
  if (targets.length === 0) return html`<p class="note warn share-note"><${Icon} name="ui-alert" /><span>${t('targets.none')}</span></p>`;
  if (problem) return html`<p class="note bad share-note" role="status"><${Icon} name="ui-alert" /><span>${problem.message}</span></p>`;
  if (!data) return html`<p class="field-hint" role="status">${t('loading')}</p>`;
  const none = data.shares.filter((s) => fen(s.amount) === 0n);
  const rest = fen(data.unallocated);
  const all = none.length === data.shares.length;
  const total = data.shares.reduce((sum, s) => sum + fen(s.amount), rest);
  const signed = (/** @type {bigint} */ v) => yuan(amount !== null && amount < 0n ? -v : v);
  return html`<section class="foreseen-shares" aria-live="polite">
    ${all ? html`<p class="note warn share-note"><${Icon} name="ui-alert" /><span>${t('targets.nothing')}</span></p>`
      : none.length > 0 && html`<p class="note warn share-note"><${Icon} name="ui-alert" /><span>${t('targets.zero', { n: none.length, names: none.slice(0, 3).map((s) => targetName(s.target)).join('、') + (none.length > 3 ? '…' : '') })}</span></p>`}
    <table class="lines shares"><caption>${t(amount ? 'targets.preview' : 'targets.preview.shares')}</caption><tbody>
      ${data.shares.map((s) => html`<tr key=${s.target.id} class=${fen(s.amount) === 0n ? 'none' : ''} title=${named(s.words.zh, s.words.en)}><th scope="row">${targetName(s.target)}</th>
        <td>${share(fen(s.amount), total)}</td>${amount && html`<td class="sum"><b>${signed(fen(s.amount))}</b></td>`}</tr>`)}
      ${rest !== 0n && html`<tr class="rest"><th scope="row">${t('proof.unallocated')}</th><td>${share(rest, total)}</td>${amount && html`<td class="sum"><b>${signed(rest)}</b></td>`}</tr>`}
      ${amount && html`<tr class="total"><th scope="row">${t('proof.sum')}</th><td></td><td class="sum"><b>${signed(total)}</b></td></tr>`}</tbody></table></section>`;
}
