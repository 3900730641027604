// Entries as the server gives them, page by page.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../base/api.js';
import { fen } from '../base/money.js';
import * as store from '../base/store.js';
import * as registry from './registry.js';

/** @typedef {import('./money.js').Entry} Entry */

/**
 * Pages of entries, one after the other; the first anew whenever the query
 * changes or something was booked.
 * @param {Record<string, string>} query
 * @param {number} [size] entries on a page
 */
export function useEntries(query, size = 50) {
  const [state, setState] = useState({ rows: /** @type {Entry[]} */ ([]), next: /** @type {string | null} */ (null), problem: /** @type {Error | null} */ (null), busy: true });
  const key = JSON.stringify([store.jurisdiction.value, registry.booked.value, query, size]);
  const asked = useRef(key); // an answer to another question is late
  asked.current = key;
  const load = async (/** @type {string | null} */ after, /** @type {AbortSignal} */ signal) => {
    setState((s) => ({ ...s, busy: true, problem: null }));
    try {
      const got = await get('/api/v1/entries', { jurisdiction: store.jurisdiction.peek(), ...query, limit: size, ...(after ? { after } : {}) }, signal);
      if (asked.current === key) setState((s) => ({ rows: after ? [...s.rows, ...got.entries] : got.entries, next: got.next, problem: null, busy: false }));
    } catch (cause) {
      if (!signal.aborted && asked.current === key) setState((s) => ({ ...s, problem: /** @type {Error} */ (cause), busy: false }));
    }
  };
  useEffect(() => {
    const abort = new AbortController();
    if (store.jurisdiction.peek()) load(null, abort.signal);
    return () => abort.abort();
  }, [key]);
  return { ...state, more: () => load(state.next, new AbortController().signal), again: () => load(null, new AbortController().signal) };
}

/**
 * What of an entry falls into the question it is an answer to.
 * @param {Entry} e
 */
export const partOf = (e) => fen(e.share ?? e.amount);
