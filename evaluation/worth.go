package evaluation

// worth is what the answers to a question can earn, in hundredths of a point.
type worth struct {
	scored   bool  // some answer carries points, and they have a weight
	weight   int64 // in hundredths
	possible int64 // the best answer, never below 0: a question whose best is 0 or less is a penalty
	lowest   int64 // the worst answer
	highest  int64 // the best answer; below 0 for some penalties
}

// worth weighs the options or bands that are not N/A. Of choices the best is the sum of the positive options, the worst
// that of the negative ones, since several can be chosen.
func (q *Question) worth() worth {
	w := worth{weight: q.weight()}
	first := true
	consider := func(points *int64) {
		w.scored = w.scored || points != nil && w.weight > 0
		p := orDefault(points, 0)
		if q.Type == TypeChoices {
			w.lowest += min(p, 0)
			w.highest += max(p, 0)
			return
		}
		if first {
			w.lowest, w.highest = p, p
		}
		w.lowest, w.highest, first = min(w.lowest, p), max(w.highest, p), false
	}
	for _, option := range q.Options {
		if !option.NA {
			consider(option.Points)
		}
	}
	for _, band := range q.Bands {
		consider(band.Points)
	}
	w.possible = max(w.highest, 0)
	return w
}

// earned is what an answer that is not N/A earns, in hundredths of a point.
func (q *Question) earned(a Answer) (points int64) {
	switch q.Type {
	case TypeChoice, TypeChoices:
		for _, id := range a.Choices {
			if option := q.option(id); option != nil {
				points += orDefault(option.Points, 0)
			}
		}
	default:
		if band := q.band(a.Number); band != nil {
			points = orDefault(band.Points, 0)
		}
	}
	return points
}

// fails says whether an answer that is not N/A is a critical failure.
func (q *Question) fails(a Answer) bool {
	return q.says(a, func(o *Option) bool { return o.Fails }, func(b *Band) bool { return b.Fails })
}

// keeps says whether an answer that is not N/A tells that the standard was kept.
func (q *Question) keeps(a Answer) bool {
	return q.says(a, func(o *Option) bool { return o.Kept }, func(b *Band) bool { return b.Kept })
}

// says is true when one of the options chosen, or the band of the value, has the mark.
func (q *Question) says(a Answer, option func(*Option) bool, band func(*Band) bool) bool {
	switch q.Type {
	case TypeChoice, TypeChoices:
		for _, id := range a.Choices {
			if o := q.option(id); o != nil && option(o) {
				return true
			}
		}
		return false
	case TypeScale, TypeNumber, TypeDuration:
		b := q.band(a.Number)
		return b != nil && band(b)
	default:
		return false
	}
}
