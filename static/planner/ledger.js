// A finance workbook on its way into the ledger: the file, its columns, a trial,
// the booking, and the way back.
import { useEffect, useRef, useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { fen, typed, wire, yuan } from '../base/money.js';
import { useDeed } from '../base/deed.js';
import { Refusal } from '../base/dialog.js';
import { SelectField, TextField } from '../base/fields.js';
import * as store from '../base/store.js';
import { Batches } from './batches.js';
import { Leaf } from './leaf.js';
import { Findings } from './ledger_findings.js';
import * as registry from './registry.js';

/**
 * @typedef {{column: string, name: string, field: string, kind?: string, unit?: string}} Column
 * @typedef {{sheet: string, header_row: number, header_rows: number, columns: Column[]}} Mapping
 * @typedef {{zh: string, en: string}} Words
 * @typedef {{ok: boolean, sheets: string[], mapping: Mapping, rows: number, entries: number, sum: string, by_kind: Record<string, string>, faulty: number,
 *   faults: {sheet: string, row: number, cell: string, column: string, value: string, reason: Words}[] | null, lines: {row: number, cells: string[]}[] | null,
 *   examples: {row: number, project: string, on: string, kind: string, amount: string, voucher: string, counterparty: string, targets: string[], note: string}[] | null, totals: {cell: string, label: string, written: string, counted: string, ok: boolean}[] | null,
 *   notes: Words[] | null}} Report
 */

const members = ['project', 'project_code', 'date', 'kind', 'amount', 'voucher', 'counterparty', 'note', 'segment', 'area', 'target', '-'];
const units = ['yuan', 'thousand', 'wan', 'million', 'yi'];
const kinds = ['payment', 'contract', 'change_order', 'refund', 'grant'];
const most = 20 << 20; // bytes
const kept = 20; // mappings remembered

/** What tells a kind of sheet: the heads of its columns. @param {Mapping} m */
const headsOf = (m) => m.columns.map((c) => `${c.column}${c.name}`).join('|');

/** @returns {Record<string, Column[]>} */
function remembered() {
  // Storage may be forbidden; then nothing is remembered.
  try { return JSON.parse(localStorage.getItem('streetbook.mappings') ?? '{}'); } catch { return {}; }
}

/** @param {Mapping} m */
function remember(m) {
  const { [headsOf(m)]: before, ...rest } = remembered();
  const list = Object.entries(rest).slice(1 - kept);
  try { localStorage.setItem('streetbook.mappings', JSON.stringify(Object.fromEntries([...list, [headsOf(m), m.columns]]))); } catch { /* for this visit only */ }
}

/** @param {File} file */
const typeOf = (file) => (file.name.toLowerCase().endsWith('.csv') ? 'text/csv' : file.name.toLowerCase().endsWith('.xlsx') ? 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' : 'application/octet-stream');

/** @param {{mapping: Mapping, set: (mapping: Mapping) => void}} props */
function Columns({ mapping, set }) {
  const change = (/** @type {number} */ i, /** @type {Partial<Column>} */ to) => set({ ...mapping, columns: mapping.columns.map((c, k) => (k === i ? { ...c, ...to } : c)) });
  const pick = (/** @type {Column} */ c, /** @type {number} */ i, /** @type {'field' | 'unit' | 'kind'} */ name, /** @type {string[]} */ list, /** @type {string} */ words, /** @type {string} */ none) => html`<select class="input"
    aria-label=${t(`ledger.${name}`, { column: c.name || c.column })} onChange=${(/** @type {any} */ e) => change(i, { [name]: e.currentTarget.value || undefined })}><option value="" selected=${!c[name]}>${none}</option>
    ${list.map((v) => html`<option key=${v} value=${v} selected=${c[name] === v}>${t(`${words}.${v}`)}</option>`)}</select>`;
  return html`<table class="grid mapping"><caption class="hidden">${t('ledger.columns')}</caption><thead><tr><th scope="col">${t('ledger.column')}</th><th scope="col">${t('ledger.means')}</th><th scope="col">${t('ledger.more')}</th></tr></thead>
    <tbody>${mapping.columns.map((c, i) => html`<tr key=${c.column}><th scope="row"><b>${c.name || '–'}</b><small>${c.column}</small></th><td>${pick(c, i, 'field', members, 'ledger.is', t('ledger.unknown'))}</td>
      <td>${c.field === 'amount' && html`${pick(c, i, 'unit', units, 'ledger.in', t('ledger.unit.none'))}${pick(c, i, 'kind', kinds, 'entry', t('ledger.kind.all'))}`}</td></tr>`)}</tbody></table>`;
}

/** @param {{op: string, report: Report, again: () => void}} props */
function Booked({ op, report, again }) {
  const [undone, setUndone] = useState(false);
  const { act, busy, problem } = useDeed(async (key) => {
    await send('POST', `/api/v1/operations/${op}/undo`, { jurisdiction: store.jurisdiction.peek() }, { op: key });
    registry.booked.value += 1;
    setUndone(true);
  });
  return html`<div class="note good"><${Icon} name="ui-check" /><div><b>${t(undone ? 'ledger.undone' : 'ledger.booked', { entries: number(report.entries), sum: yuan(fen(report.sum)) })}</b></div></div>
    <p class="acts">${!undone && html`<button class=${`button ${busy ? 'busy' : ''}`} id="undo-batch" aria-disabled=${busy} onClick=${() => act()}><${Icon} name="ui-undo" />${t('ledger.undo')}</button>`}
      <button class="button" onClick=${again}>${t('ledger.another')}</button></p><${Refusal} problem=${problem} />`;
}

export function LedgerImport() {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [mapping, setMapping] = useState(/** @type {Mapping | null} */ (null));
  const [report, setReport] = useState(/** @type {Report | null} */ (null));
  const [control, setControl] = useState('');
  const [done, setDone] = useState('');
  const total = typed(control);
  const { act, busy, problem, forget } = useDeed(async (op, /** @type {boolean} */ dry, /** @type {File} */ chosen, /** @type {Mapping | null} */ map) => {
    const url = new URL('/api/v1/investment/import', location.origin);
    const query = { jurisdiction: store.jurisdiction.peek(), dry_run: dry ? 'true' : 'false', name: chosen.name, mapping: map ? JSON.stringify(map) : '', control_total: total === null ? '' : wire(total) };
    for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
    /** @type {Report} */
    const got = await send('POST', url.pathname + url.search, chosen, { op, type: typeOf(chosen) });
    const known = map ? undefined : remembered()[headsOf(got.mapping)];
    if (known && JSON.stringify(known) !== JSON.stringify(got.mapping.columns)) { again.current = { ...got.mapping, columns: known }; return; }
    setReport(got);
    setMapping(got.mapping);
    if (map) remember(map);
    if (!dry && got.ok) { registry.booked.value += 1; setDone(op); }
  });
  const again = useRef(/** @type {Mapping | null} */ (null));
  // A sheet whose columns were explained before is read as they were.
  useEffect(() => {
    const known = again.current;
    if (busy || !known || !file) return;
    again.current = null;
    act(true, file, known);
  }, [busy]);
  const read = (/** @type {boolean} */ dry, /** @type {File} */ chosen, /** @type {Mapping | null} */ map) => act(dry, chosen, map);
  const take = (/** @type {File | undefined} */ chosen) => {
    if (!chosen) return;
    forget(); setDone(''); setReport(null); setMapping(null); setFile(chosen);
    if (chosen.size <= most) read(true, chosen, null);
  };
  const change = (/** @type {Mapping} */ m) => { setMapping(m); setReport(null); };
  const large = file && file.size > most;
  const at = done ? 4 : report?.ok ? 3 : report ? 2 : mapping ? 1 : 0;
  return html`<${Leaf} title=${t('page.ledger')} about=${t('ledger.about')} back=${() => { store.page.value = 'projects'; }} backTo=${t('page.projects')} className="ledger"
      actions=${html`<a class="button" id="template" href=${`/api/v1/investment/template?jurisdiction=${store.jurisdiction.value}`} download>${t('ledger.template')}</a>`}>
    <ol class="way" aria-label=${t('ledger.way')}>${['file', 'columns', 'check', 'book'].map((step, i) => html`<li key=${step} class=${i < at ? 'past' : ''} aria-current=${i === at ? 'step' : undefined}><i>${i + 1}</i>${t(`ledger.step.${step}`)}</li>`)}</ol>
    <label class="file-pick"><span class="field-label">${t('ledger.file')}</span><input type="file" id="ledger-file" accept=".xlsx,.csv" onChange=${(/** @type {any} */ e) => take(e.currentTarget.files?.[0])} /></label>
    ${large && html`<div class="note bad" role="alert"><${Icon} name="ui-alert" /><div>${t('ledger.large')}</div></div>`}
    <${Refusal} problem=${problem} />
    ${busy && html`<p class="pending" role="status">${t('loading')}</p>`}
    ${done && report ? html`<${Booked} op=${done} report=${report} again=${() => { setDone(''); setFile(null); setReport(null); setMapping(null); }} />` : html`
      ${mapping && report && report.sheets.length > 1 && html`<${SelectField} name="sheet" label=${t('ledger.sheet')} value=${mapping.sheet} options=${report.sheets.map((s) => ({ value: s, text: s }))}
        set=${(/** @type {string} */ sheet) => file && read(true, file, { sheet, header_row: 0, header_rows: 0, columns: [] })} />`}
      ${mapping && html`<${Columns} mapping=${mapping} set=${change} />
        <${TextField} name="control_total" label=${t('ledger.control')} value=${control} set=${(/** @type {string} */ v) => { setControl(v); setReport(null); }} inputmode="decimal" unit=${t('unit.yuan')} hint=${t('ledger.control.hint')} error=${control !== '' && total === null ? t('amount.wrong') : ''} />
        <p class="acts"><button class="button" id="try" aria-disabled=${busy} onClick=${() => file && read(true, file, mapping)}>${t('ledger.try')}</button>
          <button class="button primary" id="book" disabled=${!report?.ok || busy} onClick=${() => file && read(false, file, mapping)}>${t('ledger.book')}</button></p>`}
      ${report && html`<${Findings} report=${report} />`}`}
    <${Batches} />
  <//>`;
}
