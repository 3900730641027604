// Lists that a page needs while it is open.
import { useEffect, useMemo } from 'preact/hooks';
import { transient } from './registry.js';

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
