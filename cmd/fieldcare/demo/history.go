package demo

import (
	"context"
	"time"
)

// fillVisits lays out what happened to every visit.
func (d *demo) fillVisits(context.Context) error {
	for branch, p := range d.Branches {
		for k := range p.Visits {
			d.history(branch, k)
		}
	}
	d.exceptions()
	d.enquiries()
	d.waiting()
	d.ahead()
	for ago := days; ago >= 0; ago-- {
		d.at(d.today.AddDate(0, 0, -ago), func(ctx context.Context) error {
			_, err := d.server.Visits.ExpireDue(ctx)
			return err
		})
	}
	return nil
}

// visitor takes turns among the shoppers, so that the same one is seldom at a branch within the rotation. The last but
// two of each branch's visits is the first shopper's at the first branch, the fourth's at the second, and so on.
func (d *demo) visitor(branch, k int) person {
	all := d.role("shopper")
	n := len(all)
	return all[((k+3-d.Branches[branch].Visits+3*branch)%n+n)%n]
}

// another is some other shopper.
func (d *demo) another(than person) person {
	for {
		if p := pick(d.random, d.role("shopper")); p.Email != than.Email {
			return p
		}
	}
}

func (d *demo) hours(least, most int) time.Duration {
	return time.Duration(least*60+d.random.IntN((most-least)*60)) * time.Minute
}

// arrives offers the visit, now and then to somebody first who does not want it, and has it accepted.
func (v *visit) arrives() {
	planned := v.opens.Add(-v.hours(96, 168))
	accepted := planned.Add(v.hours(2, 30))
	switch first := v.another(v.shopper); v.random.IntN(24) {
	case 0:
		v.plan(planned, &first)
		v.declinedBy(first, planned.Add(v.hours(1, 20)))
		v.offer(planned.Add(24 * time.Hour))
		accepted = planned.Add(v.hours(25, 60))
	case 1:
		v.plan(planned, &first)
		v.acceptedBy(first, planned.Add(v.hours(1, 10)))
		v.releasedBy(first, planned.Add(v.hours(11, 23)))
		v.offer(planned.Add(24 * time.Hour))
		accepted = planned.Add(v.hours(25, 60))
	default:
		v.plan(planned, &v.shopper)
	}
	v.accept(accepted)
}

// history is the k-th visit to a branch, all over and nearly always approved.
func (d *demo) history(branch, k int) {
	n := float64(d.Branches[branch].Visits)
	v := d.newVisit(branch, d.visitor(branch, k), d.begins(branch, 7+(days-11)*(n-float64(k)-0.5)/n))
	v.arrives()
	sent := v.finished.Add(v.hours(0, 10))
	if d.random.IntN(20) == 0 { // late
		sent = v.begun.Add(v.hours(26, 40))
	}
	switch d.random.IntN(40) {
	case 0:
		v.odd = "far_from_branch"
	case 1:
		v.odd = "photo_time"
	}
	v.handIn(sent)
	reviewed := d.officeHours(sent)
	switch roll := d.random.IntN(100); {
	case roll < 2:
		v.reject(reviewed)
		return
	case roll < 7:
		v.sendBack(reviewed)
		again := reviewed.Add(v.hours(3, 15))
		v.revise(again)
		reviewed = d.officeHours(again)
	case roll < 13:
		v.named = roll < 10
		v.edit(reviewed)
		reviewed = reviewed.Add(5 * time.Minute)
	}
	v.approve(reviewed)
	if k == 3 && branch < 2 {
		v.reopen(reviewed.Add(2 * day))
		v.approve(reviewed.Add(3 * day))
	}
}

// exceptions are visits that came to nothing, or came to it in an unusual way.
func (d *demo) exceptions() {
	for i := range 14 {
		branch := i % 6
		v := d.newVisit(branch, d.visitor(branch, 2*i), d.begins(branch, float64(20+11*i)))
		switch {
		case i < 6:
			v.plan(v.opens.Add(-5*day), &v.shopper)
			if i%2 == 0 {
				v.accept(v.opens.Add(-4 * day))
			}
			v.cancel(v.opens.Add(-2 * day))
		case i < 10:
			v.plan(v.opens.Add(-5*day), &v.shopper)
			if i%2 == 0 {
				v.accept(v.opens.Add(-4 * day)) // and never made
			}
		case i < 12: // made, and handed in after the visit had expired
			v.arrives()
			v.handIn(v.closes.Add(30 * time.Hour))
			v.approve(d.officeHours(v.closes.Add(30 * time.Hour)))
		default: // made, and cancelled meanwhile
			v.arrives()
			v.cancel(v.begun.Add(time.Hour))
			v.handIn(v.begun.Add(5 * time.Hour))
			v.approve(d.officeHours(v.begun.Add(5 * time.Hour)))
		}
	}
}

// enquiries are visits by telephone, with the other checklist.
func (d *demo) enquiries() {
	for i := range 8 {
		v := d.newVisit(i, d.visitor(i, i+5), d.begins(i, float64(15+9*i)))
		if d.Branches[i].Visits < 3 {
			continue
		}
		v.checklist, v.scenario = d.call, d.Enquiry
		v.finished = v.begun.Add(time.Duration(4+d.random.IntN(5)) * time.Minute)
		v.arrives()
		v.handIn(v.finished.Add(time.Hour))
		v.approve(d.officeHours(v.finished.Add(time.Hour)))
	}
}

// oddities are the observations that the evaluations waiting for review have.
var oddities = []string{"", "too_fast", "", "far_from_branch", "outside_window", "", "photo_used_elsewhere", "photo_time", "all_alike", "clock", "", "photo_used_elsewhere"}

// waiting is what the coordinators find on their desks: evaluations to review, some that are with their shoppers again,
// and one that is looked at anew.
func (d *demo) waiting() {
	open := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13}
	recent := func(i int) *visit {
		branch := open[i%len(open)]
		at := d.today.Add(-d.hours(14, 66))
		zone := d.begins(branch, 20).Location()
		y, m, dd := at.In(zone).Date()
		begun := time.Date(y, m, dd, 9+d.random.IntN(8), d.random.IntN(60), 0, 0, zone)
		if begun.After(d.today.Add(-6 * time.Hour)) {
			begun = begun.AddDate(0, 0, -1)
		}
		return d.newVisit(branch, d.visitor(branch, d.Branches[branch].Visits+i), begun)
	}
	for i, odd := range oddities {
		v := recent(i)
		v.odd = odd
		if odd == "outside_window" {
			v.opens = v.begun.Add(3 * time.Hour)
		}
		v.arrives()
		v.handIn(v.finished.Add(v.hours(0, 4)))
	}
	sam := d.role("shopper")[0]
	for i := range 3 {
		v := recent(i + 4)
		if v.begun = v.begun.AddDate(0, 0, -2); i == 0 {
			v.shopper = sam
		}
		v.opens, v.closes, v.finished = v.opens.AddDate(0, 0, -2), v.closes.AddDate(0, 0, -2), v.begun.Add(40*time.Minute)
		v.arrives()
		v.handIn(v.finished.Add(time.Hour))
		v.sendBack(d.officeHours(v.begun))
	}
	v := d.newVisit(2, d.visitor(2, 1), d.begins(2, 12))
	v.arrives()
	v.handIn(v.finished.Add(time.Hour))
	v.approve(d.officeHours(v.begun))
	v.reopen(d.today.Add(-9 * time.Hour))
}

// ahead is what is still to come: planned, offered, declined and accepted visits, of each state one for the first
// shopper where a shopper is needed.
func (d *demo) ahead() {
	shoppers := d.role("shopper")
	for i := range 25 {
		branch := (2 + 5*i) % len(d.Branches)
		begins := d.today.AddDate(0, 0, 1+i%9).Add(10 * time.Hour)
		if i >= 18 {
			begins = d.today.Add(10 * time.Hour) // its window is open now
		}
		v := d.newVisit(branch, shoppers[i%6%len(shoppers)], begins.In(d.begins(branch, 20).Location()))
		planned := d.today.Add(-v.hours(30, 80))
		switch {
		case i < 6:
			v.plan(planned, nil)
		case i < 12:
			v.plan(planned, &v.shopper)
		case i < 16:
			v.plan(planned, &v.shopper)
			v.declinedBy(v.shopper, planned.Add(9*time.Hour))
		default:
			v.plan(planned, &v.shopper)
			v.accept(planned.Add(v.hours(2, 20)))
		}
	}
}
