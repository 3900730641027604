// What a trial of a finance sheet found: its sums, and the refused cells where
// they stand in the sheet, each with its reason.
import { useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { named, number, t } from '../base/i18n.js';
import { fen, yuan } from '../base/money.js';

/** @typedef {import('./ledger.js').Report} Report */

/** The faulty rows as the sheet has them. @param {{report: Report, at: string, point: (cell: string) => void}} props `at`: the cell that is pointed at */
function FaultyRows({ report: r, at, point }) {
  const { columns } = r.mapping;
  const lines = r.lines ?? [];
  const wrong = new Set((r.faults ?? []).map((f) => f.cell));
  if (lines.length === 0) return null;
  return html`<div class="sheet-scroll" tabindex="0" role="region" aria-label=${t('ledger.rows')}><table class="cells"><caption class="hidden">${t('ledger.rows')}</caption>
    <thead><tr><td></td>${columns.map((c) => html`<th key=${c.column} scope="col"><small>${c.column}</small>${c.name}</th>`)}</tr></thead>
    <tbody>${lines.map((l) => html`<tr key=${l.row}><th scope="row">${l.row}</th>${l.cells.map((text, i) => {
    const cell = `${columns[i].column}${l.row}`;
    return html`<td key=${cell} class=${`${wrong.has(cell) ? 'wrong-cell' : ''} ${at === cell ? 'at' : ''}`} data-cell=${cell} onMouseEnter=${() => point(wrong.has(cell) ? cell : '')}>${wrong.has(cell) && html`<${Icon} name="ui-alert" /><span class="hidden">${t('ledger.wrong')} </span>`}${text}</td>`;
  })}</tr>`)}</tbody></table></div>`;
}

/** @param {{report: Report}} props */
function Faults({ report: r }) {
  const [at, point] = useState('');
  const faults = r.faults ?? [];
  if (faults.length === 0) return null;
  return html`<div class="faulty"><${FaultyRows} report=${r} at=${at} point=${point} />
    <table class="grid faults"><caption class="hidden">${t('ledger.faults')}</caption><thead><tr><th scope="col">${t('ledger.cell')}</th><th scope="col">${t('ledger.holds')}</th><th scope="col">${t('ledger.why')}</th></tr></thead>
      <tbody>${faults.map((f) => html`<tr key=${`${f.cell} ${f.reason.en}`} class=${at === f.cell && at ? 'fresh' : ''} onMouseEnter=${() => point(f.cell)}><th scope="row"><b>${f.cell || '–'}</b><small>${f.column}</small></th><td class="held">${f.value}</td><td>${named(f.reason.zh, f.reason.en)}</td></tr>`)}</tbody></table></div>
    ${r.faulty > faults.length && html`<p class="quiet">${t('ledger.faults.more', { n: number(r.faulty - faults.length) })}</p>`}`;
}

/** The first entries as they will be booked. @param {{report: Report}} props */
function Examples({ report: r }) {
  const list = r.examples ?? [];
  if (list.length === 0) return null;
  return html`<details class="examples"><summary>${t('ledger.examples', { n: number(list.length) })}</summary><table class="grid"><caption class="hidden">${t('dossier.entries')}</caption><thead><tr><th scope="col">${t('ledger.row')}</th><th scope="col">${t('entry.on')}</th><th scope="col">${t('entry.kind')}</th><th scope="col">${t('entry.voucher')}</th><th scope="col">${t('project')}</th><th scope="col">${t('targets')}</th><th scope="col" class="numeric">${t('entry.amount')}</th></tr></thead>
    <tbody>${list.map((d) => html`<tr key=${`${d.row} ${d.kind}`}><td>${d.row}</td><td>${d.on}</td><td>${t(`entry.${d.kind}`)}</td><th scope="row">${d.voucher || '–'}<small>${d.counterparty}</small></th><td>${d.project}</td><td>${d.targets.join('、')}</td><td class="numeric"><b>${yuan(fen(d.amount))}</b></td></tr>`)}</tbody></table></details>`;
}

/** @param {{report: Report}} props */
export function Findings({ report: r }) {
  const kinds = Object.entries(r.by_kind ?? {});
  return html`<section class="findings" aria-live="polite"><div class=${`note ${r.ok ? 'good' : 'bad'}`}><${Icon} name=${r.ok ? 'ui-check' : 'ui-alert'} /><div><b>${t(r.ok ? 'ledger.ok' : 'ledger.faulty', { n: number(r.faulty) })}</b><br />
      ${t('ledger.read', { rows: number(r.rows), entries: number(r.entries), sum: yuan(fen(r.sum)) })}${kinds.length > 0 && html`<br />${kinds.map(([k, sum]) => `${t(`entry.${k}`)} ${yuan(fen(sum))}`).join(' · ')}`}</div></div>
    ${(r.totals ?? []).map((x) => html`<p key=${x.cell} class=${x.ok ? 'quiet' : 'wrong-total'}>${x.label} (${x.cell}): ${x.written} ${x.ok ? '=' : '≠'} ${x.counted}</p>`)}
    ${(r.notes ?? []).map((n) => html`<p key=${n.en} class="quiet">${named(n.zh, n.en)}</p>`)}
    <${Faults} report=${r} /><${Examples} report=${r} /></section>`;
}
