// Lists that a page needs while it is open.
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { booked, transient } from './registry.js';

/**
 * Something fetched for as long as the caller is on the page, anew whenever
 * its key changes.
 * @template T
 * @param {string} key "" means that nothing is fetched
 * @param {(signal: AbortSignal) => Promise<T>} fetch
 * @returns {import('./registry.js').Resource<T>}
 */
export function useFetched(key, fetch) {
  const found = useMemo(() => transient(() => key || null, fetch), [key]);
  useEffect(() => found.stop, [found]);
  return found.resource;
}

/**
 * The same of what follows from the ledger: asked anew when something is booked,
 * and shown as it was until the answer is there.
 * @template T
 * @param {string} key
 * @param {(signal: AbortSignal) => Promise<T>} fetch
 * @returns {import('./registry.js').Resource<T>}
 */
export function useLedger(key, fetch) {
  const found = useFetched(key, fetch);
  const now = booked.value;
  const seen = useRef(now);
  useEffect(() => {
    if (seen.current !== now) found.reload();
    seen.current = now;
  }, [now]);
  return found;
}
