package main

import (
	"fmt"
	"strings"
	"testing"
)

// splitAndMerge parts a street by a click on the map, looks at its money both
// ways, puts the parts together again from the list, and takes that back.
func (v visit) splitAndMerge(t *testing.T) {
	p := v.admin(t, 1440, 900)
	street := fetch[struct {
		Features []struct {
			ID         string
			Properties struct{ Name string }
			Geometry   struct{ Coordinates [][2]float64 }
		}
	}](p, v.site+"/ogc/collections/segments/items?jurisdiction=410105015&code=LD-014").Features[0]
	at := street.Geometry.Coordinates[1]
	p.open(fmt.Sprintf("%s/#j=410105015&tab=investment&map=16/%f/%f&open=segment:%s", v.site, at[1], at[0], street.ID))
	p.until(`document.querySelector('.dossier [data-figure="total"]')`)
	total := p.text(`.dossier [data-figure="total"] b`)
	p.click("#act-split")
	p.until(`document.querySelector('#split [data-field="at"] input')`)
	p.click("#split-do") // nothing is said yet
	p.until(`document.querySelector('#split [data-field="at"].wrong')`)
	p.press(60, 20, `Number(document.querySelector('#split [data-field="at"] input').value) > 1`)
	p.until(`document.querySelectorAll('#split .piece .field-hint').length === 2`)
	p.whole("#split")
	p.both("the split of a segment")
	p.enter(`#split [data-field="at"] input`, "100.5")
	p.until(`document.querySelector('#split .piece-0').innerText.includes('100.5')`)
	p.click("#split-do")
	p.until(`document.querySelector('.sheet-head h2')?.innerText.includes('（1）') && document.querySelectorAll('.lineage .version').length === 1 && document.querySelector('.dossier [data-figure="total"]')`)
	p.both("a part of a segment")
	if booked := p.text(`.dossier [data-figure="total"] b`); booked != "0.0" {
		p.Errorf("%s was booked on a part that is new", booked)
	}
	p.click(`.lineage-view input[value="current"]`)
	p.until(`location.hash.includes('lineage=current') && document.querySelector('.dossier [data-figure="total"] b')?.innerText !== '0.0' && document.querySelector('.entry-head')`)
	p.click(".entry-head")
	p.until(fmt.Sprintf(`[...document.querySelectorAll('.entry .link')].some(b => b.innerText === %q)`, street.Properties.Name))
	p.mergeWithSecond()
	p.whole("#merge")
	p.both("the merge of two segments")
	p.click("#merge-do")
	p.until(`document.querySelector('.toast.done')?.innerText.includes('合并')`)
	p.click("#undo") // at once: it does not stay
	p.until(`!document.querySelector('#undo') && document.querySelector('.sheet-head h2')?.innerText.includes('（1）') && document.querySelectorAll('.lineage .version').length === 1`)
	p.mergeWithSecond()
	p.enter(`#merge [data-field="merged"] input`, "商都路西段")
	p.click("#merge-do")
	p.until(`document.querySelector('.sheet-head h2')?.innerText === '商都路西段' && document.querySelectorAll('.lineage .version').length === 2`)
	p.until(fmt.Sprintf(`document.querySelector('.dossier [data-figure="total"] b')?.innerText === %q`, total))
	p.both("a merged segment")
	p.open(fmt.Sprintf("%s/#j=410105015&tab=investment&open=segment:%s", v.site, street.ID))
	p.until(`document.querySelector('.sheet-head .tag.removed') && document.querySelectorAll('.lineage .version').length === 2`)
	p.until(fmt.Sprintf(`document.querySelector('.dossier [data-figure="total"] b')?.innerText === %q`, total))
	if said := p.text(".version-head"); !strings.Contains(said, "拆分") {
		p.Errorf("the lineage says %q", said)
	}
	p.both("a segment that was split")
	p.click("#back")
	p.until(`document.querySelectorAll('.rank').length === 18 && document.querySelector('.lineage-view')`)
}

// mergeWithSecond opens the form and chooses the part behind the one that is shown.
func (p tab) mergeWithSecond() {
	p.Helper()
	p.click("#act-merge")
	p.until(`document.querySelectorAll('[data-merge]').length > 1`)
	p.pick(".merge-list label", "（2）")
	p.until(`!document.querySelector('#merge-do').disabled`)
}

// whole demands that a form is as high as what stands in it.
func (p tab) whole(form string) {
	p.Helper()
	if over := eval[float64](p, fmt.Sprintf(`(f => f.scrollHeight - f.clientHeight)(document.querySelector(%q))`, form)); over > 1 {
		p.Errorf("%s is %v pixels lower than what stands in it", form, over)
	}
}

// splitOnPhone: the form stands below the map, and fingers find its buttons.
func (v visit) splitOnPhone(t *testing.T) {
	p := v.admin(t, 390, 844)
	id := fetch[struct{ Features []struct{ ID string } }](p, v.site+"/ogc/collections/segments/items?jurisdiction=410105015&code=LD-021").Features[0].ID
	p.open(v.site + "/#j=410105015&open=segment:" + id)
	p.click("#act-split")
	p.until(`document.querySelector('#split')`)
	p.whole("#split")
	p.until(`document.scrollingElement.scrollTop === 0 && document.querySelector('#split input').getBoundingClientRect().bottom < innerHeight`)
	p.both("a split on a phone")
	if wide := eval[int](p, `document.documentElement.scrollWidth`); wide > 390 {
		p.Errorf("the page is %d pixels wide on a screen of 390", wide)
	}
	small := eval[[]string](p, `[...document.querySelectorAll('#split button, #split input')].filter(e => e.getBoundingClientRect().height < 39.5).map(e => e.outerHTML.slice(0, 90))`)
	if len(small) > 0 {
		p.Errorf("too small for a finger: %q", small)
	}
}
