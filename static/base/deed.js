// A write as a form sees it: under way, refused, or done.
import { useRef, useState } from 'preact/hooks';
import { newID } from './api.js';

/** Brings the person to the first entry that is marked as wrong. */
export function toFirstFault() {
  requestAnimationFrame(() => {
    const found = document.querySelector(':is(dialog[open], .desk-form, .restructure) .wrong :is(input, select, textarea):not(:disabled)');
    if (found instanceof HTMLElement) found.focus();
  });
}

/**
 * The attempts to do one thing. `how` is told the key of the attempt and what
 * `act` was told. The key stays while nothing was answered, so that trying the
 * same again does not do it twice.
 * @template {any[]} T
 * @param {(op: string, ...args: T) => Promise<unknown>} how
 */
export function useDeed(how) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {import('./api.js').Problem | null} */ (null));
  const last = useRef({ about: '', op: '' });
  const act = async (/** @type {T} */ ...args) => {
    if (busy) return;
    const about = JSON.stringify(args);
    if (last.current.about !== about || !last.current.op) last.current = { about, op: newID() };
    setBusy(true);
    setProblem(null);
    try {
      await how(last.current.op, ...args);
      last.current.op = '';
    } catch (cause) {
      const refused = /** @type {import('./api.js').Problem} */ (cause);
      if (!refused.offline) last.current.op = '';
      setProblem(refused);
      toFirstFault();
    } finally {
      setBusy(false);
    }
  };
  return { act, busy, problem, forget: () => setProblem(null) };
}
