package main

import (
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var tapCount = flag.Int("taps", 2, "lamps that are tagged for the figures of how long a tap takes")

// taps: how long it takes from the finger to the picture that says it is saved,
// with the processor as it is and at a quarter of it, as a phone of five years has
// it. The figures are said; none of them decides.
func (s *patrol) taps(t *testing.T) {
	p := workPhone(t, s.browser, s.road.site, "admin", s.password)
	eval[bool](p, watchTaps)
	for _, slower := range []float64{1, 4} {
		if _, err := chromedp.Call(p.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: slower}); err != nil {
			t.Fatal(err)
		}
		var opened, saved, burst []float64
		for i := range *tapCount {
			stand(p, 113.7302+float64(i)*0.0002, 34.7416, 3)
			opened = append(opened, p.tap(`.tile[data-class="0118"]`, `document.querySelector('#save:enabled')`))
			saved = append(saved, p.tap("#save", `!document.querySelector('#save') && document.querySelector('.said p')`))
		}
		p.click("#burst")
		p.click(`.tile[data-class="0118"]`)
		for range *tapCount {
			today := eval[int](p, `Number(document.querySelector('.field-sheet .today').innerText.match(/\d+/)[0])`)
			burst = append(burst, p.tap("#shoot", fmt.Sprintf(`document.querySelector('.field-sheet .today').innerText.match(/\d+/)[0] === '%d'`, today+1)))
		}
		p.click(".close")
		for what, ms := range map[string][]float64{"a class opens": opened, "saved": saved, "one of a burst": burst} {
			slices.Sort(ms)
			t.Logf("processor at 1/%.0f, %s: median %.0f ms, p95 %.0f ms of %d", slower, what, ms[len(ms)/2], ms[len(ms)*95/100], len(ms))
		}
	}
	n := 4 * *tapCount
	p.chip(fmt.Sprintf("%d/%d 条", n, n))
}

// tap presses what a selector finds as a finger does, and returns the milliseconds
// until the picture with what was expected was drawn.
func (p tab) tap(selector, expected string) float64 {
	p.Helper()
	p.until(fmt.Sprintf(`document.querySelector('%s:enabled')`, selector))
	eval[bool](p, fmt.Sprintf(`window.__tapped(() => %s)`, expected))
	at := eval[[]float64](p, fmt.Sprintf(`(r => [r.left + r.width / 2, r.top + r.height / 2])(document.querySelector('%s').getBoundingClientRect())`, selector))
	p.do(chromedp.MouseClickXY(at[0], at[1]))
	p.until(`window.__took !== null`)
	return eval[float64](p, `window.__took`)
}

// watchTaps notes how long after the last press something came true and was drawn.
const watchTaps = `(() => {
	let [pressed, expected] = [0, null];
	window.__tapped = (condition) => { expected = condition; window.__took = null; return true; };
	addEventListener('pointerup', () => { pressed = performance.now(); }, true);
	new MutationObserver(() => {
		if (!expected?.()) return;
		expected = null;
		requestAnimationFrame(() => {
			const drawn = new MessageChannel();
			drawn.port1.onmessage = () => { window.__took = performance.now() - pressed; };
			drawn.port2.postMessage(0);
		});
	}).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
	return true;
})()`
